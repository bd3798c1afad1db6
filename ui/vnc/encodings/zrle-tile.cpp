// The tiles that TRLE and ZRLE are made of: looking at the pixels, and choosing.
#include "ui/vnc/encodings/zrle-tile.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

#include "ui/vnc/encodings/flag-bits.hpp"

#include "ui/vectorized.hpp"

namespace qio::vnc {

namespace {

// Types of tiles with palettes; the own palette's size is added to palette_runs_type.
constexpr unsigned shared_packed_type = 127, shared_runs_type = 129,
                   palette_runs_type = 128;
constexpr std::size_t max_packed = 16;     // colours
constexpr std::size_t most_compared = 512; // colours of one palette times the other's

constexpr unsigned longest_in_byte = 255; // a run whose length is one byte

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
    const auto changes = mark_changes();
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

/// Where the colour changes, and how often.
std::size_t ZrleTile::mark_changes() {
    std::size_t changes = 0;
    words_[count_] = words_[count_ - 1]; // no change at the end
    for (std::size_t from = 0; from < count_; from += group) {
        std::array<std::uint8_t, group> flags{};
        const auto* const words = words_.data() + from;
        const auto mark = [&](std::size_t count) {
            for (std::size_t i = 0; i < count; ++i)
                flags[i] = words[i + 1] != words[i] ? 1 : 0;
        };
        // A length that the compiler knows is worth a case of its own.
        if (const auto left = count_ - from; left < group)
            mark(left);
        else
            mark(group);
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < group; i += FlagBits::size) {
            const FlagBits eight(&flags[i]);
            bits |= std::uint64_t(eight.first_lowest()) << i;
            changes += eight.count();
        }
        changes_[from / group] = bits;
    }
    return changes;
}

/// Where runs start, and their colours' indices as long as a palette can hold them all.
/// False: it cannot, but must.
bool ZrleTile::find_runs(bool must_have_palette) {
    palette_.size = 0;
    has_palette_ = true;
    table_.fill(0);
    runs_ = 0;
    starts_[runs_++] = 0;
    std::size_t known = 0; // runs in the palette
    // Some at a time, so that noise is given up soon.
    for (std::size_t from = 0; from < count_; from += group) {
        add_starts(from / group);
        has_palette_ = has_palette_ && add_to_palette(known);
        known = runs_;
        if (must_have_palette && (!has_palette_ || seems_noise()))
            return false;
    }
    starts_[runs_] = std::uint16_t(count_);
    return true;
}

/// The runs that start where a change is marked.
void ZrleTile::add_starts(std::size_t index) {
    auto runs = runs_;
    for (auto left = changes_[index]; left != 0; left &= left - 1)
        starts_[runs++] =
            std::uint16_t(index * group + 1 + std::size_t(std::countr_zero(left)));
    runs_ = runs;
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

/// Bytes of lengths behind their first ones.
std::size_t ZrleTile::count_further_lengths() const {
    // Most tiles have none, and then no bits as high as that.
    std::uint16_t bits = 0;
    for (std::size_t run = 0; run < runs_; ++run)
        bits |= std::uint16_t(run_length(run) - 1);
    std::size_t bytes = 0;
    if (bits >= longest_in_byte)
        for (std::size_t run = 0; run < runs_; ++run)
            bytes += (run_length(run) - 1) / longest_in_byte;
    return bytes;
}

/// Runs of one pixel.
std::size_t ZrleTile::count_singles() const {
    unsigned singles = 0;
    for (std::size_t run = 0; run < runs_; ++run)
        singles += run_length(run) == 1 ? 1 : 0;
    return singles;
}

ZrleTile::Choice ZrleTile::choose() const {
    const auto further = count_further_lengths();
    Choice choice{.bytes = count_ * pixels_.bytes()};
    choice.offer(Kind::runs, runs_ * (pixels_.bytes() + 1) + further);
    if (!has_palette_)
        return choice;
    const auto palette_bytes = palette_.size * pixels_.bytes();
    const auto index_runs = 2 * runs_ - count_singles() + further;
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
