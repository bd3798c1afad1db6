// The messages an RFB client receives: what they are made of, and what they change.
#include "tests/support/rfb-client.hpp"

#include <utility>

namespace qio::test {

namespace {

constexpr std::size_t rectangle_head = 12;

template <std::unsigned_integral T>
int number(ByteView bytes, std::size_t at) {
    return int(load_be<T>(bytes.data() + at));
}

} // namespace

void RfbClient::parse() {
    while (running_ && broken_.empty() && !rest().empty() && parse_message())
        continue;
    consume(std::exchange(parsed_, 0));
}

/// False: the message is not complete yet.
bool RfbClient::parse_message() {
    if (update_)
        return parse_update();
    switch (std::to_integer<int>(rest()[0])) {
    case 0:
        return parse_update();
    case 1:
        return parse_colour_map();
    case 2:
        ++bells;
        ++parsed_;
        return true;
    default:
        return parse_other();
    }
}

/// How long a message of an extension, or a cut text, is; empty: that has not come yet.
std::optional<std::size_t> RfbClient::message_size() const {
    const auto bytes = rest();
    const auto have = bytes.size();
    switch (std::to_integer<int>(bytes[0])) {
    case 3: {
        if (have < 8)
            return std::nullopt;
        const auto length = load_be<std::uint32_t>(bytes.data() + 4);
        return 8 + std::size_t(length > 0x7FFFFFFF ? 0 - length : length);
    }
    case 150:
        return 1;
    case 248:
        return have < 9 ? std::nullopt
                        : std::optional(9 + std::to_integer<std::size_t>(bytes[8]));
    case 250:
        return 4;
    case 255:
        if (have < 4 || number<std::uint16_t>(bytes, 2) != 2)
            return 4;
        return have < 8 ? std::nullopt
                        : std::optional(
                              8 + std::size_t(load_be<std::uint32_t>(bytes.data() + 4)));
    default:
        return 0;
    }
}

bool RfbClient::parse_other() {
    const auto bytes = rest();
    const auto size = message_size();
    if (size == 0)
        fail("message type " + std::to_string(int(bytes[0])));
    if (!size || *size == 0 || bytes.size() < *size)
        return false;
    messages.emplace_back(bytes.begin(), bytes.begin() + std::ptrdiff_t(*size));
    parsed_ += *size;
    return true;
}

bool RfbClient::parse_colour_map() {
    const auto bytes = rest();
    if (bytes.size() < 6)
        return false;
    const int first = number<std::uint16_t>(bytes, 2);
    const int count = number<std::uint16_t>(bytes, 4);
    const std::size_t size = 6 + 6 * std::size_t(count);
    if (first != 0 || count != 256 || bytes[1] != std::byte(0))
        fail("a colour map that is not all of it");
    if (bytes.size() < size || !broken_.empty())
        return false;
    std::array<ui::ColourMapEntry, 256> map;
    for (std::size_t i = 0; i < map.size(); ++i) {
        const auto* at = bytes.data() + 6 + 6 * i;
        map[i] = {load_be<std::uint16_t>(at), load_be<std::uint16_t>(at + 2),
                  load_be<std::uint16_t>(at + 4)};
    }
    picture_.pixels().set_colour_map(map);
    ++colour_maps;
    parsed_ += size;
    return true;
}

/// How long a pseudo-rectangle's payload is; empty: that has not come yet.
std::optional<std::size_t> RfbClient::payload_size(const RfbRectangle& rectangle,
                                                   ByteView behind) const {
    const auto pixels =
        std::size_t(rectangle.rect.width) * std::size_t(rectangle.rect.height);
    const auto counted = [&](std::size_t head, std::size_t each) {
        if (behind.size() < head)
            return std::optional<std::size_t>();
        const std::size_t count = head == 4 && each == 1
                                      ? load_be<std::uint32_t>(behind.data())
                                      : std::to_integer<std::size_t>(behind[0]);
        return std::optional(head + count * each);
    };
    switch (rectangle.encoding) {
    case rfb::desktop_name:
        return counted(4, 1);
    case rfb::extended_desktop_size:
        return counted(4, 16);
    case rfb::cursor:
        return pixels * decoder().bytes_per_pixel() +
               std::size_t(rectangle.rect.width + 7) / 8 *
                   std::size_t(rectangle.rect.height);
    case rfb::x_cursor:
        return pixels == 0 ? 0
                           : 6 + std::size_t(rectangle.rect.width + 7) / 8 * 2 *
                                     std::size_t(rectangle.rect.height);
    case rfb::cursor_with_alpha:
        return 4 + 4 * pixels;
    case rfb::vmware_cursor:
        if (behind.empty())
            return std::nullopt;
        return 2 +
               pixels * (behind[0] == std::byte(1) ? 4 : 2 * decoder().bytes_per_pixel());
    case rfb::led_state:
        return 1;
    case rfb::vmware_cursor_state:
        return 2;
    case rfb::vmware_led_state:
        return 4;
    case rfb::vmware_display_mode:
        return 16;
    default:
        return 0;
    }
}

/// Rectangles are applied as they come, the update is recorded when all have.
bool RfbClient::parse_update() {
    if (!update_) {
        const auto bytes = rest();
        if (bytes.size() < 4)
            return false;
        if (bytes[1] != std::byte(0))
            fail("padding that is not zero");
        rectangles_left_ = std::size_t(number<std::uint16_t>(bytes, 2));
        update_.emplace();
        parsed_ += 4;
    }
    for (; rectangles_left_ > 0; --rectangles_left_)
        if (!parse_rectangle())
            return false;
    if (!update_->is_size_only() && ++answers_ > requests)
        fail("an update without a request");
    updates.push_back(*std::exchange(update_, std::nullopt));
    return true;
}

bool RfbClient::parse_rectangle() {
    const auto bytes = rest();
    if (bytes.size() < rectangle_head)
        return false;
    const RfbRectangle rectangle{
        {number<std::uint16_t>(bytes, 0), number<std::uint16_t>(bytes, 2),
         number<std::uint16_t>(bytes, 4), number<std::uint16_t>(bytes, 6)},
        number<std::uint32_t>(bytes, 8)};
    const auto behind = bytes.subspan(rectangle_head);
    if (rectangle.is_picture()) {
        if (!parse_picture(rectangle, ByteReader(behind)))
            return false;
    } else {
        const auto size = payload_size(rectangle, behind);
        if (!size || behind.size() < *size)
            return false;
        apply(rectangle, behind.first(*size));
        parsed_ += rectangle_head + *size;
    }
    update_->rectangles.push_back(rectangle);
    return true;
}

bool RfbClient::parse_picture(const RfbRectangle& rectangle, ByteReader in) {
    const auto& rect = rectangle.rect;
    if (!picture_.knows(rectangle.encoding)) {
        fail("encoding " + std::to_string(rectangle.encoding));
        return false;
    }
    if (rect.empty() || !ui::Rect{0, 0, width_, height_}.contains(rect)) {
        fail("a rectangle that is empty or outside");
        return false;
    }
    const auto before = in.remaining();
    const auto decoded = picture_.decode(in, rect, rectangle.encoding);
    if (decoded == Decoded::wrong)
        fail("pixels that cannot be decoded");
    parsed_ += decoded == Decoded::done ? rectangle_head + before - in.remaining() : 0;
    return decoded == Decoded::done;
}

void RfbClient::apply(const RfbRectangle& rectangle, ByteView payload) {
    switch (rectangle.encoding) {
    case rfb::desktop_size:
    case rfb::extended_desktop_size:
        return take_size(rectangle, payload);
    case rfb::cursor:
        return take_cursor(rectangle.rect, payload);
    case rfb::desktop_name:
        ++names;
        name = std::string(as_text(payload.subspan(4)));
        return;
    case rfb::extended_key:
        ++key_acks;
        return;
    case rfb::vmware_display_mode:
        take_size(rectangle, {});
        [[fallthrough]];
    case rfb::pointer_position:
    case rfb::x_cursor:
    case rfb::pointer_motion:
    case rfb::audio:
    case rfb::led_state:
    case rfb::cursor_with_alpha:
    case rfb::extended_mouse_buttons:
    case rfb::vmware_cursor:
    case rfb::vmware_cursor_state:
    case rfb::vmware_cursor_position:
    case rfb::vmware_led_state:
        notes.push_back(
            {rectangle.encoding, rectangle.rect, {payload.begin(), payload.end()}});
        return;
    default:
        fail("encoding " + std::to_string(rectangle.encoding));
    }
}

void RfbClient::take_size(const RfbRectangle& rectangle, ByteView payload) {
    const auto& rect = rectangle.rect;
    RfbSize size{rectangle.encoding, rect.x, rect.y, rect.width, rect.height, {}};
    for (std::size_t at = 4; at < payload.size(); at += 16) {
        const auto u16 = [&](std::size_t offset) {
            return int(load_be<std::uint16_t>(payload.data() + at + offset));
        };
        size.screens.push_back({load_be<std::uint32_t>(payload.data() + at),
                                load_be<std::uint32_t>(payload.data() + at + 12),
                                {u16(4), u16(6), u16(8), u16(10)}});
    }
    const bool changed = rect.width != width_ || rect.height != height_;
    sizes.push_back(std::move(size));
    width_ = rect.width;
    height_ = rect.height;
    if (changed)
        picture_.resize(width_, height_);
}

void RfbClient::take_cursor(const ui::Rect& rect, ByteView payload) {
    const auto count = std::size_t(rect.width) * std::size_t(rect.height);
    const auto bytes = count * decoder().bytes_per_pixel();
    const auto row_bytes = std::size_t(rect.width + 7) / 8;
    RfbCursor cursor{rect.x, rect.y, rect.width, rect.height, {}, {}};
    cursor.pixels = decoder().raw(payload.first(bytes), count).value_or(Pixels());
    const auto mask = payload.subspan(bytes);
    for (std::size_t i = 0; i < count; ++i) {
        const auto x = i % std::size_t(rect.width), y = i / std::size_t(rect.width);
        const auto byte = mask[y * row_bytes + x / 8];
        cursor.opaque.push_back((byte & std::byte(0x80 >> x % 8)) != std::byte(0));
    }
    cursors.push_back(std::move(cursor));
}

} // namespace qio::test
