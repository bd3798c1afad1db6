// What leaves: data frames straight from the caller, messages, control frames.
#include "io/websock/frame-output.hpp"

#include <algorithm>
#include <cstring>

#include "io/websock/mask-source.hpp"

namespace qio::ws {

namespace {

// Buffers of one call that go into one frame; a list that is longer gives a short count.
constexpr std::size_t max_vectors = 62;

// Held back by a cork at most: as much as is cheap to send at once.
constexpr std::size_t max_corked = 16 * 1024;

// A message from this size on leaves without being copied, if nothing is in front of it.
constexpr std::size_t min_direct = 2 * 1024;

} // namespace

struct FrameOutput::Masking {
    MaskSource keys;
    MaskKey key{};                      // of the data frame under way
    std::unique_ptr<std::byte[]> block; // max_payload bytes, once there is a stream

    /// A masked copy of the buffers, which are payload from `offset` on. A function of
    /// payload and offset alone: what is not sent can be made again.
    ByteView copy(std::span<const iovec> buffers, std::size_t offset) {
        if (!block)
            block = std::make_unique_for_overwrite<std::byte[]>(max_payload);
        std::size_t done = 0;
        for (auto& buffer : buffers) {
            const ByteView from(static_cast<const std::byte*>(buffer.iov_base),
                                buffer.iov_len);
            unmask_copy({block.get() + done, from.size()}, from, key, offset + done);
            done += from.size();
        }
        return {block.get(), done};
    }
};

struct FrameOutput::Batch {
    static constexpr std::size_t payload_at = 2;
    std::array<iovec, max_vectors + payload_at> vectors; // [0] queued, [1] header
    std::size_t count = payload_at;
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
    std::span<const iovec> payload_view() const {
        return std::span(vectors).first(count).subspan(payload_at);
    }
    void replace_payload(ByteView bytes) {
        vectors[payload_at] = to_iovec(bytes);
        count = payload_at + 1;
    }
    /// Without what is empty at the front: each vector costs the kernel a little.
    std::span<const iovec> view() const {
        const std::size_t skipped = vectors[0].iov_len != 0   ? 0
                                    : vectors[1].iov_len != 0 ? 1
                                                              : 2;
        return std::span(vectors).first(count).subspan(skipped);
    }
};

FrameOutput::FrameOutput(Role role)
    : masking_(role == Role::client ? std::make_unique<Masking>() : nullptr),
      queue_(max_frame_header + max_payload + max_slack + max_queued) {}

FrameOutput::~FrameOutput() = default;

// ---- a byte stream

EncodedHeader FrameOutput::encode(FrameKind kind, std::size_t length) {
    if (!masking_)
        return encode_frame_header(kind.opcode, kind.fin, length, std::nullopt, kind.rsv);
    return encode_frame_header(kind.opcode, kind.fin, length, masking_->keys.next(),
                               kind.rsv);
}

void FrameOutput::begin_frame(std::size_t payload) {
    header_ = encode({}, payload);
    if (masking_)
        masking_->key = header_.mask();
    header_sent_ = 0;
    payload_size_ = payload_left_ = payload;
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
        if (masking_)
            batch.replace_payload(
                masking_->copy(batch.payload_view(), payload_size_ - payload_left_));
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
        consume(queued);
        sent -= queued;
    }
    const std::size_t header = std::min(sent, header_.size - header_sent_);
    header_sent_ += header;
    sent -= header;
    payload_left_ -= sent;
    return sent;
}

// ---- messages

Result<bool> FrameOutput::make_room(Channel& transport, std::size_t size) {
    const std::size_t most = max_payload - size; // that may be in front of it
    if (queue_.size() > most || (is_corked_ && queue_.size() >= max_corked)) {
        QIO_TRY(flush(transport));
        if (queue_.size() > most)
            return false;
    }
    was_pending_ = has_pending();
    return true;
}

Result<void> FrameOutput::release(Channel& transport) {
    is_held_back_ = is_corked_ && !was_pending_;
    if (!is_corked_)
        QIO_TRY(flush(transport));
    return {};
}

Result<bool> FrameOutput::send_frame(Channel& transport, FrameKind kind,
                                     ByteView payload) {
    if (!QIO_TRY(make_room(transport, payload.size())))
        return false;
    if (!masking_ && !is_corked_ && queue_.empty() && payload.size() >= min_direct) {
        QIO_TRY(send_directly(transport, kind, payload));
        return true;
    }
    queue_frame(kind, payload);
    QIO_TRY(release(transport));
    return true;
}

/// Without a copy of what leaves at once. Requires: an empty queue.
Result<void> FrameOutput::send_directly(Channel& transport, FrameKind kind,
                                        ByteView payload) {
    const EncodedHeader header = encode(kind, payload.size());
    const iovec vectors[] = {to_iovec(header.view()), to_iovec(payload)};
    const std::size_t sent = QIO_TRY(transport.writev(vectors)).value_or(0);
    const std::size_t in_header = std::min(sent, header.size);
    queue_.append(header.view().subspan(in_header));
    queue_.append(payload.subspan(sent - in_header));
    return {};
}

void FrameOutput::queue_frame(FrameKind kind, ByteView payload) {
    const EncodedHeader header = encode(kind, payload.size());
    queue_.append(header.view());
    if (!masking_)
        return queue_.append(payload);
    unmask_copy(queue_.prepare(payload.size()), payload, header.mask(), 0);
    queue_.commit(payload.size());
}

// ---- control frames, and the queue

Result<bool> FrameOutput::flush(Channel& transport) {
    is_held_back_ = false;
    while (has_pending()) {
        move_pong();
        const auto sent = QIO_TRY(transport.write(queue_.readable()));
        if (!sent)
            return false;
        consume(*sent);
    }
    return true;
}

void FrameOutput::consume(std::size_t count) {
    queue_.consume(count);
    queued_pong_ -= std::min(count, queued_pong_);
}

void FrameOutput::queue_pong(ByteView payload) {
    if (close_queued_)
        return;
    if (!payload.empty())
        std::memcpy(pong_.data(), payload.data(), payload.size());
    pong_size_ = payload.size() + 1;
}

void FrameOutput::move_pong() {
    // One pong is on its way and one waits, never more.
    if (pong_size_ == 0 || queued_pong_ != 0)
        return;
    queue_frame({Opcode::pong}, ByteView(pong_).first(pong_size_ - 1));
    queued_pong_ = queue_.size();
    pong_size_ = 0;
}

bool FrameOutput::queue_ping(ByteView payload) {
    if (close_queued_ || queue_.size() > max_payload)
        return false;
    queue_frame({Opcode::ping}, payload);
    is_held_back_ = false;
    return true;
}

void FrameOutput::queue_close(ByteView payload) {
    if (close_queued_)
        return;
    pong_size_ = 0;
    close_queued_ = true;
    queue_frame({Opcode::close}, payload);
    is_held_back_ = false;
}

void FrameOutput::clear() {
    queue_.clear();
    queued_pong_ = 0;
    pong_size_ = 0;
    payload_left_ = 0;
}

} // namespace qio::ws
