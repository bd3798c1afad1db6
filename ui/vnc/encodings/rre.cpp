// RRE encoding: a background and rectangles on it.
#include "ui/vnc/encodings/rre.hpp"

#include <algorithm>
#include <cassert>

#include "ui/vnc/encodings/frequent-words.hpp"
#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {

constexpr std::size_t none = SIZE_MAX;

bool is_solid(const ui::Frame& frame, const ui::Rect& rect) {
    const auto colour = frame.row(rect.y)[rect.x];
    for (int y = rect.y; y < rect.y + rect.height; ++y) {
        const auto* const row = frame.row(y) + rect.x;
        if (!std::all_of(row, row + rect.width,
                         [=](std::uint32_t pixel) { return pixel == colour; }))
            return false;
    }
    return true;
}

} // namespace

void RreEncoder::begin(const EncodeSettings& settings) {
    pixels_ = WirePixels(settings.format);
}

std::size_t RreEncoder::encode(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) {
    assert(!rect.empty() && frame.bounds().contains(rect));
    if (is_solid(frame, rect)) {
        width_ = height_ = 1;
        pixels_.load(frame, {rect.x, rect.y, 1, 1}, words_.data(), 1);
        subrects_.clear();
        put(rect, words_[0], out);
        return 1;
    }
    std::size_t count = 0;
    for (int y = rect.y; y < rect.y + rect.height; y += max_side)
        for (int x = rect.x; x < rect.x + rect.width; x += max_side, ++count)
            encode_piece(frame, ui::intersect(rect, {x, y, max_side, max_side}), out);
    return count;
}

void RreEncoder::encode_piece(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) {
    width_ = rect.width;
    height_ = rect.height;
    pixels_.load(frame, rect, words_.data(), std::size_t(width_));
    const auto word = background();
    cover(word);
    put(rect, word, out);
}

/// Calls take(x, y, width, word) for each run of equal pixels in a row.
template <class Take>
void RreEncoder::each_run(Take take) const {
    const auto* row = words_.data();
    for (int y = 0; y < height_; ++y, row += width_)
        for (int x = 0; x < width_;) {
            int end = x + 1;
            while (end < width_ && row[end] == row[x])
                ++end;
            take(x, y, end - x, row[x]);
            x = end;
        }
}

std::uint32_t RreEncoder::background() const {
    FrequentWords<8> words;
    each_run([&](int, int, int width, std::uint32_t word) {
        words.add(word, std::size_t(width));
    });
    return words.most_frequent();
}

/// Runs, joined where the row above has one of the same colour and extent.
void RreEncoder::cover(std::uint32_t background) {
    subrects_.clear();
    above_.fill(none);
    each_run([&](int x, int y, int width, std::uint32_t word) {
        if (word != background)
            add_run(x, y, width, word);
    });
}

void RreEncoder::add_run(int x, int y, int width, std::uint32_t word) {
    auto& above = above_[std::size_t(x)];
    if (above != none) {
        auto& subrect = subrects_[above];
        if (subrect.y + subrect.height == y && subrect.width == width &&
            subrect.word == word) {
            ++subrect.height;
            return;
        }
    }
    above = subrects_.size();
    subrects_.push_back({word, x, y, width, 1});
}

void RreEncoder::put(const ui::Rect& rect, std::uint32_t background, Bytes& out) const {
    append_rectangle(out, rect, Encoding::RRE);
    constexpr std::size_t place_bytes = 4 * sizeof(std::uint16_t);
    const auto start = out.size();
    const auto size = sizeof(std::uint32_t) + pixels_.bytes() +
                      subrects_.size() * (pixels_.bytes() + place_bytes);
    out.resize(start + size + WirePixels::max_bytes);
    auto* at = out.data() + start;
    store_be(at, std::uint32_t(subrects_.size()));
    at = pixels_.put(at + sizeof(std::uint32_t), background);
    for (const auto& subrect : subrects_) {
        at = pixels_.put(at, subrect.word);
        for (const int number : {subrect.x, subrect.y, subrect.width, subrect.height}) {
            store_be(at, std::uint16_t(number));
            at += sizeof(std::uint16_t);
        }
    }
    out.resize(start + size);
}

} // namespace qio::vnc
