// A Deflater on zlib.
#include "ui/vnc/encodings/deflater-zlib.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <new>

namespace qio::vnc {

namespace {

constexpr int raw_window_bits = -15; // the largest, and no header: segments have none
constexpr int memory_level = 8;

// Memory as all else gets it: without it the process ends, so that zlib cannot fail.
voidpf allocate(voidpf, uInt count, uInt size) {
    return ::operator new(std::size_t(count) * size);
}
void release(voidpf, voidpf memory) {
    ::operator delete(memory);
}

} // namespace

DeflaterZlib::~DeflaterZlib() {
    if (has_state_)
        deflateEnd(&stream_);
}

void DeflaterZlib::begin(int level) {
    assert(level >= min_level && level <= max_level);
    if (has_state_ && level == level_) {
        deflateReset(&stream_);
        return;
    }
    if (has_state_)
        deflateEnd(&stream_);
    stream_ = {};
    stream_.zalloc = &allocate;
    stream_.zfree = &release;
    [[maybe_unused]] const int status = deflateInit2(
        &stream_, level, Z_DEFLATED, raw_window_bits, memory_level, Z_DEFAULT_STRATEGY);
    assert(status == Z_OK);
    has_state_ = true;
    level_ = level;
}

void DeflaterZlib::write(ByteView data, Bytes& out) {
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

void DeflaterZlib::flush(Bytes& out) {
    run(Z_SYNC_FLUSH, out);
}

// A full buffer means there may be more; Z_BUF_ERROR only says that nothing was left.
void DeflaterZlib::run(int flush, Bytes& out) {
    std::array<std::byte, 16 * 1024> scratch;
    do {
        stream_.next_out = reinterpret_cast<Bytef*>(scratch.data());
        stream_.avail_out = scratch.size();
        [[maybe_unused]] const int status = deflate(&stream_, flush);
        assert(status == Z_OK || status == Z_BUF_ERROR);
        ByteWriter(out).put_bytes({scratch.data(), scratch.size() - stream_.avail_out});
    } while (stream_.avail_out == 0);
}

} // namespace qio::vnc
