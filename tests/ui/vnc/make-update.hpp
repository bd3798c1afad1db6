// Makes the updates of an UpdateSender, which leaves the encoding to its owner.
#pragma once

#include "ui/frame.hpp"
#include "ui/vnc/encode-job.hpp"
#include "ui/vnc/update-sender.hpp"

namespace qio::test {

/// What goes to the client of a job's result.
inline Bytes bytes_of(const vnc::EncodedRects& encoded) {
    Bytes all;
    for (const auto& piece : encoded.pieces)
        for (std::size_t i = 0; i < piece.rows; ++i)
            ByteWriter(all).put_bytes(piece.row(i));
    return all;
}

/// All that may be sent now, with the pixels of the frame.
inline Bytes make_update(vnc::UpdateSender& sender,
                         const std::shared_ptr<const ui::Frame>& frame) {
    Bytes out;
    sender.append_unasked(out);
    if (!sender.is_waiting() || !sender.has_news())
        return out;
    vnc::CopyFinder finder;
    const auto job = sender.begin_update(frame, finder, out);
    if (!job)
        return out;
    vnc::EncoderSet encoders;
    Bytes pixels;
    auto segment = encode(*job, encoders, pixels);
    const vnc::EncodedRects encoded{
        .pieces = {}, .count = segment.count, .lossy = std::move(segment.lossy)};
    sender.finish_update(encoded, out);
    out.insert(out.end(), pixels.begin(), pixels.end());
    return out;
}

/// The same with what the surface shows now.
inline Bytes make_update(vnc::UpdateSender& sender, const ui::Surface& surface) {
    return make_update(sender, *ui::Frame::copy_of(surface));
}

} // namespace qio::test
