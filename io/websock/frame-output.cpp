// What leaves: data frames straight from the caller, and a few control bytes.
#include "io/websock/frame-output.hpp"

#include <algorithm>
#include <cstring>

namespace qio::ws {

namespace {

// Buffers of one call that go into one frame; a list that is longer gives a short count.
constexpr std::size_t max_vectors = 62;

} // namespace

struct FrameOutput::Batch {
    std::array<iovec, max_vectors + 2> vectors; // [0] queued, [1] header
    std::size_t count = 2;
    std::size_t payload = 0;

    /// Takes at most `limit` bytes from the front of `buffers`.
    void add_payload(std::span<const iovec> buffers, std::size_t limit) {
        for (auto& buffer : buffers) {
            if (count == vectors.size() || payload == limit)
                return;
            const std::size_t length = std::min(buffer.iov_len, limit - payload);
            if (length != 0)
                vectors[count++] = {buffer.iov_base, length};
            payload += length;
        }
    }
    /// Without what is empty at the front: each vector costs the kernel a little.
    std::span<const iovec> view() const {
        const std::size_t skipped = vectors[0].iov_len != 0   ? 0
                                    : vectors[1].iov_len != 0 ? 1
                                                              : 2;
        return std::span(vectors).first(count).subspan(skipped);
    }
};

void FrameOutput::begin_frame(std::size_t payload) {
    header_ = encode_frame_header(Opcode::binary, Fin::yes, payload);
    header_sent_ = 0;
    payload_left_ = payload;
}

IoResult FrameOutput::send(Channel& transport, std::span<const iovec> buffers) {
    for (;;) {
        const bool is_new = !is_in_frame();
        if (is_new)
            move_pong();
        Batch batch;
        batch.add_payload(buffers, is_new ? max_payload : payload_left_);
        if (is_new)
            begin_frame(batch.payload);
        batch.vectors[0] = to_iovec(is_new ? queue_.readable() : ByteView());
        batch.vectors[1] = to_iovec(header_.view().subspan(header_sent_));
        const auto sent = transport.writev(batch.view());
        const std::size_t moved = sent && *sent ? account(**sent) : 0;
        // Until its first byte has left, a frame has promised nothing.
        if (header_sent_ == 0)
            payload_left_ = 0;
        if (!sent || !*sent)
            return sent;
        if (moved != 0)
            return moved;
    }
}

/// Books what the channel below has taken, in the order of Batch. Returns the payload.
std::size_t FrameOutput::account(std::size_t sent) {
    // Within a frame the queue was not offered.
    if (header_sent_ == 0) {
        const std::size_t queued = std::min(sent, queue_.size());
        queue_.consume(queued);
        sent -= queued;
    }
    const std::size_t header = std::min(sent, header_.size - header_sent_);
    header_sent_ += header;
    sent -= header;
    payload_left_ -= sent;
    return sent;
}

Result<bool> FrameOutput::flush(Channel& transport) {
    while (has_pending()) {
        move_pong();
        const auto sent = QIO_TRY(transport.write(queue_.readable()));
        if (!sent)
            return false;
        queue_.consume(*sent);
    }
    return true;
}

void FrameOutput::queue_pong(ByteView payload) {
    if (close_queued_)
        return;
    if (!payload.empty())
        std::memcpy(pong_.data(), payload.data(), payload.size());
    pong_size_ = payload.size() + 1;
}

void FrameOutput::move_pong() {
    // Only into an empty queue: so one pong is on its way and one waits, never more.
    if (pong_size_ == 0 || !queue_.empty())
        return;
    queue_control(Opcode::pong, ByteView(pong_).first(pong_size_ - 1));
    pong_size_ = 0;
}

void FrameOutput::queue_close(ByteView payload) {
    if (close_queued_)
        return;
    pong_size_ = 0;
    close_queued_ = true;
    queue_control(Opcode::close, payload);
}

void FrameOutput::queue_control(Opcode opcode, ByteView payload) {
    queue_.append(encode_frame_header(opcode, Fin::yes, payload.size()).view());
    queue_.append(payload);
}

void FrameOutput::clear() {
    queue_.clear();
    pong_size_ = 0;
    payload_left_ = 0;
}

} // namespace qio::ws
