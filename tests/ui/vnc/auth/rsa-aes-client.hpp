// The client's side of RSA-AES, for tests: written from the protocol's text.
#pragma once

#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include <optional>
#include <string>

#include "io/base/random.hpp"
#include "ui/vnc/auth/aes-messages.hpp"
#include "ui/vnc/auth/rsa-key.hpp"

namespace qio::test {

/// Answers what a server says, step by step.
class RsaAesClient {
public:
    explicit RsaAesClient(bool wide) : wide_(wide), random_(wide ? 32 : 16) {
        static const auto key = vnc::auth::RsaKeyPair::generate(1024);
        key_ = key;
        fill_random(random_);
    }

    /// Takes the server's key; returns ours and our random number.
    Bytes begin(ByteReader& in) {
        Bytes out;
        if (!server_.take(in).value_or(false))
            return out;
        ByteWriter(out)
            .put_bytes(key_->wire())
            .put(std::uint16_t(server_.size()))
            .put_bytes(server_.encrypt(random_));
        return out;
    }
    /// Takes the server's random number; agrees on keys, and returns our hash.
    Bytes agree(ByteReader& in) {
        Bytes out;
        const auto cipher = in.take_bytes(in.take<std::uint16_t>().value_or(0));
        const auto theirs =
            cipher ? key_->decrypt(*cipher, random_.size()) : std::nullopt;
        if (!theirs)
            return out;
        ours.emplace(ByteView(hash(*theirs, random_)).first(random_.size()));
        servers.emplace(ByteView(hash(random_, *theirs)).first(random_.size()));
        ours->seal(hash(key_->wire(), server_.wire()), out);
        return out;
    }
    /// Whether the server's hash is right, and what it then asks for.
    std::optional<int> question(ByteReader& in) {
        const auto theirs = servers->open(in).value_or(std::nullopt);
        const auto what = servers->open(in).value_or(std::nullopt);
        if (!theirs || !what || *theirs != hash(server_.wire(), key_->wire()) ||
            what->size() != 1)
            return std::nullopt;
        return int(what->front());
    }
    Bytes answer(std::string_view user, std::string_view password) {
        Bytes text, out;
        ByteWriter(text)
            .put(std::uint8_t(user.size()))
            .put_bytes(as_bytes(user))
            .put(std::uint8_t(password.size()))
            .put_bytes(as_bytes(password));
        ours->seal(text, out);
        return out;
    }

    std::optional<vnc::auth::AesMessages> ours, servers;

private:
    Bytes hash(ByteView first, ByteView second) const {
        Bytes both(first.begin(), first.end());
        both.insert(both.end(), second.begin(), second.end());
        const auto* data = reinterpret_cast<const std::uint8_t*>(both.data());
        Bytes result(wide_ ? SHA256_DIGEST_SIZE : SHA1_DIGEST_SIZE);
        auto* to = reinterpret_cast<std::uint8_t*>(result.data());
        if (wide_) {
            sha256_ctx context;
            sha256_init(&context);
            sha256_update(&context, both.size(), data);
            sha256_digest(&context, result.size(), to);
        } else {
            sha1_ctx context;
            sha1_init(&context);
            sha1_update(&context, both.size(), data);
            sha1_digest(&context, result.size(), to);
        }
        return result;
    }

    const bool wide_;
    Bytes random_;
    std::shared_ptr<const vnc::auth::RsaKeyPair> key_;
    vnc::auth::RsaPublicKey server_;
};

} // namespace qio::test
