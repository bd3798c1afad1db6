// internal: bytes of a key or password that are wiped when their owner goes.
#pragma once

#include <string.h>

#include <utility>

#include "io/base/bytes.hpp"

namespace qio::tls {

/// Owns its bytes alone. It never grows, since growing would leave a copy behind.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::size_t size) : bytes_(size) {}
    Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
    Secret& operator=(Secret&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~Secret() {
        if (!bytes_.empty())
            explicit_bzero(bytes_.data(), bytes_.size());
    }

    ByteView view() const { return bytes_; }
    std::string_view text() const { return as_text(bytes_); }
    std::byte* data() { return bytes_.data(); }
    std::size_t size() const { return bytes_.size(); }

private:
    Bytes bytes_;
};

} // namespace qio::tls
