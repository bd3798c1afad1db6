// Fuzzes a login: any bytes in any pieces before the end of the handshake, with every
// security type, asked and answered at once or later.
//
// The first byte chooses the policy, the second the size of the pieces; the rest is what
// the client says.
#include <algorithm>

#include "tests/fuzz/require.hpp"
#include "ui/vnc/auth/rsa-key.hpp"
#include "ui/vnc/handshake.hpp"
#include "ui/vnc/security-state.hpp"

using namespace qio;
using namespace qio::vnc;
using fuzz::require;

namespace {

/// Small, so that a run takes no time; what it protects is nothing.
const std::shared_ptr<const auth::RsaKeyPair>& key() {
    static const auto made = auth::RsaKeyPair::generate(1024);
    return made;
}

struct Policy {
    std::vector<LoginMethod> methods;
    OfferPolicy::Tls tls = OfferPolicy::Tls::none;
    bool encrypted = false;
};

const std::vector<Policy>& policies() {
    static const std::vector<Policy> all = {
        {{}},
        {{LoginMethod::password}},
        {{LoginMethod::rsa_aes, LoginMethod::password}},
        {{LoginMethod::rsa_aes, LoginMethod::plain}},
        {{LoginMethod::plain}, OfferPolicy::Tls::x509},
        {{LoginMethod::password, LoginMethod::plain}, OfferPolicy::Tls::anonymous},
        {{LoginMethod::plain, LoginMethod::password}, OfferPolicy::Tls::none, true},
        {{LoginMethod::sasl}, OfferPolicy::Tls::none, true},
    };
    return all;
}

class Run {
public:
    Run(const Policy& policy, std::size_t piece) : policy_(policy), piece_(piece) {
        state_->options.methods = policy.methods;
        state_->passwords = {.control = "secret", .view_only = "look"};
        state_->rsa_key = key();
        offer_ = make_offer({.methods = policy.methods,
                             .style = OfferStyle::several,
                             .tls = policy.tls},
                            {.encrypted = policy.encrypted, .key_bits = 256});
    }

    void play(ByteView bytes) {
        const auth::Way way{.encrypted = policy_.encrypted, .key_bits = 256};
        Handshake handshake(
            offer_.types,
            [&](SecurityType type) {
                require(std::ranges::find(offer_.types, type) != offer_.types.end(),
                        "only what was offered is made");
                return make_authenticator(state_, offer_, type, way);
            },
            offer_.why_none);
        Bytes out;
        handshake.start(out);
        std::size_t end = 0, used = 0;
        while (handshake.wait() != Handshake::Wait::nothing) {
            const auto before = used;
            const auto took = handshake.advance(bytes.subspan(used, end - used), 0, out);
            if (!took)
                return;
            require(*took <= end - used, "no more is used than there was");
            used += *took;
            if (handshake.wait() == Handshake::Wait::client) {
                if (end == bytes.size() && used == before)
                    return;
                end = std::min(end + piece_, bytes.size());
            } else if (!answer(handshake, out, bytes.subspan(used, end - used))) {
                return;
            }
        }
        require(handshake.why_refused().empty() || !handshake.is_shared(),
                "who is refused never comes to ClientInit");
    }

private:
    bool answer(Handshake& handshake, Bytes& out, ByteView rest) {
        switch (handshake.wait()) {
        case Handshake::Wait::check: {
            const bool good = handshake.question().password == "secret";
            const auto user = handshake.question().user;
            require(!user.empty() && user.size() <= 1024, "a name is one, and bounded");
            return handshake
                .checked(good ? auth::Outcome(auth::Accepted({.user = user}))
                              : auth::Outcome(auth::Refused("no")),
                         out)
                .has_value();
        }
        case Handshake::Wait::tls:
            require(rest.empty(), "nothing comes before TLS");
            return handshake.tls_started({.encrypted = true, .key_bits = 256}, out)
                .has_value();
        case Handshake::Wait::authorization:
            return handshake.authorized(auth::Accepted(handshake.identity()), out)
                .has_value();
        case Handshake::Wait::refusal:
            handshake.refuse(out);
            return true;
        default:
            return false;
        }
    }

    const Policy& policy_;
    const std::size_t piece_;
    const std::shared_ptr<SecurityState> state_ = std::make_shared<SecurityState>();
    Offer offer_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    if (bytes.size() < 2)
        return 0;
    const auto& policy = policies()[data[0] % policies().size()];
    Run(policy, std::max<std::size_t>(data[1], 1)).play(bytes.subspan(2));
    return 0;
}
