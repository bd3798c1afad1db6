// SASL against the client half of the same library, with one user "tester".
#include "ui/vnc/auth/sasl.hpp"

#include <sasl/sasl.h>
#include <sasl/saslplug.h>

#include <cstdlib>
#include <cstring>

#include "tests/support/certificates.hpp"
#include "tests/support/temporary-folder.hpp"
#include "tests/ui/vnc/auth/exchange.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using namespace qio::vnc::auth;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

constexpr const char* user = "tester";
constexpr const char* password = "secret";

// ---- the user, whom the library's mechanisms find here

int look_up(void*, sasl_server_params_t* params, unsigned, const char* name,
            unsigned length) noexcept {
    if (std::string_view(name, length) != user)
        return SASL_NOUSER;
    const auto* wanted = params->utils->prop_get(params->propctx);
    for (; wanted && wanted->name; ++wanted)
        if (std::strcmp(wanted->name, "*userPassword") == 0 ||
            std::strcmp(wanted->name, "userPassword") == 0)
            params->utils->prop_set(params->propctx, wanted->name, password, -1);
    return SASL_OK;
}

sasl_auxprop_plug_t users{};

int make_users(const sasl_utils_t*, int, int* version, sasl_auxprop_plug_t** plug,
               const char*) noexcept {
    users.auxprop_lookup = look_up;
    static char name[] = "test-users";
    users.name = name;
    *version = SASL_AUXPROP_PLUG_VERSION;
    *plug = &users;
    return SASL_OK;
}

// ---- the client

const char* given_password = password;

int give_name(void*, int, const char** result, unsigned* length) noexcept {
    *result = user;
    if (length)
        *length = unsigned(std::strlen(user));
    return SASL_OK;
}

int give_password(sasl_conn_t*, void*, int, sasl_secret_t** secret) noexcept {
    alignas(sasl_secret_t) static unsigned char room[64];
    auto* text = reinterpret_cast<sasl_secret_t*>(room);
    text->len = std::strlen(given_password);
    std::memcpy(text->data, given_password, text->len + 1);
    *secret = text;
    return SASL_OK;
}

int give_realm(void*, int, const char**, const char** result) noexcept {
    *result = "";
    return SASL_OK;
}

template <class Function>
int (*callback(Function* function))() {
    return reinterpret_cast<int (*)()>(reinterpret_cast<void*>(function));
}

const sasl_callback_t callbacks[] = {
    {SASL_CB_AUTHNAME, callback(give_name), nullptr},
    {SASL_CB_USER, callback(give_name), nullptr},
    {SASL_CB_PASS, callback(give_password), nullptr},
    {SASL_CB_GETREALM, callback(give_realm), nullptr},
    {SASL_CB_LIST_END, nullptr, nullptr},
};

Bytes number(std::size_t value) {
    Bytes bytes;
    ByteWriter(bytes).put(std::uint32_t(value));
    return bytes;
}

/// Data as it is sent: nothing at all, or with a NUL behind it.
std::string data(const char* text, std::size_t length) {
    if (text == nullptr)
        return "\0\0\0\0"s;
    return std::string(as_text(number(length + 1))).append(text, length).append(1, '\0');
}

std::string mechanism(std::string_view name) {
    return std::string(as_text(number(name.size()))).append(name);
}

