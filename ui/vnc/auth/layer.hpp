// internal: what an authentication leaves around the bytes that follow it.
#pragma once

#include "io/base/bytes.hpp"
#include "io/base/error.hpp"

namespace qio::vnc::auth {

/// Seals what we send and opens what the client sends.
class Layer {
public:
    virtual ~Layer() = default;
    Layer(const Layer&) = delete;
    Layer& operator=(const Layer&) = delete;

    /// Units/limits: bytes that one encode() may be given.
    virtual std::size_t max_plain() const = 0;
    /// Appends all of `plain`, sealed.
    virtual Result<void> encode(ByteView plain, Bytes& out) = 0;
    /// Takes what it can from the front of `in`, appends what was in it, and returns the
    /// bytes used. The rest is to come again with more behind.
    /// Errors: protocol or limit; the stream cannot go on.
    virtual Result<std::size_t> decode(ByteView in, Bytes& out) = 0;

protected:
    Layer() = default;
};

} // namespace qio::vnc::auth
