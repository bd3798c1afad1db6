// The payload of a close frame (RFC 6455 §5.5.1).
#include "io/websock/close-code.hpp"

#include "io/websock/utf8.hpp"

namespace qio::ws {

namespace {

constexpr std::size_t max_reason = max_control_payload - sizeof(std::uint16_t);

} // namespace

std::expected<ClosePayload, Violation> parse_close_payload(ByteView payload) {
    if (payload.empty())
        return ClosePayload{};
    ByteReader reader(payload);
    auto value = reader.take<std::uint16_t>();
    if (!value)
        return std::unexpected(
            Violation{CloseCode::protocol_error, "close payload of one byte"});
    CloseCode code{*value};
    if (!is_valid_close_code(code))
        return std::unexpected(
            Violation{CloseCode::protocol_error, "invalid close code"});
    if (valid_utf8_length(reader.rest()) != reader.remaining())
        return std::unexpected(
            Violation{CloseCode::invalid_data, "close reason is not UTF-8"});
    return ClosePayload{code, std::string(as_text(reader.rest()))};
}

Bytes make_close_payload(CloseCode code, std::string_view reason) {
    Bytes payload;
    if (!is_valid_close_code(code))
        return payload;
    payload.reserve(max_control_payload);
    auto text = as_bytes(reason.substr(0, max_reason));
    ByteWriter(payload)
        .put(static_cast<std::uint16_t>(code))
        .put_bytes(text.first(valid_utf8_length(text)));
    return payload;
}

} // namespace qio::ws
