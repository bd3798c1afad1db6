// Turns bytes from a client into messages.
#include "ui/vnc/rfb/reader.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace qio::vnc {

namespace {

// The parts of each message, its type byte included.
constexpr std::size_t pixel_format_bytes = 20;
constexpr std::size_t encodings_head_bytes = 4;
constexpr std::size_t update_request_bytes = 10;
constexpr std::size_t key_event_bytes = 8;
constexpr std::size_t pointer_event_bytes = 6;
constexpr std::size_t cut_text_head_bytes = 8;
constexpr std::size_t desktop_size_head_bytes = 8;
constexpr std::size_t screen_bytes = 16;
constexpr std::size_t qemu_head_bytes = 2;
constexpr std::size_t qemu_key_event_bytes = 12;

Error broken(std::string what) {
    return {ErrorKind::protocol, 0, std::move(what)};
}

Result<std::size_t> cut_text_size(ByteView bytes) {
    if (bytes.size() < cut_text_head_bytes)
        return cut_text_head_bytes;
    const auto length = load_be<std::uint32_t>(bytes.data() + 4);
    // A negative length marks the extended clipboard, which needs to be negotiated.
    if (length > 0x7FFFFFFF)
        return broken("ClientCutText with the negative length " +
                      std::to_string(std::int32_t(length)));
    if (length > max_cut_text_bytes)
        return Error{ErrorKind::limit, 0,
                     "ClientCutText of " + std::to_string(length) + " bytes"};
    return cut_text_head_bytes + length;
}

Result<std::size_t> qemu_message_size(ByteView bytes) {
    if (bytes.size() < qemu_head_bytes)
        return qemu_head_bytes;
    if (bytes[1] == std::byte(QemuClientMessageType::ExtendedKeyEvent))
        return qemu_key_event_bytes;
    return broken("unknown QEMU message sub-type " + std::to_string(int(bytes[1])));
}

} // namespace

Result<std::size_t> client_message_size(ByteView bytes) {
    if (bytes.empty())
        return std::size_t(1);
    switch (ClientMessageType(bytes[0])) {
    case ClientMessageType::SetPixelFormat:
        return pixel_format_bytes;
    case ClientMessageType::SetEncodings:
        if (bytes.size() < encodings_head_bytes)
            return encodings_head_bytes;
        return encodings_head_bytes +
               sizeof(std::uint32_t) * load_be<std::uint16_t>(bytes.data() + 2);
    case ClientMessageType::FramebufferUpdateRequest:
        return update_request_bytes;
    case ClientMessageType::KeyEvent:
        return key_event_bytes;
    case ClientMessageType::PointerEvent:
        return pointer_event_bytes;
    case ClientMessageType::ClientCutText:
        return cut_text_size(bytes);
    case ClientMessageType::SetDesktopSize:
        if (bytes.size() < desktop_size_head_bytes)
            return desktop_size_head_bytes;
        return desktop_size_head_bytes +
               screen_bytes * std::to_integer<std::size_t>(bytes[6]);
    case ClientMessageType::Qemu:
        return qemu_message_size(bytes);
    default:
        return broken("unknown client message type " + std::to_string(int(bytes[0])));
    }
}

namespace {

/// Fields of a message whose length was checked, so that taking cannot fail.
class Fields {
public:
    explicit Fields(ByteView message) : reader_(message) {}

    std::uint8_t u8() { return *reader_.take<std::uint8_t>(); }
    std::uint16_t u16() { return *reader_.take<std::uint16_t>(); }
    std::uint32_t u32() { return *reader_.take<std::uint32_t>(); }
    bool flag() { return u8() != 0; }
    Fields& skip(std::size_t count) {
        reader_.take_bytes(count);
        return *this;
    }
    ByteView rest() const { return reader_.rest(); }

private:
    ByteReader reader_;
};

// Braced lists below are evaluated from left to right, which is the order on the wire.

SetPixelFormat read_pixel_format(Fields fields) {
    fields.skip(3);
    return {{
        .bits_per_pixel = fields.u8(),
        .depth = fields.u8(),
        .big_endian = fields.flag(),
        .true_colour = fields.flag(),
        .red_max = fields.u16(),
        .green_max = fields.u16(),
        .blue_max = fields.u16(),
        .red_shift = fields.u8(),
        .green_shift = fields.u8(),
        .blue_shift = fields.u8(),
    }};
}

SetEncodings read_encodings(Fields fields) {
    fields.skip(1);
    SetEncodings message;
    message.encodings.resize(std::min<std::size_t>(fields.u16(), max_encodings));
    for (auto& encoding : message.encodings)
        encoding = Encoding(std::int32_t(fields.u32()));
    return message;
}

FramebufferUpdateRequest read_update_request(Fields fields) {
    return {fields.flag(), {fields.u16(), fields.u16(), fields.u16(), fields.u16()}};
}

KeyEvent read_key_event(Fields fields) {
    return {fields.flag(), fields.skip(2).u32()};
}

PointerEvent read_pointer_event(Fields fields) {
    return {fields.u8(), fields.u16(), fields.u16()};
}

ClientCutText read_cut_text(Fields fields) {
    const auto text = fields.skip(cut_text_head_bytes - 1).rest();
    return {Bytes(text.begin(), text.end())};
}

SetDesktopSize read_desktop_size(Fields fields) {
    fields.skip(1);
    SetDesktopSize message{fields.u16(), fields.u16(), {}};
    message.screens.resize(fields.u8());
    fields.skip(1);
    for (auto& screen : message.screens)
        screen = {fields.u32(), fields.u16(), fields.u16(),
                  fields.u16(), fields.u16(), fields.u32()};
    return message;
}

QemuExtendedKeyEvent read_qemu_key_event(Fields fields) {
    fields.skip(1);
    return {fields.u16() != 0, fields.u32(), fields.u32()};
}

/// Requires: `message` is a complete one, of a known type.
ClientMessage read_message(ByteView message) {
    const Fields fields(message.subspan(1));
    switch (ClientMessageType(message[0])) {
    case ClientMessageType::SetPixelFormat:
        return read_pixel_format(fields);
    case ClientMessageType::SetEncodings:
        return read_encodings(fields);
    case ClientMessageType::FramebufferUpdateRequest:
        return read_update_request(fields);
    case ClientMessageType::KeyEvent:
        return read_key_event(fields);
    case ClientMessageType::PointerEvent:
        return read_pointer_event(fields);
    case ClientMessageType::ClientCutText:
        return read_cut_text(fields);
    case ClientMessageType::SetDesktopSize:
        return read_desktop_size(fields);
    case ClientMessageType::Qemu:
        return read_qemu_key_event(fields);
    default:
        std::unreachable(); // client_message_size() refused it
    }
}

} // namespace

Result<std::optional<Parsed>> parse_client_message(ByteView bytes) {
    const auto size = QIO_TRY(client_message_size(bytes));
    if (size > bytes.size())
        return std::nullopt;
    Parsed parsed{read_message(bytes.first(size)), size};
    if (const auto* set = std::get_if<SetPixelFormat>(&parsed.message))
        if (auto checked = ui::check(set->format); !checked)
            return std::move(checked).error().with_context("SetPixelFormat");
    return parsed;
}

} // namespace qio::vnc
