// RSA-AES: keys, hashes, credentials and the stream, against a client of our own.
#include "ui/vnc/auth/rsa-aes.hpp"

#include "tests/ui/vnc/auth/exchange.hpp"
#include "tests/ui/vnc/auth/rsa-aes-client.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using namespace qio::vnc::auth;
using namespace std::string_view_literals;

namespace {

using Bits = RsaAesOptions::Bits;
using Session = RsaAesOptions::Session;
using Credentials = RsaAesOptions::Credentials;

std::shared_ptr<const RsaKeyPair> server_key() {
    static const auto key = RsaKeyPair::generate(1024);
    return key;
}

const Passwords passwords{.control = "longer than eight", .view_only = "look"};

/// One login, up to the question.
struct Login {
    explicit Login(const RsaAesOptions& options, std::size_t step = SIZE_MAX)
        : server(options, server_key(), [] { return passwords; }), exchange(server, step),
          client(options.bits == Bits::aes256) {
        hear([&](ByteReader& in) { return client.begin(in); });
        hear([&](ByteReader& in) { return client.agree(in); });
        hear([&](ByteReader& in) {
            asked = client.ours ? client.question(in) : std::nullopt;
            return Bytes();
        });
    }
    /// Lets the client read what was said and not read yet, and sends its answer.
    template <class Answer>
    void hear(Answer answer) {
        const auto said = exchange.said();
        heard.insert(heard.end(), said.begin(), said.end());
        ByteReader in(heard);
        const auto sent = answer(in);
        heard = Bytes(in.rest().begin(), in.rest().end());
        exchange.send(sent);
    }
    RsaAes server;
    Exchange exchange;
    RsaAesClient client;
    std::optional<int> asked;
    Bytes heard;
};

constexpr RsaAesOptions all_options[] = {
    {Bits::aes128, Session::clear, Credentials::password},
    {Bits::aes128, Session::encrypted, Credentials::password},
    {Bits::aes256, Session::clear, Credentials::password},
    {Bits::aes256, Session::encrypted, Credentials::password},
};

// All bytes of a password count here; an empty one is none (CVE-19).
void compares_with_the_passwords(void**) {
    for (const auto& options : all_options) {
        for (const std::size_t step : {1UL, 100UL, SIZE_MAX}) {
            for (const auto& [given, good] :
                 {std::pair("longer than eight", true), std::pair("look", true),
                  std::pair("longer t", false), std::pair("", false)}) {
                Login login(options, step);
                assert_int_equal(login.asked.value_or(0), 2);
                login.exchange.send(login.client.answer("", given));
                assert_int_equal(login.exchange.is_accepted(), good);
                assert_int_equal(login.exchange.is_refused(), !good);
            }
        }
    }
}

void asks_about_a_user(void**) {
    Login login({Bits::aes256, Session::clear, Credentials::user_and_password});
    assert_int_equal(login.asked.value_or(0), 1);
    login.exchange.send(login.client.answer("me", "secret"));
    const auto* ask = login.exchange.result<Ask>();
    assert_non_null(ask);
    assert_true(ask->user == "me" && ask->password == "secret");
}

void only_the_encrypted_forms_leave_a_layer(void**) {
    for (const auto& options : all_options) {
        Login login(options);
        login.exchange.send(login.client.answer("", "look"));
        const auto layer = login.server.take_layer();
        const bool is_encrypted = options.session == Session::encrypted;
        assert_int_equal(layer != nullptr, is_encrypted);
        assert_int_equal(login.server.result_is_inside(), is_encrypted);
        if (!layer)
            continue;
        Bytes sealed, text;
        assert_true(layer->encode(as_bytes("hello"), sealed).has_value());
        ByteReader in(sealed);
        assert_true(as_text(**login.client.servers->open(in)) == "hello");
        sealed.clear();
        login.client.ours->seal(as_bytes("one"), sealed);
        login.client.ours->seal(as_bytes("two"), sealed);
        assert_int_equal(layer->decode(ByteView(sealed).first(30), text).value(), 21);
        assert_int_equal(layer->decode(ByteView(sealed).subspan(21), text).value(), 21);
        assert_true(as_text(text) == "onetwo");
        assert_false(layer->decode(ByteView(sealed).first(21), text).has_value());
    }
}

// O-24: the length of the client's key is looked at before anything of it is taken
void refuses_keys_of_any_other_length(void**) {
    for (const std::uint32_t bits : {0U, 1U, 512U, 1023U, 8193U, 100000U, 0xFFFFFFFFU}) {
        RsaAes server(all_options[0], server_key(), [] { return passwords; });
        Exchange exchange(server);
        Bytes length;
        ByteWriter(length).put(bits);
        exchange.send(length);
        assert_true(exchange.failed());
        assert_true(exchange.error->kind == ErrorKind::limit);
    }
}

// O-24: keys that are none
void refuses_keys_that_cannot_be_used(void**) {
    for (const auto& [modulus, exponent] :
         {std::pair(0x00, 0x03), std::pair(0xFF, 0x00), std::pair(0xFF, 0x02),
          std::pair(0x7F, 0x03), std::pair(0xFE, 0x03), std::pair(0xFF, 0x01)}) {
        Bytes key;
        ByteWriter(key).put(std::uint32_t(1024)).put_zeros(256);
        std::fill_n(key.begin() + 4, 128, std::byte(modulus));
        key.back() = std::byte(exponent);
        RsaAes server(all_options[0], server_key(), [] { return passwords; });
        Exchange exchange(server);
        exchange.send(key);
        assert_true(exchange.failed());
    }
    // An exponent as long as the modulus only costs time.
    Bytes key;
    ByteWriter(key).put(std::uint32_t(1024)).put_zeros(256);
    std::fill_n(key.begin() + 4, 256, std::byte(0xFF));
    RsaAes server(all_options[0], server_key(), [] { return passwords; });
    Exchange exchange(server);
    exchange.send(key);
    assert_true(exchange.failed());
}

// Every byte that the client sends is proved: a changed one never leads on.
void refuses_what_was_changed(void**) {
    for (const std::size_t at : {140UL, 259UL, 260UL, 261UL, 262UL, 300UL, 389UL}) {
        RsaAes server(all_options[0], server_key(), [] { return passwords; });
        Exchange exchange(server);
        RsaAesClient client(false);
        auto said = exchange.said();
        ByteReader in(said);
        auto mine = client.begin(in);
        mine[at] ^= std::byte{1};
        exchange.send(mine);
        said = exchange.said();
        ByteReader random(said);
        const auto hash = client.agree(random);
        if (!hash.empty())
            exchange.send(hash);
        assert_true(exchange.failed() || exchange.waits());
        assert_null(exchange.result<Accepted>());
        Bytes rest = exchange.said();
        assert_true(rest.size() < 200);
    }
}

void waits_for_all_of_it(void**) {
    RsaAes server(all_options[0], server_key(), [] { return passwords; });
    Exchange exchange(server);
    RsaAesClient client(false);
    const auto said = exchange.said();
    ByteReader in(said);
    const auto mine = client.begin(in);
    for (std::size_t count = 0; count < mine.size(); ++count) {
        RsaAes other(all_options[0], server_key(), [] { return passwords; });
        Exchange cut(other);
        cut.send(ByteView(mine).first(count));
        assert_true(cut.waits());
    }
}

void reads_keys_in_pem(void**) {
    assert_false(RsaKeyPair::from_pem("").has_value());
    assert_false(RsaKeyPair::from_pem("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n"
                                      "-----END RSA PRIVATE KEY-----\n")
                     .has_value());
    assert_false(RsaKeyPair::from_pem("-----END RSA PRIVATE KEY-----"
                                      "-----BEGIN RSA PRIVATE KEY-----")
                     .has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(compares_with_the_passwords),
        cmocka_unit_test(asks_about_a_user),
        cmocka_unit_test(only_the_encrypted_forms_leave_a_layer),
        cmocka_unit_test(refuses_keys_of_any_other_length),
        cmocka_unit_test(refuses_keys_that_cannot_be_used),
        cmocka_unit_test(refuses_what_was_changed),
        cmocka_unit_test(waits_for_all_of_it),
        cmocka_unit_test(reads_keys_in_pem),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
