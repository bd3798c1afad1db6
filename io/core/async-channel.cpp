// A channel for coroutines.
#include "io/core/async-channel.hpp"

namespace qio {

void AsyncChannel::Side::arm() {
    if (watch_.is_active())
        watch_.set_condition(condition_);
    else
        watch_ = Watch(
            channel_, condition_, [this](Condition ready) { on_ready(ready); },
            context());
}

void AsyncChannel::Side::on_ready(Condition ready) {
    if (has_parked())
        return attempt_parked();
    // Left armed by the last wait, since the next one often follows at once.
    if (has(ready, Condition::hup | Condition::err))
        watch_.reset();
    else
        watch_.set_condition(Condition::none);
}

Result<std::optional<bool>> AsyncChannel::read_rest(MutableBytes& rest, bool& started) {
    while (!rest.empty()) {
        const auto moved = QIO_TRY(channel_->read(rest));
        if (!moved)
            return std::nullopt;
        if (*moved == 0 && started)
            return Error{ErrorKind::disconnected, 0,
                         "the stream ended in the middle of the expected data"};
        if (*moved == 0)
            return false;
        started = true;
        rest = rest.subspan(*moved);
    }
    return true;
}

IoResult AsyncChannel::write_rest(ByteView buffer, std::size_t& done) {
    while (done != buffer.size()) {
        const auto moved = QIO_TRY(channel_->write(buffer.subspan(done)));
        if (!moved)
            return std::nullopt;
        done += *moved;
    }
    return done;
}

IoResult AsyncChannel::write_rest(IovecCursor& cursor, std::size_t total) {
    while (!cursor.at_end()) {
        const auto moved = QIO_TRY(channel_->writev(cursor.window()));
        if (!moved)
            return std::nullopt;
        cursor.advance(*moved);
    }
    return total;
}

} // namespace qio
