// How hard to compress for a link whose rate is known.
#include "ui/vnc/link-compression.hpp"

#include <algorithm>

namespace qio::vnc {

namespace {

/// Below the rate, a level pays for the time that it takes with that which its fewer
/// bytes need less: from the figures in encodings/deflater.cpp, of text and of photos.
struct Step {
    double bytes_per_second;
    int level;
};
constexpr Step steps[] = {{700e3, 6}, {2.5e6, 4}};

} // namespace

int compression_for(int wish, std::optional<double> bytes_per_second) {
    if (wish == 0 || !bytes_per_second)
        return wish;
    for (const auto& step : steps)
        if (*bytes_per_second < step.bytes_per_second)
            return std::max(wish, step.level);
    return wish;
}

} // namespace qio::vnc
