// Turns bytes from a client into messages.
#include "ui/vnc/rfb/reader.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace qio::vnc {

namespace {

constexpr unsigned back_and_forward = 3;
constexpr unsigned first_extended_button = 7;
constexpr std::uint32_t max_audio_frequency = 48000;

Error broken(std::string what) {
    return {ErrorKind::protocol, 0, std::move(what)};
}

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

Result<ClientMessage> read_pixel_format(Fields fields) {
    fields.skip(3);
    const ui::PixelFormat format{
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
    };
    if (auto checked = ui::check(format); !checked)
        return std::move(checked).error().with_context("SetPixelFormat");
    return SetPixelFormat{format};
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

/// Requires: the message's length was found with the same knowledge.
PointerEvent read_pointer_event(Fields fields) {
    PointerEvent event{fields.u8(), fields.u16(), fields.u16()};
    if (!fields.rest().empty()) {
        // Bit 7 of the first byte only tells that there is a second one.
        const unsigned more = fields.u8() & back_and_forward;
        event.button_mask =
            std::uint16_t((event.button_mask & 0x7Fu) | more << first_extended_button);
    }
    return event;
}

Bytes read_rest(const Fields& fields) {
    return {fields.rest().begin(), fields.rest().end()};
}

ClientMessage read_cut_text(Fields fields) {
    const bool is_negative = fields.skip(3).u32() > 0x7FFFFFFF;
    if (is_negative)
        return ClientClipboard{read_rest(fields)};
    return ClientCutText{read_rest(fields)};
}

EnableContinuousUpdates read_continuous_updates(Fields fields) {
    return {fields.flag(), {fields.u16(), fields.u16(), fields.u16(), fields.u16()}};
}

ClientFence read_fence(Fields fields) {
    const auto flags = fields.skip(3).u32();
    return {flags, read_rest(fields.skip(1))};
}

Result<ClientMessage> read_xvp(Fields fields) {
    const auto version = fields.skip(1).u8();
    if (version != xvp_version)
        return broken("xvp of version " + std::to_string(version));
    return ClientXvp{fields.u8()};
}

Result<ClientMessage> read_audio_format(Fields fields) {
    const auto format = fields.u8();
    const auto channels = fields.u8();
    const auto frequency = fields.u32();
    if (format > std::uint8_t(AudioSampleFormat::S32) || channels < 1 || channels > 2 ||
        frequency == 0 || frequency > max_audio_frequency)
        return broken("audio format " + std::to_string(format) + " with " +
                      std::to_string(channels) + " channels at " +
                      std::to_string(frequency) + " Hz");
    return SetAudioFormat{{AudioSampleFormat(format), channels, frequency}};
}

Result<ClientMessage> read_audio(Fields fields) {
    switch (AudioOperation(fields.u16())) {
    case AudioOperation::Enable:
        return EnableAudio{true};
    case AudioOperation::Disable:
        return EnableAudio{false};
    case AudioOperation::SetFormat:
        return read_audio_format(fields);
    }
    std::unreachable(); // audio_size() refused it
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

Result<ClientMessage> read_qemu_message(Fields fields) {
    if (QemuClientMessageType(fields.u8()) == QemuClientMessageType::Audio)
        return read_audio(fields);
    return QemuExtendedKeyEvent{fields.u16() != 0, fields.u32(), fields.u32()};
}

/// Requires: `message` is a complete one, of a known type.
Result<ClientMessage> read_message(ByteView message) {
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
    case ClientMessageType::EnableContinuousUpdates:
        return read_continuous_updates(fields);
    case ClientMessageType::ClientFence:
        return read_fence(fields);
    case ClientMessageType::Xvp:
        return read_xvp(fields);
    case ClientMessageType::SetDesktopSize:
        return read_desktop_size(fields);
    case ClientMessageType::Qemu:
        return read_qemu_message(fields);
    default:
        std::unreachable(); // client_message_size() refused it
    }
}

} // namespace

Result<std::optional<Parsed>> parse_client_message(ByteView bytes,
                                                   const Negotiated& negotiated) {
    const auto size = QIO_TRY(client_message_size(bytes, negotiated));
    if (size > bytes.size())
        return std::nullopt;
    return Parsed{QIO_TRY(read_message(bytes.first(size))), size};
}

} // namespace qio::vnc
