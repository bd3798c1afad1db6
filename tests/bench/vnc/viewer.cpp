// A VNC client that asks, counts and throws away.
#include "tests/bench/vnc/viewer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string>

#include "io/core/transfer.hpp"
#include "io/socket/channel-socket.hpp"
#include "tests/bench/harness.hpp"

namespace qio::bench {

namespace {

constexpr int patience = 20000; // milliseconds
constexpr std::size_t pixel_bytes = 4;
constexpr std::size_t tight_pixel_bytes = 3;
constexpr std::size_t version_bytes = 12;
constexpr int security_none = 1;

constexpr Wish all_wishes[] = {
    {.name = "raw", .encoding = vnc::Encoding::Raw},
    {.name = "hextile", .encoding = vnc::Encoding::Hextile},
    {.name = "zlib", .encoding = vnc::Encoding::Zlib},
    {.name = "zrle", .encoding = vnc::Encoding::ZRLE},
    {.name = "tight", .encoding = vnc::Encoding::Tight},
    {.name = "jpeg", .encoding = vnc::Encoding::Tight, .fine = 80},
    {.name = "jpeg 6", .encoding = vnc::Encoding::Tight, .jpeg = 6},
};

/// Builds a message in network byte order.
class Message {
public:
    template <class Number>
    Message& put(Number number) {
        for (int shift = int(sizeof number) * 8 - 8; shift >= 0; shift -= 8)
            bytes_.push_back(std::byte(std::uint64_t(number) >> shift & 0xFF));
        return *this;
    }
    std::span<const std::byte> bytes() const { return bytes_; }

private:
    Bytes bytes_;
};

Message pixel_format_message() {
    Message message;
    message.put(std::uint8_t(vnc::ClientMessageType::SetPixelFormat));
    for (const int byte : {0, 0, 0, /*bits*/ 32, /*depth*/ 24, /*endian*/ 0, /*true*/ 1,
                           0, 255, 0, 255, 0, 255, /*shifts*/ 16, 8, 0, 0, 0, 0})
        message.put(std::uint8_t(byte));
    return message;
}

Message encodings_message(const Wish& wish) {
    constexpr int compression_0 = -256, quality_0 = -32, fine_quality_0 = -512;
    std::vector<int> encodings = {int(wish.encoding), int(vnc::Encoding::CopyRect),
                                  compression_0 + wish.compression};
    if (wish.jpeg)
        encodings.push_back(quality_0 + *wish.jpeg);
    if (wish.fine) {
        encodings.push_back(fine_quality_0 + *wish.fine);
        encodings.push_back(int(vnc::Encoding::JPEGSubsampling4X));
    }
    Message message;
    message.put(std::uint8_t(vnc::ClientMessageType::SetEncodings)).put(std::uint8_t(0));
    message.put(std::uint16_t(encodings.size()));
    for (const int encoding : encodings)
        message.put(std::int32_t(encoding));
    return message;
}

} // namespace

std::span<const Wish> wishes() {
    return all_wishes;
}

Viewer::Viewer(std::shared_ptr<Channel> channel)
    : channel_(std::move(channel)), buffer_(64 * 1024) {}

Viewer::Viewer(UniqueFd socket)
    : Viewer(must(ChannelSocket::from_fd(std::move(socket)))) {}

// ---- bytes

void Viewer::send(std::span<const std::byte> bytes) {
    if (!write_all(*channel_, bytes))
        give_up("a server has gone");
}

bool Viewer::wait(int milliseconds) {
    return end_ > begin_ ||
           qio::wait(
               *channel_, Condition::in,
               {.deadline = deadline_after(std::chrono::milliseconds(milliseconds))})
               .has_value();
}

void Viewer::fill() {
    if (!wait(patience))
        give_up("a server says nothing");
    const auto got = channel_->read(buffer_);
    if (!got || got->value_or(0) == 0)
        give_up("a server has gone");
    begin_ = 0;
    end_ = **got;
}

void Viewer::take(std::byte* to, std::size_t count) {
    taken_ += count;
    while (count > 0) {
        if (begin_ == end_)
            fill();
        const auto part = std::min(count, end_ - begin_);
        std::memcpy(to, buffer_.data() + begin_, part);
        begin_ += part;
        to += part;
        count -= part;
    }
}

void Viewer::skip(std::size_t count) {
    taken_ += count;
    while (count > 0) {
        if (begin_ == end_)
            fill();
        const auto part = std::min(count, end_ - begin_);
        begin_ += part;
        count -= part;
    }
}

template <class Number>
Number Viewer::take_number() {
    std::array<std::byte, sizeof(Number)> bytes;
    take(bytes.data(), bytes.size());
    std::uint64_t number = 0;
    for (const auto byte : bytes)
        number = number << 8 | std::to_integer<std::uint64_t>(byte);
    return Number(number);
}

/// A length as Tight writes it: 7, 7 and 8 bits, the lowest first.
std::size_t Viewer::take_compact() {
    std::size_t length = 0;
    for (int shift = 0; shift <= 14; shift += 7) {
        const auto byte = take_number<std::uint8_t>();
        length |= std::size_t(shift < 14 ? byte & 0x7F : byte) << shift;
        if (shift == 14 || !(byte & 0x80))
            break;
    }
    return length;
}

// ---- messages

void Viewer::connect(const Wish& wish) {
    std::array<std::byte, version_bytes> version;
    take(version.data(), version.size());
    send(std::as_bytes(std::span("RFB 003.008\n", version_bytes)));
    skip(take_number<std::uint8_t>());
    send(Message().put(std::uint8_t(security_none)).bytes());
    if (take_number<std::uint32_t>() != 0)
        give_up("a server does not let us in");
    send(Message().put(std::uint8_t(1)).bytes()); // shared
    width_ = take_number<std::uint16_t>();
    height_ = take_number<std::uint16_t>();
    skip(16);
    skip(take_number<std::uint32_t>());
    send(pixel_format_message().bytes());
    send(encodings_message(wish).bytes());
}

void Viewer::request(bool incremental) {
    Message message;
    message.put(std::uint8_t(vnc::ClientMessageType::FramebufferUpdateRequest));
    message.put(std::uint8_t(incremental)).put(std::uint32_t(0));
    send(message.put(std::uint16_t(width_)).put(std::uint16_t(height_)).bytes());
}

bool Viewer::receive(Update& update, int milliseconds) {
    if (!wait(milliseconds))
        return false;
    const auto before = taken_;
    update.rects.clear();
    if (const auto type = take_number<std::uint16_t>() >> 8; type != 0)
        give_up("a server sends a message of type " + std::to_string(type));
    constexpr std::uint16_t until_last = 0xFFFF;
    const auto count = take_number<std::uint16_t>();
    for (unsigned i = 0; i < count || count == until_last; ++i) {
        ui::Rect rect;
        rect.x = take_number<std::uint16_t>();
        rect.y = take_number<std::uint16_t>();
        rect.width = take_number<std::uint16_t>();
        rect.height = take_number<std::uint16_t>();
        skip_rect(rect, vnc::Encoding(take_number<std::int32_t>()));
        update.rects.push_back(rect);
    }
    update.bytes = taken_ - before;
    return true;
}

// ---- rectangles

void Viewer::skip_rect(const ui::Rect& rect, vnc::Encoding encoding) {
    switch (encoding) {
    case vnc::Encoding::Raw:
        return skip(std::size_t(rect.width) * std::size_t(rect.height) * pixel_bytes);
    case vnc::Encoding::CopyRect:
        return skip(2 * sizeof(std::uint16_t));
    case vnc::Encoding::Hextile:
        return skip_hextile(rect);
    case vnc::Encoding::Zlib:
    case vnc::Encoding::ZRLE:
        return skip(take_number<std::uint32_t>());
    case vnc::Encoding::Tight:
        return skip_tight(rect);
    default:
        give_up("a server sends an encoding that was not asked for");
    }
}

void Viewer::skip_hextile(const ui::Rect& rect) {
    constexpr int side = 16;
    constexpr int raw = 1, background = 2, foreground = 4, any = 8, coloured = 16;
    for (int y = 0; y < rect.height; y += side)
        for (int x = 0; x < rect.width; x += side) {
            const auto area = std::size_t(std::min(side, rect.width - x)) *
                              std::size_t(std::min(side, rect.height - y));
            const auto mask = take_number<std::uint8_t>();
            if (mask & raw) {
                skip(area * pixel_bytes);
                continue;
            }
            skip((mask & background ? pixel_bytes : 0) +
                 (mask & foreground ? pixel_bytes : 0));
            if (mask & any)
                skip(take_number<std::uint8_t>() *
                     std::size_t(mask & coloured ? pixel_bytes + 2 : 2));
        }
}

void Viewer::skip_tight(const ui::Rect& rect) {
    constexpr int fill = 8, jpeg = 9, filter_bit = 4;
    const int control = take_number<std::uint8_t>() >> 4;
    if (control == fill)
        return skip(tight_pixel_bytes);
    if (control == jpeg)
        return skip(take_compact());
    if (control > jpeg)
        give_up("a server sends an unknown kind of Tight");
    skip_tight_basic(rect, control & filter_bit);
}

void Viewer::skip_tight_basic(const ui::Rect& rect, bool has_filter) {
    constexpr int palette = 1;
    constexpr std::size_t uncompressed = 12; // fewer bytes are sent as they are
    auto row_bytes = std::size_t(rect.width) * tight_pixel_bytes;
    if (has_filter && take_number<std::uint8_t>() == palette) {
        const auto colours = take_number<std::uint8_t>() + std::size_t(1);
        skip(colours * tight_pixel_bytes);
        row_bytes =
            colours == 2 ? std::size_t(rect.width + 7) / 8 : std::size_t(rect.width);
    }
    const auto bytes = row_bytes * std::size_t(rect.height);
    skip(bytes < uncompressed ? bytes : take_compact());
}

} // namespace qio::bench
