// Carries out the server's side of the opening handshake on a channel.
#include "io/websock/server-handshake.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "io/base/trace.hpp"

namespace qio::ws {

namespace {

// How much, and how long, is read away behind a refused request.
constexpr std::size_t max_linger_bytes = 64 * 1024;
constexpr std::chrono::milliseconds max_linger_time{1000};

/// The time as an HTTP date (RFC 9110 §5.6.7), whatever the locale.
std::string http_date() {
    constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 64> text;
    std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                  days[utc.tm_wday], utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900,
                  utc.tm_hour, utc.tm_min, utc.tm_sec);
    return text.data();
}

} // namespace

ServerHandshake::ServerHandshake(Channel& transport, const HandshakePolicy& policy,
                                 ByteQueue& staged, FrameOutput& output,
                                 std::shared_ptr<Task<void>> task, Accepted accepted)
    : transport_(transport), policy_(policy), staged_(staged), output_(output),
      task_(std::move(task)), accepted_(std::move(accepted)) {
    task_->on_abort([this](ErrorKind kind) { aborted(kind); });
    watch_ = Watch(
        transport_, Condition::in, [this](Condition) { on_ready(); }, task_->context());
}

void ServerHandshake::on_ready() {
    if (state_ == State::receiving)
        receive();
    else if (state_ == State::answering)
        send();
    else if (state_ == State::lingering)
        linger();
}

void ServerHandshake::receive() {
    const std::size_t room = policy_.limits.max_head_bytes - staged_.size();
    const auto count = transport_.read(staged_.prepare(room));
    if (!count)
        return fail(Error(count.error()).with_context("WebSocket handshake"));
    if (!*count)
        return;
    if (**count == 0)
        return fail({ErrorKind::disconnected, 0,
                     "WebSocket handshake: the peer left before its request was whole"});
    staged_.commit(**count);
    if (const auto length = scanner_.scan(staged_.readable())) {
        auto result =
            answer_handshake(staged_.readable().first(*length), policy_, http_date());
        staged_.consume(*length);
        answer(std::move(result));
    } else if (staged_.size() == policy_.limits.max_head_bytes) {
        answer(refuse_handshake(head_too_large(), policy_, http_date()));
    }
}

void ServerHandshake::answer(HandshakeAnswer answer) {
    QIO_TRACE(websock, handshake_answered, "ioc=%p status=%d %s",
              static_cast<void*>(&transport_), answer.status, answer.problem.c_str());
    answer_ = std::move(answer);
    output_.queue_raw(as_bytes(answer_.response));
    state_ = State::answering;
    watch_.set_condition(Condition::out);
    send();
}

void ServerHandshake::send() {
    const auto flushed = output_.flush(transport_);
    if (!flushed)
        return fail(Error(flushed.error()).with_context("WebSocket handshake"));
    if (*flushed)
        answered();
}

void ServerHandshake::answered() {
    if (!answer_.accepted) {
        state_ = State::lingering;
        (void)transport_.shutdown(Direction::write);
        watch_.set_condition(Condition::in);
        linger_timer_ = Timer(
            max_linger_time, [this] { finish(); }, Timer::Repeat::no, task_->context());
        return linger();
    }
    state_ = State::done;
    watch_.reset();
    const auto task = std::move(task_);
    task->on_abort({});
    // Its owner may drop us in this call.
    auto accepted = std::move(accepted_);
    accepted(std::move(answer_));
    task->complete({});
}

void ServerHandshake::linger() {
    std::array<std::byte, 4096> scratch;
    while (lingered_ < max_linger_bytes) {
        const auto count = transport_.read(scratch);
        if (count && !*count)
            return;
        if (!count || **count == 0)
            break;
        lingered_ += **count;
    }
    finish();
}

void ServerHandshake::finish() {
    fail({ErrorKind::protocol, 0,
          "WebSocket handshake refused (" + std::to_string(answer_.status) +
              "): " + answer_.problem});
}

void ServerHandshake::aborted(ErrorKind kind) {
    // The task has failed already; a word to a late peer if it can leave at once.
    if (kind == ErrorKind::timed_out && state_ == State::receiving) {
        const auto refusal = refuse_handshake(
            {408, "The request did not arrive in time.", {}}, policy_, http_date());
        (void)transport_.write(as_bytes(refusal.response));
    }
    fail({kind, 0, "WebSocket handshake: given up"});
}

void ServerHandshake::fail(Error error) {
    state_ = State::done;
    watch_.reset();
    linger_timer_.reset();
    if (const auto task = std::move(task_)) {
        task->fail(std::move(error));
        task->on_abort({});
    }
}

} // namespace qio::ws
