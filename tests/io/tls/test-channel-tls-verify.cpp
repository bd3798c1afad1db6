// Who the peer is: certificates, names, authorization, and what is agreed on beside.
#include <thread>

#include "io/tls/credentials-x509.hpp"
#include "tests/io/tls/open-tls.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using tls::Endpoint;
using tls::VerifyPeer;

namespace {

const char* const only12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2";
const char* const only13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3";

/// Says what it is told, and keeps who was asked for.
class Rule final : public Authorization {
public:
    explicit Rule(std::optional<bool> verdict) : verdict_(verdict) {}
    Result<bool> is_allowed(std::string_view identity) const override {
        asked = identity;
        if (on_question)
            on_question();
        if (!verdict_)
            return Error{ErrorKind::not_found, 0, "the list is lost"};
        return *verdict_;
    }
    mutable std::string asked;
    mutable std::function<void()> on_question;

private:
    const std::optional<bool> verdict_;
};

/// Two endpoints, each with what it shows and asks.
struct Meeting {
    const Certificate* server = nullptr;
    const Certificate* client = nullptr;
    const Certificate* trusted_by_client = nullptr;
    const Certificate* trusted_by_server = nullptr;
    VerifyPeer client_verifies = VerifyPeer::yes;
    VerifyPeer server_verifies = VerifyPeer::no;
    tls::ClientOptions client_options{.server_name = "localhost"};
    tls::ServerOptions server_options{};
    const char* priority = "NORMAL";

