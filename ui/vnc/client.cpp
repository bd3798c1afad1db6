// One client, from the accepted channel to its end.
#include "ui/vnc/client.hpp"

#include "io/base/trace.hpp"
#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {

// What was sent with a loss is sent as it is when it has not changed for one to two of
// these.
constexpr std::chrono::milliseconds rest_interval{250};

Pacing::Time now() {
    return std::chrono::steady_clock::now();
}

// Behind more output than this, sound is dropped.
constexpr std::size_t max_backlog_for_audio = 256 * 1024;

} // namespace

Client::Client(std::shared_ptr<ClientHost> host, Transport transport,
               GMainContext* context)
    : host_(std::move(host)), context_(context), transport_(std::move(transport)),
      input_(*host_), next_update_([this] { host_->update_wanted(); }, context) {}

void Client::start(std::chrono::milliseconds deadline) {
    deadline_ = Timer(
        deadline, [this] { end(EndReason::going_away); }, Timer::Repeat::no, context_);
    transport_.open({.context = context_, .deadline = deadline_after(deadline)},
                    [weak = weak_from_this()](const Result<void>& result) {
                        if (const auto self = weak.lock())
                            self->opened(result);
                    });
}

void Client::opened(const Result<void>& result) {
    if (ended_)
        return;
    if (!result)
        return on_end(result.error());
    login_ = std::make_shared<Login>(transport_, host_->security(), *this, context_);
    login_->start();
}

void Client::logged_in(LoginResult result) {
    const auto keep = shared_from_this(); // whoever is told of it may end everything
    who_ = std::move(result);
    who_.identity.view_only |= transport_.security().is_view_only;
    if (!host_->admit(*this, who_.shared))
        return end(EndReason::normal);
    if (ended_)
        return;
    login_.reset();
    run();
}

void Client::login_failed(EndReason reason, std::optional<Error> error) {
    if (error)
        QIO_TRACE(vnc, login_failed, "client=%p %s", static_cast<void*>(this),
                  error->message.c_str());
    end(reason);
}

void Client::end(EndReason reason) {
    const auto keep = shared_from_this();
    const bool is_first = !std::exchange(ended_, true);
    deadline_.reset();
    resize_pause_.reset();
    next_update_.set({});
    rest_.reset();
    if (login_)
        login_->stop();
    if (connection_)
        connection_->stop();
    // Again if the server goes during this: it promises that nothing stays down.
    input_.stop();
    input_.release();
    if (!is_first)
        return;
    QIO_TRACE(vnc, client_ended, "client=%p", static_cast<void*>(this));
    host_->client_ended(*this, transport_, reason);
}

void Client::on_end(std::optional<Error> error) {
    if (error)
        QIO_TRACE(vnc, client_failed, "client=%p %s", static_cast<void*>(this),
                  error->message.c_str());
    end(EndReason::normal);
}

// ---- input

std::size_t Client::on_input(ByteView bytes) {
    std::size_t used = 0;
    bool again = !ended_;
    while (again) {
        handling_ = true;
        used += handle_messages(bytes.subspan(used));
        handling_ = false;
        const bool was_clogged = pacing_.is_clogged();
        connection_->flush();
        again = was_clogged && !pacing_.is_clogged() && !ended_;
    }
    if (!ended_ && pacing_.is_clogged()) {
        paused_ = true;
        connection_->pause_reading();
    }
    send_unasked();
    return used;
}

void Client::run() {
    deadline_.reset();
    connection_.emplace(transport_.channel(), *this, context_);
    const auto& state = host_->display_state();
    updates_.emplace(state, host_->loss());
    extensions_.emplace(state, host_->power_control());
    append_server_init(connection_->output(), updates_->width(), updates_->height(),
                       ui::server_native(), updates_->name());
    connection_->flush();
}

std::size_t Client::handle_messages(ByteView bytes) {
    std::size_t used = 0;
    while (!ended_ && !pacing_.is_clogged()) {
        auto parsed = parse_client_message(bytes.subspan(used), negotiated());
        if (!parsed) {
            QIO_TRACE(vnc, bad_message, "client=%p %s", static_cast<void*>(this),
                      parsed.error().message.c_str());
            end(EndReason::protocol_error);
            break;
        }
        if (!*parsed)
            break;
        used += (*parsed)->consumed;
        std::visit([this](const auto& message) { handle(message); }, (*parsed)->message);
        if (!ended_ && !std::holds_alternative<ClientFence>((*parsed)->message))
            pacing_.message_done(connection_->output());
    }
    return used;
}

// ---- output

void Client::display_changed(DesktopSizeReason size) {
    if (ended_ || !is_running())
        return;
    const auto& state = host_->display_state();
    updates_->display_changed(state, size);
    extensions_->display_changed(state);
    send_audio();
    send_unasked();
}

void Client::watch_losses() {
    if (!host_->refines() || !updates_->has_loss())
        return rest_.reset();
    if (rest_.is_active())
        return;
    const auto tick = [this] {
        updates_->tick();
        send_unasked();
    };
    rest_ = Timer(rest_interval, tick, Timer::Repeat::yes, context_);
}

void Client::on_drained() {
    pacing_.drained();
    send_unasked();
    if (!ended_ && std::exchange(paused_, false))
        connection_->resume_reading();
}

/// Sound that finds no room is not heard: later it would be too late.
void Client::send_audio() {
    if (ended_ || connection_->waiting_bytes() > max_backlog_for_audio)
        return;
    const auto& sound = host_->display_state().audio;
    auto& out = connection_->output();
    extensions_->audio().append_changes(out);
    extensions_->audio().append_samples(sound.format, sound.samples, out);
    connection_->flush();
}

void Client::send_unasked() {
    // What the client has not taken is not added to.
    if (ended_ || handling_ || !is_running() || !connection_->is_drained())
        return;
    auto& out = connection_->output();
    extensions_->append_to(out);
    extensions_->audio().append_changes(out);
    updates_->append_unasked(out);
    connection_->flush();
    send_clipboard_wish();
    if (!ended_ && updates_->is_waiting())
        host_->update_wanted();
}

ClientTraffic Client::traffic() const {
    return meter_.traffic(connection_ ? connection_->sent_bytes() : 0, pacing_.flow());
}

bool Client::takes_update(bool news) const {
    return !ended_ && !handling_ && is_running() && connection_->is_drained() &&
           updates_->is_waiting() && (news || updates_->has_news()) &&
           (updates_->is_asking() || pacing_.may_send(now()));
}

std::optional<EncodeJob>
Client::begin_update(const std::shared_ptr<const ui::Frame>& frame, CopyFinder& finder) {
    updates_->set_link_rate(pacing_.flow().limiting_rate());
    auto job = updates_->begin_update(frame, finder, connection_->output());
    if (job)
        meter_.begun(*job);
    connection_->flush();
    return job;
}

void Client::finish_update(const EncodedRects& encoded) {
    if (ended_)
        return;
    const auto keep = shared_from_this();
    pacing_.before_update(now(), connection_->output());
    if (updates_->finish_update(encoded, connection_->output())) {
        for (const auto& piece : encoded.pieces)
            connection_->add(piece);
        meter_.sent();
        pacing_.update_sent(connection_->waiting_bytes(), now(), connection_->output());
    }
    watch_losses();
    if (updates_->is_continuous())
        next_update_.set(pacing_.flow().ready_at());
    connection_->flush();
    // What had to wait for the update, also if that was abandoned.
    send_unasked();
}

} // namespace qio::vnc
