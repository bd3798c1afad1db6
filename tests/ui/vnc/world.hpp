// What the server's tests are played in: an emulator, its display, a server, clients.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/loop.hpp"
#include "tests/support/pictures.hpp"
#include "tests/support/rfb-client.hpp"
#include "ui/display.hpp"
#include "ui/vnc/server.hpp"

namespace qio::test {

/// Records its input, and does in each callback what it is told.
class Emulator final : public ui::InputSink {
public:
    std::vector<ui::KeyEvent> keys;
    std::vector<ui::PointerEvent> pointers;
    std::vector<std::string> texts;
    std::vector<std::pair<int, int>> sizes;
    /// dx, dy and buttons of pointers that moved.
    std::vector<std::array<int, 3>> motions;
    std::vector<ui::PowerAction> powers;
    std::size_t wishes = 0; ///< for the clipboard
    bool power_answer = true;
    ui::ResizeAnswer answer = ui::ResizeAnswer::prohibited;
    std::function<void(int width, int height)> on_resize; ///< before the answer
    /// Takes wishes for several screens, too, instead of on_resize.
    std::function<void(const ui::ScreenLayout&)> on_layout;
    std::function<void()> on_any; ///< at the end of each call

    /// Gives back the memory of the records.
    void forget();
    std::size_t calls() const {
        return keys.size() + pointers.size() + texts.size() + sizes.size() +
               motions.size() + powers.size() + wishes;
    }

    void key(const ui::KeyEvent& event) override;
    void pointer(const ui::PointerEvent& event) override;
    void cut_text(std::string utf8) override;
    ui::ResizeAnswer resize_request(int width, int height) override;
    ui::ResizeAnswer layout_request(const ui::ScreenLayout& wish) override;
    void pointer_motion(int dx, int dy, std::uint16_t buttons) override;
    void clipboard_wanted() override;
    bool power(ui::PowerAction action) override;

private:
    void called();
};

/// What carries RFB.
enum class Over { pipe, tcp, tcp6, unix_socket, websocket };
inline constexpr Over everything[] = {Over::pipe, Over::tcp, Over::tcp6,
                                      Over::unix_socket, Over::websocket};
inline constexpr Over plain_and_websocket[] = {Over::pipe, Over::websocket};

using ClientPtr = std::unique_ptr<RfbClient>;

/// One display with a server, on the default context.
class World {
public:
    explicit World(const vnc::ServerOptions& options = {});
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    /// Closes the server and lets everything that is under way come to its end.
    ~World();

    /// Puts a picture on the display.
    std::shared_ptr<ui::Surface> show(int width, int height, unsigned seed = 1);
    /// Draws other pixels in a part of it, and says so.
    void draw(const ui::Rect& rect, std::uint32_t colour);

    /// A channel to the server, ready for RFB.
    std::shared_ptr<Channel> dial(Over over = Over::pipe);
    /// A connection to the listener that the server accepts, where nothing was said yet.
    std::shared_ptr<Channel> dial_socket(const SocketAddress& address);
    /// Where that transport is listened on; opens it first if need be.
    SocketAddress address(Over over);
    /// A client that has said nothing yet.
    ClientPtr connect(Over over = Over::pipe);
    /// A client behind the handshake; null if that failed.
    ClientPtr join(Over over = Over::pipe, bool shared = true);
    /// The same with these encodings and the whole picture.
    ClientPtr watch(std::initializer_list<int> encodings, Over over = Over::pipe);
    /// Whether the server serves, and has connecting, that many (waits for it).
    bool has_clients(std::size_t running, std::size_t connecting = 0);

    const std::shared_ptr<ui::Display> display = std::make_shared<ui::Display>();
    Emulator emulator;
    std::shared_ptr<ui::Surface> surface; ///< the one shown
    std::unique_ptr<vnc::Server> server;
    /// Room each way of in-memory pipes.
    std::size_t pipe_bytes = 64 * 1024;

private:
    SocketAddress listen(Over over);

    std::map<Over, SocketAddress> addresses_;
    std::string folder_; // of unix sockets
};

/// Whether this machine has an IPv6 loopback.
bool has_ipv6();

/// How many descriptors this process has open.
std::size_t open_descriptors();

} // namespace qio::test
