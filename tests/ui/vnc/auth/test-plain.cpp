// Plain: a name and a password, and what is no such thing.
#include "ui/vnc/auth/plain.hpp"

#include "tests/ui/vnc/auth/exchange.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using namespace qio::vnc::auth;
using namespace std::string_view_literals;

namespace {

std::string message(std::string_view name, std::string_view password) {
    Bytes bytes;
    ByteWriter(bytes)
        .put(std::uint32_t(name.size()))
        .put(std::uint32_t(password.size()))
        .put_bytes(as_bytes(name))
        .put_bytes(as_bytes(password));
    return std::string(as_text(bytes));
}

// O-14: the longest that is allowed, and the pieces it comes in
void asks_about_name_and_password(void**) {
    const std::string longest(max_plain_bytes, 'x');
    for (const auto& [name, password] :
         {std::pair("me"sv, "secret"sv), std::pair("me"sv, ""sv),
          std::pair(std::string_view(longest), std::string_view(longest))}) {
        const auto text = message(name, password);
        for (const std::size_t step : {1UL, 5UL, text.size()}) {
            Plain plain;
            Exchange exchange(plain, step);
            exchange.send(text);
            const auto* ask = exchange.result<Ask>();
            assert_non_null(ask);
            assert_true(ask->user == name && ask->password == password);
        }
    }
}

void waits_for_all_of_it(void**) {
    const auto text = message("me", "secret");
    for (std::size_t count = 0; count < text.size(); ++count) {
        Plain plain;
        Exchange exchange(plain);
        exchange.send(text.substr(0, count));
        assert_true(exchange.waits());
        assert_int_equal(exchange.unused.size(), count);
    }
}

// O-14: lengths are looked at before anything of the text has come
void refuses_lengths_at_once(void**) {
    for (const auto length :
         {"\0\0\4\1"sv, "\0\1\0\0"sv, "\177\377\377\377"sv, "\377\377\377\377"sv}) {
        for (const bool first : {true, false}) {
            Plain plain;
            Exchange exchange(plain);
            const auto good = "\0\0\0\1"sv;
            exchange.send(
                std::string(first ? length : good).append(first ? good : length));
            assert_true(exchange.failed());
            assert_true(exchange.error->kind == ErrorKind::limit);
        }
    }
}

void refuses_what_names_nobody(void**) {
    for (const auto& text : {message("", "secret"), message("me\0you"sv, "secret"),
                             message("me", "secret\0more"sv)}) {
        Plain plain;
        Exchange exchange(plain);
        exchange.send(text);
        assert_true(exchange.is_refused());
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(asks_about_name_and_password),
        cmocka_unit_test(waits_for_all_of_it),
        cmocka_unit_test(refuses_lengths_at_once),
        cmocka_unit_test(refuses_what_names_nobody),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
