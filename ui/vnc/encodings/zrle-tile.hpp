// internal: the tiles that TRLE and ZRLE are made of. Source: RFC 6143 §7.7.5, §7.7.6.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "ui/vnc/encodings/waves.hpp"
#include "ui/vnc/encodings/wire-pixels.hpp"

namespace qio::vnc {

/// Writes each tile in the way that takes the fewest bytes: as pixels, as one colour, as
/// indices of a palette in 1, 2 or 4 bits, as runs of colours or of indices.
class ZrleTile {
public:
    static constexpr int max_side = 64;
    static constexpr std::size_t max_pixels = std::size_t(max_side) * max_side;
    /// Room that encode() needs: its types, all pixels, and what put() writes too much.
    static constexpr std::size_t max_bytes =
        2 + max_pixels * (WirePixels::max_bytes + 1) + WirePixels::max_bytes;

    /// Whether a tile may use the palette of the one before.
    enum class Palettes : std::uint8_t { own, shared };

    /// `waves` makes them ZYWRLE's: it is the level of that, or 0. There the type of
    /// pixels has another sense: behind it comes the tile that their waves make. Where
    /// nothing may be lost pixels go as runs of one instead.
    /// Requires: Waves::fit(format), unless it is 0.
    void begin(const ui::PixelFormat& format, Palettes palettes,
               std::optional<int> waves = {});
    /// No tile comes before the next one.
    void begin_rectangle() { shared_.size = 0; }

    /// Writes the tile, and returns where it ends.
    /// Requires: `rect` is in the frame, and neither empty nor larger than max_side.
    std::byte* encode(const ui::Frame& frame, const ui::Rect& rect, std::byte* out);
    /// Whether that tile has become waves, and so has lost something.
    bool is_wavy() const { return is_wavy_; }

private:
    static constexpr std::size_t max_palette = 127;
    static constexpr std::size_t slots = 256; // of the hash table
    static constexpr std::size_t group = 64;  // pixels that are marked in one word
    enum class Kind : std::uint8_t { raw, packed, palette_runs, runs };

    struct Palette {
        std::array<std::uint32_t, max_palette> words;
        std::size_t size = 0;
    };
    struct Choice {
        Kind kind = Kind::raw;
        std::size_t bytes;
        bool is_shared = false;
        void offer(Kind other, std::size_t other_bytes, bool other_is_shared = false);
    };

    std::byte* encode_words(std::byte* out, bool is_of_waves);
    std::byte* put_pixels(std::byte* out, bool is_of_waves);
    std::byte* put_runs_of_one(std::byte* out) const;
    std::size_t mark_changes();
    bool find_runs(bool must_have_palette);
    void add_starts(std::size_t group);
    bool seems_noise() const;
    bool add_to_palette(std::size_t first_run);
    bool finds_in_shared();
    std::size_t count_further_lengths() const;
    std::size_t count_singles() const;
    Choice choose() const;
    std::size_t packed_bytes(std::size_t colours) const;
    std::byte* put_raw(std::byte* out) const;
    std::byte* put_solid(std::byte* out) const;
    std::byte* put_palette(std::byte* out, unsigned type, bool is_shared) const;
    std::byte* put_runs(std::byte* out) const;
    std::byte* put_palette_runs(std::byte* out) const;
    std::byte* put_packed(std::byte* out, std::size_t colours);
    std::size_t run_length(std::size_t run) const {
        return std::size_t(starts_[run + 1] - starts_[run]);
    }

    WirePixels pixels_;
    Waves waves_;
    Palettes palettes_ = Palettes::own;
    std::optional<int> wave_level_;
    bool is_wavy_ = false;
    Palette shared_; // of the tile before; of size 0 if it had none
    bool is_in_shared_ = false;

    // The tile at hand.
    std::size_t width_ = 0, height_ = 0, count_ = 0, runs_ = 0;
    Palette palette_;
    bool has_palette_ = false;
    std::array<std::uint8_t, max_palette> in_shared_; // index there of each own colour
    std::array<std::uint8_t, slots> table_;           // index + 1; 0: free
    /// Bit i of word g: pixel g * group + i + 1 differs from the one before.
    std::array<std::uint64_t, max_pixels / group> changes_;
    std::array<std::uint16_t, max_pixels + 2> starts_;
    std::array<std::uint8_t, max_pixels + 1> indices_; // of each run in the palette
    std::array<std::uint32_t, max_pixels + 1> words_;
    std::array<std::uint8_t, max_pixels + 16> spread_; // of each pixel, for packing
};

} // namespace qio::vnc
