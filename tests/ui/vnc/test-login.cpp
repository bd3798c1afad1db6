// Logging in to a server: every way in, TLS amid the connection, delays and decisions.
#include <functional>

#include "io/tls/credentials-anon.hpp"
#include "tests/support/pipe-channel.hpp"
#include "tests/support/scripted-channel.hpp"
#include "tests/support/tls.hpp"
#include "tests/ui/vnc/auth/rsa-aes-client.hpp"
#include "tests/ui/vnc/world.hpp"
#include "ui/vnc/auth/vencrypt.hpp"
#include "ui/vnc/auth/vnc-authentication.hpp"
#include "ui/vnc/rfb/clipboard-message.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using namespace std::string_literals;
using namespace std::string_view_literals;
using vnc::LoginDecision;
using vnc::LoginMethod;
using vnc::Security;
using vnc::auth::VencryptSubtype;

namespace {

const Authority& authority() {
    static const Authority made;
    return made;
}

std::shared_ptr<TlsCredentials> server_credentials(tls::VerifyPeer verify) {
    return std::shared_ptr<TlsCredentials>(new TestCredentials(TestCredentials::x509(
        tls::Endpoint::server, &authority().server, authority().ca, verify)));
}

std::shared_ptr<TlsCredentials> client_credentials(const Certificate* own = nullptr) {
    return std::shared_ptr<TlsCredentials>(new TestCredentials(
        TestCredentials::x509(tls::Endpoint::client, own, authority().ca)));
}

std::shared_ptr<Security> security_of(vnc::SecurityOptions options) {
    return *Security::create(std::move(options));
}

std::shared_ptr<Security> with_password(const char* password = "secret") {
    auto security = security_of({.methods = {LoginMethod::password}});
    (void)security->set_password(password);
    return security;
}

std::string number(std::uint32_t value) {
    Bytes bytes;
    ByteWriter(bytes).put(value);
    return std::string(as_text(bytes));
}

/// A world with a policy.
struct Guarded : World {
    explicit Guarded(std::shared_ptr<Security> policy, vnc::ServerOptions options = {})
        : World([&] {
              options.security = policy;
              return options;
          }()),
          security(policy) {}
    std::shared_ptr<Security> security;
};

std::string text_of(const Bytes& bytes) {
    return std::string(as_text(bytes));
}

/// Up to the choice of a type, which must be the only one offered.
bool choose(RfbClient& client, int type) {
    if (text_of(client.take(12)) != "RFB 003.008\n")
        return false;
    client.send(as_bytes("RFB 003.008\n"));
    if (text_of(client.take(2)) != "\1"s + char(type))
        return false;
    client.send(as_bytes(std::string(1, char(type))));
    return true;
}

/// Answers the challenge of VNC authentication.
void answer_challenge(RfbClient& client, std::string_view password) {
    vnc::auth::Challenge challenge{};
    const auto bytes = client.take(challenge.size());
    std::ranges::copy(bytes, challenge.begin());
    client.send(vnc::auth::vnc_response(challenge, password));
}

/// What a login came to: "in" if the server says its size, or all that it says.
std::string outcome_of(RfbClient& client, std::string_view client_init = "\1") {
    const auto result = text_of(client.take(4));
    if (result != "\0\0\0\0"s)
        return result + text_of(client.take_to_end());
    client.send(as_bytes(client_init));
    const auto init = client.take(24);
    if (init.size() != 24)
        return "closed";
    client.take(load_be<std::uint32_t>(init.data() + 20)); // the name
    return "in";
}

const auto failed = "\0\0\0\1\0\0\0\25Authentication failed"s;
const auto too_many = "\0\0\0\1\0\0\0\52Too many failed attempts. Try again later."s;

std::string log_in(Guarded& world, std::string_view password, Over over = Over::pipe) {
    const auto client = world.connect(over);
    if (!choose(*client, 2))
        return "not offered";
    answer_challenge(*client, password);
    return outcome_of(*client);
}

// CVE-19, V-26, V-27: over every transport
void a_password_lets_in(void**) {
    for (const auto over : {Over::pipe, Over::tcp, Over::unix_socket, Over::websocket}) {
        Guarded world(with_password());
        assert_true(log_in(world, "secret", over) == "in");
        assert_true(log_in(world, "wrong", over) == failed);
        assert_true(world.has_clients(0));
    }
}

// CVE-19, TRAP-17, V-27: whatever becomes of the password, clients are asked for it
void an_empty_password_lets_nobody_in(void**) {
    Guarded world(security_of({.methods = {LoginMethod::password}}));
    assert_true(log_in(world, "") == failed);
    assert_true(world.security->set_password("secret").has_value());
    assert_true(log_in(world, "secret") == "in");
    assert_true(world.security->set_password("").has_value());
    assert_true(log_in(world, "") == failed);
    assert_true(log_in(world, "secret") == failed);
    assert_true(world.security->set_password("new").has_value());
    assert_true(world.security->expire_password("now").has_value());
    assert_true(log_in(world, "new") == failed);
    assert_true(world.security->expire_password("+60").has_value());
    assert_true(log_in(world, "new") == "in");
}

// P-RFB-25: whatever fails while a client is turned down, also when it is told so
void a_refusal_may_fail_at_every_step(void**) {
    bool has_failed = true;
    for (unsigned at = 1; has_failed; ++at) {
        Guarded world(with_password());
        auto [ours, theirs] = make_pipe_pair();
        const auto channel =
            std::make_shared<ScriptedChannel>(theirs, Script{.fail_at = at});
        world.server->add_client(channel);
        RfbClient client(ours);
        if (choose(client, 2))
            answer_challenge(client, "wrong");
        assert_true(run_until([&] { return client.has_ended(); }));
        assert_true(world.has_clients(0));
        has_failed = channel->has_failed();
        assert_true(has_failed || at > 4); // the refusal was among them
    }
}

// V-27: a password that nobody is asked for is refused, and changes nothing
void a_password_never_changes_what_is_asked(void**) {
    Guarded world(security_of({}));
    assert_false(world.security->set_password("secret").has_value());
    assert_false(world.security->set_view_only_password("look").has_value());
    assert_false(world.security->expire_password("now").has_value());
    assert_true(world.join() != nullptr);
}

void refuses_what_does_not_go_together(void**) {
    const auto x509 = server_credentials(tls::VerifyPeer::no);
    assert_false(Security::create({.methods = {LoginMethod::rsa_aes}}).has_value());
    assert_false(Security::create({.tls = client_credentials()}).has_value());
    assert_false(Security::create({.check_password = [](auto&&...) {}}).has_value());
    assert_false(Security::create({.rsa_key_pem = "no key"}).has_value());
    const auto security = security_of({.tls = x509});
    assert_false(security->set_tls(nullptr, nullptr).has_value());
    const auto anonymous =
        *TlsCredentialsAnon::create({.endpoint = tls::Endpoint::server});
    assert_false(security->set_tls(anonymous, nullptr).has_value());
    assert_true(security->set_tls(x509, nullptr).has_value());
    const auto guarded = with_password();
    for (const auto* when : {"", "soon", "-1", "+", "+x", "1 ", "99999999999999999999"})
        assert_false(guarded->expire_password(when).has_value());
    for (const auto* when : {"now", "never", "+0", "1700000000"})
        assert_true(guarded->expire_password(when).has_value());
}

void a_view_only_client_is_not_heard(void**) {
    Guarded world(with_password(), {.power_control = true});
    assert_true(world.security->set_view_only_password("look").has_value());
    for (const auto* given : {"look", "secret"}) {
        const auto client = world.connect();
        assert_true(choose(*client, 2));
        answer_challenge(*client, given);
        assert_true(outcome_of(*client) == "in");
        client->start(64, 48);
        client->set_encodings(
            {rfb::raw, rfb::extended_desktop_size, rfb::xvp, rfb::extended_clipboard});
        client->send(rfb::joined({rfb::key_event(true, 0x61), rfb::pointer_event(1, 3, 4),
                                  rfb::cut_text("text"), rfb::set_desktop_size(5, 6),
                                  rfb::xvp_message(4),
                                  rfb::clipboard(*vnc::clipboard_provide_message("x"))}));
        assert_true(client->sync());
        assert_true(client->shows(*world.surface));
        const bool is_heard = given[0] == 's';
        assert_int_equal(world.emulator.calls() > 0, is_heard);
        assert_int_equal(world.emulator.powers.size(), is_heard);
        assert_int_equal(world.emulator.texts.size(), is_heard ? 2 : 0);
        const auto before = world.emulator.calls();
        client->close();
        assert_true(world.has_clients(0));
        assert_int_equal(world.emulator.calls() > before, is_heard); // lifted
        // The wish is answered either way.
        assert_true(client->sizes.size() > 0);
    }
}

// O-20, TRAP-27, P-RFB-05: five wrong passwords at once, and more, make the address wait,
// also with the right one; others come in
void failures_make_an_address_wait(void**) {
    Guarded world(with_password());
    std::vector<ClientPtr> clients;
    for (int i = 0; i < 8; ++i) {
        clients.push_back(world.connect(Over::tcp));
        assert_true(choose(*clients.back(), 2));
    }
    const auto begin = Clock::now();
    int refused = 0, turned_down = 0;
    for (auto& client : clients)
        answer_challenge(*client, "wrong");
    for (auto& client : clients) {
        const auto outcome = outcome_of(*client);
        refused += outcome == failed;
        turned_down += outcome == too_many;
    }
    assert_int_equal(refused, 5);
    assert_int_equal(turned_down, 3);
    assert_true(Clock::now() - begin >= std::chrono::milliseconds(100));
    const auto late = world.connect(Over::tcp);
    late->take(12);
    late->send(as_bytes("RFB 003.008\n"));
    assert_true(text_of(late->take_to_end()) == "\0"s + too_many.substr(4));
    assert_true(log_in(world, "secret", Over::unix_socket) == "in");
}

/// Puts TLS on a client's channel when VeNCrypt begins it.
struct TlsLogin {
    TlsLogin(Guarded& world, VencryptSubtype subtype, const TlsCredentials& credentials,
             std::string_view extra = "", Over over = Over::pipe)
        : channel(world.dial(over)) {
        plain = std::make_unique<RfbClient>(channel);
        is_chosen = choose(*plain, 19) && text_of(plain->take(2)) == "\0\2"s;
        plain->send(as_bytes("\0\2"s));
        is_chosen =
            is_chosen && text_of(plain->take(6)) == "\0\1"s + number(subtype_of(subtype));
        plain->send(as_bytes(number(subtype_of(subtype)).append(extra)));
        answer = text_of(plain->take(1));
        plain->pause();
        tls = *ChannelTls::client(channel, credentials, {.server_name = "localhost"});
    }
    bool shake_hands() {
        bool done = false, good = false;
        tls->handshake({}, [&](const Result<void>& result) {
            done = true;
            good = result.has_value();
        });
        run_until([&] { return done; });
        client = std::make_unique<RfbClient>(tls);
        return good;
    }
    static std::uint32_t subtype_of(VencryptSubtype subtype) {
        return std::uint32_t(subtype);
    }
    std::shared_ptr<Channel> channel;
    ClientPtr plain; // until TLS begins
    std::shared_ptr<ChannelTls> tls;
    ClientPtr client;
    bool is_chosen = false;
    std::string answer;
};

void logs_in_inside_tls(void**) {
    for (const auto over : {Over::pipe, Over::tcp, Over::websocket}) {
        for (const bool with_password : {false, true}) {
            vnc::SecurityOptions options{.tls = server_credentials(tls::VerifyPeer::no)};
            if (with_password)
                options.methods = {LoginMethod::password};
            Guarded world(security_of(std::move(options)));
            (void)world.security->set_password("secret");
            const auto subtype =
                with_password ? VencryptSubtype::X509Vnc : VencryptSubtype::X509None;
            for (const auto* given : {"secret", "wrong"}) {
                TlsLogin login(world, subtype, *client_credentials(), "", over);
                assert_true(login.is_chosen && login.answer == "\1");
                assert_true(login.shake_hands());
                if (with_password)
                    answer_challenge(*login.client, given);
                const bool good = !with_password || given[0] == 's';
                assert_true(outcome_of(*login.client) == (good ? "in" : failed));
            }
        }
    }
}

// TRAP-13, O-23, P-TLS-08: nothing that was sent before TLS is taken for said inside it
void refuses_bytes_before_tls(void**) {
    for (const std::size_t count : {1UL, 2UL, 3UL, 4UL, 5UL, 100UL}) {
        Guarded world(security_of({.tls = server_credentials(tls::VerifyPeer::no)}));
        TlsLogin login(world, VencryptSubtype::X509None, *client_credentials(),
                       std::string(count, '\1'));
        assert_true(login.is_chosen);
        assert_true(login.answer.empty());
        assert_true(world.has_clients(0));
    }
}

/// Lets one name in.
class OneName final : public Authorization {
public:
    explicit OneName(std::string name) : name_(std::move(name)) {}
    Result<bool> is_allowed(std::string_view identity) const override {
        return identity == name_;
    }

private:
    const std::string name_;
};

// V-28: a client certificate, and its name, is asked for
void asks_for_certificates(void**) {
    const auto verifying = server_credentials(tls::VerifyPeer::yes);
    for (const auto& [allowed, own, good] :
         {std::tuple("CN=client"s, &authority().client, true),
          std::tuple("CN=other"s, &authority().client, false),
          std::tuple("CN=client"s, static_cast<const Certificate*>(nullptr), false)}) {
        std::string seen;
        Guarded world(security_of(
            {.tls = verifying,
             .tls_authorization = std::make_shared<OneName>(allowed),
             .authorize = [&](const vnc::LoginRequest& request, vnc::LoginAnswer answer) {
                 seen = request.x509_dname + " " + request.method;
                 answer(LoginDecision::control);
             }}));
        TlsLogin login(world, VencryptSubtype::X509None, *client_credentials(own));
        (void)login.shake_hands();
        assert_int_equal(outcome_of(*login.client) == "in", good);
        assert_true(!good || seen == "CN=client vencrypt+x509+none");
    }
}

void a_reload_leaves_handshakes_alone(void**) {
    Guarded world(security_of({.tls = server_credentials(tls::VerifyPeer::no)}));
    TlsLogin login(world, VencryptSubtype::X509None, *client_credentials());
    assert_true(world.security->set_tls(server_credentials(tls::VerifyPeer::yes), nullptr)
                    .has_value());
    assert_true(login.shake_hands() && outcome_of(*login.client) == "in");
}

void a_user_and_a_password(void**) {
    const auto plain_text = number(2) + number(6) + "mesecret";
    for (const auto decision :
         {LoginDecision::control, LoginDecision::refuse, LoginDecision::view_only}) {
        for (const bool later : {false, true}) {
            vnc::LoginAnswer kept;
            std::string seen;
            Guarded world(security_of(
                {.methods = {LoginMethod::plain},
                 .tls = server_credentials(tls::VerifyPeer::no),
                 .check_password = [&](const vnc::LoginRequest& request,
                                       const std::string& password,
                                       vnc::LoginAnswer answer) {
                     seen = request.user + ":" + password;
                     later ? void(kept = std::move(answer)) : answer(decision);
                 }}));
            TlsLogin login(world, VencryptSubtype::X509Plain, *client_credentials());
            assert_true(login.shake_hands());
            // What a client sends ahead waits with it.
            login.client->send(as_bytes(plain_text + "\1"));
            assert_true(run_until([&] { return !seen.empty(); }));
            assert_true(seen == "me:secret");
            if (later) {
                drain();
                assert_int_equal(login.client->received(), 0);
                kept(decision);
            }
            assert_int_equal(outcome_of(*login.client, "") == "in",
                             decision != LoginDecision::refuse);
        }
    }
}

void an_answer_that_never_comes_refuses(void**) {
    Guarded world(security_of(
        {.authorize = [](const vnc::LoginRequest&, const vnc::LoginAnswer&) {}}));
    const auto client = world.connect();
    assert_true(choose(*client, 1));
    assert_true(outcome_of(*client) == failed);
}

// CVE-17: an answer may come when the client, or the server, has gone
void an_answer_may_come_too_late(void**) {
    for (const bool server_goes : {false, true}) {
        vnc::LoginAnswer kept;
        Guarded world(security_of(
            {.authorize = [&](const vnc::LoginRequest&, vnc::LoginAnswer answer) {
                kept = std::move(answer);
            }}));
        const auto client = world.connect();
        assert_true(choose(*client, 1));
        assert_true(run_until([&] { return bool(kept); }));
        if (server_goes)
            world.server.reset();
        else
            client->close();
        drain();
        kept(LoginDecision::control);
        drain();
    }
}

// CVE-17, O-18, O-22: the server may go while a client is at any point of its login
void the_server_may_go_during_every_login(void**) {
    for (int stage = 0; stage < 6; ++stage) {
        Guarded world(security_of({.methods = {LoginMethod::password},
                                   .tls = server_credentials(tls::VerifyPeer::no)}));
        if (stage < 3) {
            const auto client = world.connect();
            client->send(as_bytes("RFB 003.008\n\23\0\2"s.substr(0, stage == 0   ? 13
                                                                    : stage == 1 ? 14
                                                                                 : 15)));
            drain();
            world.server.reset();
            assert_true(run_until([&] { return client->has_ended(); }));
            continue;
        }
        TlsLogin login(world, VencryptSubtype::X509Vnc, *client_credentials());
        if (stage == 3) {
            login.tls->handshake({}, [](const Result<void>&) {});
            g_main_context_iteration(nullptr, FALSE);
        } else {
            assert_true(login.shake_hands());
            if (stage == 5)
                answer_challenge(*login.client, "wrong"); // and is being delayed
            drain();
        }
        world.server.reset();
        drain();
        if (login.client)
            assert_true(run_until([&] { return login.client->has_ended(); }));
    }
}

// O-18, CVE-17: the peer leaves, or says nonsense, in the midst of TLS
void a_broken_tls_handshake_ends_that_client_only(void**) {
    Guarded world(security_of({.tls = server_credentials(tls::VerifyPeer::no)}));
    for (const bool nonsense : {false, true}) {
        TlsLogin login(world, VencryptSubtype::X509None, *client_credentials());
        if (nonsense)
            (void)login.channel->write(as_bytes("no TLS at all, and more than a record"));
        else
            (void)login.channel->close();
        assert_true(world.has_clients(0));
    }
    TlsLogin login(world, VencryptSubtype::X509None, *client_credentials());
    assert_true(login.shake_hands() && outcome_of(*login.client) == "in");
}

void skips_it_for_whom_the_program_trusts(void**) {
    Guarded world(with_password());
    auto [ours, theirs] = make_pipe_pair(4096);
    world.server->add_client(theirs, vnc::AskWho::no);
    RfbClient client(ours);
    assert_true(client.shake_hands());
}

// RSA-AES: the result, and all behind it, inside AES or not.
void logs_in_with_rsa_aes(void**) {
    for (const int type : {6, 130, 5, 129}) {
        auto security =
            security_of({.methods = {LoginMethod::rsa_aes, LoginMethod::password},
                         .style = vnc::OfferStyle::several});
        (void)security->set_password("longer than eight");
        Guarded world(security);
        const auto client = world.connect();
        client->take(12);
        client->send(as_bytes("RFB 003.008\n"));
        assert_true(text_of(client->take(6)) == "\5\201\5\202\6\2"s);
        client->send(as_bytes(std::string(1, char(type))));
        RsaAesClient mine(type > 100);
        const std::size_t random = type > 100 ? 32 : 20;
        auto said = client->take(4 + 512);
        ByteReader key(said);
        client->send(mine.begin(key));
        said = client->take(2 + 128 + 18 + random);
        ByteReader in(said);
        const auto hash = mine.agree(in);
        client->send(hash);
        const auto subtype = client->take(19);
        Bytes both(in.rest().begin(), in.rest().end());
        both.insert(both.end(), subtype.begin(), subtype.end());
        ByteReader question(both);
        assert_int_equal(mine.question(question).value_or(0), 2);
        client->send(mine.answer("", "longer than eight"));
        if (type == 6 || type == 130) {
            assert_true(outcome_of(*client) == "in");
            continue;
        }
        const auto result = client->take(2 + 4 + 16);
        ByteReader sealed(result);
        assert_true(text_of(mine.servers->open(sealed)->value()) == "\0\0\0\0"s);
        Bytes init;
        mine.ours->seal(as_bytes("\1"), init);
        client->send(init);
        const auto server_init = client->take(2 + 24 + 16);
        ByteReader opened(server_init);
        assert_int_equal(mine.servers->open(opened)->value_or(Bytes()).size(), 24);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_password_lets_in),
        cmocka_unit_test(an_empty_password_lets_nobody_in),
        cmocka_unit_test(a_password_never_changes_what_is_asked),
        cmocka_unit_test(a_refusal_may_fail_at_every_step),
        cmocka_unit_test(refuses_what_does_not_go_together),
        cmocka_unit_test(a_view_only_client_is_not_heard),
        cmocka_unit_test(failures_make_an_address_wait),
        cmocka_unit_test(logs_in_inside_tls),
        cmocka_unit_test(refuses_bytes_before_tls),
        cmocka_unit_test(asks_for_certificates),
        cmocka_unit_test(a_reload_leaves_handshakes_alone),
        cmocka_unit_test(a_user_and_a_password),
        cmocka_unit_test(an_answer_that_never_comes_refuses),
        cmocka_unit_test(an_answer_may_come_too_late),
        cmocka_unit_test(the_server_may_go_during_every_login),
        cmocka_unit_test(a_broken_tls_handshake_ends_that_client_only),
        cmocka_unit_test(skips_it_for_whom_the_program_trusts),
        cmocka_unit_test(logs_in_with_rsa_aes),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
