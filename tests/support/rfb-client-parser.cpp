// The messages an RFB client receives: what they are made of, and what they change.
#include "tests/support/rfb-client.hpp"

namespace qio::test {

namespace {

constexpr std::size_t rectangle_head = 12;

template <std::unsigned_integral T>
int number(const Bytes& bytes, std::size_t at) {
    return int(load_be<T>(bytes.data() + at));
}

} // namespace

void RfbClient::parse() {
    while (running_ && broken_.empty() && !input_.empty() && parse_message())
        continue;
}

/// False: the message is not complete yet.
bool RfbClient::parse_message() {
    switch (std::to_integer<int>(input_[0])) {
    case 0:
        return parse_update();
    case 1:
        return parse_colour_map();
    case 2:
        ++bells;
        consume(1);
        return true;
    default:
        fail("message type " + std::to_string(int(input_[0])));
        return false;
    }
}

bool RfbClient::parse_colour_map() {
    if (input_.size() < 6)
        return false;
    const int first = number<std::uint16_t>(input_, 2);
    const int count = number<std::uint16_t>(input_, 4);
    const std::size_t size = 6 + 6 * std::size_t(count);
    if (first != 0 || count != 256 || input_[1] != std::byte(0))
        fail("a colour map that is not all of it");
    if (input_.size() < size || !broken_.empty())
        return false;
    std::array<ui::ColourMapEntry, 256> map;
    for (std::size_t i = 0; i < map.size(); ++i) {
        const auto* at = input_.data() + 6 + 6 * i;
        map[i] = {load_be<std::uint16_t>(at), load_be<std::uint16_t>(at + 2),
                  load_be<std::uint16_t>(at + 4)};
    }
    decoder_.set_colour_map(map);
    ++colour_maps;
    consume(size);
    return true;
}

/// How long a rectangle's payload is; empty: that has not come yet.
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
    case rfb::raw:
        return pixels * decoder_.bytes_per_pixel();
    case rfb::zlib:
    case rfb::desktop_name:
        return counted(4, 1);
    case rfb::extended_desktop_size:
        return counted(4, 16);
    case rfb::cursor:
        return pixels * decoder_.bytes_per_pixel() +
               std::size_t(rectangle.rect.width + 7) / 8 *
                   std::size_t(rectangle.rect.height);
    default:
        return 0;
    }
}

/// Looks first whether all of it is there, since a rectangle can be applied once only.
bool RfbClient::parse_update() {
    if (input_.size() < 4)
        return false;
    RfbUpdate update;
    std::vector<std::size_t> payloads;
    std::size_t at = 4;
    update.rectangles.resize(std::size_t(number<std::uint16_t>(input_, 2)));
    for (auto& rectangle : update.rectangles) {
        if (input_.size() < at + rectangle_head)
            return false;
        rectangle.rect = {
            number<std::uint16_t>(input_, at), number<std::uint16_t>(input_, at + 2),
            number<std::uint16_t>(input_, at + 4), number<std::uint16_t>(input_, at + 6)};
        rectangle.encoding = number<std::uint32_t>(input_, at + 8);
        at += rectangle_head;
        const auto size = payload_size(rectangle, ByteView(input_).subspan(at));
        if (!size || input_.size() - at < *size)
            return false;
        payloads.push_back(*size);
        at += *size;
    }
    if (input_[1] != std::byte(0))
        fail("padding that is not zero");
    std::size_t start = 4;
    for (std::size_t i = 0; i < payloads.size(); ++i) {
        start += rectangle_head;
        apply(update.rectangles[i], ByteView(input_).subspan(start, payloads[i]));
        start += payloads[i];
    }
    consume(at);
    if (!update.is_size_only() && ++answers_ > requests)
        fail("an update without a request");
    updates.push_back(std::move(update));
    return true;
}

void RfbClient::apply(const RfbRectangle& rectangle, ByteView payload) {
    switch (rectangle.encoding) {
    case rfb::raw:
    case rfb::zlib:
        return draw(rectangle, payload);
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
    default:
        fail("encoding " + std::to_string(rectangle.encoding));
    }
}

void RfbClient::draw(const RfbRectangle& rectangle, ByteView payload) {
    const auto& rect = rectangle.rect;
    if (rect.empty() || !ui::Rect{0, 0, width_, height_}.contains(rect))
        return fail("a rectangle that is empty or outside");
    const auto count = std::size_t(rect.width) * std::size_t(rect.height);
    const auto pixels = rectangle.encoding == rfb::raw ? decoder_.raw(payload, count)
                                                       : decoder_.zlib(payload, count);
    if (!pixels)
        return fail("pixels that cannot be decoded");
    for (int y = 0; y < rect.height; ++y)
        std::copy_n(pixels->begin() + std::ptrdiff_t(y) * rect.width, rect.width,
                    picture_.begin() + std::ptrdiff_t(rect.y + y) * width_ + rect.x);
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
        picture_.assign(std::size_t(width_) * std::size_t(height_), 0);
}

void RfbClient::take_cursor(const ui::Rect& rect, ByteView payload) {
    const auto count = std::size_t(rect.width) * std::size_t(rect.height);
    const auto bytes = count * decoder_.bytes_per_pixel();
    const auto row_bytes = std::size_t(rect.width + 7) / 8;
    RfbCursor cursor{rect.x, rect.y, rect.width, rect.height, {}, {}};
    cursor.pixels = decoder_.raw(payload.first(bytes), count).value_or(Pixels());
    const auto mask = payload.subspan(bytes);
    for (std::size_t i = 0; i < count; ++i) {
        const auto x = i % std::size_t(rect.width), y = i / std::size_t(rect.width);
        const auto byte = mask[y * row_bytes + x / 8];
        cursor.opaque.push_back((byte & std::byte(0x80 >> x % 8)) != std::byte(0));
    }
    cursors.push_back(std::move(cursor));
}

} // namespace qio::test
