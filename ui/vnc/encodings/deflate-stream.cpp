// One continuous zlib stream, flushed wherever the client must be able to read on.
#include "ui/vnc/encodings/deflate-stream.hpp"

#include <algorithm>
#include <cassert>
#include <string>

namespace qio::vnc {

namespace {

// Well above the few bytes zlib asks for when flushing, and in the first-level cache.
constexpr std::size_t scratch_bytes = 16 * 1024;
constexpr int window_bits = 15; // the largest; the header tells the client
constexpr int memory_level = 8;

} // namespace

Result<std::unique_ptr<DeflateStream>> DeflateStream::create(int level) {
    if (level < min_level || level > max_level)
        return Error{ErrorKind::invalid_argument, 0,
                     "compression level " + std::to_string(level)};
    std::unique_ptr<DeflateStream> stream(new DeflateStream);
    stream->level_ = stream->applied_level_ = level;
    stream->scratch_ = std::make_unique<std::byte[]>(scratch_bytes);
    if (deflateInit2(&stream->stream_, level, Z_DEFLATED, window_bits, memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return Error{ErrorKind::exhausted, 0, "no memory for a compression stream"};
    return stream;
}

DeflateStream::~DeflateStream() {
    deflateEnd(&stream_); // does nothing to a stream that was never initialised
}

void DeflateStream::set_level(int level) {
    assert(level >= min_level && level <= max_level);
    level_ = level;
}

void DeflateStream::write(ByteView data, Bytes& out) {
    apply_level(out);
    // avail_in is narrower than a size.
    constexpr std::size_t piece_bytes = std::size_t(1) << 30;
    while (!data.empty()) {
        const auto piece = data.first(std::min(data.size(), piece_bytes));
        data = data.subspan(piece.size());
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(piece.data()));
        stream_.avail_in = uInt(piece.size());
        run(Z_NO_FLUSH, out);
    }
}

void DeflateStream::flush(Bytes& out) {
    run(Z_SYNC_FLUSH, out);
}

// Between two flushes the stream may hold input of the old level, which comes out first.
void DeflateStream::apply_level(Bytes& out) {
    if (level_ == applied_level_)
        return;
    int status = Z_OK;
    do {
        stream_.next_out = reinterpret_cast<Bytef*>(scratch_.get());
        stream_.avail_out = scratch_bytes;
        status = deflateParams(&stream_, level_, Z_DEFAULT_STRATEGY);
        ByteWriter(out).put_bytes({scratch_.get(), scratch_bytes - stream_.avail_out});
    } while (status == Z_BUF_ERROR);
    assert(status == Z_OK);
    applied_level_ = level_;
}

// A full buffer means there may be more; Z_BUF_ERROR only says that nothing was left.
void DeflateStream::run(int flush, Bytes& out) {
    do {
        stream_.next_out = reinterpret_cast<Bytef*>(scratch_.get());
        stream_.avail_out = scratch_bytes;
        [[maybe_unused]] const int status = deflate(&stream_, flush);
        assert(status == Z_OK || status == Z_BUF_ERROR);
        ByteWriter(out).put_bytes({scratch_.get(), scratch_bytes - stream_.avail_out});
    } while (stream_.avail_out == 0);
}

} // namespace qio::vnc
