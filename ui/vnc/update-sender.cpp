// What one client has asked for, what it has not seen, and the updates from both.
#include "ui/vnc/update-sender.hpp"

#include <algorithm>
#include <array>

#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {

// Rectangles of one update, far below the 65535 that fit. A more ragged region is sent
// with some pixels that did not change. Adding to a region costs time in proportion to
// the rectangles it has, so it is kept that simple also while nobody takes the update.
constexpr std::size_t max_rectangles = 512;
constexpr std::size_t merged_rectangles = 128;

/// For a client whose picture of the pointer was taken back: a dot, as viewers draw it.
ui::Cursor dot_cursor() {
    constexpr int side = 5;
    constexpr std::uint32_t white = 0xFFFFFFFF, black = 0xFF000000;
    std::vector<std::uint32_t> argb(side * side, white);
    for (int y = 1; y < side - 1; ++y)
        std::fill_n(argb.begin() + y * side + 1, side - 2, black);
    return *ui::Cursor::make(side, side, side / 2, side / 2, std::move(argb));
}

} // namespace

UpdateSender::UpdateSender(const ui::DisplayChanges& state)
    : surface_(state.surface), cursor_(state.cursor), name_(state.name),
      width_(surface_->width()), height_(surface_->height()), dirty_(area()) {}

// ---- what the client says

void UpdateSender::set_pixel_format(const ui::PixelFormat& format) {
    converter_ = ui::PixelConverter(format);
    new_colour_map_ = !format.true_colour;
    // The picture of the pointer was in the old format.
    new_cursor_ = wants_cursor();
}

UpdateSender::Features UpdateSender::features_of(std::span<const Encoding> encodings) {
    Features features;
    bool chosen = false;
    bool has_level = false;
    for (const auto encoding : encodings) {
        if (!chosen && (encoding == Encoding::Raw || encoding == Encoding::Zlib)) {
            features.encoding = encoding;
            chosen = true;
        }
        if (!has_level && encoding >= Encoding::CompressionLevel0 &&
            encoding <= Encoding::CompressionLevel9) {
            features.compression_level = int(encoding) - int(Encoding::CompressionLevel0);
            has_level = true;
        }
        features.desktop_size |= encoding == Encoding::DesktopSize;
        features.extended_desktop_size |= encoding == Encoding::ExtendedDesktopSize;
        features.cursor |= encoding == Encoding::Cursor;
        features.desktop_name |= encoding == Encoding::DesktopName;
        features.extended_keys |= encoding == Encoding::QEMUExtendedKeyEvent;
    }
    return features;
}

void UpdateSender::set_encodings(std::span<const Encoding> encodings) {
    const bool had_name = features_.desktop_name;
    features_ = features_of(encodings);
    new_cursor_ = wants_cursor();
    new_extended_keys_ = features_.extended_keys;
    // ServerInit has told the name; it may have changed before the client said that it
    // wants to know.
    new_name_ = features_.desktop_name && (new_name_ || !had_name);
}

void UpdateSender::request(bool incremental, const ui::Rect& area) {
    if (incremental) {
        if (request_ == Request::none)
            request_ = Request::incremental;
        return;
    }
    request_ = Request::full;
    dirty_.add(ui::intersect(area, this->area()));
    bound_dirty();
}

void UpdateSender::bound_dirty() {
    if (dirty_.count() > max_rectangles)
        dirty_ = dirty_.simplified(merged_rectangles);
}

// ---- what the display says

void UpdateSender::display_changed(const ui::DisplayChanges& changes) {
    surface_ = changes.surface;
    dirty_.add(changes.damage);
    bound_dirty();
    cursor_ = changes.cursor;
    name_ = changes.name;
    if (changes.cursor_changed)
        new_cursor_ = wants_cursor();
    new_name_ = new_name_ || (changes.name_changed && features_.desktop_name);
    new_bell_ = new_bell_ || changes.bell;
}

// ---- what is sent

