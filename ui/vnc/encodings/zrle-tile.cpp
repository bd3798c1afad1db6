// The tiles that TRLE and ZRLE are made of: looking at the pixels, and choosing.
#include "ui/vnc/encodings/zrle-tile.hpp"

#include <algorithm>
#include <cassert>

#include "ui/vectorized.hpp"

namespace qio::vnc {

namespace {

// Types of tiles with palettes; the own palette's size is added to palette_runs_type.
constexpr unsigned shared_packed_type = 127, shared_runs_type = 129,
                   palette_runs_type = 128;
constexpr std::size_t max_packed = 16;     // colours
constexpr std::size_t most_compared = 512; // colours of one palette times the other's

std::size_t index_bits(std::size_t colours) {
    return colours <= 2 ? 1 : colours <= 4 ? 2 : 4;
}

} // namespace

void ZrleTile::begin(const ui::PixelFormat& format, Palettes palettes,
                     std::optional<int> waves) {
    wave_level_ = waves;
    pixels_ = WirePixels(format, WirePixels::Packing::cpixel);
    palettes_ = palettes;
    begin_rectangle();
}

void ZrleTile::Choice::offer(Kind other, std::size_t other_bytes, bool other_is_shared) {
    if (other_bytes < bytes)
        *this = {other, other_bytes, other_is_shared};
}

std::byte* ZrleTile::encode(const ui::Frame& frame, const ui::Rect& rect,
                            std::byte* out) {
    assert(!rect.empty() && rect.width <= max_side && rect.height <= max_side);
    width_ = std::size_t(rect.width);
    height_ = std::size_t(rect.height);
    count_ = width_ * height_;
    pixels_.load(frame, rect, words_.data(), width_);
    is_wavy_ = false;
    return encode_words(out, false);
}

std::byte* ZrleTile::put_pixels(std::byte* out, bool is_of_waves) {
    if (!wave_level_ || is_of_waves)
        return put_raw(out);
    if (*wave_level_ == 0)
        return put_runs_of_one(out);
    *out++ = std::byte(0);
    is_wavy_ = waves_.apply(words_.data(), int(width_), int(height_), *wave_level_);
    return encode_words(out, true);
}

std::byte* ZrleTile::encode_words(std::byte* out, bool is_of_waves) {
    const auto changes = count_changes();
    if (changes == 0) {
        shared_.size = 0;
        return put_solid(out);
    }
    const auto raw_bytes = count_ * pixels_.bytes();
    // Runs cannot pay without a palette, so nothing can.
    const bool must_have_palette = (changes + 1) * (pixels_.bytes() + 1) >= raw_bytes;
    if (!find_runs(must_have_palette)) {
        shared_.size = 0;
        return put_pixels(out, is_of_waves);
    }
    is_in_shared_ = has_palette_ && finds_in_shared();
    const auto choice = choose();
    if (choice.is_shared)
        for (std::size_t run = 0; run < runs_; ++run)
            indices_[run] = in_shared_[indices_[run]];
    const auto colours = choice.is_shared ? shared_.size : palette_.size;
    switch (choice.kind) {
    case Kind::raw:
        out = put_pixels(out, is_of_waves);
        break;
    case Kind::runs:
        out = put_runs(out);
        break;
    case Kind::palette_runs:
        out = put_palette(out,
                          choice.is_shared ? shared_runs_type
                                           : palette_runs_type + unsigned(colours),
                          choice.is_shared);
        out = put_palette_runs(out);
        break;
    case Kind::packed:
        out = put_palette(out, choice.is_shared ? shared_packed_type : unsigned(colours),
                          choice.is_shared);
        out = put_packed(out, colours);
        break;
    }
    const bool used_palette =
        choice.kind == Kind::packed || choice.kind == Kind::palette_runs;
    if (!used_palette)
        shared_.size = 0;
    else if (!choice.is_shared && palettes_ == Palettes::shared)
        shared_ = palette_;
    return out;
}

std::size_t ZrleTile::count_changes() const {
    const auto* const words = words_.data();
    std::uint32_t changes = 0;
    for (std::size_t i = 1; i < count_; ++i)
        changes += words[i] != words[i - 1] ? 1 : 0;
    return changes;
}

/// Where runs start, and their colours' indices as long as a palette can hold them all.
/// False: it cannot, but must.
bool ZrleTile::find_runs(bool must_have_palette) {
    constexpr std::size_t at_once = 64; // few enough that noise is given up soon
    runs_ = 0;
    palette_.size = 0;
    has_palette_ = true;
    table_.fill(0);
    words_[count_] = 0;
    starts_[runs_++] = 0;
    for (std::size_t from = 1; from <= count_; from += at_once) {
        const auto to = std::min(from + at_once, count_);
        const auto* const words = words_.data();
        const auto first_run = from == 1 ? 0 : runs_;
        auto runs = runs_;
        // Without a branch: each start is written, and kept if it is one.
        for (std::size_t i = from; i < to; ++i) {
            starts_[runs] = std::uint16_t(i);
            runs += words[i] != words[i - 1] ? 1 : 0;
        }
        runs_ = runs;
        has_palette_ = has_palette_ && add_to_palette(first_run);
        if (must_have_palette && (!has_palette_ || seems_noise()))
            return false;
    }
    starts_[runs_] = std::uint16_t(count_);
    return true;
}

/// Whether nearly every run so far has a colour of its own. Of 127 colours in no order 64
/// runs show 51.
bool ZrleTile::seems_noise() const {
    constexpr std::size_t enough = 48;
    return runs_ >= enough && palette_.size * 8 > runs_ * 7;
}

/// Adds the colours of the runs from `first_run` on. False: there are too many.
bool ZrleTile::add_to_palette(std::size_t first_run) {
    for (std::size_t run = first_run; run < runs_; ++run) {
        const auto word = words_[starts_[run]];
        // The upper bits of the product depend on all bits of the word.
        std::size_t slot = word * 0x9E3779B1u >> 24;
        while (table_[slot] != 0 && palette_.words[table_[slot] - 1u] != word)
            slot = (slot + 1) % slots;
        if (table_[slot] == 0) {
            if (palette_.size == max_palette)
                return false;
            palette_.words[palette_.size++] = word;
            table_[slot] = std::uint8_t(palette_.size);
        }
        indices_[run] = std::uint8_t(table_[slot] - 1);
    }
    return true;
}

/// Whether the palette of the tile before has all colours of this one.
bool ZrleTile::finds_in_shared() {
    if (shared_.size == 0 || palette_.size > shared_.size ||
        palette_.size * shared_.size > most_compared)
        return false;
    const std::uint32_t* const first = shared_.words.data();
    const std::uint32_t* const end = first + shared_.size;
    for (std::size_t i = 0; i < palette_.size; ++i) {
        const auto* const found = std::find(first, end, palette_.words[i]);
        if (found == end)
            return false;
        in_shared_[i] = std::uint8_t(found - first);
    }
    return true;
}

std::size_t ZrleTile::packed_bytes(std::size_t colours) const {
    return (width_ * index_bits(colours) + 7) / 8 * height_;
}

ZrleTile::Choice ZrleTile::choose() const {
    std::size_t singles = 0, further = 0; // bytes of lengths behind the first
    for (std::size_t run = 0; run < runs_; ++run) {
        const auto length = unsigned(run_length(run));
        singles += length == 1 ? 1 : 0;
        further += (length - 1) / 255;
    }
    Choice choice{.bytes = count_ * pixels_.bytes()};
    choice.offer(Kind::runs, runs_ * (pixels_.bytes() + 1) + further);
    if (!has_palette_)
        return choice;
    const auto palette_bytes = palette_.size * pixels_.bytes();
    const auto index_runs = 2 * runs_ - singles + further;
    choice.offer(Kind::palette_runs, palette_bytes + index_runs);
    if (palette_.size <= max_packed)
        choice.offer(Kind::packed, palette_bytes + packed_bytes(palette_.size));
    if (!is_in_shared_)
        return choice;
    choice.offer(Kind::palette_runs, index_runs, true);
    if (shared_.size <= max_packed)
        choice.offer(Kind::packed, packed_bytes(shared_.size), true);
    return choice;
}

} // namespace qio::vnc
