// Byte views, big-endian loads and stores, and a bounds-checked reader and writer.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace qio {

using ByteView = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;
using Bytes = std::vector<std::byte>;

/// The bytes of a text, without a terminator.
inline ByteView as_bytes(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

/// The same bytes seen as text. Nothing is checked: they may be any bytes.
inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads sizeof(T) bytes at `from` (any alignment) as a big-endian number.
template <std::unsigned_integral T>
T load_be(const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    if constexpr (std::endian::native == std::endian::little && sizeof(T) > 1)
        value = std::byteswap(value);
    return value;
}

/// Writes `value` as sizeof(T) big-endian bytes at `to` (any alignment).
template <std::unsigned_integral T>
void store_be(std::byte* to, T value) {
    if constexpr (std::endian::native == std::endian::little && sizeof(T) > 1)
        value = std::byteswap(value);
    std::memcpy(to, &value, sizeof value);
}

/// Takes big-endian fields off the front of a view; empty when too few bytes are left.
class ByteReader {
public:
    explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

    std::size_t remaining() const { return bytes_.size(); }
    ByteView rest() const { return bytes_; }

    template <std::unsigned_integral T>
    std::optional<T> take() {
        auto field = take_bytes(sizeof(T));
        if (!field)
            return std::nullopt;
        return load_be<T>(field->data());
    }

    std::optional<ByteView> take_bytes(std::size_t count) {
        if (count > bytes_.size())
            return std::nullopt;
        auto taken = bytes_.first(count);
        bytes_ = bytes_.subspan(count);
        return taken;
    }

private:
    ByteView bytes_;
};

/// Appends big-endian fields to a byte vector it borrows.
class ByteWriter {
public:
    explicit ByteWriter(Bytes& out) : out_(out) {}

    template <std::unsigned_integral T>
    ByteWriter& put(T value) {
        auto at = out_.size();
        out_.resize(at + sizeof value);
        store_be(out_.data() + at, value);
        return *this;
    }

    ByteWriter& put_bytes(ByteView bytes) {
        out_.insert(out_.end(), bytes.begin(), bytes.end());
        return *this;
    }

    ByteWriter& put_zeros(std::size_t count) {
        out_.resize(out_.size() + count);
        return *this;
    }

private:
    Bytes& out_;
};

} // namespace qio
