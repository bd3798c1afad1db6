// Tokens in the address of a WebSocket: who gets in, to what, and what is told of it.
#include "ui/vnc/token-admission.hpp"

#include <fstream>

#include "tests/support/temporary-folder.hpp"
#include "tests/support/websock-client.hpp"
#include "tests/ui/vnc/visitor.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using vnc::Role;
using vnc::TokenAdmission;
using vnc::TokenGrant;
using vnc::Visit;

namespace {

const std::string key = "a key of sixteen bytes, or more";

struct Gate {
    std::int64_t now = 1000;
    std::shared_ptr<TokenAdmission> admission =
        *TokenAdmission::create(as_bytes(key), [this] { return now; });

    std::string token(const TokenGrant& grant) const {
        return admission->make_token(grant).value_or("(none)");
    }
    /// The display and the role, or the HTTP status, of who asks for this.
    std::string ask(const std::string& path, const std::string& query = "") {
        Visit visit;
        visit.is_websocket = true;
        visit.path = path;
        visit.query = query;
        const auto admitted = admission->admit(visit);
        if (!admitted)
            return std::to_string(admitted.error().status) + " " +
                   admitted.error().reason_text;
        return admitted->display +
               (admitted->role == Role::control ? " control" : " view");
    }
};

const std::string refused = "403 The token is not good here.";

void a_token_is_found_in_path_and_query(void**) {
    Gate gate;
    const auto token = gate.token({"two", Role::control, 1000});
    const std::pair<std::string, std::string> places[] = {
        {"/" + token, ""},
        {"/websockify/" + token, ""},
        {"/display/two/" + token, ""},
        {"/websockify", "token=" + token},
        {"/", "x=1&token=" + token + "&y"},
        {"/display/two", "token=" + token},
        {"/console.html", "token=" + token},
    };
    for (const auto& [path, query] : places)
        assert_string_equal(gate.ask(path, query).c_str(), "two control");
    const auto view = gate.token({"one", Role::view, 1000});
    assert_string_equal(gate.ask("/" + view).c_str(), "one view");
}

// O-45: whatever is wrong with it, the answer is the same
void an_answer_does_not_say_what_is_wrong(void**) {
    Gate gate;
    const auto token = gate.token({"two", Role::control, 1000, "once"});
    const auto other = *TokenAdmission::create(as_bytes("another key of 16 bytes"));
    const auto strange = *other->make_token({"two", Role::control, 1000});
    const auto old = gate.token({"two", Role::control, 999});
    auto changed = token;
    changed[3] = changed[3] == 'A' ? 'B' : 'A';
    for (const auto& wrong : {strange, old, changed, token.substr(1), token + "A",
                              std::string("."), std::string("a.b")})
        assert_string_equal(gate.ask("/", "token=" + wrong).c_str(), refused.c_str());
    assert_string_equal(gate.ask("/display/one", "token=" + strange).c_str(),
                        refused.c_str());
    assert_string_equal(gate.ask("/", "token=").c_str(), refused.c_str());
    // The first one counts.
    assert_string_equal(gate.ask("/", "token=x&token=" + token).c_str(), refused.c_str());
    assert_string_equal(gate.ask("/", "token=" + token).c_str(), "two control");
    assert_string_equal(gate.ask("/", "token=" + token).c_str(), refused.c_str());
}

void without_a_token_nobody_gets_in(void**) {
    Gate gate;
    for (const char* path : {"", "/", "/websockify", "/display/one"})
        assert_string_equal(gate.ask(path, "tokens=1&x").c_str(),
                            "401 A token is needed here.");
    assert_false(gate.admission->admit({}).has_value()); // RFB
}

// A token is of one display, whatever the path says.
void a_token_opens_its_own_display_alone(void**) {
    Gate gate;
    const auto token = gate.token({"two", Role::control, 1000});
    for (const char* path : {"/display/one", "/display/", "/display/twofold"})
        assert_string_equal(gate.ask(path, "token=" + token).c_str(), refused.c_str());
    assert_string_equal(gate.ask("/display/one/" + token).c_str(), refused.c_str());
    assert_false(gate.admission->make_token({.display = ""}).has_value());
    assert_false(gate.admission->make_token({.display = "a b"}).has_value());
}

void ends_with_its_time(void**) {
    Gate gate;
    const auto token = gate.token({"two", Role::control, 2000});
    gate.now = 2000;
    assert_string_equal(gate.ask("/" + token).c_str(), "two control");
    gate.now = 2001;
    assert_string_equal(gate.ask("/" + token).c_str(), refused.c_str());
}

void too_many_at_a_time_have_to_wait(void**) {
    Gate gate;
    for (int i = 0; i < 4096; ++i)
        (void)gate.ask("/" + gate.token({"two", Role::view, 1000, std::to_string(i)}));
    const auto one_more = gate.token({"two", Role::view, 2000, "one-more"});
    assert_string_equal(gate.ask("/" + one_more).substr(0, 3).c_str(), "503");
    gate.now = 1001;
    assert_string_equal(gate.ask("/" + one_more).c_str(), "two view");
}

void a_key_may_be_in_a_file(void**) {
    const TemporaryFolder folder;
    const auto path = folder.file("key");
    const auto with = [&](const std::string& contents) {
        std::ofstream(path, std::ios::binary) << contents;
        return TokenAdmission::from_file(path, [] { return 1000; });
    };
    Gate gate;
    for (const auto& end : {"", "\n", "\r\n"}) {
        const auto admission = with(key + end);
        assert_true(admission.has_value());
        assert_string_equal((*admission)->make_token({"a", Role::view, 5})->c_str(),
                            gate.token({"a", Role::view, 5}).c_str());
    }
    assert_true(with("short\n").error().kind == ErrorKind::invalid_argument);
    assert_true(with(std::string(4097, 'k')).error().kind == ErrorKind::invalid_argument);
    assert_true(with(std::string(4096, 'k')).has_value());
    assert_true(TokenAdmission::from_file(folder.file("none")).error().kind ==
                ErrorKind::not_found);
    assert_true(TokenAdmission::from_file(folder.file("")).error().kind ==
                ErrorKind::not_found);
}

/// The start of what the server says to a WebSocket that asks for this.
std::string first_line(World& world, const SocketAddress& address,
                       const std::string& target) {
    const auto channel = world.dial_socket(address);
    const auto request = upgrade_request({}, target);
    (void)channel->write(as_bytes(request));
    std::string head;
    std::byte byte;
    const Watch wake(*channel, Condition::in, [](Condition) {});
    run_until([&] {
        const auto count = channel->read({&byte, 1});
        if (count && *count && **count == 1)
            head += char(byte);
        return head.ends_with("\r\n\r\n") || (count && *count && **count == 0);
    });
    if (!head.starts_with("HTTP/1.1 101 "))
        return head.substr(0, 12);
    RfbClient client(std::make_shared<WebsockClient>(channel));
    if (!client.shake_hands())
        return "(no RFB)";
    client.send(rfb::key_event(true, 'k'));
    return client.sync() ? std::to_string(client.width()) : "(no picture)";
}

// The token is not told to who asks for the status, or is told of clients.
void tokens_lead_to_displays_and_are_told_nobody(void**) {
    World one, two;
    two.show(32, 24);
    Gate gate;
    vnc::RouterOptions options;
    options.admit = TokenAdmission::function(gate.admission);
    const auto router = vnc::Router::create(std::move(options));
    assert_true(router->add("one", *one.server).has_value());
    assert_true(router->add("two", *two.server).has_value());
    assert_true(
        router->listen(InetAddress{.host = "127.0.0.1", .port = "0"}, {}).has_value());
    const auto address = router->listeners().at(0).address;

    const auto control = gate.token({"two", Role::control, 1000});
    const auto view = gate.token({"one", Role::view, 1000, "once"});
    assert_string_equal(first_line(one, address, "/websockify/" + control).c_str(), "32");
    // Pressed, and lifted when the client left
    assert_true(run_until([&] { return two.emulator.keys.size() == 2; }));
    assert_true(two.has_clients(0));
    assert_string_equal(first_line(one, address, "/websockify?token=" + view).c_str(),
                        "64");
    assert_int_equal(one.emulator.keys.size(), 0);
    assert_string_equal(first_line(one, address, "/?token=" + view).c_str(),
                        "HTTP/1.1 403");
    assert_string_equal(first_line(one, address, "/").c_str(), "HTTP/1.1 401");

    const auto below = one.dial_socket(address);
    (void)below->write(as_bytes(upgrade_request({}, "/websockify/" + control)));
    assert_true(run_until([&] { return two.server->info().clients.size() == 1; }));
    assert_string_equal(two.server->info().clients[0].path.c_str(), "/websockify/");
    const auto told =
        vnc::status_json(router->status()) + vnc::metrics_text(router->status());
    assert_true(told.find(control) == told.npos);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_found_in_path_and_query),
        cmocka_unit_test(an_answer_does_not_say_what_is_wrong),
        cmocka_unit_test(without_a_token_nobody_gets_in),
        cmocka_unit_test(a_token_opens_its_own_display_alone),
        cmocka_unit_test(ends_with_its_time),
        cmocka_unit_test(too_many_at_a_time_have_to_wait),
        cmocka_unit_test(a_key_may_be_in_a_file),
        cmocka_unit_test(tokens_lead_to_displays_and_are_told_nobody),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
