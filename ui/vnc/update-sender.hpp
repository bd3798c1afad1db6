// internal: what one client has asked for, what it has not seen, and the updates from
// both.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/base/bytes.hpp"
#include "ui/display.hpp"
#include "ui/frame.hpp"
#include "ui/region.hpp"
#include "ui/vnc/client-features.hpp"
#include "ui/vnc/client-layout.hpp"
#include "ui/vnc/encode-job.hpp"
#include "ui/vnc/known-picture.hpp"
#include "ui/vnc/losses.hpp"
#include "ui/vnc/pseudo-rectangles.hpp"
#include "ui/vnc/video-part.hpp"

namespace qio::vnc {

/// The update state of one client. Knows no channel and no clock: bytes are appended to a
/// buffer when the owner says there is room for them, and pixels are encoded by the owner
/// as well.
///
/// One update answers one request; without a request nothing but answers to
/// SetDesktopSize, bells and colour maps is sent, unless the client has asked for
/// continuous updates. The latest state wins: changes between two updates are merged.
///
/// An update with pixels takes two steps: begin_update() gives a job, finish_update()
/// sends its result. In between no size is sent, and what the client says about formats
/// and encodings abandons the job: its request and its pixels count again. The next job
/// comes when that one is finished all the same, so that there is never more than one.
///
/// What has moved is copied by clients that can, in front of the other pixels.
///
/// What was sent with a loss is remembered. Where it is not sent again for two ticks of
/// the owner's clock it is at rest, and sent as it is when there is nothing else to send.
///
/// Limits: nothing grows with what the client sends; an update is at most the framebuffer
/// in the client's format, its rectangles' headers, and one cursor and name. It has at
/// most max_update_area pixels; the rest counts as not seen yet.
class UpdateSender {
public:
    /// So many that their rectangles can be counted, however they are encoded.
    static constexpr std::size_t max_update_area = std::size_t(16) << 20;
    /// Pixels of an update that only takes back a loss: small, so that news need not
    /// wait.
    static constexpr std::size_t max_refined_area = std::size_t(512) << 10;

    /// In pictures: but no video.
    enum class Loss : std::uint8_t { never, in_pictures, allowed };

    /// What ServerInit tells the client comes from here. `loss`: where clients wish it.
    explicit UpdateSender(const ui::DisplayChanges& state, Loss loss = Loss::allowed);

    /// The framebuffer as the client knows it.
    int width() const { return layout_.width(); }
    int height() const { return layout_.height(); }
    ui::Rect area() const { return layout_.area(); }
    const std::string& name() const { return pseudo_.name(); }
    const PseudoRectangles& pseudo_rectangles() const { return pseudo_; }
    const ClientFeatures& features() const { return features_; }

    void set_pixel_format(const ui::PixelFormat& format);
    /// `pointer`: where it is drawn for clients that need it, or was for this one.
    void set_encodings(std::span<const Encoding> encodings,
                       const ui::Region& pointer = {});
    /// Whether the pointer has to be in the pixels, as the client cannot draw it.
    bool needs_pointer() const { return features_.cursor == CursorKind::none; }
    /// A FramebufferUpdateRequest. The area of an incremental one does not matter, and
    /// while updates are continuous none of it does.
    void request(bool incremental, const ui::Rect& area);
    /// From now on changes in `area` are sent without being asked for.
    void enable_continuous_updates(const ui::Rect& area) { continuous_area_ = area; }
    void disable_continuous_updates();
    bool is_continuous() const { return continuous_area_.has_value(); }
    /// What is to be answered to a SetDesktopSize; an answer that could not be sent yet
    /// is replaced.
    void answer_resize(DesktopSizeStatus status) { resize_answer_ = status; }

    /// How many bytes per second the client's link carries; empty: it does not hold
    /// updates up, as far as is known.
    void set_link_rate(std::optional<double> rate);

    /// News of the display, the same for all clients, but for its pixels. `reason`: why
    /// it has another size or other screens, if it has.
    void display_changed(const ui::DisplayChanges& changes,
                         DesktopSizeReason reason = DesktopSizeReason::Server);
    /// Where a new frame differs from the one before.
    void add_damage(const ui::Region& damage);
    /// What is said to have moved within that damage.
    void add_copies(std::span<const ui::Copy> copies) { known_.add_copies(copies); }

    /// Some time has passed; not needed while has_loss() is false.
    void tick() { losses_.tick(); }
    /// Whether the client sees something not as it is.
    bool has_loss() const { return losses_.any(); }

    /// Whether the client waits for an update and nothing is being encoded for it.
    bool is_waiting() const { return (is_asking() || is_continuous()) && !is_encoding_; }
    /// Whether it has asked for one, and not only for continuous updates.
    bool is_asking() const { return request_ != Request::none; }
    /// Whether it could be given one: there is something that it has not seen, or it
    /// wants to see what it has. What the frame lacks of the display is not known here.
    bool has_news() const;

    /// Appends what needs no request.
    void append_unasked(Bytes& out);
    /// Begins an update for a waiting client: appends one that needs no pixels, or one in
    /// front of those with pixels, and gives the job of the latter. Empty if there is no
    /// job; the client may have been answered all the same.
    /// Requires: is_waiting(), and the frame is what the display shows.
    std::optional<EncodeJob> begin_update(const std::shared_ptr<const ui::Frame>& frame,
                                          CopyFinder& finder, Bytes& out);
    /// Appends the update up to its encoded rectangles, which the owner sends behind.
    /// False, and nothing is appended, if the job was abandoned.
    bool finish_update(const EncodedRects& encoded, Bytes& out);

private:
    enum class Request : std::uint8_t { none, incremental, full };

    /// The job that is being encoded, to be taken back if need be.
    struct Started {
        Request request;
        ui::Region region; // what is copied included
        std::vector<ui::Copy> copies;
        Encoding encoding;
        bool began_stream;
        bool refines;
        std::shared_ptr<H264Pictures> video;
    };

    void abandon();
    bool wants_copies() const;
    void append_layout(Bytes& out, DesktopSizeReason reason, DesktopSizeStatus status);
    void take_layout();
    bool append_new_layout(Bytes& out);
    ui::Region wanted_region() const;
    ui::Rect wanted_area() const;
    std::optional<EncodeJob> make_job(const std::shared_ptr<const ui::Frame>& frame,
                                      CopyFinder& finder);
    EncodeJob job_of(const std::shared_ptr<const ui::Frame>& frame,
                     const ui::Region& region);
    void append_pixel_free(Bytes& out);
    bool begins_stream(Encoding encoding);

    ClientLayout layout_;
    PseudoRectangles pseudo_;
    const Loss loss_;
    ui::Region dirty_;
    KnownPicture known_;
    Losses losses_;
    Request request_ = Request::none;
    std::optional<ui::Rect> continuous_area_;
    std::optional<Started> started_;
    bool is_encoding_ = false; // the job of started_, or one that was abandoned
    ClientFeatures features_;
    std::optional<double> link_rate_;
    ui::PixelConverter converter_;
    std::vector<Encoding> begun_streams_;
    VideoPart video_;
    std::optional<DesktopSizeStatus> resize_answer_;
    bool new_colour_map_ = false;
    bool new_bell_ = false;
};

} // namespace qio::vnc
