// Segments of zlib streams: compressed pieces that refer to nothing before them.
#include "ui/vnc/encodings/deflater.hpp"

#include <algorithm>
#include <cassert>

#include "ui/vnc/encodings/deflater-fast.hpp"
#include "ui/vnc/encodings/deflater-zlib.hpp"

namespace qio::vnc {

namespace {

/// How a client's level is compressed: by the faster library at its own level, or, if
/// that is 0, by zlib at the client's.
///
/// Of 1 MiB of pixels (bytes; ns per byte), the faster library's level 1 makes of text
/// 91,532 (1.6), of a photo 652,162 (6.3), of a desktop 8,577 (0.2); its level 2 differs
/// for the photo, 632,903 (6.7). zlib's level 1 makes 84,834 (5.5), 620,433 (27), 11,253
/// (1.8), its level 3 63,436 (9.8), 613,857 (39), 9,677 (1.8), its level 6 46,698 (31),
/// 597,604 (57), 4,450 (6.7). The faster one's level 3 costs as much as zlib's 3, and is
/// worse.
constexpr int fast_level[Deflater::max_level + 1] = {0, 1, 2, 2, 0, 0, 0, 0, 0, 0};

/// zlib's last one looks for longer matches in up to 2.5 times the time, for a thousandth
/// of the bytes, or none (docs/performance.rst).
constexpr int best_zlib_level = 8;

class DeflaterByLevel final : public Deflater {
public:
    void begin(int level) override {
        assert(level >= min_level && level <= max_level);
        const bool is_fast = fast_level[level] != 0 && fast_;
        now_ = is_fast ? fast_.get() : &zlib_;
        now_->begin(is_fast ? fast_level[level] : std::min(level, best_zlib_level));
    }
    void write(ByteView data, Bytes& out) override { now_->write(data, out); }
    void flush(Bytes& out) override { now_->flush(out); }

private:
    const std::unique_ptr<Deflater> fast_ = create_fast_deflater();
    DeflaterZlib zlib_;
    Deflater* now_ = &zlib_;
};

} // namespace

void append_zlib_header(Bytes& out) {
    // Deflate with the largest window; the level in it is of no consequence (RFC 1950
    // §2.2).
    out.push_back(std::byte{0x78});
    out.push_back(std::byte{0x01});
}

void append_zlib_end(Bytes& out) {
    // A last block, with fixed codes and nothing in it.
    out.push_back(std::byte{0x03});
    out.push_back(std::byte{0x00});
}

std::unique_ptr<Deflater> Deflater::create() {
    return std::make_unique<DeflaterByLevel>();
}

} // namespace qio::vnc
