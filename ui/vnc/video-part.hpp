// internal: the part of a client's picture that is sent as video.
#pragma once

#include <memory>
#include <optional>

#include "ui/frame.hpp"
#include "ui/rect.hpp"
#include "ui/region.hpp"
#include "ui/vnc/client-features.hpp"
#include "ui/vnc/encodings/h264-pictures.hpp"
#include "ui/vnc/encodings/video-finder.hpp"

namespace qio::vnc {

/// One at most: the client is never asked for a second decoder.
class VideoPart {
public:
    /// `allowed`: by the server, if the client wants it.
    explicit VideoPart(bool allowed) : allowed_(allowed) {}

    /// What the client wants. Video that is running is begun anew.
    void set_client(const ClientFeatures& features, const ui::PixelFormat& format);

    /// Takes off `damage`, which the next update is to show, what is to be video in it;
    /// null if nothing is. The update has to be sent then, or else restart() called.
    /// Requires: as VideoFinder::find().
    std::shared_ptr<H264Pictures> take(const ui::Frame& frame, const ui::Rect& bounds,
                                       ui::Region& damage);
    /// Of what was chosen last the client has seen nothing: the next picture is begun
    /// anew. The old one may still be being encoded.
    void restart() { pictures_.reset(); }
    /// That part of the picture has come to rest, or has another size.
    void came_to_rest(const ui::Region& region);
    void forget();
    /// It was tried and cannot be done.
    void give_up();

private:
    const bool allowed_;
    std::optional<int> quality_; // empty: no video
    VideoFinder finder_;
    std::shared_ptr<H264Pictures> pictures_; // null: the next one is the first
};

} // namespace qio::vnc
