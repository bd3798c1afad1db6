// Compressing and decompressing messages piece by piece.
#include "io/websock/deflate-stream.hpp"

#include <algorithm>
#include <cassert>

namespace qio::ws {

namespace {

constexpr int min_zlib_bits = 9;

// zlib's counters are narrower than a size.
constexpr std::size_t max_step = std::size_t(1) << 30;

// What a compressor leaves out at a message's end, and a decompressor adds (§7.2.1).
constexpr std::array sync_marker{std::byte(0), std::byte(0), std::byte(0xFF),
                                 std::byte(0xFF)};

constexpr Violation invalid{CloseCode::invalid_data, "compressed data is not valid"};
constexpr Violation truncated{CloseCode::invalid_data, "compressed data breaks off"};
constexpr Violation no_memory{CloseCode::internal_error, "no memory to decompress"};

void offer(z_stream& stream, ByteView input, MutableBytes out) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(input.data()));
    stream.avail_in = uInt(std::min(input.size(), max_step));
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = uInt(std::min(out.size(), max_step));
}

void advance(const z_stream& stream, ByteView& input, MutableBytes& out) {
    input = input.subspan(std::min(input.size(), max_step) - stream.avail_in);
    out = out.subspan(std::min(out.size(), max_step) - stream.avail_out);
}

// After an inflate() that moved something, data_type tells whether a block has just ended
// (128), and how many bits of the last byte have not been used (0-63).
bool stands_between_blocks(const z_stream& stream) {
    return (stream.data_type & 128) && (stream.data_type & 63) == 0;
}

} // namespace

MessageDeflater::MessageDeflater(DeflateContext context, const DeflateOptions& options)
    : context_(context), options_(options) {}

MessageDeflater::~MessageDeflater() {
    deflateEnd(&stream_); // does nothing to a stream that was never initialised
}

bool MessageDeflater::is_worthwhile(std::uint64_t bytes) const {
    return context_.window_bits >= min_zlib_bits && bytes >= options_.min_bytes;
}

