// Finds out how far parts of a picture have moved, without being told.
#include "ui/vnc/motion-search.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

namespace qio::vnc {

namespace {

// What is looked for: this many pixels of one row.
constexpr int window = 32;

// Old rows that are searched. Pieces are taken from as many rows below each other, so one
// of them comes from a row that is searched, however far it moved.
constexpr int row_step = 16;

// Places that are tried in each direction, to find pieces at.
constexpr int grid = 8;

constexpr std::size_t min_area = 64 * 64;
constexpr std::size_t max_thinness = 8; // of the bounds to what changed in them

// What changed no farther apart is one part.
constexpr int near_gap = 16;
constexpr std::size_t max_parts = 64;

constexpr std::size_t max_hits = 1024;
constexpr std::size_t min_hits = 3; // that agree
constexpr std::size_t max_motions_of_part = 2;
constexpr std::size_t max_motions = 3;

/// Hashes of consecutive windows, each from the one before.
class RollingHash {
public:
    explicit RollingHash(const std::uint32_t* pixels) {
        for (int i = 0; i < window; ++i)
            value_ = value_ * factor + pixels[i];
    }
    void roll(std::uint32_t out, std::uint32_t in) {
        value_ = value_ * factor + in - out * leaving;
    }
    /// The upper bits are the better ones, after they have been mixed.
    std::uint32_t value() const { return value_ * 0x9E3779B1u; }

private:
    static constexpr std::uint32_t factor = 0x01000193;
    static constexpr std::uint32_t leaving = [] {
        std::uint32_t power = 1;
        for (int i = 0; i < window; ++i)
            power *= factor;
        return power;
    }();
    std::uint32_t value_ = 0;
};

bool same_window(const std::uint32_t* a, const std::uint32_t* b) {
    return std::memcmp(a, b, window * sizeof(std::uint32_t)) == 0;
}

/// Whether the pixels would not be found at many places.
bool is_telling(const std::uint32_t* pixels) {
    constexpr int min_edges = 4;
    int edges = 0;
    for (int i = 1; i < window; ++i)
        edges += pixels[i] != pixels[i - 1];
    return edges >= min_edges;
}

/// Pieces of the new frame, by their hash.
class Pieces {
public:
    explicit Pieces(const ui::Frame& frame) : frame_(frame) { heads_.fill(none); }

    bool empty() const { return pieces_.empty(); }

    void add(int x, int y) {
        const auto hash = RollingHash(frame_.row(y) + x).value();
        const auto next = std::exchange(heads_[slot_of(hash)], Index(pieces_.size()));
        pieces_.push_back({{x, y}, hash, next});
    }

    /// Calls `found` with the place of each piece that looks like this.
    template <class Found>
    void find(std::uint32_t hash, const std::uint32_t* pixels, Found found) const {
        for (auto i = heads_[slot_of(hash)]; i != none;) {
            const auto& piece = pieces_[std::size_t(i)];
            if (piece.hash == hash &&
                same_window(frame_.row(piece.at.y) + piece.at.x, pixels))
                found(piece.at);
            i = piece.next;
        }
    }

private:
    using Index = std::int16_t; // there are at most grid × grid × row_step
    static constexpr Index none = -1;
    static constexpr int slot_bits = 13; // most slots are empty
    static std::size_t slot_of(std::uint32_t hash) { return hash >> (32 - slot_bits); }

    struct Piece {
        ui::Point at;
        std::uint32_t hash;
        Index next;
    };
    const ui::Frame& frame_;
    std::vector<Piece> pieces_;
    std::array<Index, std::size_t(1) << slot_bits> heads_;
};

/// Pieces that are not where they were, from places all over the bounds.
void choose_pieces(const ui::Frame& before, const ui::Frame& now, const ui::Rect& bounds,
                   Pieces& pieces) {
    const int right = int(bounds.right()), bottom = int(bounds.bottom());
    for (int i = 0; i < grid * grid; ++i) {
        // Each row of places is shifted a little: edges below each other are common.
        const int shift = i / grid * (bounds.width / grid) / grid;
        const int x = bounds.x + i % grid * bounds.width / grid + shift;
        const int y = bounds.y + i / grid * bounds.height / grid;
        const int left = std::clamp(x, bounds.x, right - window);
        for (int row = y; row < std::min(y + row_step, bottom); ++row)
            if (is_telling(now.row(row) + left) &&
                !same_window(now.row(row) + left, before.row(row) + left))
                pieces.add(left, row);
    }
}

struct Hits {
    std::vector<ui::Point> motions; // one for each

