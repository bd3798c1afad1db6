// Which parts of a new picture a client has already, elsewhere.
#include "ui/vnc/copy-finder.hpp"

#include <algorithm>

#include "ui/vnc/motion-search.hpp"

#include "ui/vectorized.hpp"

namespace qio::vnc {

namespace {

constexpr int group = 16; // columns that are compared together

// Smaller parts cost more to tell than they save, in bytes or in time.
constexpr int min_width = 2 * group;
constexpr int min_height = 4;
constexpr std::size_t min_gain = 512; // changed pixels in one copy

// Of a picture that moved in shreds, the first ones.
constexpr std::size_t max_parts = 2048;

/// Columns first … last - 1 of a row.
struct Run {
    int first, last;
    bool operator==(const Run&) const = default;
};

bool same_pixels(const std::uint32_t* a, const std::uint32_t* b, int count) {
    std::uint32_t difference = 0;
    for (int i = 0; i < count; ++i)
        difference |= a[i] ^ b[i];
    return difference == 0;
}

/// The count is known to the compiler here, where nearly all pixels are compared.
bool same_group(const std::uint32_t* a, const std::uint32_t* b) {
    return same_pixels(a, b, group);
}

/// Where a row is what another one was, in groups of columns; short runs are left out.
std::vector<Run> equal_runs(const std::uint32_t* now, const std::uint32_t* before,
                            int count) {
    std::vector<Run> runs;
    for (int x = 0; x < count; x += group) {
        const int columns = std::min(group, count - x);
        if (columns == group ? !same_group(now + x, before + x)
                             : !same_pixels(now + x, before + x, columns))
            continue;
        if (!runs.empty() && runs.back().last == x)
            runs.back().last = x + columns;
        else
            runs.push_back({x, x + columns});
    }
    std::erase_if(runs, [](const Run& run) { return run.last - run.first < min_width; });
    return runs;
}

/// Rows with the same runs become rectangles.
class Bands {
public:
    explicit Bands(const ui::Point& origin) : origin_(origin) {}
    bool is_full() const { return parts_.size() >= max_parts; }

    void add_row(std::vector<Run> runs) {
        if (runs != runs_)
            end_band(std::move(runs));
        ++height_;
    }
    ui::Region region() {
        end_band({});
        return ui::Region::of(parts_);
    }

private:
    void end_band(std::vector<Run> next) {
        if (height_ >= min_height)
            for (const auto& run : runs_)
                parts_.push_back(
                    {origin_.x + run.first, top_, run.last - run.first, height_});
        top_ += height_;
        height_ = 0;
        runs_ = std::move(next);
    }

    const ui::Point origin_;
    int top_ = origin_.y;
    int height_ = 0;
    std::vector<Run> runs_;
    std::vector<ui::Rect> parts_;
};

/// Where in `bounds` the new frame shows what the old one showed so far away.
ui::Region moved_region(const ui::Frame& before, const ui::Frame& now,
                        const ui::Rect& bounds, const ui::Point& motion) {
    const auto all = before.bounds();
    const auto area = ui::intersect(
        bounds, ui::intersect(all, {motion.x, motion.y, all.width, all.height}));
    Bands bands({area.x, area.y});
    for (int y = area.y; y < area.bottom() && !bands.is_full(); ++y)
        bands.add_row(equal_runs(now.row(y) + area.x,
                                 before.row(y - motion.y) + area.x - motion.x,
                                 area.width));
    return bands.region();
}

std::size_t area_of(const ui::Rect& rect) {
    return std::size_t(rect.width) * std::size_t(rect.height);
}

ui::Region shifted(ui::Region region, const ui::Point& motion) {
    region.translate(motion.x, motion.y);
    return region;
}

/// The largest parts in which enough has changed.
std::vector<ui::Rect> worthwhile(const ui::Region& to, const ui::Region& changed,
                                 std::size_t most) {
    auto rects = to.rectangles();
    std::ranges::sort(rects, std::greater(), area_of);
    if (rects.size() > 2 * most)
        rects.resize(2 * most);
    std::erase_if(rects, [&changed](const ui::Rect& rect) {
        if (area_of(rect) < min_gain)
            return true;
        ui::Region part = changed;
        part.intersect(rect);
        return part.area() < min_gain;
    });
    if (rects.size() > most)
        rects.resize(most);
    return rects;
}

/// So that none is copied over what another one is still to be copied from. The parts of
/// a region lie in bands, from top to bottom: none overlaps two.
void put_in_order(std::vector<ui::Rect>& rects, const ui::Point& motion) {
    std::ranges::sort(rects, {}, [&motion](const ui::Rect& rect) {
        return std::pair(motion.y > 0 ? -rect.y : rect.y,
                         motion.x > 0 ? -rect.x : rect.x);
    });
}

} // namespace

std::vector<ui::Copy> CopyFinder::find(const CopyQuestion& question) {
    std::vector<ui::Copy> copies;
    ui::Region written;
    for (const auto& [motion, to] : moved(question)) {
        // Not from what the client does not see, or no longer.
        auto possible = to;
        possible.subtract(shifted(question.unknown, motion));
        possible.subtract(shifted(written, motion));
        possible.subtract(written);
        auto rects = worthwhile(possible, question.changed, max_copies - copies.size());
        put_in_order(rects, motion);
        for (const auto& rect : rects) {
            copies.push_back({rect, {rect.x - motion.x, rect.y - motion.y}});
            written.add(rect);
        }
    }
    return copies;
}

const std::vector<CopyFinder::Moved>& CopyFinder::moved(const CopyQuestion& question) {
    const auto known = std::ranges::find_if(answers_, [&](const Answer& answer) {
        return answer.before == question.before && answer.now == question.now &&
               answer.changed == question.changed && answer.hints == question.hints;
    });
    if (known != answers_.end())
        return known->all;
    return answers_
        .emplace_back(question.before, question.now, question.changed, question.hints,
                      look(question))
        .all;
}

std::vector<CopyFinder::Moved> CopyFinder::look(const CopyQuestion& question) {
    const auto& before = *question.before;
    const auto& now = *question.now;
    std::vector<Moved> all;
    ui::Region rest = question.changed;
    const auto add = [&](const ui::Point& motion, ui::Region to) {
        rest.subtract(to);
        if (!to.empty())
            all.push_back({motion, std::move(to)});
    };
    for (const auto& hint : question.hints) {
        const auto bounds = ui::intersect(hint.to, question.changed.bounds());
        add(hint.motion(), moved_region(before, now, bounds, hint.motion()));
    }
    for (const auto& motion : find_motions(before, now, rest)) {
        ui::Region to;
        for (const auto& part : parts_of(rest))
            to.add(moved_region(before, now, part, motion));
        add(motion, std::move(to));
    }
    return all;
}

} // namespace qio::vnc
