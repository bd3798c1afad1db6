// How long a client's message is, and whether the client may send it.
#include "ui/vnc/rfb/reader.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace qio::vnc {

namespace {

// The parts of each message, its type byte included.
constexpr std::size_t pixel_format_bytes = 20;
constexpr std::size_t encodings_head_bytes = 4;
constexpr std::size_t update_request_bytes = 10;
constexpr std::size_t key_event_bytes = 8;
constexpr std::size_t pointer_event_bytes = 6;
constexpr std::size_t extended_pointer_event_bytes = 7;
constexpr std::size_t cut_text_head_bytes = 8;
constexpr std::size_t clipboard_flags_bytes = 4;
constexpr std::size_t continuous_updates_bytes = 10;
constexpr std::size_t fence_head_bytes = 9;
constexpr std::size_t xvp_bytes = 4;
constexpr std::size_t desktop_size_head_bytes = 8;
constexpr std::size_t screen_bytes = 16;
constexpr std::size_t qemu_head_bytes = 2;
constexpr std::size_t qemu_key_event_bytes = 12;
constexpr std::size_t audio_head_bytes = 4;
constexpr std::size_t audio_format_bytes = 10;

// In a PointerEvent's mask: another byte of buttons follows (RFB, ExtendedMouseButtons).
constexpr std::uint8_t more_buttons = 0x80;

Error broken(std::string what) {
    return {ErrorKind::protocol, 0, std::move(what)};
}

Error not_negotiated(std::string_view what) {
    return broken(std::string(what) + " was not negotiated");
}

/// A message of so many bytes, if the client may send it.
Result<std::size_t> extension_size(bool negotiated, std::size_t size,
                                   std::string_view name) {
    if (!negotiated)
        return not_negotiated(name);
    return size;
}

Result<std::size_t> clipboard_size(std::uint32_t length, const Negotiated& negotiated) {
    if (!negotiated.extended_clipboard)
        return not_negotiated("ClientCutText with a negative length");
    // Negated without a sign, for 0x80000000 has no positive counterpart.
    const std::uint32_t size = 0 - length;
    if (size < clipboard_flags_bytes)
        return broken("extended clipboard of " + std::to_string(size) + " bytes");
    if (size > max_cut_text_bytes)
        return Error{ErrorKind::limit, 0,
                     "extended clipboard of " + std::to_string(size) + " bytes"};
    return cut_text_head_bytes + size;
}

Result<std::size_t> cut_text_size(ByteView bytes, const Negotiated& negotiated) {
    if (bytes.size() < cut_text_head_bytes)
        return cut_text_head_bytes;
    const auto length = load_be<std::uint32_t>(bytes.data() + 4);
    if (length > 0x7FFFFFFF)
        return clipboard_size(length, negotiated);
    if (length > max_cut_text_bytes)
        return Error{ErrorKind::limit, 0,
                     "ClientCutText of " + std::to_string(length) + " bytes"};
    return cut_text_head_bytes + length;
}

std::size_t pointer_event_size(ByteView bytes, const Negotiated& negotiated) {
    const bool extended = negotiated.extended_mouse_buttons && bytes.size() > 1 &&
                          (std::uint8_t(bytes[1]) & more_buttons) != 0;
    return extended ? extended_pointer_event_bytes : pointer_event_bytes;
}

Result<std::size_t> fence_size(ByteView bytes, const Negotiated& negotiated) {
    if (!negotiated.fence)
        return not_negotiated("ClientFence");
    if (bytes.size() < fence_head_bytes)
        return fence_head_bytes;
    const auto length = std::to_integer<std::size_t>(bytes[fence_head_bytes - 1]);
    if (length > max_fence_bytes)
        return Error{ErrorKind::limit, 0,
                     "ClientFence of " + std::to_string(length) + " bytes"};
    return fence_head_bytes + length;
}

Result<std::size_t> audio_size(ByteView bytes, const Negotiated& negotiated) {
    if (!negotiated.audio)
        return not_negotiated("QEMU message sub-type 1");
    if (bytes.size() < audio_head_bytes)
        return audio_head_bytes;
    const auto operation = load_be<std::uint16_t>(bytes.data() + 2);
    switch (AudioOperation(operation)) {
    case AudioOperation::Enable:
    case AudioOperation::Disable:
        return audio_head_bytes;
    case AudioOperation::SetFormat:
        return audio_format_bytes;
    }
    return broken("unknown audio operation " + std::to_string(operation));
}

Result<std::size_t> qemu_message_size(ByteView bytes, const Negotiated& negotiated) {
    if (bytes.size() < qemu_head_bytes)
        return qemu_head_bytes;
    switch (QemuClientMessageType(bytes[1])) {
    case QemuClientMessageType::ExtendedKeyEvent:
        return qemu_key_event_bytes;
    case QemuClientMessageType::Audio:
        return audio_size(bytes, negotiated);
    }
    return broken("unknown QEMU message sub-type " + std::to_string(int(bytes[1])));
}

} // namespace

Result<std::size_t> client_message_size(ByteView bytes, const Negotiated& negotiated) {
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
        return pointer_event_size(bytes, negotiated);
    case ClientMessageType::ClientCutText:
        return cut_text_size(bytes, negotiated);
    case ClientMessageType::EnableContinuousUpdates:
        return extension_size(negotiated.continuous_updates, continuous_updates_bytes,
                              "EnableContinuousUpdates");
    case ClientMessageType::ClientFence:
        return fence_size(bytes, negotiated);
    case ClientMessageType::Xvp:
        return extension_size(negotiated.xvp, xvp_bytes, "xvp");
    case ClientMessageType::SetDesktopSize:
        if (bytes.size() < desktop_size_head_bytes)
            return desktop_size_head_bytes;
        return desktop_size_head_bytes +
               screen_bytes * std::to_integer<std::size_t>(bytes[6]);
    case ClientMessageType::Qemu:
        return qemu_message_size(bytes, negotiated);
    default:
        return broken("unknown client message type " + std::to_string(int(bytes[0])));
    }
}

} // namespace qio::vnc
