// The pixels of one update, before and after they are encoded.
#include "ui/vnc/encode-job.hpp"

#include <algorithm>
#include <utility>

namespace qio::vnc {

namespace {

// Below this many pixels a part is not worth a thread of its own.
constexpr std::size_t min_part_area = 128 * 1024;

// Parts are cut between rows of the largest tiles there are (ZRLE), so that cutting does
// not make more of them.
constexpr int tile_rows = 64;

std::size_t area_of(const ui::Rect& rect) {
    return std::size_t(rect.width) * std::size_t(rect.height);
}

/// Takes rectangles off the front of `rects`, of at least `area` pixels, or all of them.
/// A rectangle that is too large is cut.
std::vector<ui::Rect> take_part(std::vector<ui::Rect>& rects, std::size_t area) {
    std::vector<ui::Rect> part;
    std::size_t taken = 0;
    auto next = rects.begin();
    for (; next != rects.end() && taken < area; ++next) {
        const auto missing_rows =
            int((area - taken + std::size_t(next->width) - 1) / std::size_t(next->width));
        const int rows = (missing_rows + tile_rows - 1) / tile_rows * tile_rows;
        if (rows >= next->height) {
            part.push_back(*next);
            taken += area_of(*next);
            continue;
        }
        part.push_back({next->x, next->y, next->width, rows});
        next->y += rows;
        next->height -= rows;
        break;
    }
    rects.erase(rects.begin(), next);
    return part;
}

/// The video of a job alone.
EncodeJob video_of(const EncodeJob& job) {
    auto video = job;
    video.rects.clear();
    return video;
}

/// Raw if that cannot be: every client can read it, and no stream has to be begun.
void encode_video(const EncodeJob& job, EncoderSet& encoders, EncodedSegment& segment,
                  Bytes& out) {
    const auto& rect = job.video->rect();
    if (job.video->append(*job.frame, out)) {
        ++segment.count;
        segment.lossy.add(rect);
        return;
    }
    auto& encoder = encoders.get(Encoding::Raw);
    encoder.begin(job.settings);
    segment.count += encoder.encode(*job.frame, rect, out);
}

} // namespace

std::size_t EncodeJob::area() const {
    std::size_t area = 0;
    for (const auto& rect : rects)
        area += area_of(rect);
    return area;
}

std::vector<EncodeJob> split(const EncodeJob& job, std::size_t most) {
    if (job.video) {
        auto rest = job;
        rest.video.reset();
        auto jobs = rest.rects.empty() ? std::vector<EncodeJob>() : split(rest, most);
        jobs.push_back(video_of(job));
        return jobs;
    }
    const auto parts = std::min(most, job.area() / min_part_area);
    if (parts < 2)
        return {job};
    const auto area = (job.area() + parts - 1) / parts;
    std::vector<EncodeJob> jobs;
    auto rects = job.rects;
    while (!rects.empty()) {
        auto& part = jobs.emplace_back(job);
        part.rects = take_part(rects, area);
        part.settings.stream_begins = job.settings.stream_begins && jobs.size() == 1;
    }
    return jobs;
}

EncodedSegment encode(const EncodeJob& job, EncoderSet& encoders, Bytes& out) {
    EncodedSegment segment;
    if (!job.rects.empty()) {
        auto& encoder = encoders.get(job.encoding);
        encoder.begin(job.settings);
        for (const auto& rect : job.rects)
            segment.count += encoder.encode(*job.frame, rect, out);
        segment.lossy = encoder.lossy_area();
    }
    if (job.video)
        encode_video(job, encoders, segment, out);
    return segment;
}

} // namespace qio::vnc
