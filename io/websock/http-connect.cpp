// Asking an HTTP proxy for a tunnel: the CONNECT method.
#include "io/websock/http-connect.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "io/base/digest.hpp"
#include "io/core/watch.hpp"
#include "io/websock/http-text.hpp"

namespace qio::ws {

namespace {

constexpr std::string_view head_end = "\r\n\r\n";

Error unusable(const char* what) {
    return {ErrorKind::invalid_argument, 0, what};
}

/// How many bytes can be read from a head that does not end with head_end yet, and none
/// from behind it.
std::size_t safe_to_read(std::string_view head) {
    std::size_t seen = head_end.size() - 1;
    while (!head.ends_with(head_end.substr(0, seen)))
        --seen;
    return head_end.size() - seen;
}

/// One http_connect(): lives as long as its watch.
class ConnectRequest : public std::enable_shared_from_this<ConnectRequest> {
public:
    ConnectRequest(std::shared_ptr<Channel> channel, HttpConnectOptions options,
                   std::shared_ptr<Task<void>> task)
        : channel_(std::move(channel)), options_(std::move(options)),
          task_(std::move(task)) {}

    void start() {
        auto request = make_connect_request(options_);
        if (!request)
            return finish(std::move(request).error());
        request_ = *std::move(request);
        task_->on_abort([self = shared_from_this()](ErrorKind kind) {
            self->finish(Error{kind, 0, "given up"});
        });
        watch_ = Watch(
            *channel_, Condition::out,
            [self = shared_from_this()](Condition) { self->on_ready(); },
            task_->context());
    }

private:
    void on_ready() {
        const auto keep = shared_from_this();
        if (sent_ < request_.size())
            send();
        else
            receive();
    }

    void send() {
        const auto count = channel_->write(as_bytes(request_).subspan(sent_));
        if (!count)
            return finish(Error(count.error()));
        sent_ += count->value_or(0);
        if (sent_ == request_.size())
            watch_.set_condition(Condition::in);
    }

    // A peer that speaks first may have done so already: its bytes stay in the channel.
    void receive() {
        while (!head_.ends_with(head_end)) {
            if (head_.size() == options_.limits.max_head_bytes)
                return finish(Error{ErrorKind::limit, 0, "the response is too large"});
            std::array<std::byte, head_end.size()> bytes;
            const std::size_t room = std::min(
                safe_to_read(head_), options_.limits.max_head_bytes - head_.size());
            const auto count = channel_->read(MutableBytes(bytes).first(room));
            if (!count)
                return finish(Error(count.error()));
            if (!*count)
                return;
            if (**count == 0)
                return finish(Error{ErrorKind::disconnected, 0,
                                    "the proxy left before its response was whole"});
            head_ += as_text(ByteView(bytes).first(**count));
        }
        take_head();
    }

    void take_head() {
        const auto response = parse_response_head(as_bytes(head_), options_.limits);
        // RFC 9110 §15.2: a client skips interim responses.
        if (response && response->status < 200) {
            options_.limits.max_head_bytes -= head_.size();
            head_.clear();
            return receive();
        }
        finish(check_connect_response(as_bytes(head_), options_));
    }

    void finish(Result<void> result) {
        watch_.reset();
        if (const auto task = std::move(task_)) {
            if (result)
                task->complete({});
            else
                task->fail(std::move(result).error().with_context("HTTP proxy"));
            task->on_abort({});
        }
    }

    const std::shared_ptr<Channel> channel_;
    HttpConnectOptions options_;
    std::shared_ptr<Task<void>> task_;
    std::string request_;
    std::size_t sent_ = 0;
    std::string head_;
    Watch watch_;
};

} // namespace

Result<std::string> make_connect_request(const HttpConnectOptions& options) {
    const auto target = parse_authority(options.target);
    if (!target || target->port.empty())
        return unusable("the target of a tunnel is not a name and a port");
    std::string request =
        "CONNECT " + options.target + " HTTP/1.1\r\nHost: " + options.target + "\r\n";
    if (const auto& who = options.credentials) {
        // RFC 7617 §2.
        if (who->user.contains(':') || !is_field_value(who->user) ||
            !is_field_value(who->password))
            return unusable("a proxy's user name or password cannot be sent");
        request += "Proxy-Authorization: Basic " +
                   base64_encode(as_bytes(who->user + ":" + who->password)) + "\r\n";
    }
    for (auto& field : options.fields) {
        if (!is_extra_field(field))
            return unusable("a field for the proxy is malformed, or not to be sent");
        request += field.name + ": " + field.value + "\r\n";
    }
    return request + "\r\n";
}

Result<void> check_connect_response(ByteView head, const HttpConnectOptions& options) {
    const auto response = QIO_TRY(parse_response_head(head, options.limits));
    // A length is of no account here: what follows the head is the tunnel.
    if (response.status / 100 == 2)
        return {};
    const bool is_denied =
        response.status == 401 || response.status == 403 || response.status == 407;
    return Error{is_denied ? ErrorKind::permission_denied : ErrorKind::protocol, 0,
                 "no tunnel: " + std::to_string(response.status) + " (" +
                     printable(response.reason) + ")"};
}

void http_connect(const std::shared_ptr<Channel>& channel, HttpConnectOptions connect,
                  const OperationOptions& options, Completion<void> completion) {
    OperationOptions limited = options;
    const Deadline latest = deadline_after(connect.deadline);
    limited.deadline = options.deadline ? std::min(options.deadline, latest) : latest;
    auto task = Task<void>::start(limited, std::move(completion));
    std::make_shared<ConnectRequest>(channel, std::move(connect), std::move(task))
        ->start();
}

} // namespace qio::ws
