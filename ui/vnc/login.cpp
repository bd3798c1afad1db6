// Drives the handshake over a client's connection, up to ClientInit.
#include "ui/vnc/login.hpp"

#include <cassert>
#include <ctime>

#include "io/base/trace.hpp"
#include "io/tls/channel-tls.hpp"

namespace qio::vnc {

namespace {

using auth::AttemptLimiter;

auth::EpochSeconds epoch_now() {
    return auth::EpochSeconds(std::time(nullptr));
}

constexpr const char* too_many = "Too many failed attempts. Try again later.";

auth::Outcome outcome_of(LoginDecision decision, auth::Identity identity) {
    if (decision == LoginDecision::refuse)
        return auth::Refused("the program refuses the client");
    // Nobody gets more by this than what was proved.
    identity.view_only |= decision == LoginDecision::view_only;
    return auth::Accepted(std::move(identity));
}

/// Refuses when it is dropped unanswered.
class Answer {
public:
    explicit Answer(LoginAnswer answer) : answer_(std::move(answer)) {}
    Answer(Answer&&) noexcept = default;
    Answer& operator=(Answer&&) = delete;
    ~Answer() { give(LoginDecision::refuse); }
    void give(LoginDecision decision) {
        if (auto answer = std::exchange(answer_, nullptr))
            answer(decision);
    }

private:
    LoginAnswer answer_;
};

} // namespace

Login::Login(Transport& transport, const std::shared_ptr<Security>& security,
             LoginHandler& handler, GMainContext* context)
    : transport_(transport), security_(security->state()), handler_(handler),
      context_(context), offer_(offer()),
      handshake_(
          offer_.types,
          [this](SecurityType type) {
              return make_authenticator(security_, offer_, type, way());
          },
          offer_.why_none) {}

void Login::start() {
    connection_.emplace(transport_.channel(), *this, context_);
    handshake_.start(connection_->output());
    connection_->flush();
}

void Login::stop() {
    stopped_ = true;
    delay_.reset();
    if (connection_)
        connection_->stop();
}

void Login::fail(EndReason reason, std::optional<Error> error) {
    if (std::exchange(stopped_, true))
        return;
    const auto keep = shared_from_this();
    stop();
    handler_.login_failed(reason, std::move(error));
}

void Login::on_end(std::optional<Error> error) {
    fail(EndReason::normal, std::move(error));
}

// ---- what is known

bool Login::counts_failures() const {
    const auto& transport = transport_.security();
    return !transport.address.empty() && !transport.is_trusted &&
           !security_->policy.methods.empty();
}

bool Login::is_blocked() const {
    return counts_failures() &&
           security_->limiter.is_blocked(transport_.security().address,
                                         AttemptLimiter::Time::clock::now());
}

Offer Login::offer() const {
    if (is_blocked())
        return {.why_none = too_many};
    return make_offer(security_->policy, transport_.security());
}

auth::Way Login::way() const {
    const auto& transport = transport_.security();
    auth::Way way{.encrypted = transport.encrypted,
                  .anonymous = false,
                  .key_bits = transport.key_bits,
                  .is_local = transport.is_unix,
                  .local = transport.local_end,
                  .remote = transport.remote_end};
    if (tls_) {
        way.encrypted = true;
        way.anonymous = security_->policy.tls == OfferPolicy::Tls::anonymous;
        way.key_bits = unsigned(tls_->info().key_size * 8);
    }
    return way;
}

LoginRequest Login::request() const {
    const auto& transport = transport_.security();
    return {.method = handshake_.method(),
            .user = handshake_.identity().user,
            .x509_dname = dname_.empty() ? transport.peer_dname : dname_,
            .address = transport.address,
            .view_only = handshake_.identity().view_only};
}

// ---- the client's bytes

std::size_t Login::on_input(ByteView bytes) {
    std::size_t used = 0;
    handling_ = true;
    bool goes_on = true;
    while (goes_on && !stopped_) {
        // Those who tried at the same time have not been counted when they came.
        if (handshake_.is_authenticating() && is_blocked())
            handshake_.turn_down(too_many);
        const auto count =
            handshake_.advance(bytes.subspan(used), epoch_now(), connection_->output());
        if (!count) {
            connection_->flush();
            fail(EndReason::protocol_error, count.error());
            break;
        }
        used += *count;
        goes_on = serve(bytes.subspan(used));
    }
    handling_ = false;
    if (!stopped_)
        connection_->flush();
    return used;
}

/// Does what the handshake waits for. Whether that was done at once, so that it goes on.
bool Login::serve(ByteView rest) {
    const auto wait = handshake_.wait();
    switch (wait) {
    case Handshake::Wait::client:
        return false;
    case Handshake::Wait::check:
        check();
        break;
    case Handshake::Wait::authorization:
        ask_for_authorization();
        break;
    case Handshake::Wait::tls:
        // What came before TLS would be taken for what was said in it.
        assert(rest.empty());
        connection_->pause_reading();
        after_drained(&Login::begin_tls);
        return false;
    case Handshake::Wait::refusal:
        put_off_refusal();
        return false;
    case Handshake::Wait::nothing:
        connection_->pause_reading();
        after_drained(&Login::finish);
        return false;
    }
    (void)rest;
    if (stopped_)
        return false;
    const bool is_answered = handshake_.wait() != wait;
    if (!is_answered)
        connection_->pause_reading();
    return is_answered && !layer_;
}

// ---- what others decide

/// Calls `answered` once, as long as there is somebody to be told.
LoginAnswer Login::answer_to(void (Login::*answered)(LoginDecision)) {
    auto answer = std::make_shared<Answer>(
        [weak = weak_from_this(), answered](LoginDecision decision) {
            const auto self = weak.lock();
            if (self && !self->stopped_)
                (self.get()->*answered)(decision);
        });
    return
        [answer = std::move(answer)](LoginDecision decision) { answer->give(decision); };
}

void Login::check() {
    auto answer = answer_to(&Login::checked);
    auto asked = request();
    asked.user = handshake_.question().user;
    const auto check = security_->options.check_password;
    if (check)
        check(asked, std::string(handshake_.question().password), std::move(answer));
}

void Login::checked(LoginDecision decision) {
    const auto outcome = outcome_of(decision, {.user = handshake_.question().user});
    go_on(handshake_.checked(outcome, connection_->output()));
}

void Login::ask_for_authorization() {
    const auto authorize = security_->options.authorize;
    if (!authorize)
        return authorized(LoginDecision::control);
    authorize(request(), answer_to(&Login::authorized));
}

void Login::authorized(LoginDecision decision) {
    const auto outcome = outcome_of(decision, handshake_.identity());
    const auto done = handshake_.authorized(outcome, connection_->output());
    if (done && decision != LoginDecision::refuse) {
        if (counts_failures())
            security_->limiter.succeeded(transport_.security().address);
        if ((layer_ = handshake_.take_layer())) {
            connection_->pause_reading();
            return after_drained(&Login::put_layer);
        }
    }
    go_on(done);
}

/// After an answer that came at once the loop of on_input() goes on by itself.
void Login::go_on(const Result<void>& done) {
    if (!done)
        return fail(EndReason::protocol_error, done.error());
    if (handling_)
        return;
    connection_->flush();
    if (!stopped_)
        proceed();
}

/// Goes on from outside of on_input().
void Login::proceed() {
    const auto keep = shared_from_this();
    if (handshake_.wait() == Handshake::Wait::client)
        return connection_->resume_reading();
    handling_ = true;
    const bool goes_on = serve(connection_->unread());
    handling_ = false;
    if (stopped_)
        return;
    connection_->flush();
    if (goes_on && !stopped_)
        proceed();
}

// ---- refusing

void Login::put_off_refusal() {
    QIO_TRACE(vnc, login_refused, "login=%p %s", static_cast<void*>(this),
              handshake_.why_refused().c_str());
    connection_->pause_reading();
    if (counts_failures() && !is_blocked())
        security_->limiter.failed(transport_.security().address,
                                  AttemptLimiter::Time::clock::now());
    delay_ = Timer(
        AttemptLimiter::answer_delay,
        [this] {
            const auto keep = shared_from_this(); // a write that fails ends us
            handshake_.refuse(connection_->output());
            connection_->flush();
            fail(EndReason::normal, std::nullopt);
        },
        Timer::Repeat::no, context_);
}

} // namespace qio::vnc