class Client {
public:
    explicit Client(const Way& way) {
        sasl_client_new("vnc", "localhost", nullptr, nullptr, callbacks,
                        SASL_SUCCESS_DATA, &connection);
        sasl_security_properties_t properties{};
        properties.maxbufsize = 8192;
        const bool has_layer = !way.encrypted && !way.is_local;
        properties.max_ssf = has_layer ? 256 : 0;
        sasl_setprop(connection, SASL_SEC_PROPS, &properties);
    }
    ~Client() { sasl_dispose(&connection); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Plays a login to its end.
    void log_in(Exchange& exchange, const char* name) {
        exchange.said();
        const char *text = nullptr, *chosen = nullptr;
        unsigned length = 0;
        status = sasl_client_start(connection, name, nullptr, &text, &length, &chosen);
        exchange.send(mechanism(name) + data(text, length));
        while (!exchange.failed() && !exchange.is_refused()) {
            const auto said = exchange.said();
            ByteReader in(said);
            const auto count = in.take<std::uint32_t>();
            const auto bytes = count ? in.take_bytes(*count) : std::nullopt;
            const auto complete = bytes ? in.take<std::uint8_t>() : std::nullopt;
            if (!complete)
                return;
            text = nullptr;
            if (status == SASL_CONTINUE)
                status = sasl_client_step(
                    connection, bytes->empty() ? nullptr : as_text(*bytes).data(),
                    bytes->empty() ? 0 : unsigned(bytes->size() - 1), nullptr, &text,
                    &length);
            if (*complete != 0)
                return;
            exchange.send(data(text, length));
        }
    }

    sasl_conn_t* connection = nullptr;
    int status = SASL_FAIL;
};

const Way plain_way{};
const Way tls_way{.encrypted = true, .key_bits = 256};
const Way anonymous_way{.encrypted = true, .anonymous = true, .key_bits = 256};
const Way unix_way{.is_local = true};

std::unique_ptr<Authenticator> make(const Way& way, const SaslOptions& options = {}) {
    auto made = make_sasl(options, way);
    return made ? std::move(*made) : nullptr;
}

std::string list_for(const Way& way) {
    const auto sasl = make(way);
    Exchange exchange(*sasl);
    const auto said = exchange.said();
    return said.size() < 4 ? "" : ","s.append(as_text(ByteView(said).subspan(4))) + ",";
}

bool has(const Way& way, const char* name) {
    return list_for(way).contains(","s + name + ",");
}

// V-29: what may be used follows from the way the client came
void offers_what_is_strong_enough_there(void**) {
    assert_true(has(tls_way, "PLAIN"));
    assert_true(has(unix_way, "PLAIN"));
    assert_false(has(anonymous_way, "PLAIN"));
    assert_false(has(plain_way, "PLAIN"));
    assert_true(has(tls_way, "SCRAM-SHA-256"));
    assert_true(has(anonymous_way, "SCRAM-SHA-256"));
    assert_false(has(plain_way, "SCRAM-SHA-256")); // brings no encryption
    assert_true(has(plain_way, "DIGEST-MD5"));
    for (const auto& way : {plain_way, tls_way, anonymous_way, unix_way})
        assert_false(has(way, "ANONYMOUS"));
}

struct Row {
    const char* name;
    Way way;
    bool has_layer;
};

// TRAP-19: PLAIN is complete with its first data, the others later
void lets_in_who_knows_the_password(void**) {
    const Row rows[] = {
        {"PLAIN", tls_way, false},         {"PLAIN", unix_way, false},
        {"SCRAM-SHA-256", tls_way, false}, {"SCRAM-SHA-256", anonymous_way, false},
        {"DIGEST-MD5", plain_way, true},
    };
    for (const auto& row : rows) {
        for (const std::size_t step : {1UL, 10UL, SIZE_MAX}) {
            for (const auto* given : {password, "wrong"}) {
                given_password = given;
                const auto sasl = make(row.way);
                Exchange exchange(*sasl, step);
                Client client(row.way);
                client.log_in(exchange, row.name);
                const bool good = given == password;
                assert_int_equal(exchange.is_accepted(), good);
                assert_int_equal(exchange.is_refused(), !good);
                if (!good)
                    continue;
                assert_true(exchange.result<Accepted>()->identity.user == user);
                assert_int_equal(sasl->take_layer() != nullptr, row.has_layer);
            }
        }
    }
}

// V-19: what a layer seals is opened whole and in order, in any pieces
void a_layer_goes_both_ways(void**) {
    given_password = password;
    const auto sasl = make(plain_way);
    Exchange exchange(*sasl);
    Client client(plain_way);
    client.log_in(exchange, "DIGEST-MD5");
    const auto layer = sasl->take_layer();
    assert_true(layer != nullptr);
    const std::string text(layer->max_plain(), 'x');
    Bytes sealed;
    assert_true(layer->encode(as_bytes(text), sealed).has_value());
    assert_true(layer->encode(as_bytes("and more"), sealed).has_value());
    const char* opened = nullptr;
    unsigned length = 0;
    assert_int_equal(sasl_decode(client.connection, as_text(sealed).data(),
                                 unsigned(sealed.size()), &opened, &length),
                     SASL_OK);
    assert_true(std::string_view(opened, length) == text + "and more");

    const char* theirs = nullptr;
    assert_int_equal(sasl_encode(client.connection, "hello", 5, &theirs, &length),
                     SASL_OK);
    const std::string hello(theirs, length);
    Bytes plain;
    for (const char c : hello)
        assert_int_equal(layer->decode(as_bytes({&c, 1}), plain).value(), 1);
    assert_true(as_text(plain) == "hello");
    assert_false(layer->decode(as_bytes("\0\0\0\5wrong-ish"sv), plain).has_value());
}

// V-29: one name of the list, and all of it
// TRAP-18: a NUL, a comma or a part of a name are none
void takes_exact_names_only(void**) {
    const auto padded = "PLAIN"s + '\0' + std::string(94, 'x');
    for (const auto& name :
         {"PLAIN\0"s, padded, "PLAI"s, "plain"s, ","s, "PLAIN,"s, "PLAIN,SCRAM-SHA-256"s,
          "SCRAM-SHA-256,PLAIN"s, "ANONYMOUS"s, std::string(100, 'A')}) {
        const auto sasl = make(tls_way);
        Exchange exchange(*sasl);
        exchange.send(mechanism(name));
        assert_true(exchange.failed());
    }
    for (const std::size_t length : {0UL, 101UL, 0xFFFFFFFFUL}) {
        const auto sasl = make(tls_way);
        Exchange exchange(*sasl);
        exchange.send(number(length));
        assert_true(exchange.failed());
    }
}

// V-29: data ends in a NUL; none at all is another thing than empty data
void data_ends_in_a_nul(void**) {
    const auto message = "\0tester\0secret"s;
    const auto start = mechanism("PLAIN");
    const struct {
        std::string data;
        bool good;
    } rows[] = {
        {data(message.data(), message.size()), true},
        {std::string(as_text(number(message.size()))) + message, false},
        {data("", 0), false},
    };
    for (const auto& row : rows) {
        const auto sasl = make(tls_way);
        Exchange exchange(*sasl);
        exchange.send(start + row.data);
        assert_int_equal(exchange.is_accepted(), row.good);
    }
    // Without any, the mechanism asks for it.
    const auto sasl = make(tls_way);
    Exchange exchange(*sasl);
    exchange.said();
    exchange.send(start + data(nullptr, 0));
    assert_true(exchange.waits());
    assert_int_equal(std::to_integer<int>(exchange.said().back()), 0);
    exchange.send(data(message.data(), message.size()));
    assert_true(exchange.is_accepted());
}

void refuses_lengths_at_once(void**) {
    const auto sasl = make(tls_way);
    Exchange exchange(*sasl);
    exchange.send(mechanism("PLAIN") + std::string(as_text(number(max_sasl_bytes + 1))));
    assert_true(exchange.failed());
    assert_true(exchange.error->kind == ErrorKind::limit);
}

void asks_who_may_come(void**) {
    given_password = password;
    for (const auto& [answer, good] : {std::pair<Result<bool>, bool>(true, true),
                                       {false, false},
                                       {Error{ErrorKind::io, 0, "no idea"}, false}}) {
        std::string asked;
        const auto sasl = make(tls_way, {.authorize = [&](std::string_view name) {
                                   asked = name;
                                   return answer;
                               }});
        Exchange exchange(*sasl);
        Client client(tls_way);
        client.log_in(exchange, "SCRAM-SHA-256");
        assert_true(asked == user);
        assert_int_equal(exchange.is_accepted(), good);
        assert_int_equal(exchange.is_refused(), !good);
    }
}

} // namespace

int main() {
    const TemporaryFolder folder;
    write_file(folder.file("qemu.conf"),
               "pwcheck_method: auxprop\nauxprop_plugin: test-users\n"
               "mech_list: PLAIN SCRAM-SHA-256 DIGEST-MD5 ANONYMOUS\n");
    setenv("SASL_CONF_PATH", folder.file("").c_str(), 1);
    sasl_auxprop_add_plugin("test-users", make_users);
    sasl_client_init(nullptr);
    // The mechanisms are packages of their own.
    if (!has(tls_way, "PLAIN") || !has(tls_way, "SCRAM-SHA-256") ||
        !has(plain_way, "DIGEST-MD5"))
        return 77;
    const CMUnitTest tests[] = {
        cmocka_unit_test(offers_what_is_strong_enough_there),
        cmocka_unit_test(lets_in_who_knows_the_password),
        cmocka_unit_test(a_layer_goes_both_ways),
        cmocka_unit_test(takes_exact_names_only),
        cmocka_unit_test(data_ends_in_a_nul),
        cmocka_unit_test(refuses_lengths_at_once),
        cmocka_unit_test(asks_who_may_come),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