void UpdateSender::append_to(Bytes& out) {
    append_unasked(out);
    if (request_ == Request::none)
        return;
    const bool new_size = append_new_size(out);
    if (new_size && request_ == Request::incremental) {
        // The new size is the update; the client asks again for the pixels.
        request_ = Request::none;
        return;
    }
    // A full request is also the question for the screens, answered by an update of its
    // own (RFB, ExtendedDesktopSize).
    if (request_ == Request::full && features_.extended_desktop_size && !new_size)
        append_size(out, DesktopSizeReason::Server, DesktopSizeStatus::NoError);
    append_pixels(out);
}

void UpdateSender::append_unasked(Bytes& out) {
    if (std::exchange(new_bell_, false))
        append_bell(out);
    if (std::exchange(new_colour_map_, false))
        append_colour_map(out, 0, ui::colour_map());
    const auto status = std::exchange(resize_answer_, std::nullopt);
    if (!status || !features_.extended_desktop_size)
        return;
    if (*status == DesktopSizeStatus::NoError)
        take_size();
    append_size(out, DesktopSizeReason::ThisClient, *status);
}

/// From now on the client's framebuffer is as large as the surface, and unknown.
void UpdateSender::take_size() {
    width_ = surface_->width();
    height_ = surface_->height();
    dirty_ = ui::Region(area());
}

/// An update with the framebuffer's size as its one rectangle.
void UpdateSender::append_size(Bytes& out, DesktopSizeReason reason,
                               DesktopSizeStatus status) {
    append_framebuffer_update(out, 1);
    if (features_.extended_desktop_size) {
        const Screen screen{.width = std::uint16_t(width_),
                            .height = std::uint16_t(height_)};
        append_extended_desktop_size(out, reason, status, width_, height_, {&screen, 1});
    } else {
        append_desktop_size(out, width_, height_);
    }
}

/// Tells a client that can follow that the framebuffer has another size.
bool UpdateSender::append_new_size(Bytes& out) {
    if (!can_resize() || (width_ == surface_->width() && height_ == surface_->height()))
        return false;
    take_size();
    append_size(out, DesktopSizeReason::Server, DesktopSizeStatus::NoError);
    return true;
}

void UpdateSender::append_pixels(Bytes& out) {
    // A client that cannot follow a new size sees what both sizes have in common.
    dirty_.intersect(ui::intersect(area(), surface_->bounds()));
    const bool has_news = new_cursor_ || new_name_ || new_extended_keys_;
    if (dirty_.empty() && !has_news && request_ != Request::full)
        return;
    const auto rectangles = dirty_.rectangles();
    const std::size_t count_at = out.size() + 2;
    append_framebuffer_update(out, 0);
    const std::uint16_t pseudo = append_pseudo_rectangles(out);
    const auto frame = ui::Frame::copy_of(*surface_);
    auto& chosen = encoders_.get(features_.encoding);
    chosen.begin(settings());
    std::size_t count = pseudo;
    for (const auto& rect : rectangles)
        count += chosen.encode(**frame, rect, out);
    store_be(out.data() + count_at, std::uint16_t(count));
    dirty_.clear();
    request_ = Request::none;
}

std::uint16_t UpdateSender::append_pseudo_rectangles(Bytes& out) {
    std::uint16_t count = 0;
    if (std::exchange(new_extended_keys_, false)) {
        append_qemu_extended_key_event(out, width_, height_);
        ++count;
    }
    if (std::exchange(new_name_, false)) {
        append_desktop_name(out, name_);
        ++count;
    }
    if (std::exchange(new_cursor_, false)) {
        append_cursor(out, cursor_ ? *cursor_ : dot_cursor(), converter_);
        cursor_sent_ = true;
        ++count;
    }
    return count;
}

EncodeSettings UpdateSender::settings() {
    EncodeSettings settings{.format = converter_.format(),
                            .compression_level = features_.compression_level,
                            .lossy = {}};
    if (has_stream(features_.encoding))
        settings.stream_begins = !std::exchange(stream_begun_, true);
    return settings;
}

} // namespace qio::vnc