    TlsPair make() const {
        const auto below = make_pipe_pair();
        auto theirs = ChannelTls::client(below.first,
                                         TestCredentials::x509(Endpoint::client, client,
                                                               *trusted_by_client,
                                                               client_verifies, priority),
                                         client_options);
        auto ours = ChannelTls::server(below.second,
                                       TestCredentials::x509(Endpoint::server, server,
                                                             *trusted_by_server,
                                                             server_verifies, priority),
                                       server_options);
        g_assert(theirs.has_value() && ours.has_value());
        return {*theirs, *ours};
    }
};

Authority& authority() {
    static Authority instance;
    return instance;
}

Meeting good_meeting() {
    auto& all = authority();
    return {.server = &all.server,
            .client = &all.client,
            .trusted_by_client = &all.ca,
            .trusted_by_server = &all.ca,
            .client_options = {.server_name = "localhost"}};
}

/// What the client says of a server with this certificate and this name.
std::optional<Error> clients_verdict(const CertificateSpec& spec,
                                     const std::string& name) {
    const Certificate server(spec, authority().ca);
    Meeting meeting = good_meeting();
    meeting.server = &server;
    meeting.client_options.server_name = name;
    const auto pair = meeting.make();
    return shake_hands(pair).client;
}

// P-TLS-07, P-TLS-11, O-19.
void a_client_checks_name_dates_and_purpose(void**) {
    struct Row {
        const char* what;
        std::string name;
        std::function<void(CertificateSpec&)> change;
        const char* problem; // null: accepted
    };
    const Row rows[] = {
        {"as it should be", "localhost", [](auto&) {}, nullptr},
        {"an address", "127.0.0.1", [](auto&) {}, nullptr},
        {"an IPv6 address", "::1", [](auto&) {}, nullptr},
        {"a final dot", "localhost.", [](auto&) {}, nullptr},
        {"a wildcard", "a.example.org",
         [](auto& spec) { spec.dns_names = {"*.example.org"}; }, nullptr},
        {"another name", "example.com", [](auto&) {}, "expected name 'example.com'"},
        {"another address", "127.0.0.2", [](auto&) {}, "expected name"},
        {"a wildcard of two levels", "a.b.example.org",
         [](auto& spec) { spec.dns_names = {"*.example.org"}; }, "expected name"},
        {"has expired", "localhost", [](auto& spec) { spec.ends_in = -60; },
         "has expired"},
        {"not yet", "localhost", [](auto& spec) { spec.starts_in = 600; },
         "is not valid yet"},
        {"a client's", "localhost",
         [](auto& spec) { spec.purposes = {GNUTLS_KP_TLS_WWW_CLIENT}; },
         "another purpose"},
    };
    for (auto& row : rows) {
        CertificateSpec spec = server_spec("server");
        row.change(spec);
        const auto error = clients_verdict(spec, row.name);
        const bool is_right = row.problem == nullptr
                                  ? !error
                                  : error &&
                                        error->kind == ErrorKind::permission_denied &&
                                        error->message.contains(row.problem);
        if (!is_right)
            print_error("%s: %s\n", row.what,
                        error ? error->message.c_str() : "accepted");
        assert_true(is_right);
    }
}

// P-TLS-07: also the server hears of it, and the channel stays unusable.
void a_refused_server_is_told_why(void**) {
    for (const char* priority : {only12, only13}) {
        Meeting meeting = good_meeting();
        meeting.priority = priority;
        meeting.client_options.server_name = "example.com";
        const auto pair = meeting.make();
        const auto outcome = shake_hands(pair);
        assert_true(outcome.client->kind == ErrorKind::permission_denied);
        std::byte byte{};
        assert_true(pair.first->read({&byte, 1}).error().kind ==
                    ErrorKind::permission_denied);
        assert_true(pair.first->write({&byte, 1}).error().kind ==
                    ErrorKind::permission_denied);
        std::optional<Error> told = outcome.server;
        if (!told)
            told = pair.second->read({&byte, 1}).error();
        assert_true(told->kind == ErrorKind::permission_denied);
        assert_true(told->message.contains("ended the session"));
    }
}

// P-TLS-07: clients are refused before any of their data is seen.
void a_server_checks_its_clients(void**) {
    auto& all = authority();
    const Certificate other_ca(ca_spec("Another Authority"));
    const Certificate strangers(client_spec("client"), other_ca);
    CertificateSpec old = client_spec("client");
    old.ends_in = -60;
    const Certificate expired(old, all.ca);
    struct Row {
        const Certificate* client;
        const char* problem;
    };
    const Row rows[] = {{&all.client, nullptr},
                        {nullptr, "no certificate"},
                        {&strangers, "unknown issuer"},
                        {&expired, "has expired"},
                        {&all.server, "another purpose"}};
    for (const char* priority : {only12, only13})
        for (auto& row : rows) {
            Meeting meeting = good_meeting();
            meeting.priority = priority;
            meeting.client = row.client;
            meeting.server_verifies = VerifyPeer::yes;
            const auto outcome = shake_hands(meeting.make());
            // A client keeps an unasked-for certificate to itself.
            const bool is_right =
                row.problem == nullptr
                    ? outcome.is_good()
                    : outcome.server &&
                          outcome.server->kind == ErrorKind::permission_denied &&
                          (outcome.server->message.contains(row.problem) ||
                           outcome.server->message.contains("no certificate"));
            if (!is_right)
                print_error("%s: %s\n", row.problem ? row.problem : "good",
                            outcome.server ? outcome.server->message.c_str() : "");
            assert_true(is_right);
        }
}

void nobody_is_checked_who_need_not_be(void**) {
    const Certificate strangers(server_spec("server"));
    Meeting meeting = good_meeting();
    meeting.server = &strangers;
    meeting.client_verifies = VerifyPeer::no;
    meeting.client_options.server_name = "";
    const auto pair = meeting.make();
    assert_true(shake_hands(pair).is_good());
    assert_true(pair.first->info().peer_name.empty());
}

void a_name_may_be_left_out_on_purpose(void**) {
    Meeting meeting = good_meeting();
    meeting.client_options = {.check_name = tls::CheckName::no};
    const auto pair = meeting.make();
    assert_true(shake_hands(pair).is_good());
    assert_true(pair.first->info().peer_name == "CN=server");
}

void an_authorization_is_asked_for_the_whole_name(void**) {
    auto& all = authority();
    CertificateSpec spec = client_spec("qemu");
    spec.country = "UK";
    const Certificate client(spec, all.ca);
    for (const auto verdict :
         {std::optional(true), std::optional(false), std::optional<bool>()}) {
        const auto rule = std::make_shared<Rule>(verdict);
        Meeting meeting = good_meeting();
        meeting.client = &client;
        meeting.server_verifies = VerifyPeer::yes;
        meeting.server_options.authorization = rule;
        const auto pair = meeting.make();
        const auto outcome = shake_hands(pair);
        assert_string_equal(rule->asked.c_str(), "C=UK,CN=qemu");
        if (verdict.value_or(false)) {
            assert_true(outcome.is_good());
            assert_true(pair.second->info().peer_name == "C=UK,CN=qemu");
            continue;
        }
        assert_true(outcome.server->kind == ErrorKind::permission_denied);
        assert_true(outcome.server->message.contains("C=UK,CN=qemu"));
        assert_true(pair.second->info().peer_name.empty());
    }
}

// IO-35, D2: what is asked may close the channel, or let go of it.
void an_authorization_may_close_the_channel(void**) {
    const auto rule = std::make_shared<Rule>(true);
    Meeting meeting = good_meeting();
    meeting.server_verifies = VerifyPeer::yes;
    meeting.server_options.authorization = rule;
    auto pair = meeting.make();
    rule->on_question = [&] {
        (void)pair.second->close();
        pair.second.reset();
    };
    const auto server = pair.second.get();
    int client_done = 0, server_done = 0;
    ErrorKind kind{};
    pair.first->handshake({}, [&](Result<void>) { ++client_done; });
    server->handshake({}, [&](Result<void> result) {
        ++server_done;
        if (!result)
            kind = result.error().kind;
    });
    assert_true(run_until([&] { return client_done != 0 && server_done != 0; }));
    drain();
    assert_int_equal(server_done, 1);
    assert_true(kind == ErrorKind::cancelled);
}

void an_authorization_may_close_a_channel_that_is_waited_for(void**) {
    const auto rule = std::make_shared<Rule>(true);
    Meeting meeting = good_meeting();
    meeting.client_options.authorization = rule;
    const auto pair = meeting.make();
    rule->on_question = [&] { (void)pair.first->close(); };
    std::optional<Error> error;
    std::thread thread([&] {
        if (auto result = pair.first->handshake_wait(soon()); !result)
            error = std::move(result).error();
    });
    const auto ours = pair.second->handshake_wait(soon());
    thread.join();
    assert_true(error && error->kind == ErrorKind::cancelled);
}

// D20, P-TLS-11: what could never work is refused when the channel is made.
void what_cannot_work_is_refused_when_it_is_made(void**) {
    auto& all = authority();
    const auto transport = make_pipe_pair().first;
    const auto rule = std::make_shared<Rule>(true);
    const auto x509 = [&](Endpoint endpoint, VerifyPeer verify) {
        return TestCredentials::x509(endpoint, &all.server, all.ca, verify);
    };
    const auto kind_of = [](const auto& result) {
        return result ? ErrorKind::io : result.error().kind;
    };
    const auto wrong = ErrorKind::invalid_argument;
    assert_true(wrong == kind_of(ChannelTls::client(
                             transport, TestCredentials::psk(Endpoint::server), {})));
    assert_true(wrong == kind_of(ChannelTls::server(
                             transport, TestCredentials::psk(Endpoint::client))));
    assert_true(wrong == kind_of(ChannelTls::client(
                             transport, x509(Endpoint::client, VerifyPeer::yes), {})));
    assert_true(wrong == kind_of(ChannelTls::client(
                             transport, x509(Endpoint::client, VerifyPeer::yes),
                             {.server_name = std::string("a\0b", 3)})));
    assert_true(wrong == kind_of(ChannelTls::server(
                             transport, TestCredentials::psk(Endpoint::server),
                             {.authorization = rule})));
    assert_true(wrong == kind_of(ChannelTls::server(
                             transport, x509(Endpoint::server, VerifyPeer::no),
                             {.authorization = rule})));
    assert_true(wrong == kind_of(ChannelTls::server(
                             transport, x509(Endpoint::server, VerifyPeer::no),
                             {.require_alpn = tls::RequireAlpn::yes})));
}

void the_servers_name_is_announced_unless_it_is_an_address(void**) {
    struct Row {
        tls::ClientOptions options;
        const char* seen;
    };
    for (auto& [options, seen] :
         {Row{{.server_name = "localhost"}, "localhost"},
          Row{{.server_name = "localhost."}, "localhost"},
          Row{{.server_name = "127.0.0.1"}, ""},
          Row{{.server_name = "localhost", .send_name = tls::SendName::no}, ""}}) {
        Meeting meeting = good_meeting();
        meeting.client_options = options;
        const auto pair = meeting.make();
        assert_true(shake_hands(pair).is_good());
        assert_string_equal(pair.second->info().server_name.c_str(), seen);
    }
}

void the_application_protocol_is_the_servers_choice(void**) {
    struct Row {
        std::vector<std::string> offered, known;
        tls::RequireAlpn require;
        const char* chosen; // null: refused
    };
    using enum tls::RequireAlpn;
    for (auto& [offered, known, require, chosen] :
         {Row{{"a", "b"}, {"b", "a"}, no, "b"}, Row{{}, {"b"}, no, ""},
          Row{{"a"}, {}, no, ""}, Row{{"c"}, {"a"}, no, ""}, Row{{"a"}, {"a"}, yes, "a"},
          Row{{"c"}, {"a"}, yes, nullptr}, Row{{}, {"a"}, yes, nullptr}}) {
        Meeting meeting = good_meeting();
        meeting.client_options.alpn = offered;
        meeting.server_options = {.alpn = known, .require_alpn = require};
        const auto pair = meeting.make();
        const auto outcome = shake_hands(pair);
        if (chosen == nullptr) {
            assert_true(outcome.server && outcome.server->kind == ErrorKind::protocol);
            continue;
        }
        assert_true(outcome.is_good());
        assert_string_equal(pair.first->info().alpn.c_str(), chosen);
        assert_string_equal(pair.second->info().alpn.c_str(), chosen);
    }
}

/// Meets twice, the second time with what the first session gave.
void meet_again(const char* priority, bool client_is_known) {
    auto& all = authority();
    const auto ours = TestCredentials::x509(
        Endpoint::server, &all.server, all.ca,
        client_is_known ? VerifyPeer::yes : VerifyPeer::no, priority);
    const auto theirs = TestCredentials::x509(Endpoint::client, &all.client, all.ca,
                                              VerifyPeer::yes, priority);
    tls::ClientOptions options{.server_name = "localhost"};
    for (const bool is_second : {false, true}) {
        const auto rule = std::make_shared<Rule>(true);
        const auto below = make_pipe_pair();
        const TlsPair pair{
            *ChannelTls::client(below.first, theirs, options),
            *ChannelTls::server(below.second, ours,
                                {.authorization = client_is_known ? rule : nullptr})};
        assert_true(shake_hands(pair).is_good());
        assert_int_equal(pair.first->info().is_resumed, is_second);
        assert_int_equal(pair.second->info().is_resumed, is_second);
        assert_true(pair.first->info().peer_name == "CN=server");
        // A resumed client is asked for again.
        assert_true(rule->asked == (client_is_known ? "CN=client" : ""));
        if (priority == only13)
            assert_false(pair.first->session_data()->has_value());
        assert_true(write_all(*pair.second, as_bytes("x")).has_value());
        assert_true(drained(*pair.first).text() == "x");
        options.session_data = **pair.first->session_data();
    }
}

void a_session_can_be_resumed(void**) {
    for (const char* priority : {only12, only13})
        for (const bool client_is_known : {false, true})
            meet_again(priority, client_is_known);
}

// The name is checked again, whatever session is resumed.
void a_resumed_session_is_checked_like_a_new_one(void**) {
    auto& all = authority();
    const auto ours =
        TestCredentials::x509(Endpoint::server, &all.server, all.ca, VerifyPeer::no);
    const auto theirs =
        TestCredentials::x509(Endpoint::client, nullptr, all.ca, VerifyPeer::yes);
    tls::ClientOptions options{.server_name = "localhost"};
    for (const char* name : {"localhost", "example.com"}) {
        options.server_name = name;
        const auto below = make_pipe_pair();
        const TlsPair pair{*ChannelTls::client(below.first, theirs, options),
                           *ChannelTls::server(below.second, ours)};
        const auto outcome = shake_hands(pair);
        if (outcome.client) {
            assert_string_equal(name, "example.com");
            assert_true(outcome.client->kind == ErrorKind::permission_denied);
            return;
        }
        assert_true(write_all(*pair.second, as_bytes("x")).has_value());
        (void)drained(*pair.first);
        options.session_data = **pair.first->session_data();
    }
    assert_true(false);
}

void credentials_from_files_carry_a_session(void**) {
    const TemporaryFolder folder;
    authority().write_to(folder);
    const auto load = [&](Endpoint endpoint) {
        return *TlsCredentialsX509::create(
            {.endpoint = endpoint, .directory = folder.file("")});
    };
    const auto below = make_pipe_pair();
    const TlsPair pair{*ChannelTls::client(below.first, *load(Endpoint::client),
                                           {.server_name = "localhost"}),
                       *ChannelTls::server(below.second, *load(Endpoint::server))};
    assert_true(shake_hands(pair).is_good());
    assert_true(pair.first->info().peer_name == "CN=server");
    assert_true(pair.second->info().peer_name == "CN=client");
    assert_true(write_all(*pair.first, as_bytes("hello")).has_value());
    assert_true(drained(*pair.second).text() == "hello");
}

void useless_session_data_costs_nothing_but_time(void**) {
    Meeting meeting = good_meeting();
    meeting.client_options.session_data = Bytes(100, std::byte(7));
    const auto pair = meeting.make();
    assert_true(shake_hands(pair).is_good());
    assert_false(pair.first->info().is_resumed);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_client_checks_name_dates_and_purpose),
        cmocka_unit_test(a_refused_server_is_told_why),
        cmocka_unit_test(a_server_checks_its_clients),
        cmocka_unit_test(nobody_is_checked_who_need_not_be),
        cmocka_unit_test(a_name_may_be_left_out_on_purpose),
        cmocka_unit_test(an_authorization_is_asked_for_the_whole_name),
        cmocka_unit_test(an_authorization_may_close_the_channel),
        cmocka_unit_test(an_authorization_may_close_a_channel_that_is_waited_for),
        cmocka_unit_test(what_cannot_work_is_refused_when_it_is_made),
        cmocka_unit_test(the_servers_name_is_announced_unless_it_is_an_address),
        cmocka_unit_test(the_application_protocol_is_the_servers_choice),
        cmocka_unit_test(a_session_can_be_resumed),
        cmocka_unit_test(a_resumed_session_is_checked_like_a_new_one),
        cmocka_unit_test(credentials_from_files_carry_a_session),
        cmocka_unit_test(useless_session_data_costs_nothing_but_time),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
