// internal: our end of the socket through which a character device speaks.
#include "ui/dbus/chardev-stream.hpp"

#include <array>
#include <utility>

#include "io/socket/channel-socket.hpp"

namespace qio::dbus {

Result<std::unique_ptr<ChardevStream>>
ChardevStream::open(UniqueFd socket, Received received, std::function<void()> closed) {
    auto channel = QIO_TRY(ChannelSocket::from_fd(std::move(socket)));
    QIO_TRY(channel->set_blocking(Blocking::no));
    return std::unique_ptr<ChardevStream>(
        new ChardevStream(std::move(channel), std::move(received), std::move(closed)));
}

ChardevStream::ChardevStream(std::shared_ptr<Channel> channel, Received received,
                             std::function<void()> closed)
    : channel_(std::move(channel)), received_(std::move(received)),
      closed_(std::move(closed)),
      watch_(*channel_, Condition::in, [this](Condition ready) { on_ready(ready); }) {}

bool ChardevStream::send(ByteView bytes) {
    if (bytes.size() > unsent_.room())
        return false;
    unsent_.append(bytes);
    watch_.set_condition(Condition::in | Condition::out);
    return true;
}

void ChardevStream::on_ready(Condition ready) {
    if (has(ready, Condition::out))
        write_queued();
    if (has(ready, Condition::in | Condition::hup | Condition::err) && !read_piece())
        end();
}

/// False: there is nothing more to come.
bool ChardevStream::read_piece() {
    std::array<std::byte, max_piece_bytes> piece;
    const auto count = channel_->read(piece);
    if (!count || (*count && **count == 0))
        return false;
    if (*count)
        received_(ByteView(piece).first(**count));
    return true;
}

/// What nobody takes any more is lost; what was written before that is still to be read.
void ChardevStream::write_queued() {
    const auto count = channel_->write(unsent_.readable());
    if (count)
        unsent_.consume(count->value_or(0));
    else
        unsent_.clear();
    if (unsent_.empty())
        watch_.set_condition(Condition::in);
}

/// What is called may be the end of us.
void ChardevStream::end() {
    watch_.reset();
    const auto closed = std::move(closed_);
    closed();
}

} // namespace qio::dbus
