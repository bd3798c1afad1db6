// Decoders of TRLE and ZRLE, for the tests.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>

#include "tests/support/decoders/plain-decoders.hpp"
#include "tests/support/decoders/waves-decoder.hpp"

namespace qio::test {

/// The bytes of a CPIXEL: all of the pixel's, or three of its four.
class CompactPixels {
public:
    explicit CompactPixels(const RfbDecoder& pixels) : pixels_(pixels) {
        const auto& format = pixels.format();
        const auto fits = [&](std::uint64_t mask) {
            const auto inside = [&](std::uint64_t max, unsigned shift) {
                return (max << shift & ~mask) == 0;
            };
            return inside(format.red_max, format.red_shift) &&
                   inside(format.green_max, format.green_shift) &&
                   inside(format.blue_max, format.blue_shift);
        };
        if (!format.true_colour || format.bits_per_pixel != 32 || format.depth > 24)
            return;
        if (!fits(0xFFFFFF) && !fits(0xFFFFFF00))
            return;
        is_compact_ = true;
        // Least significant bytes come last in big-endian pixels.
        offset_ = fits(0xFFFFFF) == format.big_endian ? 1 : 0;
    }

    std::size_t bytes() const { return is_compact_ ? 3 : pixels_.bytes_per_pixel(); }
    std::uint32_t colour(const std::byte* bytes) const {
        if (!is_compact_)
            return pixels_.colour(bytes);
        std::byte whole[4] = {};
        std::copy_n(bytes, 3, whole + offset_);
        return pixels_.colour(whole);
    }

private:
    const RfbDecoder& pixels_;
    bool is_compact_ = false;
    std::size_t offset_ = 0;
};

/// Tiles of one rectangle, from bytes that are not compressed.
class TileDecoder {
public:
    enum class Kind { trle, zrle };

    /// `waves` is the level of ZYWRLE, 0 for none.
    TileDecoder(Kind kind, const RfbDecoder& pixels, int waves = 0)
        : kind_(kind), pixels_(pixels), waves_(waves), has_waves_(waves > 0) {}

    Decoded decode(ByteReader& in, const ui::Rect& rect, Canvas& canvas) {
        const int side = kind_ == Kind::trle ? 16 : 64;
        for (int y = rect.y; y < rect.y + rect.height; y += side)
            for (int x = rect.x; x < rect.x + rect.width; x += side) {
                tile_ = ui::intersect(rect, {x, y, side, side});
                count_ = std::size_t(tile_.width) * std::size_t(tile_.height);
                colours_.clear();
                const auto decoded = decode_tile(in);
                if (decoded != Decoded::done)
                    return decoded;
                for (std::size_t i = 0; i < count_; ++i)
                    canvas.set(x + int(i) % tile_.width, y + int(i) / tile_.width,
                               colours_[i]);
            }
        return Decoded::done;
    }

private:
    /// Which palette a tile uses; a shared one has to be that of the tile before.
    Decoded decode_tile(ByteReader& in) {
        const auto type = in.take<std::uint8_t>();
        if (!type)
            return Decoded::need_more;
        const bool is_shared = kind_ == Kind::trle && (*type == 127 || *type == 129);
        const std::size_t own = *type & 127u;
        const bool is_packed = *type < 128;
        if (!is_shared) {
            palette_.clear();
            if (*type == 129 || (*type > 16 && *type < 128))
                return Decoded::wrong;
            for (std::size_t i = 0; i < own; ++i)
                if (!take_colour(in, palette_))
                    return Decoded::need_more;
        }
        if (is_shared && (palette_.size() < 2 || (is_packed && palette_.size() > 16)))
            return Decoded::wrong;
        if (*type == 0 && has_waves_)
            return take_waves(in);
        if (*type == 0)
            return take_raw(in);
        if (*type == 1) {
            colours_.assign(count_, palette_[0]);
            palette_.clear();
            return Decoded::done;
        }
        return is_packed ? take_packed(in) : take_runs(in);
    }

    bool take_colour(ByteReader& in, std::vector<std::uint32_t>& colours) const {
        const auto bytes = in.take_bytes(pixels_.bytes());
        if (bytes)
            colours.push_back(pixels_.colour(bytes->data()));
        return bytes.has_value();
    }

