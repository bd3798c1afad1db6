// internal: what one client has asked for, what it has not seen, and the updates from
// both.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "io/base/bytes.hpp"
#include "ui/display.hpp"
#include "ui/vnc/encodings/encoders.hpp"
#include "ui/vnc/rfb/types.hpp"

namespace qio::vnc {

/// The update state of one client. Knows no channel and no clock: bytes are appended to a
/// buffer when the owner says there is room for them.
///
/// One update answers one request; without a request nothing but answers to
/// SetDesktopSize, bells and colour maps is sent. The latest state wins: changes between
/// two updates are merged.
/// Limits: nothing grows with what the client sends; an update is at most the framebuffer
/// in the client's format, its rectangles' headers, and one cursor and name.
class UpdateSender {
public:
    /// What ServerInit tells the client comes from here.
    explicit UpdateSender(const ui::DisplayChanges& state);

    /// The framebuffer as the client knows it.
    int width() const { return width_; }
    int height() const { return height_; }
    ui::Rect area() const { return {0, 0, width_, height_}; }
    const std::string& name() const { return name_; }

    void set_pixel_format(const ui::PixelFormat& format);
    void set_encodings(std::span<const Encoding> encodings);
    /// A FramebufferUpdateRequest. The area of an incremental one does not matter.
    void request(bool incremental, const ui::Rect& area);
    /// News of the display, the same for all clients.
    void display_changed(const ui::DisplayChanges& changes);
    /// What is to be answered to a SetDesktopSize; an answer that could not be sent yet
    /// is replaced.
    void answer_resize(DesktopSizeStatus status) { resize_answer_ = status; }

    /// Appends all that may be sent now.
    void append_to(Bytes& out);

private:
    enum class Request : std::uint8_t { none, incremental, full };

    /// What the client's last SetEncodings lets us use.
    struct Features {
        Encoding encoding = Encoding::Raw;
        int compression_level = default_compression_level;
        bool desktop_size = false;
        bool extended_desktop_size = false;
        bool cursor = false;
        bool desktop_name = false;
        bool extended_keys = false;
    };
    static constexpr int default_compression_level = 2;

    static Features features_of(std::span<const Encoding> encodings);
    bool can_resize() const {
        return features_.desktop_size || features_.extended_desktop_size;
    }
    bool wants_cursor() const {
        return features_.cursor && (cursor_ != nullptr || cursor_sent_);
    }
    void bound_dirty();
    void append_unasked(Bytes& out);
    void append_size(Bytes& out, DesktopSizeReason reason, DesktopSizeStatus status);
    void take_size();
    bool append_new_size(Bytes& out);
    void append_pixels(Bytes& out);
    std::uint16_t append_pseudo_rectangles(Bytes& out);
    EncodeSettings settings();

    std::shared_ptr<const ui::Surface> surface_;
    std::shared_ptr<const ui::Cursor> cursor_;
    std::string name_;
    int width_;
    int height_;
    ui::Region dirty_;
    Request request_ = Request::none;
    Features features_;
    ui::PixelConverter converter_;
    EncoderSet encoders_;
    bool stream_begun_ = false;
    std::optional<DesktopSizeStatus> resize_answer_;
    bool new_colour_map_ = false;
    bool cursor_sent_ = false; // ever: the client no longer draws one of its own
    bool new_cursor_ = false;
    bool new_name_ = false;
    bool new_extended_keys_ = false;
    bool new_bell_ = false;
};

} // namespace qio::vnc
