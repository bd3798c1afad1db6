// The messages of the extended clipboard.
#include "ui/vnc/rfb/clipboard-message.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include <zlib.h>

#include "ui/text.hpp"

namespace qio::vnc {

namespace {

constexpr std::uint32_t all_formats = 0xFFFF;
constexpr std::uint32_t all_actions = clipboard_caps | clipboard_request |
                                      clipboard_peek | clipboard_notify |
                                      clipboard_provide;

Error broken(std::string what) {
    return {ErrorKind::protocol, 0, "extended clipboard: " + std::move(what)};
}

/// Reads the decompressed bytes of one zlib stream from the front.
class Inflater {
public:
    explicit Inflater(ByteView compressed) {
        stream_.next_in =
            reinterpret_cast<Bytef*>(const_cast<std::byte*>(compressed.data()));
        stream_.avail_in = uInt(compressed.size());
        usable_ = inflateInit(&stream_) == Z_OK;
    }
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// Fills `out` with the next bytes. False: the stream is broken or has ended before.
    bool read(MutableBytes out) {
        if (!usable_)
            return false;
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = uInt(out.size());
        // Each turn takes input or gives output, or fails; the end of the stream ends it.
        while (stream_.avail_out > 0)
            if (inflate(&stream_, Z_SYNC_FLUSH) != Z_OK)
                break;
        return stream_.avail_out == 0;
    }

private:
    z_stream stream_{};
    bool usable_ = false;
};

// What a peer announces is not allocated at once.
constexpr std::size_t inflate_piece_bytes = 64 * 1024;

Result<Bytes> inflate_text(Inflater& stream, std::size_t size) {
    Bytes text;
    while (text.size() < size) {
        const auto at = text.size();
        text.resize(at + std::min(size - at, inflate_piece_bytes));
        if (!stream.read(MutableBytes(text).subspan(at)))
            return broken("text is shorter than it says");
    }
    return text;
}

/// Text from outside as programs want it.
std::string plain_text(std::string_view text) {
    return ui::valid_utf8(ui::with_lf(text.substr(0, text.find('\0'))));
}

// Text has the lowest bit, so it comes first, and what is behind it need not be read.
Result<ClipboardMessage> parse_provide(std::uint32_t flags, ByteView compressed) {
    if ((flags & clipboard_text) == 0)
        return ClipboardProvide{};
    Inflater stream(compressed);
    std::byte size_field[4];
    if (!stream.read(size_field))
        return broken("compressed data is broken");
    const std::size_t size = load_be<std::uint32_t>(size_field);
    if (size > max_clipboard_text_bytes)
        return ClipboardProvide{};
    const auto text = QIO_TRY(inflate_text(stream, size));
    return ClipboardProvide{plain_text(as_text(text))};
}

Result<ClipboardMessage> parse_caps(std::uint32_t flags, ByteReader sizes) {
    ClipboardCaps caps{.flags = flags};
    // One size for each format; those of formats we do not know are skipped.
    const auto formats = std::size_t(std::popcount(flags & all_formats));
    if (sizes.remaining() < formats * sizeof(std::uint32_t))
        return broken("caps without all sizes");
    if ((flags & clipboard_text) != 0)
        caps.max_text = *sizes.take<std::uint32_t>();
    return caps;
}

Bytes message(std::uint32_t flags) {
    Bytes payload;
    ByteWriter(payload).put(flags);
    return payload;
}

} // namespace

Result<ClipboardMessage> parse_clipboard_message(ByteView payload) {
    ByteReader fields(payload);
    const auto flags = fields.take<std::uint32_t>();
    if (!flags)
        return broken("no flags");
    const bool has_text = (*flags & clipboard_text) != 0;
    // In caps the other actions tell what the client knows.
    if ((*flags & clipboard_caps) != 0)
        return parse_caps(*flags, fields);
    switch (*flags & all_actions) {
    case clipboard_request:
        return ClipboardRequest{has_text};
    case clipboard_peek:
        return ClipboardPeek{};
    case clipboard_notify:
        return ClipboardNotify{has_text};
    case clipboard_provide:
        return parse_provide(*flags, fields.rest());
    default:
        return std::monostate{};
    }
}

Bytes clipboard_caps_message(std::uint32_t max_unsolicited_text) {
    auto payload = message(all_actions | clipboard_text);
    ByteWriter(payload).put(max_unsolicited_text);
    return payload;
}

Bytes clipboard_request_message() {
    return message(clipboard_request | clipboard_text);
}

Bytes clipboard_notify_message(bool text) {
    return message(clipboard_notify | (text ? clipboard_text : 0));
}

Result<Bytes> clipboard_provide_message(std::string_view utf8) {
    auto text = ui::with_crlf(utf8);
    text.push_back('\0');
    Bytes plain;
    ByteWriter(plain).put(std::uint32_t(text.size())).put_bytes(as_bytes(text));
    auto payload = message(clipboard_provide | clipboard_text);
    const auto head = payload.size();
    auto size = compressBound(plain.size());
    payload.resize(head + size);
    if (compress(reinterpret_cast<Bytef*>(payload.data() + head), &size,
                 reinterpret_cast<const Bytef*>(plain.data()), plain.size()) != Z_OK)
        return Error{ErrorKind::exhausted, 0, "no memory for compressing a text"};
    payload.resize(head + size);
    return payload;
}

} // namespace qio::vnc
