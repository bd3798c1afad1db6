// internal: the RSA keys of RSA-AES: the server's pair, and the client's public one.
// Source: RFC 8017 §7.2 (RSAES-PKCS1-v1_5).
#pragma once

#include <nettle/rsa.h>

#include <memory>
#include <optional>
#include <string_view>

#include "io/base/bytes.hpp"
#include "io/base/error.hpp"

namespace qio::vnc::auth {

/// Units/limits: bits of a modulus that is taken from a peer, or used here.
inline constexpr unsigned min_rsa_bits = 1024, max_rsa_bits = 8192;

/// A key as it is sent: U32 bits, the modulus, and the exponent in as many bytes.
class RsaPublicKey {
public:
    RsaPublicKey() { rsa_public_key_init(&key_); }
    ~RsaPublicKey() { rsa_public_key_clear(&key_); }
    RsaPublicKey(const RsaPublicKey&) = delete;
    RsaPublicKey& operator=(const RsaPublicKey&) = delete;

    /// Takes a key off the front of `in`, or nothing as long as it is not all there.
    /// Errors: limit for its length, before more of it has come; protocol for a key that
    /// cannot be used.
    Result<bool> take(ByteReader& in);

    /// Bytes of a modulus, and of what is encrypted.
    std::size_t size() const { return key_.size; }
    /// The form in which it was taken, which both sides hash.
    ByteView wire() const { return wire_; }
    /// Requires: `text` is at least 11 bytes shorter than size().
    Bytes encrypt(ByteView text) const;

private:
    Result<void> set(ByteView modulus, ByteView exponent);

    rsa_public_key key_;
    Bytes wire_;
};

/// The server's own. Context: any thread.
class RsaKeyPair {
public:
    /// Makes one; takes a noticeable fraction of a second.
    static std::shared_ptr<const RsaKeyPair> generate(unsigned bits = 2048);
    /// Reads "RSA PRIVATE KEY" (PKCS#1, not encrypted) in PEM.
    /// Errors: invalid_argument.
    static Result<std::shared_ptr<const RsaKeyPair>> from_pem(std::string_view pem);

    ~RsaKeyPair();
    RsaKeyPair(const RsaKeyPair&) = delete;
    RsaKeyPair& operator=(const RsaKeyPair&) = delete;

    std::size_t size() const { return public_.size; }
    ByteView wire() const { return wire_; }
    /// What `cipher` holds, if that is exactly `length` bytes; empty otherwise. The time
    /// tells nothing of the key or the text.
    std::optional<Bytes> decrypt(ByteView cipher, std::size_t length) const;

private:
    RsaKeyPair();
    void remember_wire();

    rsa_public_key public_;
    rsa_private_key private_;
    Bytes wire_;
};

} // namespace qio::vnc::auth
