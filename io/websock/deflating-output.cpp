// Makes compressed messages out of frames.
#include "io/websock/deflating-output.hpp"

namespace qio::ws {

namespace {

// Payload of one compressed frame at most: a page's worth of queue is soon full.
constexpr std::size_t block_size = 16 * 1024;

} // namespace

Result<bool> DeflatingOutput::send(Channel& transport, Opcode opcode, Fin fin,
                                   std::span<const iovec> pieces) {
    // What was compressed once cannot be taken back, so there has to be room first.
    if (!QIO_TRY(output_.make_room(transport, total_size(pieces))))
        return false;
    if (!block_)
        block_ = std::make_unique_for_overwrite<std::byte[]>(block_size);
    // The first part of a message may be compressed to nothing yet.
    if (opcode != Opcode::continuation)
        opcode_ = opcode;
    for (const iovec& piece : pieces)
        QIO_TRY(
            add({static_cast<const std::byte*>(piece.iov_base), piece.iov_len}, Fin::no));
    if (fin == Fin::yes)
        QIO_TRY(add({}, Fin::yes));
    QIO_TRY(output_.release(transport));
    return true;
}

Result<void> DeflatingOutput::add(ByteView piece, Fin fin) {
    const MutableBytes block(block_.get(), block_size);
    for (;;) {
        const auto progress = QIO_TRY(deflater_.deflate(piece, fin, block));
        piece = piece.subspan(progress.consumed);
        if (progress.produced != 0 || progress.done) {
            const FrameKind kind{has_begun_ ? Opcode::continuation : opcode_,
                                 progress.done ? Fin::yes : Fin::no,
                                 has_begun_ ? std::uint8_t(0) : rsv1};
            output_.queue_frame(kind, block.first(progress.produced));
            has_begun_ = !progress.done;
        }
        if (progress.done || (progress.produced < block.size() && piece.empty()))
            return {};
    }
}

} // namespace qio::ws
