// A channel of one's own: upper case on the way out, everything else as it was.
#include <cctype>
#include <cstdio>
#include <string>

#include <io/core/transfer.hpp>
#include <io/socket/channel-socket.hpp>

class ChannelUpper final : public qio::Channel {
public:
    explicit ChannelUpper(std::shared_ptr<qio::Channel> transport)
        : transport_(std::move(transport)) {}

private:
    qio::IoResult do_readv(std::span<const iovec> buffers) override {
        return transport_->readv(buffers);
    }
    qio::IoResult do_writev(std::span<const iovec> buffers) override {
        std::string
            upper; // one attempt, maybe a short one: what is not taken comes again
        for (auto& buffer : buffers)
            for (std::size_t i = 0; i < buffer.iov_len && upper.size() < 4096; ++i)
                upper +=
                    char(std::toupper(static_cast<unsigned char*>(buffer.iov_base)[i]));
        return transport_->write(qio::as_bytes(upper));
    }
    qio::Result<void> do_close() override { return transport_->close(); }
    qio::Result<void> do_set_blocking(qio::Blocking blocking) override {
        return transport_->set_blocking(blocking);
    }
    // Nothing is buffered here, so what to wait for is what the channel below waits for.
    qio::Interest do_interest(qio::Condition asked) const override {
        return transport_->interest(asked);
    }
    qio::Condition do_resolve(qio::Condition asked, qio::Condition events) override {
        return transport_->resolve(asked, events);
    }

    std::shared_ptr<qio::Channel> transport_;
};

int main() {
    auto pair = qio::ChannelSocket::socket_pair();
    if (!pair)
        return std::fprintf(stderr, "%s\n", pair.error().message.c_str()), 1;
    const auto upper = std::make_shared<ChannelUpper>(pair->first);
    char answer[6] = {};
    if (!qio::write_all(*upper, qio::as_bytes("hello")) ||
        !qio::read_all(*pair->second, std::as_writable_bytes(std::span(answer, 5))))
        return 1;
    std::puts(answer); // HELLO
}
