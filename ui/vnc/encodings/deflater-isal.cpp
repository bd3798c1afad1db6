// A Deflater on ISA-L, whose lower levels take a fraction of zlib's time.
#include "ui/vnc/encodings/deflater-fast.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include <isa-l/igzip_lib.h>

namespace qio::vnc {

namespace {

// Of 16 Ki symbols, as zlib's blocks are: larger ones fit less closely what is in them.
constexpr std::size_t memory_for[] = {0, ISAL_DEF_LVL1_SMALL, ISAL_DEF_LVL2_SMALL,
                                      ISAL_DEF_LVL3_SMALL};
constexpr std::size_t scratch_bytes = 16 * 1024;

/// Units/limits: about 80 KiB of memory, and as much again from the first begin() on.
class DeflaterIsal final : public Deflater {
public:
    /// The library's own levels.
    static constexpr int max_isal_level = 3;

    DeflaterIsal() = default;
    DeflaterIsal(const DeflaterIsal&) = delete;
    DeflaterIsal& operator=(const DeflaterIsal&) = delete;

    /// Requires: 1 ≤ level ≤ max_isal_level.
    void begin(int level) override;
    void write(ByteView data, Bytes& out) override;
    void flush(Bytes& out) override;

private:
    void run(int flush, Bytes& out);

    isal_zstream stream_;
    Bytes level_memory_;
    int level_ = 0; // 0: not set up
};

void DeflaterIsal::begin(int level) {
    assert(level >= 1 && level <= max_isal_level);
    if (level == level_) {
        isal_deflate_reset(&stream_);
        return;
    }
    level_memory_.resize(std::max(level_memory_.size(), memory_for[level]));
    isal_deflate_init(&stream_);
    stream_.level = std::uint32_t(level);
    stream_.level_buf = reinterpret_cast<std::uint8_t*>(level_memory_.data());
    stream_.level_buf_size = std::uint32_t(memory_for[level]);
    level_ = level;
}

void DeflaterIsal::write(ByteView data, Bytes& out) {
    // avail_in is narrower than a size.
    constexpr std::size_t piece_bytes = std::size_t(1) << 30;
    while (!data.empty()) {
        const auto piece = data.first(std::min(data.size(), piece_bytes));
        data = data.subspan(piece.size());
        stream_.next_in =
            reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(piece.data()));
        stream_.avail_in = std::uint32_t(piece.size());
        run(NO_FLUSH, out);
    }
}

void DeflaterIsal::flush(Bytes& out) {
    run(SYNC_FLUSH, out);
}

// A full buffer means there may be more.
void DeflaterIsal::run(int flush, Bytes& out) {
    std::array<std::byte, scratch_bytes> scratch;
    stream_.flush = std::uint16_t(flush);
    do {
        stream_.next_out = reinterpret_cast<std::uint8_t*>(scratch.data());
        stream_.avail_out = scratch_bytes;
        [[maybe_unused]] const int status = isal_deflate(&stream_);
        assert(status == COMP_OK);
        ByteWriter(out).put_bytes({scratch.data(), scratch_bytes - stream_.avail_out});
    } while (stream_.avail_out == 0);
    assert(stream_.avail_in == 0);
}

} // namespace

std::unique_ptr<Deflater> create_fast_deflater() {
    return std::make_unique<DeflaterIsal>();
}

} // namespace qio::vnc
