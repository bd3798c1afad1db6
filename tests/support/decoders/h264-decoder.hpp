// A decoder of Open H.264 rectangles, for the tests: as strict as the browsers' decoders.
// Source: RFB, Open H.264 Encoding; ITU-T H.264 Annex B and §7.3.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "tests/support/decoders/rectangle-decoder.hpp"

namespace qio::test {

/// Decodes the pictures of one context.
class H264Reader {
public:
    virtual ~H264Reader() = default;
    /// The picture of the units; empty if there is not just one, of that size and with
    /// the colours that we describe.
    virtual std::optional<Pixels> read(ByteView units, int width, int height) = 0;
};

/// Null if there is no library for it.
std::unique_ptr<H264Reader> make_h264_reader();
bool can_read_h264();

/// The types of the units, and the profile if there is one.
struct H264Units {
    std::vector<unsigned> types;
    unsigned profile = 0, constraints = 0;

    std::size_t count(unsigned type) const {
        return std::size_t(std::ranges::count(types, type));
    }
    bool is_key() const { return count(5) > 0; }

    static H264Units of(ByteView bytes) {
        H264Units units;
        for (std::size_t i = 0; i + 6 < bytes.size(); ++i) {
            constexpr std::array start{std::byte{0}, std::byte{0}, std::byte{1}};
            if (!std::ranges::equal(bytes.subspan(i, 3), start))
                continue;
            units.types.push_back(unsigned(bytes[i + 3]) & 31);
            if (units.types.back() != 7)
                continue;
            units.profile = unsigned(bytes[i + 4]);
            units.constraints = unsigned(bytes[i + 5]);
        }
        return units;
    }
    /// One slice in all; parameters in front of each picture that needs no other;
    /// constrained baseline profile.
    bool are_good() const {
        constexpr unsigned baseline = 66, constrained = 0x40;
        const bool has_parameters = count(7) == 1 && count(8) == 1 &&
                                    profile == baseline &&
                                    (constraints & constrained) != 0;
        const auto others = types.size() - count(1) - count(5) - count(7) - count(8);
        return count(1) + count(5) == 1 && others == 0 && has_parameters == is_key();
    }
};

class H264Decoder final : public RectangleDecoder {
public:
    /// One for each geometry.
    std::size_t contexts() const { return contexts_.size(); }

    Decoded decode(ByteReader& in, const ui::Rect& rect, const RfbDecoder& pixels,
                   Canvas& canvas) override {
        ByteReader ahead = in;
        if (ahead.remaining() < 8)
            return Decoded::need_more;
        const auto length = *ahead.take<std::uint32_t>(),
                   flags = *ahead.take<std::uint32_t>();
        const auto bytes = ahead.take_bytes(length);
        if (!bytes)
            return Decoded::need_more;
        if (flags > 3)
            return Decoded::wrong;
        const std::array<int, 4> key{rect.x, rect.y, rect.width, rect.height};
        if ((flags & 2) != 0)
            contexts_.clear();
        if ((flags & 1) != 0)
            contexts_.erase(key);
        constexpr std::size_t max_contexts = 64;
        const bool is_new = !contexts_.contains(key);
        const auto units = H264Units::of(*bytes);
        if (!units.are_good() || (is_new && !units.is_key()) ||
            contexts_.size() + (is_new ? 1 : 0) > max_contexts)
            return Decoded::wrong;
        auto& reader = contexts_[key];
        if (is_new)
            reader = make_h264_reader();
        const auto found = reader->read(*bytes, rect.width, rect.height);
        if (!found)
            return Decoded::wrong;
        canvas.put(rect, *found, pixels);
        in = ahead;
        return Decoded::done;
    }

private:
    std::map<std::array<int, 4>, std::unique_ptr<H264Reader>> contexts_;
};

} // namespace qio::test
