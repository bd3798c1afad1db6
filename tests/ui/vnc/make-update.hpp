// Makes the updates of an UpdateSender, which leaves the encoding to its owner.
#pragma once

#include "ui/frame.hpp"
#include "ui/vnc/encode-job.hpp"
#include "ui/vnc/update-sender.hpp"

namespace qio::test {

/// All that may be sent now, with the pixels of the surface.
inline Bytes make_update(vnc::UpdateSender& sender, const ui::Surface& surface) {
    Bytes out;
    sender.append_unasked(out);
    if (!sender.is_waiting() || !sender.has_news())
        return out;
    const auto job = sender.begin_update(*ui::Frame::copy_of(surface), out);
    if (!job)
        return out;
    vnc::EncoderSet encoders;
    Bytes pixels;
    auto segment = encode(*job, encoders, pixels);
    const vnc::EncodedRects encoded{
        .pieces = {}, .count = segment.count, .lossy = std::move(segment.lossy)};
    sender.finish_update(sender.update_number(), encoded, out);
    out.insert(out.end(), pixels.begin(), pixels.end());
    return out;
}

} // namespace qio::test