    bool is_full() const { return motions.size() >= max_hits; }

    /// Those on which enough agree.
    std::vector<ui::Point> likely() {
        const auto key = [](const ui::Point& motion) {
            return std::pair(motion.x, motion.y);
        };
        std::ranges::sort(motions, {}, key);
        std::vector<std::pair<std::size_t, ui::Point>> counted;
        for (std::size_t i = 0, end = 0; i < motions.size(); i = end) {
            while (end < motions.size() && motions[end] == motions[i])
                ++end;
            if (end - i >= min_hits)
                counted.emplace_back(end - i, motions[i]);
        }
        std::ranges::sort(counted, std::greater(), [](auto& pair) { return pair.first; });
        std::vector<ui::Point> best;
        for (std::size_t i = 0; i < std::min(counted.size(), max_motions_of_part); ++i)
            best.push_back(counted[i].second);
        return best;
    }
};

void search_row(const ui::Frame& before, int y, const ui::Rect& bounds,
                const Pieces& pieces, Hits& hits) {
    const auto* const row = before.row(y);
    const int last = int(bounds.right()) - window;
    RollingHash hash(row + bounds.x);
    for (int x = bounds.x; !hits.is_full(); ++x) {
        pieces.find(hash.value(), row + x, [&](const ui::Point& at) {
            if (!hits.is_full())
                hits.motions.push_back({at.x - x, at.y - y});
        });
        if (x == last)
            break;
        hash.roll(row[x], row[x + window]);
    }
}

bool are_near(const ui::Rect& a, const ui::Rect& b) {
    return a.x < b.right() + near_gap && b.x < a.right() + near_gap &&
           a.y < b.bottom() + near_gap && b.y < a.bottom() + near_gap;
}

bool is_worth_a_look(const ui::Rect& part, ui::Region changed) {
    changed.intersect(part);
    const auto area = changed.area();
    return part.width >= window && area >= min_area &&
           std::size_t(part.width) * std::size_t(part.height) <= area * max_thinness;
}

std::vector<ui::Point> find_in(const ui::Frame& before, const ui::Frame& now,
                               const ui::Rect& part) {
    Pieces pieces(now);
    choose_pieces(before, now, part, pieces);
    Hits hits;
    for (int y = part.y; y < part.bottom() && !pieces.empty(); y += row_step)
        search_row(before, y, part, pieces, hits);
    return hits.likely();
}

} // namespace

std::vector<ui::Rect> parts_of(const ui::Region& changed) {
    std::vector<ui::Rect> parts;
    for (auto part : changed.simplified(max_parts).rectangles()) {
        const auto join = [&part](const ui::Rect& other) {
            const bool is_one = are_near(part, other);
            if (is_one)
                part = ui::unite(part, other);
            return is_one;
        };
        while (std::erase_if(parts, join) > 0) {
        }
        parts.push_back(part);
    }
    return parts;
}

bool is_worth_a_look(const ui::Region& changed) {
    return std::ranges::any_of(parts_of(changed), [&changed](const ui::Rect& part) {
        return is_worth_a_look(part, changed);
    });
}

std::vector<ui::Point> find_motions(const ui::Frame& before, const ui::Frame& now,
                                    const ui::Region& changed) {
    auto parts = parts_of(changed);
    std::ranges::sort(parts, std::greater(), [](const ui::Rect& part) {
        return std::size_t(part.width) * std::size_t(part.height);
    });
    std::vector<ui::Point> all;
    for (const auto& part : parts) {
        if (!is_worth_a_look(part, changed))
            continue;
        for (const auto& motion : find_in(before, now, part))
            if (std::ranges::find(all, motion) == all.end())
                all.push_back(motion);
        if (all.size() >= max_motions)
            break;
    }
    if (all.size() > max_motions)
        all.resize(max_motions);
    return all;
}

} // namespace qio::vnc
