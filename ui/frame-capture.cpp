// Takes frames of a surface, and finds out what is different in them.
#include "ui/frame-capture.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "ui/vectorized.hpp"

namespace qio::ui {

namespace {

constexpr int group = 16; // columns that are compared and copied together, from the left
constexpr std::uint32_t colour_bits = 0x00FFFFFF;

bool group_differs(const std::uint32_t* __restrict a, const std::uint32_t* __restrict b) {
    std::uint32_t difference = 0;
    for (int i = 0; i < group; ++i)
        difference |= a[i] ^ b[i];
    return (difference & colour_bits) != 0;
}

bool differs(const std::uint32_t* a, const std::uint32_t* b, int count) {
    if (count == group)
        return group_differs(a, b);
    std::uint32_t difference = 0;
    for (int i = 0; i < count; ++i)
        difference |= a[i] ^ b[i];
    return (difference & colour_bits) != 0;
}

void copy_colours(const std::uint32_t* __restrict from, std::uint32_t* __restrict to,
                  int count) {
    for (int i = 0; i < count; ++i)
        to[i] = from[i] & colour_bits;
}

/// How many columns of `area` the group that begins at column offset `x` has.
int columns(const Rect& area, int x) {
    return std::min(group, area.width - x);
}

} // namespace

Result<Region> FrameCapture::update(const Surface& surface, const Region& damage) {
    const bool is_new = !frame_ || frame_->width() != surface.width() ||
                        frame_->height() != surface.height();
    if (is_new) {
        QIO_TRY(start_over(surface));
        return Region(surface.bounds());
    }
    make_mutable();
    std::vector<Rect> changed;
    Region visible = damage;
    visible.intersect(surface.bounds());
    for (const auto& rect : visible.rectangles()) {
        for (int y = rect.y; y < rect.bottom();) {
            const int strip_end = (y / Frame::strip_rows + 1) * Frame::strip_rows;
            const int bottom = int(std::min<std::int64_t>(strip_end, rect.bottom()));
            const Rect area{rect.x, y, rect.width, bottom - y};
            if (auto done = update_part(part_of(surface, area), changed); !done) {
                frame_ = mutable_ = nullptr;
                return done.error();
            }
            y = bottom;
        }
    }
    return Region::of(changed);
}

Result<void> FrameCapture::start_over(const Surface& surface) {
    std::shared_ptr<Frame> fresh(new Frame(surface.width(), surface.height()));
    QIO_TRY(fresh->allocate());
    const int width = surface.width();
    scratch_.resize(std::size_t(width));
    for (int y = 0; y < surface.height(); ++y)
        copy_colours(surface.read_row(0, y, width, scratch_.data()),
                     fresh->memory_of_row(y), width);
    mutable_ = fresh;
    frame_ = std::move(fresh);
    return {};
}

/// Whoever has the frame keeps it as it is: we go on with a copy of the list of strips.
void FrameCapture::make_mutable() {
    constexpr long ours = 2; // frame_ and mutable_
    if (frame_.use_count() == ours)
        return;
    mutable_ = std::shared_ptr<Frame>(new Frame(*mutable_));
    frame_ = mutable_;
}

FrameCapture::Part FrameCapture::part_of(const Surface& surface, const Rect& area) {
    const auto width = std::size_t(area.width);
    if (scratch_.size() < width * Frame::strip_rows)
        scratch_.resize(width * Frame::strip_rows);
    const auto* const first =
        surface.read_row(area.x, area.y, area.width, scratch_.data());
    if (first != scratch_.data())
        return {area, first, std::size_t(surface.stride()) / sizeof(std::uint32_t)};
    for (int y = 1; y < area.height; ++y)
        surface.read_row(area.x, area.y + y, area.width,
                         scratch_.data() + std::size_t(y) * width);
    return {area, first, width};
}

Result<void> FrameCapture::update_part(const Part& part, std::vector<Rect>& changed) {
    compare(part);
    const auto is_found = [](const Difference& one) { return one.found(); };
    if (std::ranges::none_of(differences_, is_found))
        return {};
    auto& strip = mutable_->strips_[std::size_t(part.area.y / Frame::strip_rows)];
    if (strip.use_count() > 1) {
        const std::size_t pixels = Frame::strip_rows * mutable_->stride_;
        auto fresh = Frame::allocate_strip(pixels);
        if (!fresh)
            return Error{ErrorKind::exhausted, 0, "no memory for a frame"};
        const auto old = std::exchange(strip, std::move(fresh));
        keep(part, old.get());
    }
    for (std::size_t i = 0, end = 0; i < differences_.size(); i = end) {
        end = end_of_run(i);
        copy(part, i, end, differences_[i]);
    }
    collect(part, changed);
    return {};
}

/// Of each group, the first row that differs is looked for from the top, and the last one
/// from the bottom. What lies between is read only when it is copied.
void FrameCapture::compare(const Part& part) {
    differences_.assign(std::size_t((part.area.width + group - 1) / group), {});
    std::size_t found = 0;
    for (int row = 0; row < part.area.height && found < differences_.size(); ++row)
        found += find_first(part, row);
    for (int row = part.area.height - 1; row > 0 && found > 0; --row)
        found -= find_last(part, row);
}

/// Groups that differ in this row, and in none above it.
std::size_t FrameCapture::find_first(const Part& part, int row) {
    const auto* const now = part.row(part.area.y + row);
    const auto* const before = frame_->row(part.area.y + row) + part.area.x;
    std::size_t found = 0;
    for (int x = 0; x < part.area.width; x += group) {
        auto& difference = differences_[std::size_t(x / group)];
        if (difference.found() || !differs(now + x, before + x, columns(part.area, x)))
            continue;
        difference.first = difference.last = std::uint8_t(row);
        ++found;
    }
    return found;
}

/// Groups that differ in this row, and in none below it but perhaps the first.
std::size_t FrameCapture::find_last(const Part& part, int row) {
    const auto* const now = part.row(part.area.y + row);
    const auto* const before = frame_->row(part.area.y + row) + part.area.x;
    std::size_t found = 0;
    for (int x = 0; x < part.area.width; x += group) {
        auto& difference = differences_[std::size_t(x / group)];
        if (difference.first >= row || difference.last != difference.first ||
            !differs(now + x, before + x, columns(part.area, x)))
            continue;
        difference.last = std::uint8_t(row);
        ++found;
    }
    return found;
}

/// Behind the groups that differ in the same rows as this one.
std::size_t FrameCapture::end_of_run(std::size_t begin) const {
    auto end = begin + 1;
    while (end < differences_.size() && differences_[end] == differences_[begin])
        ++end;
    return end;
}

/// Fills a new strip with what does not differ, and so is not copied from the surface:
/// that may have been drawn on since it was compared.
void FrameCapture::keep(const Part& part, const std::uint32_t* old) {
    const int top = part.area.y / Frame::strip_rows * Frame::strip_rows;
    const int bottom = std::min(top + Frame::strip_rows, mutable_->height());
    for (int y = top; y < bottom; ++y, old += mutable_->stride_) {
        auto* const to = mutable_->memory_of_row(y);
        const auto keep_columns = [&](int begin, int end) {
            std::copy(old + begin, old + end, to + begin);
        };
        if (y < part.area.y || y >= part.area.bottom()) {
            keep_columns(0, mutable_->width());
            continue;
        }
        keep_columns(0, part.area.x);
        keep_columns(int(part.area.right()), mutable_->width());
        const int row = y - part.area.y;
        for (std::size_t i = 0, end = 0; i < differences_.size(); i = end) {
            end = end_of_run(i);
            if (row >= differences_[i].first && row <= differences_[i].last)
                continue;
            const int width = std::min(int(end) * group, part.area.width);
            keep_columns(part.area.x + int(i) * group, part.area.x + width);
        }
    }
}

/// Groups that differ in the same rows, or in none.
void FrameCapture::copy(const Part& part, std::size_t begin, std::size_t end,
                        Difference rows) {
    const int x = int(begin) * group;
    const int count = std::min(int(end) * group, part.area.width) - x;
    for (int row = rows.first; row <= rows.last; ++row) {
        const int y = part.area.y + row;
        auto* const to = mutable_->memory_of_row(y) + part.area.x + x;
        copy_colours(part.row(y) + x, to, count);
    }
}

/// Neighbouring groups become one rectangle, of the rows that differ in any of them.
void FrameCapture::collect(const Part& part, std::vector<Rect>& changed) const {
    const Rect& area = part.area;
    for (std::size_t i = 0; i < differences_.size(); ++i) {
        if (!differences_[i].found())
            continue;
        const int left = int(i) * group;
        auto rows = differences_[i];
        for (; i + 1 < differences_.size() && differences_[i + 1].found(); ++i) {
            rows.first = std::min(rows.first, differences_[i + 1].first);
            rows.last = std::max(rows.last, differences_[i + 1].last);
        }
        const int right = std::min(int(i + 1) * group, area.width);
        changed.push_back({area.x + left, area.y + rows.first, right - left,
                           rows.last - rows.first + 1});
    }
}

} // namespace qio::ui
