// An RFB client for the tests, written from the RFB text alone.
#include "tests/support/rfb-client.hpp"

#include <algorithm>

#include "tests/support/loop.hpp"

namespace qio::test {

std::size_t RfbUpdate::count(int encoding) const {
    return std::size_t(std::ranges::count(rectangles, encoding, &RfbRectangle::encoding));
}

std::size_t RfbUpdate::pictures() const {
    return std::size_t(std::ranges::count_if(rectangles, &RfbRectangle::is_picture));
}

bool RfbUpdate::is_size_only() const {
    return rectangles.size() == 1 && count(rfb::desktop_size) +
                                             count(rfb::extended_desktop_size) +
                                             count(rfb::vmware_display_mode) ==
                                         1;
}

RfbClient::RfbClient(std::shared_ptr<Channel> channel, GMainContext* context)
    : channel_(std::move(channel)), context_(context) {
    resume();
}

// ---- bytes

void RfbClient::resume() {
    reading_ =
        Watch(*channel_, Condition::in, [this](Condition) { on_readable(); }, context_);
}

void RfbClient::close() {
    reading_.reset();
    writing_.reset();
    (void)channel_->close();
}

void RfbClient::on_readable() {
    std::array<std::byte, 32 * 1024> chunk;
    const auto count = channel_->read(chunk);
    if (count && !*count)
        return;
    if (!count || **count == 0) {
        ended_ = true;
        reading_.reset();
        writing_.reset();
        return;
    }
    feed(std::span(chunk).first(**count));
}

void RfbClient::feed(ByteView bytes) {
    received_ += bytes.size();
    if (counting_)
        return input_.clear();
    input_.insert(input_.end(), bytes.begin(), bytes.end());
    parse();
}

void RfbClient::send(ByteView bytes) {
    output_.insert(output_.end(), bytes.begin(), bytes.end());
    if (ended_ || output_.empty() || writing_.is_active())
        return;
    writing_ =
        Watch(*channel_, Condition::out, [this](Condition) { on_writable(); }, context_);
}

void RfbClient::on_writable() {
    const auto count = channel_->write(ByteView(output_).subspan(sent_));
    if (count && !*count)
        return;
    // After a failure the reader still sees what the server said before it left.
    sent_ = count ? sent_ + **count : output_.size();
    if (sent_ != output_.size())
        return;
    output_ = Bytes(); // its memory goes, too
    sent_ = 0;
    writing_.reset();
}

bool RfbClient::wait_for(const std::function<bool()>& done) {
    run_until([&] { return done() || ended_ || !broken_.empty(); }, context_);
    return broken_.empty() && done();
}

Bytes RfbClient::take(std::size_t count) {
    wait_for([&] { return input_.size() >= count; });
    count = std::min(count, input_.size());
    const Bytes taken(input_.begin(), input_.begin() + std::ptrdiff_t(count));
    consume(count);
    return taken;
}

Bytes RfbClient::take_to_end() {
    wait_for([] { return false; });
    return std::exchange(input_, {});
}

void RfbClient::consume(std::size_t count) {
    input_.erase(input_.begin(), input_.begin() + std::ptrdiff_t(count));
}

void RfbClient::fail(std::string what) {
    if (broken_.empty())
        broken_ = std::move(what);
}

// ---- messages

bool RfbClient::shake_hands(std::string_view version, bool shared) {
    const bool is_3_3 = version < "RFB 003.007";
    const bool is_3_8 = version >= "RFB 003.008";
    send(as_bytes(version));
    if (!is_3_3)
        send(as_bytes("\1"));
    const std::byte flag{shared};
    send({&flag, 1});
    // Version, security type or types, result.
    const std::size_t before = 12 + (is_3_3 ? 4 : 2) + (is_3_8 ? 4 : 0);
    const Bytes greeting = take(before);
    server_init = take(24);
    if (greeting.size() + server_init.size() < before + 24)
        return false;
    const auto name_size = load_be<std::uint32_t>(server_init.data() + 20);
    const Bytes name_bytes = take(name_size);
    name = std::string(as_text(name_bytes));
    start(load_be<std::uint16_t>(server_init.data()),
          load_be<std::uint16_t>(server_init.data() + 2));
    return name_bytes.size() == name_size;
}

void RfbClient::start(int width, int height) {
    running_ = true;
    width_ = width;
    height_ = height;
    picture_.resize(width, height);
    parse();
}

void RfbClient::set_pixel_format(const ui::PixelFormat& format) {
    send(rfb::set_pixel_format(format));
    picture_.pixels().set_format(format);
}

bool RfbClient::update(bool incremental) {
    const std::size_t before = answers_;
    request(incremental);
    return wait_for([&] { return answers_ > before; });
}

/// Before ours at most one update is under way, and one waits that ours may be part of.
bool RfbClient::sync() {
    const int rounds = requests == answers_ ? 1 : 3;
    for (int i = 0; i < rounds; ++i)
        if (!update(false))
            return false;
    return true;
}

bool RfbClient::comes_to_show(const ui::Surface& surface) {
    for (int i = 0; i < 1000 && !shows(surface); ++i)
        if (!update(false))
            return false;
    return shows(surface);
}

bool RfbClient::shows(const ui::Surface& surface) const {
    if (surface.width() != width_ || surface.height() != height_ || !broken_.empty())
        return false;
    std::vector<std::uint32_t> scratch(std::size_t(surface.width()));
    auto seen = picture().begin();
    for (int y = 0; y < height_; ++y) {
        const auto* row = surface.read_row(0, y, width_, scratch.data());
        for (int x = 0; x < width_; ++x)
            if (*seen++ != decoder().reduced(row[x] & 0xFFFFFF))
                return false;
    }
    return true;
}

} // namespace qio::test
