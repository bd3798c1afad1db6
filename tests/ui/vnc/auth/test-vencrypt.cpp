// VeNCrypt: versions, sub-types, and nothing between the choice and TLS.
#include "ui/vnc/auth/vencrypt.hpp"

#include <algorithm>

#include "tests/ui/vnc/auth/exchange.hpp"
#include "ui/vnc/auth/none.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using namespace qio::vnc::auth;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

using Subtypes = std::vector<VencryptSubtype>;

const Subtypes offered = {VencryptSubtype::X509SASL, VencryptSubtype::X509Vnc};

std::unique_ptr<Vencrypt> make(const Subtypes& subtypes, Way* seen = nullptr) {
    return std::make_unique<Vencrypt>(
        subtypes, Way(),
        [seen](VencryptSubtype,
               const Way& way) -> Result<std::unique_ptr<Authenticator>> {
            if (seen != nullptr)
                *seen = way;
            return std::make_unique<None>(None::HasResult::always);
        });
}

std::string choice(std::uint32_t number) {
    Bytes bytes;
    ByteWriter(bytes).put(number);
    return std::string(as_text(bytes));
}

// The numbers that clients of QEMU know: 263 and 264 are not in the order of the others.
void has_the_numbers_in_use(void**) {
    const auto vencrypt = make({VencryptSubtype::X509SASL, VencryptSubtype::TLSSASL,
                                VencryptSubtype::Plain, VencryptSubtype::TLSNone});
    Exchange exchange(*vencrypt);
    assert_true(as_text(exchange.said()) == "\0\2"sv);
    exchange.send("\0\2"sv);
    assert_true(as_text(exchange.said()) == "\0\4\0\0\1\7\0\0\1\10\0\0\1\0\0\0\1\1"sv);
}

// P-RFB-04: one version, in which 0 means yes
void refuses_other_versions(void**) {
    for (int major = 0; major < 256; ++major) {
        for (const int minor : {0, 1, 2, 3, 255}) {
            const auto vencrypt = make(offered);
            Exchange exchange(*vencrypt);
            exchange.said();
            exchange.send(std::string{char(major), char(minor)});
            const bool good = major == 0 && minor == 2;
            assert_int_equal(exchange.failed(), !good);
            assert_true(exchange.said()[0] == (good ? std::byte{0} : std::byte{1}));
        }
    }
}

// P-RFB-04: only a sub-type that was offered; here 0 means no
void refuses_every_subtype_that_was_not_offered(void**) {
    for (std::uint32_t number = 0; number < 600; ++number) {
        if (std::ranges::find(offered, VencryptSubtype(number)) != offered.end())
            continue;
        for (const std::size_t step : {1UL, 6UL}) {
            const auto vencrypt = make(offered);
            Exchange exchange(*vencrypt, step);
            exchange.send("\0\2"sv);
            exchange.said();
            exchange.send(choice(number));
            assert_true(exchange.failed());
            assert_true(as_text(exchange.said()) == "\0"sv);
        }
    }
}

void begins_tls_and_goes_on_inside(void**) {
    for (const auto subtype : offered) {
        for (const std::size_t step : {1UL, 6UL}) {
            Way seen;
            const auto vencrypt = make(offered, &seen);
            Exchange exchange(*vencrypt, step);
            exchange.send("\0\2"sv);
            exchange.said();
            exchange.send(choice(std::uint32_t(subtype)));
            assert_non_null(exchange.result<StartTls>());
            assert_true(as_text(exchange.said()) == "\1"sv);
            exchange.start_tls({.encrypted = true, .key_bits = 256});
            assert_true(exchange.is_accepted());
            assert_int_equal(seen.key_bits, 256);
            assert_true(vencrypt->always_has_result());
        }
    }
}

// TRAP-13, O-23, P-TLS-08: bytes between the choice and TLS end the connection, however
// many, and be they the choice again
void refuses_bytes_before_tls(void**) {
    const auto again = choice(std::uint32_t(offered[1]));
    for (const auto& extra :
         {"\1"s, "\1\1"s, "\1\1\1"s, again, again + "\1", again + again}) {
        const auto vencrypt = make(offered);
        Exchange exchange(*vencrypt);
        exchange.said();
        exchange.send("\0\2"s + again + extra);
        assert_true(exchange.failed());
        assert_int_equal(exchange.said().size(), 10); // and no yes behind it
    }
}

void goes_inside_at_once_without_tls(void**) {
    const auto vencrypt = make({VencryptSubtype::Plain});
    Exchange exchange(*vencrypt);
    exchange.send("\0\2\0\0\1\0\7"sv);
    assert_true(exchange.is_accepted());
    assert_int_equal(exchange.unused.size(), 1);
    assert_true(vencrypt->name() == "vencrypt+none");
}

void waits_for_all_of_it(void**) {
    const auto text = "\0\2"s + choice(std::uint32_t(offered[0]));
    for (std::size_t count = 0; count < text.size(); ++count) {
        const auto vencrypt = make(offered);
        Exchange exchange(*vencrypt);
        exchange.send(text.substr(0, count));
        assert_true(exchange.waits());
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(has_the_numbers_in_use),
        cmocka_unit_test(refuses_other_versions),
        cmocka_unit_test(refuses_every_subtype_that_was_not_offered),
        cmocka_unit_test(begins_tls_and_goes_on_inside),
        cmocka_unit_test(refuses_bytes_before_tls),
        cmocka_unit_test(goes_inside_at_once_without_tls),
        cmocka_unit_test(waits_for_all_of_it),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
