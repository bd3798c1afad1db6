// Which security types each client is offered: policy by policy, way by way.
#include "ui/vnc/offer.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;
using auth::VencryptSubtype;

namespace {

using Tls = OfferPolicy::Tls;
using Methods = std::vector<LoginMethod>;
using Types = std::vector<SecurityType>;
using Subtypes = std::vector<VencryptSubtype>;

constexpr auto password = LoginMethod::password, sasl = LoginMethod::sasl,
               plain = LoginMethod::plain, rsa_aes = LoginMethod::rsa_aes;

const TransportSecurity socket_way{};
const TransportSecurity unix_way{.is_unix = true};
const TransportSecurity wss_way{.encrypted = true, .key_bits = 256};

struct Row {
    Methods methods;
    Tls tls;
    SecurityType type, behind_tls;
    std::optional<VencryptSubtype> subtype;
};

// CVE-19, V-27, V-28: one policy for every listener; what it asks for is asked
// everywhere, and nothing weaker where TLS is missing
void offers_one_type_as_qemu_does(void**) {
    using enum SecurityType;
    const Row rows[] = {
        {{}, Tls::none, None, None, {}},
        {{password}, Tls::none, VNCAuthentication, VNCAuthentication, {}},
        {{sasl}, Tls::none, SASL, SASL, {}},
        {{sasl, password}, Tls::none, VNCAuthentication, VNCAuthentication, {}},
        {{}, Tls::anonymous, VeNCrypt, None, VencryptSubtype::TLSNone},
        {{password},
         Tls::anonymous,
         VeNCrypt,
         VNCAuthentication,
         VencryptSubtype::TLSVnc},
        {{sasl}, Tls::anonymous, VeNCrypt, SASL, VencryptSubtype::TLSSASL},
        {{plain}, Tls::anonymous, VeNCrypt, VeNCrypt, VencryptSubtype::TLSPlain},
        {{}, Tls::x509, VeNCrypt, None, VencryptSubtype::X509None},
        {{password}, Tls::x509, VeNCrypt, VNCAuthentication, VencryptSubtype::X509Vnc},
        {{sasl}, Tls::x509, VeNCrypt, SASL, VencryptSubtype::X509SASL},
        {{plain}, Tls::x509, VeNCrypt, VeNCrypt, VencryptSubtype::X509Plain},
    };
    for (const auto& row : rows) {
        const OfferPolicy policy{.methods = row.methods, .tls = row.tls};
        for (const auto& way : {socket_way, unix_way}) {
            const auto offer = make_offer(policy, way);
            assert_true(offer.types == Types{row.type});
            if (row.subtype)
                assert_true(offer.subtypes == Subtypes{*row.subtype});
        }
        assert_true(make_offer(policy, wss_way).types == Types{row.behind_tls});
        TransportSecurity trusted = socket_way;
        trusted.is_trusted = true;
        assert_true(make_offer(policy, trusted).types == Types{None});
    }
}

void offers_several_strongest_first(void**) {
    using enum SecurityType;
    OfferPolicy policy{.methods = {password, plain, rsa_aes, sasl},
                       .style = OfferStyle::several};
    assert_true(make_offer(policy, socket_way).types ==
                (Types{RA2_256, RA2, SASL, RA2ne_256, RA2ne, VNCAuthentication}));
    assert_true(
        make_offer(policy, unix_way).types ==
        (Types{RA2_256, RA2, SASL, VeNCrypt, RA2ne_256, RA2ne, VNCAuthentication}));
    assert_true(make_offer(policy, wss_way).types ==
                (Types{SASL, VeNCrypt, RA2ne_256, RA2ne, VNCAuthentication}));
    assert_true(make_offer(policy, wss_way).subtypes == Subtypes{VencryptSubtype::Plain});
    policy.tls = Tls::x509;
    const auto offer = make_offer(policy, socket_way);
    assert_true(offer.types == Types{VeNCrypt});
    assert_true(offer.subtypes ==
                (Subtypes{VencryptSubtype::X509SASL, VencryptSubtype::X509Plain,
                          VencryptSubtype::X509Vnc}));
}

// V-28, P-RFB-04: whoever comes by TLS around RFB has shown the certificate there
void asks_for_a_certificate_on_every_way(void**) {
    const OfferPolicy policy{.tls = Tls::x509, .needs_certificate = true};
    assert_true(make_offer(policy, socket_way).types == Types{SecurityType::VeNCrypt});
    const auto without = make_offer(policy, wss_way);
    assert_true(without.types.empty() && !without.why_none.empty());
    auto with = wss_way;
    with.peer_dname = "CN=somebody";
    assert_true(make_offer(policy, with).types == Types{SecurityType::None});
}

void sends_no_password_as_it_is_where_others_listen(void**) {
    const auto offer = make_offer({.methods = {plain}}, socket_way);
    assert_true(offer.types.empty() && !offer.why_none.empty());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(offers_one_type_as_qemu_does),
        cmocka_unit_test(offers_several_strongest_first),
        cmocka_unit_test(asks_for_a_certificate_on_every_way),
        cmocka_unit_test(sends_no_password_as_it_is_where_others_listen),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
