// internal: the messages of RSA-AES: a length, AES-EAX, and a code that proves both.
// Source: RFB, RSA-AES Security Type; EAX by Bellare, Rogaway and Wagner.
#pragma once

#include <nettle/aes.h>
#include <nettle/eax.h>

#include <array>
#include <optional>
#include <variant>

#include "ui/vnc/auth/layer.hpp"

namespace qio::vnc::auth {

/// Bytes of text in one message, either way.
inline constexpr std::size_t max_aes_message = 8192;

/// One direction: seals or opens messages in their order. 16 bytes of key are AES-128,
/// 32 are AES-256.
class AesMessages {
public:
    explicit AesMessages(ByteView key);

    /// Appends one message. Requires: at most max_aes_message bytes.
    void seal(ByteView text, Bytes& out);
    /// Takes one message off the front of `in`, or nothing as long as it is not all
    /// there. Errors: limit for its length; protocol for one that was changed.
    Result<std::optional<Bytes>> open(ByteReader& in);

private:
    using Code = std::array<std::uint8_t, EAX_DIGEST_SIZE>;

    void begin(ByteView length);
    Code finish();
    const void* cipher() const;
    nettle_cipher_func* function() const;

    std::variant<aes128_ctx, aes256_ctx> cipher_;
    eax_key key_;
    eax_ctx message_;
    std::array<std::uint8_t, EAX_BLOCK_SIZE> counter_{}; // little endian
};

/// Both directions, for all that follows.
class AesLayer final : public Layer {
public:
    AesLayer(const AesMessages& ours, const AesMessages& theirs)
        : ours_(ours), theirs_(theirs) {}

    std::size_t max_plain() const override { return max_aes_message; }
    Result<void> encode(ByteView plain, Bytes& out) override;
    Result<std::size_t> decode(ByteView in, Bytes& out) override;

private:
    AesMessages ours_, theirs_;
};

} // namespace qio::vnc::auth
