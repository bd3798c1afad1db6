// What one client has asked for, what it has not seen, and the updates from both.
#include "ui/vnc/update-sender.hpp"

#include <algorithm>
#include <utility>

#include "ui/vnc/client-region.hpp"
#include "ui/vnc/link-compression.hpp"
#include "ui/vnc/rfb/extension-writer.hpp"
#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {

/// The first rectangles of a region, of at most about `most` pixels.
ui::Region first_part(const ui::Region& region, std::size_t most) {
    std::vector<ui::Rect> part;
    for (auto rect : region.rectangles()) {
        const auto rows = most / std::size_t(rect.width);
        if (rows == 0 && !part.empty())
            break;
        rect.height = int(std::clamp<std::size_t>(rows, 1, std::size_t(rect.height)));
        part.push_back(rect);
        most -= std::min(most, std::size_t(rect.width) * std::size_t(rect.height));
    }
    return ui::Region::of(part);
}

} // namespace

UpdateSender::UpdateSender(const ui::DisplayChanges& state, Loss loss)
    : layout_(state), pseudo_(state), loss_(loss), dirty_(area()),
      video_(loss == Loss::allowed) {}

// ---- what the client says

void UpdateSender::set_pixel_format(const ui::PixelFormat& format) {
    abandon();
    if (format != converter_.format())
        known_.forget();
    converter_ = ui::PixelConverter(format);
    new_colour_map_ = !format.true_colour;
    pseudo_.set_pixel_format(format);
    video_.set_client(features_, converter_.format());
}

void UpdateSender::set_encodings(std::span<const Encoding> encodings,
                                 const ui::Region& pointer) {
    abandon();
    const bool needed_pointer = needs_pointer();
    features_ = features_of(encodings);
    known_.set_enabled(wants_copies());
    if (needs_pointer() != needed_pointer)
        add_damage(pointer);
    pseudo_.set_features(features_);
    video_.set_client(features_, converter_.format());
}

void UpdateSender::request(bool incremental, const ui::Rect& area) {
    if (incremental) {
        if (request_ == Request::none && !is_continuous())
            request_ = Request::incremental;
        return;
    }
    request_ = Request::full;
    const auto wanted = ui::intersect(area, this->area());
    dirty_.add(wanted);
    known_.lose(wanted); // the client may have lost it
    bound(dirty_);
}

/// From here on the client takes no update that it has not asked for.
void UpdateSender::disable_continuous_updates() {
    if (started_ && started_->request == Request::none)
        abandon();
    continuous_area_.reset();
}

void UpdateSender::set_link_rate(std::optional<double> rate) {
    link_rate_ = rate;
    known_.set_enabled(wants_copies());
    known_.set_tireless(rate.has_value());
}

/// Looking for what moved takes longer than sending raw pixels, if the link takes them.
bool UpdateSender::wants_copies() const {
    return features_.copy_rect && (features_.encoding != Encoding::Raw || link_rate_);
}

/// What was begun is not sent: what is asked for, and what is new, is so again.
void UpdateSender::abandon() {
    const auto started = std::exchange(started_, std::nullopt);
    if (!started)
        return;
    request_ = std::max(request_, started->request);
    known_.lose(started->region);
    if (!started->refines)
        dirty_.add(started->region);
    bound(dirty_);
    if (started->video)
        video_.restart();
    if (started->began_stream)
        std::erase(begun_streams_, stream_of(started->encoding));
}

// ---- what the display says

void UpdateSender::display_changed(const ui::DisplayChanges& changes,
                                   DesktopSizeReason reason) {
    layout_.display_changed(changes, reason);
    pseudo_.display_changed(changes);
    new_bell_ = new_bell_ || changes.bell;
}

void UpdateSender::add_damage(const ui::Region& damage) {
    dirty_.add(damage);
    bound(dirty_);
}

// ---- what is sent

bool UpdateSender::has_news() const {
    return request_ == Request::full || !wanted_region().empty() ||
           !losses_.resting().empty() || pseudo_.any() || layout_.has_news(features_);
}

/// What the next update can show: all that changed, or that in the area of continuous
/// updates.
ui::Region UpdateSender::wanted_region() const {
    ui::Region region = dirty_;
    if (!is_asking())
        region.intersect(wanted_area());
    return region;
}

ui::Rect UpdateSender::wanted_area() const {
    return is_asking() ? area() : continuous_area_.value_or(ui::Rect{});
}

void UpdateSender::append_unasked(Bytes& out) {
    if (std::exchange(new_bell_, false))
        append_bell(out);
    if (std::exchange(new_colour_map_, false))
        append_colour_map(out, 0, ui::colour_map());
    // Behind a new size the pixels of an older one make no sense.
    if (started_)
        return;
    const auto status = std::exchange(resize_answer_, std::nullopt);
    if (!status || !features_.extended_desktop_size)
        return;
    if (*status == DesktopSizeStatus::NoError)
        take_layout();
    append_layout(out, DesktopSizeReason::ThisClient, *status);
}

/// From now on the client's framebuffer has the display's size, and is unknown.
void UpdateSender::take_layout() {
    layout_.take();
    dirty_ = ui::Region(area());
    losses_.clear();
    video_.forget();
}

