// Agreeing on permessage-deflate, as server and as client.
#include "io/websock/deflate-offer.hpp"

#include <array>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ws;

namespace {

constexpr auto yes = ContextTakeover::yes;
constexpr auto no = ContextTakeover::no;

constexpr DeflateOptions plain{};
constexpr DeflateOptions small_own{.own_window_bits = 10};
constexpr DeflateOptions small_peer{.peer_window_bits = 11};
constexpr DeflateOptions fresh_own{.own_takeover = no};
constexpr DeflateOptions fresh_peer{.peer_takeover = no};

struct Offered {
    std::string text; ///< P stands for permessage-deflate
    DeflateOptions options;
    std::string answer;
    DeflateAgreement agreement{};
};

std::string spelt_out(std::string text) {
    for (auto at = text.find('P'); at != text.npos; at = text.find('P', at))
        text.replace(at, 1, deflate_extension);
    return text;
}

const Offered offers[] = {
    {"P", plain, "P", {{15, yes}, {15, yes}}},
    {"P; client_max_window_bits", plain, "P", {{15, yes}, {15, yes}}},
    {"P; client_max_window_bits=15", plain, "P", {{15, yes}, {15, yes}}},
    {"P; client_max_window_bits=\"10\"",
     plain,
     "P; client_max_window_bits=10",
     {{15, yes}, {10, yes}}},
    {"P; client_max_window_bits=8",
     plain,
     "P; client_max_window_bits=8",
     {{15, yes}, {8, yes}}},
    {"P; server_max_window_bits=15",
     plain,
     "P; server_max_window_bits=15",
     {{15, yes}, {15, yes}}},
    {"P; server_max_window_bits=9",
     plain,
     "P; server_max_window_bits=9",
     {{9, yes}, {15, yes}}},
    {"P; server_no_context_takeover",
     plain,
     "P; server_no_context_takeover",
     {{15, no}, {15, yes}}},
    {"P; client_no_context_takeover",
     plain,
     "P; client_no_context_takeover",
     {{15, yes}, {15, no}}},
    {"P; client_max_window_bits=12; server_max_window_bits=9; "
     "client_no_context_takeover; server_no_context_takeover",
     plain,
     "P; server_no_context_takeover; client_no_context_takeover; "
     "server_max_window_bits=9; client_max_window_bits=12",
     {{9, no}, {12, no}}},
    // Our own limits.
    {"P", small_own, "P; server_max_window_bits=10", {{10, yes}, {15, yes}}},
    {"P; server_max_window_bits=12",
     small_own,
     "P; server_max_window_bits=10",
     {{10, yes}, {15, yes}}},
    {"P; server_max_window_bits=9",
     small_own,
     "P; server_max_window_bits=9",
     {{9, yes}, {15, yes}}},
    {"P; client_max_window_bits",
     small_peer,
     "P; client_max_window_bits=11",
     {{15, yes}, {11, yes}}},
    {"P; client_max_window_bits=14",
     small_peer,
     "P; client_max_window_bits=11",
     {{15, yes}, {11, yes}}},
    {"P; client_max_window_bits=9",
     small_peer,
     "P; client_max_window_bits=9",
     {{15, yes}, {9, yes}}},
    {"P", small_peer, "", {}},
    {"P, P; client_max_window_bits",
     small_peer,
     "P; client_max_window_bits=11",
     {{15, yes}, {11, yes}}},
    {"P", fresh_own, "P; server_no_context_takeover", {{15, no}, {15, yes}}},
    {"P", fresh_peer, "P; client_no_context_takeover", {{15, yes}, {15, no}}},
    // The first that can be met.
    {"P; server_max_window_bits=8", plain, "", {}},
    {"P; server_max_window_bits=8, P; server_max_window_bits=9",
     plain,
     "P; server_max_window_bits=9",
     {{9, yes}, {15, yes}}},
    {"P; server_no_context_takeover, P",
     plain,
     "P; server_no_context_takeover",
     {{15, no}, {15, yes}}},
    {"x-webkit-deflate-frame, P; color, P", plain, "P", {{15, yes}, {15, yes}}},
    {"bbf-usp-protocol; eid=\"a\", P", plain, "P", {{15, yes}, {15, yes}}},
    {"permessage-deflate2, permessage-bzip2, x-webkit-deflate-frame", plain, "", {}},
    {"Permessage-deflate", plain, "", {}},
};

void answers_the_first_offer_that_it_can_meet(void**) {
    for (auto& [text, options, expected, agreement] : offers) {
        const auto offer = text.starts_with("Per") ? text : spelt_out(text);
        const auto answer = answer_deflate(*parse_extensions(offer), options);
        const auto response = answer ? to_string(std::array{answer->response}) : "";
        if (response != spelt_out(expected))
            print_error("%s: %s\n", text.c_str(), response.c_str());
        assert_true(response == spelt_out(expected));
        assert_true(!answer || answer->agreement == agreement);
    }
}

// RFC 7692 §7.1
void passes_over_offers_with_wrong_parameters(void**) {
    for (auto parameters : {
             "server_no_context_takeover=1",
             "client_no_context_takeover=true",
             "server_no_context_takeover; server_no_context_takeover",
             "client_no_context_takeover; client_no_context_takeover",
             "server_max_window_bits",
             "server_max_window_bits=7",
             "server_max_window_bits=16",
             "server_max_window_bits=010",
             "server_max_window_bits=+10",
             "server_max_window_bits=-10",
             "server_max_window_bits=1e1",
             "server_max_window_bits=0xa",
             "server_max_window_bits=10.0",
             "server_max_window_bits=4294967306",
             "server_max_window_bits=10; server_max_window_bits=10",
             "server_max_window_bits=10; server_max_window_bits=11",
             "client_max_window_bits=0",
             "client_max_window_bits=7",
             "client_max_window_bits=16",
             "client_max_window_bits=08",
             "client_max_window_bits=x",
             "client_max_window_bits; client_max_window_bits",
             "client_max_window_bits; client_max_window_bits=10",
             "Server_no_context_takeover",
             "max_window_bits=10",
             "foo",
             "foo=bar; client_max_window_bits",
         }) {
        const auto wrong = std::string(deflate_extension) + "; " + parameters;
        const auto alone = answer_deflate(*parse_extensions(wrong), plain);
        if (alone)
            print_error("agreed: %s\n", parameters);
        assert_false(alone.has_value());
        const auto behind = spelt_out(", P; server_max_window_bits=13");
        const auto next = answer_deflate(*parse_extensions(wrong + behind), plain);
        assert_true(next.has_value());
        assert_int_equal(next->agreement.sent.window_bits, 13);
    }
    assert_false(answer_deflate({}, plain).has_value());
}

void offers_what_the_options_say(void**) {
    const std::pair<DeflateOptions, std::string> rows[] = {
        {plain, "P; client_max_window_bits"},
        {small_own, "P; client_max_window_bits=10"},
        {small_peer, "P; server_max_window_bits=11; client_max_window_bits"},
        {fresh_own, "P; client_no_context_takeover; client_max_window_bits"},
        {fresh_peer, "P; server_no_context_takeover; client_max_window_bits"},
    };
    for (auto& [options, text] : rows)
        assert_true(to_string(std::array{deflate_offer(options)}) == spelt_out(text));
}

struct Answered {
    std::string text;
    DeflateOptions options;
    DeflateAgreement agreement;
};

const Answered answers[] = {
    {"P", plain, {{15, yes}, {15, yes}}},
    {"P; server_max_window_bits=15", plain, {{15, yes}, {15, yes}}},
    {"P; server_max_window_bits=8", plain, {{15, yes}, {8, yes}}},
    {"P; client_max_window_bits=15", plain, {{15, yes}, {15, yes}}},
    {"P; client_max_window_bits=9", plain, {{9, yes}, {15, yes}}},
    // Then we compress nothing, which is always allowed.
    {"P; client_max_window_bits=8", plain, {{8, yes}, {15, yes}}},
    {"P; server_no_context_takeover", plain, {{15, yes}, {15, no}}},
    {"P; client_no_context_takeover", plain, {{15, no}, {15, yes}}},
    {"P; client_max_window_bits=12; server_max_window_bits=9; "
     "client_no_context_takeover; server_no_context_takeover",
     plain,
     {{12, no}, {9, no}}},
    {"P", small_own, {{10, yes}, {15, yes}}},
    {"P; client_max_window_bits=15", small_own, {{10, yes}, {15, yes}}},
    {"P; client_max_window_bits=9", small_own, {{9, yes}, {15, yes}}},
    {"P; server_max_window_bits=11", small_peer, {{15, yes}, {11, yes}}},
    {"P; server_max_window_bits=9", small_peer, {{15, yes}, {9, yes}}},
    {"P", fresh_own, {{15, no}, {15, yes}}},
    {"P; client_no_context_takeover", fresh_own, {{15, no}, {15, yes}}},
    {"P; server_no_context_takeover", fresh_peer, {{15, yes}, {15, no}}},
};

void understands_a_servers_answer(void**) {
    for (auto& [text, options, agreement] : answers) {
        const auto list = parse_extensions(spelt_out(text));
        const auto checked = check_deflate_answer(*list, options);
        if (!checked)
            print_error("%s: %s\n", text.c_str(), checked.error().message.c_str());
        assert_true(checked.has_value());
        assert_true(*checked == agreement);
    }
    const auto none = check_deflate_answer({}, plain);
    assert_true(none.has_value() && !*none);
}

// RFC 7692 §7.1, RFC 6455 §4.1
void fails_upon_an_answer_that_was_not_allowed(void**) {
    const std::pair<std::string, DeflateOptions> rows[] = {
        {"permessage-bzip2", plain},
        {"x-webkit-deflate-frame", plain},
        {"PERMESSAGE-DEFLATE", plain},
        {"P, P", plain},
        {"P, foo", plain},
        {"foo, P", plain},
        {"P; foo", plain},
        {"P; foo=1", plain},
        {"P; server_no_context_takeover=1", plain},
        {"P; client_no_context_takeover=1", plain},
        {"P; server_no_context_takeover; server_no_context_takeover", plain},
        {"P; server_max_window_bits", plain},
        {"P; server_max_window_bits=7", plain},
        {"P; server_max_window_bits=16", plain},
        {"P; server_max_window_bits=09", plain},
        {"P; server_max_window_bits=9; server_max_window_bits=9", plain},
        {"P; client_max_window_bits", plain},
        {"P; client_max_window_bits=7", plain},
        {"P; client_max_window_bits=16", plain},
        {"P; client_max_window_bits=9; client_max_window_bits=10", plain},
        {"P", small_peer},
        {"P; server_max_window_bits=12", small_peer},
        {"P", fresh_peer},
        {"P; client_no_context_takeover", fresh_peer},
    };
    for (auto& [text, options] : rows) {
        const auto list =
            parse_extensions(text.starts_with("PER") ? text : spelt_out(text));
        const auto checked = check_deflate_answer(*list, options);
        if (checked)
            print_error("agreed: %s\n", text.c_str());
        assert_false(checked.has_value());
        assert_true(checked.error().kind == ErrorKind::protocol);
    }
}

/// Calls `use` with options of many kinds.
template <class Use>
void for_options(Use use) {
    for (int own : {9, 12, 15})
        for (int peer : {8, 9, 12, 15})
            for (auto own_takeover : {no, yes})
                for (auto peer_takeover : {no, yes})
                    use(DeflateOptions{.own_window_bits = own,
                                       .peer_window_bits = peer,
                                       .own_takeover = own_takeover,
                                       .peer_takeover = peer_takeover});
}

void our_client_and_our_server_always_mean_the_same(void**) {
    std::size_t agreed = 0, refused = 0, differing = 0, over_limit = 0;
    const auto negotiate = [&](const DeflateOptions& client,
                               const DeflateOptions& server) {
        const auto answer = answer_deflate(std::array{deflate_offer(client)}, server);
        if (!answer) {
            ++refused;
            differing += client.peer_window_bits > 8;
            return;
        }
        ++agreed;
        const auto checked = check_deflate_answer(std::array{answer->response}, client);
        if (!checked || !*checked || (*checked)->sent != answer->agreement.received ||
            (*checked)->received != answer->agreement.sent) {
            ++differing;
            return;
        }
        const auto& [sent, received] = **checked;
        over_limit += sent.window_bits > client.own_window_bits ||
                      sent.window_bits > server.peer_window_bits ||
                      received.window_bits > client.peer_window_bits ||
                      received.window_bits > server.own_window_bits;
        over_limit += (sent.takeover == yes) !=
                      (client.own_takeover == yes && server.peer_takeover == yes);
        over_limit += (received.takeover == yes) !=
                      (client.peer_takeover == yes && server.own_takeover == yes);
    };
    for_options([&](const auto& client) {
        for_options([&](const auto& server) { negotiate(client, server); });
    });
    assert_int_equal(agreed + refused, 48 * 48);
    assert_int_equal(refused, 12 * 48); // the clients that ask for 8 bits
    assert_int_equal(differing, 0);
    assert_int_equal(over_limit, 0);
}

void checks_the_options(void**) {
    assert_true(check(plain).has_value());
    assert_true(check({.own_window_bits = 9, .peer_window_bits = 8}).has_value());
    assert_true(check({.level = 1, .memory_level = 1}).has_value());
    assert_true(check({.level = 9, .memory_level = 9}).has_value());
    const DeflateOptions bad[] = {
        {.own_window_bits = 8},
        {.own_window_bits = 16},
        {.peer_window_bits = 7},
        {.peer_window_bits = 16},
        {.level = 0},
        {.level = -1},
        {.level = 10},
        {.memory_level = 0},
        {.memory_level = 10},
    };
    for (auto& options : bad)
        assert_true(check(options).error().kind == ErrorKind::invalid_argument);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(answers_the_first_offer_that_it_can_meet),
        cmocka_unit_test(passes_over_offers_with_wrong_parameters),
        cmocka_unit_test(offers_what_the_options_say),
        cmocka_unit_test(understands_a_servers_answer),
        cmocka_unit_test(fails_upon_an_answer_that_was_not_allowed),
        cmocka_unit_test(our_client_and_our_server_always_mean_the_same),
        cmocka_unit_test(checks_the_options),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
