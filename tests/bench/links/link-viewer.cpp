// A viewer as people use them: it decodes, answers fences and takes continuous updates.
#include "tests/bench/links/link-viewer.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "io/core/timer.hpp"
#include "io/socket/channel-socket.hpp"
#include "tests/bench/harness.hpp"
#include "tests/support/rfb-messages.hpp"

namespace qio::bench {

namespace {

constexpr auto longest_wait = std::chrono::milliseconds(100);

// Of a square of pixels: the mean difference of a channel that nobody minds.
constexpr int side = 16;
constexpr int tolerance = 10;

constexpr std::uint32_t fence_request = 0x80000000;
constexpr std::uint32_t known_fence_flags = 0b111;

std::shared_ptr<Channel> channel_on(UniqueFd socket) {
    auto channel = must(ChannelSocket::from_fd(std::move(socket)));
    must(channel->set_blocking(Blocking::no));
    return channel;
}

int distance(std::uint32_t a, std::uint32_t b) {
    int sum = 0;
    for (const int shift : {0, 8, 16})
        sum += std::abs(int(a >> shift & 0xFF) - int(b >> shift & 0xFF));
    return sum;
}

} // namespace

LinkViewer::LinkViewer(UniqueFd socket) : client_(channel_on(std::move(socket))) {}

void LinkViewer::connect(const Wish& wish) {
    if (!client_.shake_hands())
        give_up("a server does not let us in");
    client_.set_pixel_format(ui::server_native());
    lossy_ = wish.jpeg.has_value();
    client_.set_encodings({int(wish.encoding), int(vnc::Encoding::CopyRect),
                           int(vnc::Encoding::CompressionLevel0) + wish.compression,
                           int(vnc::Encoding::Fence),
                           int(vnc::Encoding::ContinuousUpdates),
                           lossy_ ? int(vnc::Encoding::JPEGQualityLevel0) + *wish.jpeg
                                  : int(wish.encoding)});
    client_.request(false);
}

bool LinkViewer::wait() {
    const auto before = client_.answers();
    bool late = false;
    const Timer timer(longest_wait, [&late] { late = true; });
    while (client_.answers() == before && !late) {
        g_main_context_iteration(nullptr, TRUE);
        if (!client_.broken().empty())
            give_up("a server sends nonsense: " + client_.broken());
        if (client_.has_ended())
            give_up("a server has gone");
        for (const auto& message : std::exchange(client_.messages, {}))
            answer(message);
    }
    client_.updates.clear();
    if (client_.answers() == before)
        return false;
    if (!continuous_)
        client_.request(true);
    return true;
}

void LinkViewer::answer(ByteView message) {
    ByteReader in(message);
    const auto type = vnc::ServerMessageType(in.take<std::uint8_t>().value_or(0));
    if (type == vnc::ServerMessageType::ServerFence)
        return answer_fence(message);
    if (type != vnc::ServerMessageType::EndOfContinuousUpdates || continuous_)
        return;
    continuous_ = true;
    client_.requests = std::numeric_limits<std::size_t>::max();
    Bytes out;
    ByteWriter(out)
        .put(std::uint8_t(vnc::ClientMessageType::EnableContinuousUpdates))
        .put(std::uint8_t(1))
        .put(std::uint32_t(0))
        .put(std::uint16_t(client_.width()))
        .put(std::uint16_t(client_.height()));
    client_.send(out);
}

/// Comes back as it is, without the flag that asks for it.
void LinkViewer::answer_fence(ByteView message) {
    constexpr std::size_t flags_at = 4;
    const auto flags = load_be<std::uint32_t>(message.data() + flags_at);
    if (!(flags & fence_request))
        return;
    Bytes out(message.begin(), message.end());
    store_be(out.data() + flags_at, flags & known_fence_flags);
    client_.send(out);
}

bool LinkViewer::shows(std::span<const std::uint32_t> pixels) const {
    if (!lossy_)
        return std::ranges::equal(client_.picture(), pixels);
    for (int y = 0; y < height(); y += side)
        for (int x = 0; x < width(); x += side)
            if (!is_near(pixels, x, y))
                return false;
    return true;
}

/// Looks at the square that begins there.
bool LinkViewer::is_near(std::span<const std::uint32_t> pixels, int x, int y) const {
    const int right = std::min(x + side, width()), bottom = std::min(y + side, height());
    int sum = 0;
    for (int row = y; row < bottom; ++row)
        for (int column = x; column < right; ++column) {
            const auto at = std::size_t(row) * std::size_t(width()) + std::size_t(column);
            sum += distance(client_.picture()[at], pixels[at]);
        }
    return sum <= tolerance * 3 * (right - x) * (bottom - y);
}

} // namespace qio::bench
