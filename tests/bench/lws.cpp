// libwebsockets as a server, on the loop of its own that it comes with.
#include <libwebsockets.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "tests/bench/harness.hpp"
#include "tests/bench/rivals.hpp"

namespace qio::bench {

namespace {

constexpr std::size_t buffer_size = 64 * 1024;

using LwsContext = Handle<lws_context, &lws_context_destroy>;

/// As its documentation has it: one message for each call that says that it is writable.
class LwsRival final : public Rival {
public:
    LwsRival(UniqueFd near, int far) : context_(make_context()) {
        send_request(far);
        // It owns the descriptor from here on.
        if (lws_adopt_socket(context_.get(), near.release()) == nullptr)
            give_up("libwebsockets does not take the socket");
        while (connection_ == nullptr)
            lws_service(context_.get(), 0);
        receive_response(far);
    }

    void receive(std::size_t payload) override {
        left_ = payload;
        while (left_ != 0)
            lws_service(context_.get(), 0);
    }

    void send(ByteView message, std::size_t count, Drain& drain) override {
        message_ = message;
        to_send_ = count;
        block_.resize(LWS_PRE + message.size());
        lws_callback_on_writable(connection_);
        while (!drain.is_done())
            lws_service(context_.get(), 0);
    }

    std::function<void()> waker() override {
        return [context = context_.get()] { lws_cancel_service(context); };
    }

private:
    static int callback(lws* connection, lws_callback_reasons reason, void*, void*,
                        size_t size) noexcept {
        auto* const self =
            static_cast<LwsRival*>(lws_context_user(lws_get_context(connection)));
        if (reason == LWS_CALLBACK_ESTABLISHED)
            self->connection_ = connection;
        else if (reason == LWS_CALLBACK_RECEIVE)
            self->left_ -= size;
        else if (reason == LWS_CALLBACK_SERVER_WRITEABLE && self->to_send_ != 0)
            self->send_one();
        return 0;
    }

    LwsContext make_context() {
        lws_set_log_level(LLL_ERR, nullptr);
        protocols_[0] = {"binary", &LwsRival::callback, 0, buffer_size, 0, nullptr, 0};
        lws_context_creation_info info{};
        info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
        info.protocols = protocols_.data();
        info.pt_serv_buf_size = buffer_size;
        info.user = this;
        lws_context* const context = lws_create_context(&info);
        if (context == nullptr)
            give_up("libwebsockets does not start");
        return LwsContext(context);
    }

    void send_one() {
        // It writes the header in front of the message and may change it.
        std::memcpy(block_.data() + LWS_PRE, message_.data(), message_.size());
        auto* const data = reinterpret_cast<unsigned char*>(block_.data() + LWS_PRE);
        if (lws_write(connection_, data, message_.size(), LWS_WRITE_BINARY) < 0)
            give_up("libwebsockets does not send");
        if (--to_send_ != 0)
            lws_callback_on_writable(connection_);
    }

    std::array<lws_protocols, 2> protocols_{};
    LwsContext context_;
    lws* connection_ = nullptr;
    std::size_t left_ = 0;
    ByteView message_;
    Bytes block_;
    std::size_t to_send_ = 0;
};

} // namespace

std::unique_ptr<Rival> make_lws_rival(UniqueFd near, int far) {
    return std::make_unique<LwsRival>(std::move(near), far);
}

} // namespace qio::bench
