// The descriptors of a channel: one for both directions, or one for each.
#include "io/plain/descriptor-pair.hpp"

#include <cerrno>

namespace qio {

namespace {

constexpr auto no_bits = Condition::none;

/// Adds one descriptor for one direction. A missing one, like a file, is always ready:
/// the attempt itself tells what is the matter.
void add(Interest& interest, const Descriptor& descriptor, Condition events) {
    if (!descriptor || descriptor.is_always_ready())
        interest.ready |= events & (Condition::in | Condition::out);
    else
        interest.add(descriptor.get(), events);
}

} // namespace

IoResult DescriptorPair::readv(std::span<const iovec> buffers) const {
    if (reader_)
        return reader_.readv(buffers);
    if (reading_ended_)
        return std::size_t(0);
    return Error{ErrorKind::not_supported, EBADF, "this channel cannot be read"};
}

IoResult DescriptorPair::writev(std::span<const iovec> buffers) const {
    if (writer())
        return writer().writev(buffers);
    if (writing_ended_)
        return Error{ErrorKind::disconnected, EPIPE, "writing to the channel has ended"};
    return Error{ErrorKind::not_supported, EBADF, "this channel cannot be written"};
}

// The other end has gone when what we read from has; the writing side of two is looked
// at only by who writes, as a peer may well stop listening and go on talking.
Interest DescriptorPair::interest(Condition asked) const {
    Interest interest;
    // Half-close is hup only for whoever does not read: see Channel::do_resolve().
    const Condition hup = has(asked, Condition::in) ? no_bits : asked & Condition::hup;
    const bool reads = has(asked, Condition::in);
    const bool writes = has(asked, Condition::out);
    if (reads)
        add(interest, reader_, Condition::in);
    if (writes)
        add(interest, writer(), Condition::out);
    const Descriptor& watched = reader_ ? reader_ : writer();
    if (watched && !watched.is_always_ready() && !reads && (!writes || any(hup)))
        interest.add(watched.get(), hup);
    return interest;
}

Result<void> DescriptorPair::set_blocking(Blocking blocking) const {
    if (reader_)
        QIO_TRY(reader_.set_blocking(blocking));
    if (writer_)
        QIO_TRY(writer_.set_blocking(blocking));
    return {};
}

DescriptorPair::Detached DescriptorPair::detach(Direction direction) {
    Detached detached;
    if (direction != Direction::write && reader_) {
        detached.reader = std::exchange(reader_, {});
        reading_ended_ = true;
    }
    if (direction != Direction::read && writer_) {
        detached.writer = std::exchange(writer_, {});
        writing_ended_ = true;
    }
    return detached;
}

Result<void> DescriptorPair::close() {
    auto read_result = reader_.close();
    QIO_TRY(writer_.close());
    return read_result;
}

} // namespace qio
