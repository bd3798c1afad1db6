// Boost.Beast as a server, on Asio's loop.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/websocket.hpp>

#include "tests/bench/harness.hpp"
#include "tests/bench/rivals.hpp"

namespace qio::bench {

namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using ErrorCode = boost::system::error_code;

class BeastRival final : public Rival {
public:
    BeastRival(UniqueFd near, int far)
        : stream_(asio::ip::tcp::socket(context_, asio::ip::tcp::v4(), near.release())),
          buffer_(64 * 1024) {
        // Like ours: a message is a frame.
        stream_.auto_fragment(false);
        stream_.binary(true);
        send_request(far);
        ErrorCode error;
        stream_.accept(error);
        check(error);
        receive_response(far);
    }

    void receive(std::size_t payload) override {
        left_ = payload;
        read();
        run_until([this] { return left_ == 0; });
    }

    void send(ByteView message, std::size_t count, Drain& drain) override {
        message_ = message;
        to_send_ = count;
        write();
        // The peer may have the last bytes before this end knows that they are written.
        run_until([&] { return to_send_ == 0 && drain.is_done(); });
    }

    std::function<void()> waker() override {
        return [this] { asio::post(context_, [] {}); };
    }

private:
    static void check(const ErrorCode& error) {
        if (error)
            give_up("Boost.Beast: " + error.message());
    }

    void run_until(const std::function<bool()>& done) {
        const auto work = asio::make_work_guard(context_);
        context_.restart();
        while (!done())
            context_.run_one();
    }

    void read() {
        stream_.async_read_some(asio::buffer(buffer_.data(), buffer_.size()),
                                [this](const ErrorCode& error, std::size_t count) {
                                    check(error);
                                    left_ -= count;
                                    if (left_ != 0)
                                        read();
                                });
    }

    void write() {
        stream_.async_write(asio::buffer(message_.data(), message_.size()),
                            [this](const ErrorCode& error, std::size_t) {
                                check(error);
                                if (--to_send_ != 0)
                                    write();
                            });
    }

    asio::io_context context_{1};
    websocket::stream<asio::ip::tcp::socket> stream_;
    Bytes buffer_;
    std::size_t left_ = 0;
    ByteView message_;
    std::size_t to_send_ = 0;
};

} // namespace

std::unique_ptr<Rival> make_beast_rival(UniqueFd near, int far) {
    return std::make_unique<BeastRival>(std::move(near), far);
}

} // namespace qio::bench
