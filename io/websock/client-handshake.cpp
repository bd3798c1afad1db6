// Sends a client's request and receives the response.
#include "io/websock/client-handshake.hpp"

#include <utility>

#include "io/base/trace.hpp"

namespace qio::ws {

ClientHandshake::ClientHandshake(Channel& transport,
                                 const ClientHandshakeOptions& options, ByteQueue& staged,
                                 std::shared_ptr<Task<void>> task, Accepted accepted)
    : transport_(transport), options_(options), staged_(staged), task_(std::move(task)),
      accepted_(std::move(accepted)), key_(make_key()) {
    auto request = make_client_request(options_, key_);
    if (!request) {
        fail(std::move(request).error());
        return;
    }
    request_ = *std::move(request);
    task_->on_abort([this](ErrorKind kind) { fail({kind, 0, "given up"}); });
    watch_ = Watch(
        transport_, Condition::out, [this](Condition) { on_ready(); }, task_->context());
}

void ClientHandshake::on_ready() {
    if (sent_ < request_.size())
        send();
    else
        receive();
}

void ClientHandshake::send() {
    const auto count = transport_.write(as_bytes(request_).subspan(sent_));
    if (!count)
        return fail(Error(count.error()));
    sent_ += count->value_or(0);
    if (sent_ == request_.size())
        watch_.set_condition(Condition::in);
}

void ClientHandshake::receive() {
    const std::size_t room = options_.limits.max_head_bytes - skipped_ - staged_.size();
    const auto count = transport_.read(staged_.prepare(room));
    if (!count)
        return fail(Error(count.error()));
    if (!*count)
        return;
    if (**count == 0)
        return fail({ErrorKind::disconnected, 0,
                     "the server left before its response was whole"});
    staged_.commit(**count);
    if (const auto length = find_head())
        return take_head(*length);
    if (skipped_ + staged_.size() == options_.limits.max_head_bytes)
        fail({ErrorKind::limit, 0, "the head of the response is too large"});
}

/// The length of the head, once it is whole. RFC 9110 §15.2: interim responses in front
/// of it are skipped.
std::optional<std::size_t> ClientHandshake::find_head() {
    while (const auto length = scanner_.scan(staged_.readable())) {
        const auto response =
            parse_response_head(staged_.readable().first(*length), options_.limits);
        if (!response || response->status >= 200 || response->status == 101)
            return length;
        staged_.consume(*length);
        skipped_ += *length;
        scanner_ = {};
    }
    return std::nullopt;
}

/// May be the end of this object.
void ClientHandshake::take_head(std::size_t length) {
    const ByteView head = staged_.readable().first(length);
    auto agreement = check_response(head, options_, key_);
    if (!agreement)
        return fail(std::move(agreement).error());
    staged_.consume(length);
    accept(*std::move(agreement));
}

void ClientHandshake::accept(ClientAgreement agreement) {
    watch_.reset();
    const auto task = std::move(task_);
    task->on_abort({});
    // Its owner may drop us in this call.
    auto accepted = std::move(accepted_);
    accepted(std::move(agreement));
    task->complete({});
}

void ClientHandshake::fail(Error error) {
    QIO_TRACE(websock, handshake_failed, "ioc=%p %s", static_cast<void*>(&transport_),
              error.message.c_str());
    watch_.reset();
    if (const auto task = std::move(task_)) {
        task->fail(std::move(error).with_context("WebSocket handshake"));
        task->on_abort({});
    }
}

} // namespace qio::ws
