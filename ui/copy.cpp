// Pixels that were moved within a picture.
#include "ui/copy.hpp"

#include <algorithm>
#include <cstdint>

namespace qio::ui {

namespace {

std::int64_t area_of(const Rect& rect) {
    return std::int64_t(rect.width) * rect.height;
}

} // namespace

void add_copy(std::vector<Copy>& copies, const Copy& next) {
    Copy copy = next;
    const auto before = std::ranges::find_if(copies, [&next](const Copy& earlier) {
        return !intersect(earlier.to, next.source()).empty();
    });
    if (before != copies.end()) {
        const auto motion = before->motion();
        copy.from = {copy.from.x - motion.x, copy.from.y - motion.y};
        const auto moved_on = area_of(intersect(before->to, next.source()));
        if (moved_on * 2 >= area_of(before->to))
            copies.erase(before);
    }
    copies.push_back(copy);
    if (copies.size() > max_copies)
        copies.erase(copies.begin());
}

} // namespace qio::ui