Result<void> MessageDeflater::start() {
    assert(context_.window_bits >= min_zlib_bits);
    if (!is_allocated_) {
        if (deflateInit2(&stream_, options_.level, Z_DEFLATED, -context_.window_bits,
                         options_.memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
            return Error{ErrorKind::exhausted, 0, "no memory for a compression stream"};
        is_allocated_ = true;
    } else if (context_.takeover == ContextTakeover::no) {
        deflateReset(&stream_);
    }
    state_ = State::compressing;
    return {};
}

Result<DeflateProgress> MessageDeflater::deflate(ByteView input, Fin fin,
                                                 MutableBytes out) {
    DeflateProgress progress;
    if (state_ == State::idle && !input.empty()) {
        QIO_TRY(start());
    } else if (state_ == State::idle && fin == Fin::yes) {
        // §7.2.3.6: zlib would not flush a second time for nothing.
        tail_[0] = std::byte(0);
        tail_size_ = 1;
        state_ = State::finishing;
    }
    if (state_ == State::compressing) {
        const auto given = input.size();
        progress.produced = run(input, fin == Fin::yes ? Z_BLOCK : Z_NO_FLUSH, out);
        progress.consumed = given - input.size();
        // Only room that is left over shows that zlib holds nothing back.
        if (fin == Fin::yes && input.empty() && progress.produced < out.size())
            end_message();
    }
    if (state_ == State::finishing) {
        progress.produced += take_tail(out.subspan(progress.produced));
        progress.done = state_ == State::idle;
    }
    return progress;
}

std::size_t MessageDeflater::run(ByteView& input, int flush, MutableBytes out) {
    const auto room = out.size();
    while (!out.empty()) {
        offer(stream_, input, out);
        const bool is_last = input.size() <= max_step;
        [[maybe_unused]] const int status =
            ::deflate(&stream_, is_last ? flush : Z_NO_FLUSH);
        assert(status == Z_OK || status == Z_BUF_ERROR);
        advance(stream_, input, out);
        if (is_last && stream_.avail_out > 0)
            break;
    }
    return room - out.size();
}

// The last block is out but for some bits, so that they and the marker always fit here:
// flushing into the caller's buffer would write the marker again for each one it fills.
void MessageDeflater::end_message() {
    std::array<std::byte, 16> end;
    offer(stream_, {}, end);
    [[maybe_unused]] const int status = ::deflate(&stream_, Z_SYNC_FLUSH);
    const std::size_t size = end.size() - stream_.avail_out;
    assert(status == Z_OK && size > sync_marker.size());
    tail_size_ = size - sync_marker.size();
    assert(tail_size_ <= tail_.size());
    std::copy_n(end.begin(), tail_size_, tail_.begin());
    state_ = State::finishing;
}

std::size_t MessageDeflater::take_tail(MutableBytes out) {
    const auto count = std::min(out.size(), tail_size_ - tail_taken_);
    std::copy_n(tail_.begin() + std::ptrdiff_t(tail_taken_), count, out.begin());
    tail_taken_ += count;
    if (tail_taken_ == tail_size_) {
        tail_taken_ = tail_size_ = 0;
        state_ = State::idle;
    }
    return count;
}

MessageInflater::MessageInflater(DeflateContext context) : context_(context) {}

MessageInflater::~MessageInflater() {
    inflateEnd(&stream_); // does nothing to a stream that was never initialised
}

std::expected<void, Violation> MessageInflater::start() {
    if (!is_allocated_) {
        // Peers whose zlib turns 8 bits into 9 are understood as well.
        const int bits = std::max(context_.window_bits, min_zlib_bits);
        if (inflateInit2(&stream_, -bits) != Z_OK)
            return std::unexpected(no_memory);
        is_allocated_ = true;
    } else if (context_.takeover == ContextTakeover::no) {
        inflateReset(&stream_);
    }
    is_between_blocks_ = true;
    is_open_ = true;
    return {};
}

std::expected<DeflateProgress, Violation>
MessageInflater::inflate(ByteView payload, Fin fin, MutableBytes out) {
    if (violation_)
        return std::unexpected(*violation_);
    DeflateProgress progress{payload.size(), out.size(), false};
    if (out.empty())
        return DeflateProgress{};
    std::expected<void, Violation> moved;
    if (!is_open_)
        moved = start();
    if (moved)
        moved = run(payload, out);
    if (moved && fin == Fin::yes && payload.empty())
        moved = finish(out, progress.done);
    if (!moved) {
        violation_ = moved.error();
        return std::unexpected(*violation_);
    }
    progress.consumed -= payload.size();
    progress.produced -= out.size();
    return progress;
}

std::expected<void, Violation> MessageInflater::run(ByteView& input, MutableBytes& out) {
    do {
        offer(stream_, input, out);
        const int status = ::inflate(&stream_, Z_SYNC_FLUSH);
        advance(stream_, input, out);
        if (status == Z_MEM_ERROR)
            return std::unexpected(no_memory);
        if (status == Z_STREAM_END)
            continue_behind_final_block();
        else if (status == Z_OK)
            is_between_blocks_ = stands_between_blocks(stream_);
        else if (status != Z_BUF_ERROR) // which only says that nothing moved
            return std::unexpected(invalid);
    } while (!input.empty() && !out.empty());
    return {};
}

// A final block ends what zlib takes for the stream, and nothing else: the window is kept
// (§7.2.3.4).
void MessageInflater::continue_behind_final_block() {
    inflateResetKeep(&stream_);
    is_between_blocks_ = true;
}

std::expected<void, Violation> MessageInflater::finish(MutableBytes& out, bool& done) {
    auto marker = ByteView(sync_marker).subspan(marker_taken_);
    done = marker_taken_ == 0 && is_between_blocks_;
    if (!done) {
        if (auto moved = run(marker, out); !moved)
            return moved;
        marker_taken_ = sync_marker.size() - marker.size();
        done = marker.empty() && is_between_blocks_;
    }
    // zlib stops before the end of the input only when it has no room.
    if (!done && !out.empty())
        return std::unexpected(truncated);
    if (done) {
        is_open_ = false;
        marker_taken_ = 0;
    }
    return {};
}

} // namespace qio::ws