void UpdateSender::append_layout(Bytes& out, DesktopSizeReason reason,
                                 DesktopSizeStatus status) {
    known_.forget(); // clients may drop what they have
    layout_.append(out, reason, status, features_, converter_.format());
}

/// Tells a client that can follow that the display has another layout.
bool UpdateSender::append_new_layout(Bytes& out) {
    if (!layout_.has_news(features_))
        return false;
    take_layout();
    append_layout(out, layout_.reason(), DesktopSizeStatus::NoError);
    return true;
}

std::optional<EncodeJob>
UpdateSender::begin_update(const std::shared_ptr<const ui::Frame>& frame,
                           CopyFinder& finder, Bytes& out) {
    const bool new_size = append_new_layout(out);
    if (new_size && request_ == Request::incremental && !is_continuous()) {
        // The new size is the update; the client asks again for the pixels.
        request_ = Request::none;
        return std::nullopt;
    }
    // A full request is also the question for the screens, answered by an update of its
    // own (RFB, ExtendedDesktopSize).
    if (request_ == Request::full && features_.extended_desktop_size && !new_size)
        append_layout(out, DesktopSizeReason::Server, DesktopSizeStatus::NoError);
    if (auto job = make_job(frame, finder))
        return job;
    if (pseudo_.any() || request_ == Request::full)
        append_pixel_free(out);
    return std::nullopt;
}

/// What changed, or else what was sent with a loss and is at rest; empty if there is
/// neither.
std::optional<EncodeJob>
UpdateSender::make_job(const std::shared_ptr<const ui::Frame>& frame,
                       CopyFinder& finder) {
    // A client that cannot follow a new size sees what both sizes have in common.
    const auto both = ui::intersect(area(), frame->bounds());
    dirty_.intersect(both);
    losses_.limit(both);
    auto region = first_part(wanted_region(), max_update_area);
    const bool refines = region.empty();
    if (refines)
        region = first_part(losses_.resting(), max_refined_area);
    if (region.empty())
        return std::nullopt;
    auto video = refines
                     ? nullptr
                     : video_.take(*frame, ui::intersect(both, wanted_area()), region);
    started_ = {.request = std::exchange(request_, Request::none),
                .region = region,
                .copies = {},
                .encoding = features_.encoding,
                .began_stream = false,
                .refines = refines,
                .video = std::move(video)};
    if (!refines)
        started_->copies = known_.copies_to(frame, region, finder);
    for (const auto& copy : started_->copies) {
        region.subtract(copy.to);
        started_->region.add(copy.to);
    }
    if (started_->video)
        started_->region.add(started_->video->rect());
    dirty_.subtract(started_->region);
    known_.update(frame, started_->region, dirty_);
    is_encoding_ = true;
    return job_of(frame, region);
}

/// Requires: started_.
EncodeJob UpdateSender::job_of(const std::shared_ptr<const ui::Frame>& frame,
                               const ui::Region& region) {
    EncodeJob job{.frame = frame,
                  .rects = region.rectangles(),
                  .encoding = features_.encoding,
                  .settings = {.format = converter_.format(),
                               .compression_level = compression_for(
                                   features_.compression_level, link_rate_),
                               .lossy = {},
                               // Who lists these buttons is new enough.
                               .knows_tight_gradient = features_.extended_mouse_buttons},
                  .video = started_->video};
    if (!region.empty())
        job.settings.stream_begins = begins_stream(features_.encoding);
    if (loss_ != Loss::never && !started_->refines)
        job.settings.lossy = features_.lossy;
    if (started_->refines)
        video_.came_to_rest(region);
    started_->began_stream = job.settings.stream_begins;
    return job;
}

/// An update of pseudo-rectangles only, or none.
void UpdateSender::append_pixel_free(Bytes& out) {
    request_ = Request::none;
    const std::size_t count_at = out.size() + 2;
    append_framebuffer_update(out, 0);
    const auto count = pseudo_.append_to(out, width(), height());
    store_be(out.data() + count_at, count);
}

/// Whether the client's stream of the encoding begins with the next job.
bool UpdateSender::begins_stream(Encoding encoding) {
    const auto stream = stream_of(encoding);
    if (!has_stream(encoding) ||
        std::ranges::find(begun_streams_, stream) != begun_streams_.end())
        return false;
    begun_streams_.push_back(stream);
    return true;
}

bool UpdateSender::finish_update(const EncodedRects& encoded, Bytes& out) {
    is_encoding_ = false;
    const auto started = std::exchange(started_, std::nullopt);
    if (!started)
        return false;
    losses_.update(started->region, started->copies, encoded.lossy);
    if (started->video && started->video->has_failed())
        video_.give_up();
    const std::size_t count_at = out.size() + 2;
    append_framebuffer_update(out, 0);
    const auto count = pseudo_.append_to(out, width(), height()) + started->copies.size();
    for (const auto& copy : started->copies)
        append_copy_rect(out, copy.to, copy.from);
    store_be(out.data() + count_at, std::uint16_t(count + encoded.count));
    return true;
}

} // namespace qio::vnc