    /// Behind the type of pixels comes a whole tile of coefficients.
    Decoded take_waves(ByteReader& in) {
        has_waves_ = false;
        const auto decoded = decode_tile(in);
        has_waves_ = true;
        if (decoded == Decoded::done)
            waves_.undo(colours_, tile_.width, tile_.height);
        return decoded;
    }

    Decoded take_raw(ByteReader& in) {
        while (colours_.size() < count_)
            if (!take_colour(in, colours_))
                return Decoded::need_more;
        return Decoded::done;
    }

    Decoded take_packed(ByteReader& in) {
        const int bits = palette_.size() == 2 ? 1 : palette_.size() <= 4 ? 2 : 4;
        for (int y = 0; y < tile_.height; ++y) {
            int left = 0;
            unsigned byte = 0;
            for (int x = 0; x < tile_.width; ++x, left -= bits) {
                if (left == 0) {
                    const auto next = in.take<std::uint8_t>();
                    if (!next)
                        return Decoded::need_more;
                    byte = *next;
                    left = 8;
                }
                const unsigned index = byte >> (left - bits) & ((1u << bits) - 1);
                if (index >= palette_.size())
                    return Decoded::wrong;
                colours_.push_back(palette_[index]);
            }
            if ((byte & ((1u << left) - 1)) != 0)
                return Decoded::wrong; // padding
        }
        return Decoded::done;
    }

    /// Of colours, or of indices if there is a palette.
    Decoded take_runs(ByteReader& in) {
        while (colours_.size() < count_) {
            std::size_t length = 1;
            bool has_length = true;
            if (palette_.empty()) {
                if (!take_colour(in, colours_))
                    return Decoded::need_more;
            } else {
                const auto index = in.take<std::uint8_t>();
                if (!index)
                    return Decoded::need_more;
                if ((*index & 127u) >= palette_.size())
                    return Decoded::wrong;
                colours_.push_back(palette_[*index & 127u]);
                has_length = *index >= 128;
            }
            for (bool goes_on = has_length; goes_on;) {
                const auto byte = in.take<std::uint8_t>();
                if (!byte)
                    return Decoded::need_more;
                length += *byte;
                goes_on = *byte == 255;
                if (colours_.size() - 1 + length > count_)
                    return Decoded::wrong;
            }
            colours_.resize(colours_.size() - 1 + length, colours_.back());
        }
        return Decoded::done;
    }

    const Kind kind_;
    const CompactPixels pixels_;
    const WavesDecoder waves_;
    bool has_waves_;
    ui::Rect tile_;
    std::size_t count_ = 0;
    std::vector<std::uint32_t> palette_, colours_;
};

class TrleDecoder final : public RectangleDecoder {
public:
    Decoded decode(ByteReader& in, const ui::Rect& rect, const RfbDecoder& pixels,
                   Canvas& canvas) override {
        ByteReader ahead = in;
        const auto decoded =
            TileDecoder(TileDecoder::Kind::trle, pixels).decode(ahead, rect, canvas);
        if (decoded == Decoded::done)
            in = ahead;
        return decoded;
    }
};

/// ZRLE, or with the level of its waves ZYWRLE; both of a client share a stream.
class ZrleDecoder final : public RectangleDecoder {
public:
    explicit ZrleDecoder(std::shared_ptr<InflateStream> stream, int waves = 0)
        : waves_(waves), inflate_(std::move(stream)) {}

    Decoded decode(ByteReader& in, const ui::Rect& rect, const RfbDecoder& pixels,
                   Canvas& canvas) override {
        const auto packed = take_with_length(in);
        if (!packed)
            return Decoded::need_more;
        // No tile is larger than runs of one pixel each.
        const auto most =
            std::size_t(rect.width) * std::size_t(rect.height) * 5 +
            2 * std::size_t(rect.width / 64 + 1) * std::size_t(rect.height / 64 + 1);
        const auto plain = inflate_->inflate(*packed, most);
        if (!plain)
            return Decoded::wrong;
        ByteReader tiles(*plain);
        const auto decoded = TileDecoder(TileDecoder::Kind::zrle, pixels, waves_)
                                 .decode(tiles, rect, canvas);
        return decoded == Decoded::done && tiles.remaining() == 0 ? Decoded::done
                                                                  : Decoded::wrong;
    }

private:
    const int waves_;
    const std::shared_ptr<InflateStream> inflate_;
};

} // namespace qio::test
