// Fuzzes the compression of messages: any bytes, decompressed in any steps, and any
// message there and back.
//
// The first three bytes of the input choose the context (window and takeover), the size
// of the pieces and the size of the output buffer; the other bytes are the message.
#include <algorithm>
#include <array>
#include <optional>

#include <zlib.h>

#include "io/websock/deflate-stream.hpp"
#include "tests/fuzz/require.hpp"

using namespace qio;
using namespace qio::ws;
using fuzz::require;

namespace {

constexpr std::size_t max_output = 256 * 1024;

struct Cut {
    std::size_t piece;
    std::size_t room;
};

/// A message's other form, as far as max_output; empty if it was refused.
template <class Step>
std::optional<Bytes> run_message(ByteView input, Cut cut, Step step) {
    Bytes result;
    Bytes buffer(cut.room);
    for (bool done = false; !done && result.size() < max_output;) {
        auto piece = input.first(std::min(cut.piece, input.size()));
        auto fin = piece.size() == input.size() ? Fin::yes : Fin::no;
        auto progress = step(piece, fin, MutableBytes(buffer));
        if (!progress)
            return std::nullopt;
        require(progress->consumed <= piece.size(), "it takes what there is");
        require(progress->produced <= buffer.size(), "it writes where there is room");
        require(progress->done || progress->consumed == piece.size() ||
                    progress->produced == buffer.size(),
                "it stops for a reason");
        done = progress->done;
        require(!done || fin == Fin::yes, "no end before the end");
        input = input.subspan(progress->consumed);
        require(!done || input.empty(), "nothing is left behind");
        ByteWriter(result).put_bytes(ByteView(buffer).first(progress->produced));
    }
    result.resize(std::min(result.size(), max_output));
    return result;
}

std::optional<Bytes> inflate_message(MessageInflater& inflater, ByteView payload,
                                     Cut cut) {
    return run_message(payload, cut, [&](auto piece, auto fin, auto out) {
        return inflater.inflate(piece, fin, out);
    });
}

std::optional<Bytes> deflate_message(MessageDeflater& deflater, ByteView message,
                                     Cut cut) {
    return run_message(message, cut, [&](auto piece, auto fin, auto out) {
        return deflater.deflate(piece, fin, out);
    });
}

void check_inflating(ByteView payload, Cut cut) {
    std::optional<Bytes> expected;
    for (auto each : {Cut{payload.size() + 1, max_output}, Cut{1, 64}, cut}) {
        MessageInflater inflater({});
        auto result = inflate_message(inflater, payload, each);
        if (each.room == max_output)
            expected = std::move(result);
        else if (!expected || expected->size() < max_output)
            require(result == expected, "the steps do not matter");
        else // the other steps may not have come to what is wrong
            require(!result || result == expected, "the steps do not matter");
    }
}

/// What zlib itself makes of the payloads of several messages.
Bytes reference(const Bytes& payloads, std::size_t size) {
    Bytes result(size + 1);
    z_stream stream{};
    require(inflateInit2(&stream, -15) == Z_OK, "zlib starts");
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(payloads.data()));
    stream.avail_in = uInt(payloads.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.data());
    stream.avail_out = uInt(result.size());
    require(::inflate(&stream, Z_SYNC_FLUSH) == Z_OK, "zlib understands");
    require(stream.avail_in == 0, "zlib takes all");
    result.resize(result.size() - stream.avail_out);
    inflateEnd(&stream);
    return result;
}

void check_both_ways(ByteView message, DeflateContext context, Cut cut) {
    MessageDeflater deflater(context, {.level = int(1 + cut.room % 9)});
    MessageInflater inflater(context);
    Bytes payloads;
    for (auto part : {message, ByteView(), message.first(message.size() / 2)}) {
        auto payload = deflate_message(deflater, part, cut);
        require(payload && !payload->empty(), "a message can be compressed");
        auto again = inflate_message(inflater, *payload, cut);
        require(again && std::ranges::equal(*again, part), "a message comes back");
        ByteWriter(payloads).put_bytes(*payload).put<std::uint32_t>(0x0000FFFF);
    }
    Bytes all;
    ByteWriter(all).put_bytes(message).put_bytes(message.first(message.size() / 2));
    require(reference(payloads, all.size()) == all, "others understand it");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3 || size > 16384)
        return 0;
    auto takeover = data[0] & 1 ? ContextTakeover::no : ContextTakeover::yes;
    DeflateContext context{9 + (data[0] >> 1) % 7, takeover};
    Cut cut{std::size_t(data[1]) + 1, std::size_t(data[2]) + 1};
    auto bytes = std::as_bytes(std::span(data, size)).subspan(3);
    check_inflating(bytes, cut);
    check_both_ways(bytes, context, cut);
    return 0;
}
