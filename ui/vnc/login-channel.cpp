// What a login puts on top of the client's channel: TLS, layers, bytes read ahead.
#include "ui/vnc/login.hpp"

#include <cassert>

#include "io/plain/channel-prefixed.hpp"
#include "io/tls/channel-tls.hpp"
#include "ui/vnc/channel-layered.hpp"

namespace qio::vnc {

/// Takes the step when all output has left, from the main loop: the connection may then
/// be replaced.
void Login::after_drained(Step step) {
    when_drained_ = step;
    connection_->flush();
    if (!stopped_ && connection_->is_drained())
        on_drained();
}

void Login::on_drained() {
    if (when_drained_ == nullptr)
        return;
    post(context_,
         [weak = weak_from_this(), step = std::exchange(when_drained_, nullptr)] {
             const auto self = weak.lock();
             if (self && !self->stopped_)
                 (self.get()->*step)();
         });
}

void Login::begin_tls() {
    assert(connection_->unread().empty());
    connection_->stop();
    auto tls =
        ChannelTls::server(transport_.shared_channel(), *security_->options.tls,
                           {.authorization = security_->options.tls_authorization});
    if (!tls)
        return fail(EndReason::normal, tls.error());
    tls_ = *tls;
    transport_.put_on_top(tls_);
    tls_->handshake({.context = context_},
                    [weak = weak_from_this()](const Result<void>& result) {
                        const auto self = weak.lock();
                        if (self && !self->stopped_)
                            self->tls_started(result);
                    });
}

void Login::tls_started(const Result<void>& result) {
    if (!result)
        return fail(EndReason::normal, result.error());
    dname_ = tls_->info().peer_name;
    connection_.emplace(*tls_, *this, context_);
    const auto done = handshake_.tls_started(way(), connection_->output());
    go_on(done);
}

void Login::put_layer() {
    reconnect(connection_->unread());
    transport_.put_on_top(
        std::make_shared<ChannelLayered>(std::move(layer_), transport_.shared_channel()));
    connection_.emplace(transport_.channel(), *this, context_);
}

/// What was read already comes again, to whoever reads the channel next.
void Login::reconnect(ByteView unread) {
    if (!unread.empty())
        transport_.put_on_top(std::make_shared<ChannelPrefixed>(
            Bytes(unread.begin(), unread.end()), transport_.shared_channel()));
}

void Login::finish() {
    reconnect(connection_->unread());
    LoginResult result{.identity = handshake_.identity(),
                       .x509_dname = request().x509_dname,
                       .shared = handshake_.is_shared()};
    stop();
    handler_.logged_in(std::move(result));
}

} // namespace qio::vnc
