// Raw rectangles whose pixels are sent from the frame itself.
#include "ui/vnc/raw-in-place.hpp"

#include <algorithm>
#include <span>

#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {

// A row of fewer bytes is copied in less time than the kernel takes for one more buffer.
constexpr int min_row_pixels = 128;

// Pixels that are copied at most: it is done by the thread that serves all clients.
constexpr std::size_t max_copied_area = 16 * 1024;

constexpr std::size_t rectangle_header_bytes = 12;

bool is_copied(const ui::Rect& rect) {
    return rect.width < min_row_pixels;
}

std::size_t copied_area(const EncodeJob& job) {
    std::size_t area = 0;
    for (const auto& rect : job.rects)
        if (is_copied(rect))
            area += std::size_t(rect.width) * std::size_t(rect.height);
    return area;
}

std::span<const std::uint32_t> pixels_of(const EncodeJob& job, const ui::Rect& rect,
                                         int y) {
    return {job.frame->row(y) + rect.x, std::size_t(rect.width)};
}

/// The rectangle's rows up to the end of a strip, which lie evenly in memory.
EncodedPiece rows_of(const EncodeJob& job, const ui::Rect& rect, int y) {
    const int strip_end = (y / ui::Frame::strip_rows + 1) * ui::Frame::strip_rows;
    const int bottom = std::min(strip_end, rect.y + rect.height);
    const auto first = std::as_bytes(pixels_of(job, rect, y));
    return {.owner = job.frame,
            .first = first.data(),
            .row_bytes = first.size(),
            .rows = std::size_t(bottom - y),
            .stride = job.frame->stride_bytes()};
}

void add_rows(const EncodeJob& job, const ui::Rect& rect,
              std::vector<EncodedPiece>& pieces) {
    for (int y = rect.y; y < rect.y + rect.height;) {
        pieces.push_back(rows_of(job, rect, y));
        y += int(pieces.back().rows);
    }
}

void copy_rows(const EncodeJob& job, const ui::Rect& rect, Bytes& out) {
    for (int y = rect.y; y < rect.y + rect.height; ++y)
        ByteWriter(out).put_bytes(std::as_bytes(pixels_of(job, rect, y)));
}

} // namespace

std::optional<EncodedRects> raw_in_place(const EncodeJob& job) {
    if (job.encoding != Encoding::Raw ||
        !ui::PixelConverter(job.settings.format).is_identity())
        return std::nullopt;
    const auto copied = copied_area(job);
    if (copied > max_copied_area)
        return std::nullopt;
    EncodedRects result;
    result.count = job.rects.size();
    // Headers, and what is copied, between the pieces of the frame. It has its memory
    // from the beginning, so that pieces can point into it.
    const auto written = std::make_shared<Bytes>();
    written->reserve(job.rects.size() * rectangle_header_bytes +
                     copied * sizeof(std::uint32_t));
    auto end_piece = [&, begin = std::size_t(0)]() mutable {
        const auto piece = ByteView(*written).subspan(begin);
        result.pieces.push_back({written, piece.data(), piece.size()});
        begin = written->size();
    };
    for (const auto& rect : job.rects) {
        append_rectangle(*written, rect, Encoding::Raw);
        if (is_copied(rect)) {
            copy_rows(job, rect, *written);
            continue;
        }
        end_piece();
        add_rows(job, rect, result.pieces);
    }
    end_piece();
    return result;
}

} // namespace qio::vnc
