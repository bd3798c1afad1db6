// Looks at the first request of a channel: a WebSocket, or a file?
#include <algorithm>

#include "io/core/async-channel.hpp"
#include "io/plain/channel-prefixed.hpp"
#include "io/tools/relay-web.hpp"
#include "io/websock/http-head.hpp"
#include "io/websock/http-text.hpp"

namespace qio::relay {

bool asks_for_websocket(std::string_view head) {
    while (!head.empty()) {
        const auto end = std::min(head.find('\n'), head.size());
        const auto line = head.substr(0, end);
        head.remove_prefix(std::min(end + 1, head.size()));
        const auto colon = std::min(line.find(':'), line.size());
        if (ws::lower_case(line.substr(0, colon)) == "upgrade" &&
            ws::lower_case(line.substr(colon)).contains("websocket"))
            return true;
    }
    return false;
}

Co<Result<SniffedRequest>> sniff_request(ChannelRef channel, LayerOptions options) {
    AsyncChannel input(channel);
    ws::HeadScanner scanner;
    Bytes head(ws::HttpLimits().max_head_bytes);
    std::size_t size = 0;
    std::optional<std::size_t> end;
    while (!end && size < head.size()) {
        auto reading =
            input.read(MutableBytes(head).subspan(size), options.deadline, options.stop);
        const auto count = co_await reading;
        if (!count)
            co_return Error(count.error()).with_context("HTTP");
        if (*count == 0)
            co_return Error{ErrorKind::disconnected, 0,
                            "HTTP: the client left before its request was whole"};
        size += *count;
        end = scanner.scan(ByteView(head).first(size));
    }
    SniffedRequest sniffed;
    const auto text = as_text(ByteView(head).first(end.value_or(size)));
    sniffed.is_upgrade = !end || asks_for_websocket(text);
    head.resize(size);
    sniffed.channel = std::make_shared<ChannelPrefixed>(std::move(head), channel);
    co_return sniffed;
}

} // namespace qio::relay
