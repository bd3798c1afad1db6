// The bytes of one client: a bounded input queue, and what is to be sent.
#include "ui/vnc/connection.hpp"

#include <algorithm>
#include <array>

#include "ui/vnc/rfb/reader.hpp"

namespace qio::vnc {

namespace {

// Bytes per read, so that a client that floods us leaves time for the others.
constexpr std::size_t max_read = 16 * 1024;
constexpr std::size_t max_input = max_client_message_bytes + max_read;

// Buffers per write: the rows of some strips, since pixels are sent from where they are.
constexpr std::size_t max_buffers = 128;

} // namespace

Connection::Connection(Channel& channel, ConnectionHandler& handler,
                       GMainContext* context)
    : channel_(channel), handler_(handler), input_(max_input),
      watch_(
          channel, Condition::in, [this](Condition condition) { on_ready(condition); },
          context) {}

void Connection::stop() {
    watch_.reset();
    output_.clear();
}

void Connection::on_ready(Condition condition) {
    const auto keep = handler_.keep_alive();
    if (has(condition, Condition::out) && !is_drained())
        flush();
    if (!watch_.is_active() || !has(condition, ~Condition::out))
        return;
    if (reading_)
        read();
    else if (has(condition, Condition::err | Condition::hup))
        fail(std::nullopt);
}

void Connection::watch() {
    if (!watch_.is_active())
        return;
    auto asked = reading_ ? Condition::in : Condition::none;
    if (!is_drained())
        asked |= Condition::out;
    watch_.set_condition(asked);
}

void Connection::pause_reading() {
    reading_ = false;
    watch();
}

void Connection::resume_reading() {
    const auto keep = handler_.keep_alive();
    reading_ = true;
    watch();
    if (watch_.is_active() && !input_.empty())
        show_input();
}

void Connection::read() {
    // Every message fits with room to spare, so a full queue cannot be a whole message.
    const std::size_t room = std::min(max_read, input_.room());
    const auto count = channel_.read(input_.prepare(room));
    if (!count)
        return fail(count.error());
    if (!*count)
        return;
    if (**count == 0)
        return fail(std::nullopt);
    input_.commit(**count);
    show_input();
}

void Connection::show_input() {
    const std::size_t used = handler_.on_input(input_.readable());
    input_.consume(used);
}

void Connection::flush() {
    if (!watch_.is_active() || is_drained() || !send())
        return;
    watch();
    if (is_drained())
        handler_.on_drained();
}

bool Connection::send() {
    while (!is_drained()) {
        std::array<iovec, max_buffers> buffers;
        const auto used = output_.gather(buffers);
        const auto count = channel_.writev(std::span(buffers).first(used));
        if (!count) {
            fail(count.error());
            return false;
        }
        if (!*count)
            return true;
        output_.consume(**count);
        sent_bytes_ += **count;
    }
    return true;
}

void Connection::fail(std::optional<Error> error) {
    stop();
    handler_.on_end(std::move(error));
}

} // namespace qio::vnc
