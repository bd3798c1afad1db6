// Fuzzes a server behind the handshake: any client bytes in any pieces, between anything
// that an emulator does.
//
// The input is a list of steps, each a byte and what it needs. Another client, which
// behaves, looks on: it must be served, and see the right pixels, to the end.
#include <algorithm>
#include <map>
#include <utility>

#include "tests/fuzz/require.hpp"
#include "tests/ui/vnc/world.hpp"

using namespace qio;
using namespace qio::test;
using fuzz::require;

namespace {

/// The fuzzer's bytes; zeros when they are used up.
class Input {
public:
    explicit Input(ByteView bytes) : reader_(bytes) {}
    bool at_end() const { return reader_.remaining() == 0; }
    int byte() { return reader_.take<std::uint8_t>().value_or(0); }
    ByteView bytes(std::size_t count) {
        return *reader_.take_bytes(std::min(count, reader_.remaining()));
    }

private:
    ByteReader reader_;
};

/// One run: the steps, and what holds during and after them.
class Run {
public:
    explicit Run(ByteView bytes) : input_(bytes) {
        world_.pipe_bytes = 2048;
        world_.show(16, 12);
        world_.emulator.on_resize = [this](int width, int height) {
            if (world_.emulator.answer == ui::ResizeAnswer::accepted)
                show(width, height);
        };
        world_.emulator.on_any = [this] { spring_trap(); };
        bystander_ = world_.watch(
            {rfb::zlib, rfb::extended_desktop_size, rfb::cursor, rfb::desktop_name});
        require(bystander_ != nullptr, "a client that behaves is served");
        join();
    }

    void play() {
        while (!input_.at_end() && world_.server)
            step();
        trap_ = Trap::none;
        if (world_.server)
            end_with_the_server();
        else
            require(run_until([&] { return bystander_->has_ended(); }),
                    "no client outlives its server");
        drain();
        if (always_heard_)
            require(nothing_is_pressed(), "what a client pressed is lifted");
    }

private:
    /// What the emulator does when it is called next.
    enum class Trap { drop_server, close_client, stop_listening, resize, none };

    void step() {
        switch (input_.byte() % 16) {
        case 0:
            return bystander_->request(input_.byte() % 2);
        case 1:
            return world_.draw({input_.byte(), input_.byte(), input_.byte(), 3},
                               0x123456);
        case 2:
            return show(input_.byte(), input_.byte());
        case 3:
            return set_cursor(input_.byte());
        case 4:
            return (void)world_.display->set_name(
                std::string(std::size_t(input_.byte()), 'n'));
        case 5:
            return world_.display->bell();
        case 6:
            world_.emulator.answer = ui::ResizeAnswer(input_.byte() % 4);
            return;
        case 7:
            return input_.byte() % 2 ? client_->pause() : client_->resume();
        case 8:
            client_->close();
            return join();
        case 9:
            trap_ = Trap(input_.byte() % 5);
            return;
        case 10:
            return listen(input_.byte() % 2);
        case 11:
            return turn(input_.byte() % 8);
        default:
            return client_->send(input_.bytes(std::size_t(input_.byte())));
        }
    }

    void turn(int times) {
        while (times-- > 0)
            g_main_context_iteration(nullptr, FALSE);
        require(bystander_->broken().empty(), bystander_->broken().c_str());
    }

    void show(int width, int height) {
        world_.show(std::clamp(width, 1, 40), std::clamp(height, 1, 40));
    }

    void set_cursor(int side) {
        if (side > 20)
            return world_.display->set_cursor(std::nullopt);
        const std::vector<std::uint32_t> pixels(std::size_t(side * side), 0xFFFFFFFF);
        world_.display->set_cursor(*ui::Cursor::make(side, side, 0, 0, pixels));
    }

    void listen(bool yes) {
        world_.display->set_input(yes ? &world_.emulator : nullptr);
        always_heard_ = always_heard_ && yes;
    }

    void spring_trap() {
        switch (std::exchange(trap_, Trap::none)) {
        case Trap::drop_server:
            return world_.server.reset();
        case Trap::close_client:
            return client_->close();
        case Trap::stop_listening:
            return listen(false);
        case Trap::resize:
            return show(20, 30);
        case Trap::none:
            return;
        }
    }

    void join() {
        client_ = world_.connect();
        client_->only_count();
        client_->send(as_bytes("RFB 003.008\n\1\1"));
    }

    void end_with_the_server() {
        client_->close();
        require(world_.has_clients(1), "a client that left is forgotten");
        world_.display->set_input(nullptr);
        require(bystander_->comes_to_show(*world_.surface), "the others see the picture");
        require(drain() < 100, "nothing spins");
    }

    bool nothing_is_pressed() const {
        // By scan code, or by keysym where there is none.
        std::map<std::pair<bool, std::uint32_t>, bool> keys;
        for (const auto& key : world_.emulator.keys)
            keys[{key.xt_keycode.has_value(), key.xt_keycode.value_or(key.keysym)}] =
                key.down;
        const auto& pointers = world_.emulator.pointers;
        return std::ranges::none_of(keys, [](auto& key) { return key.second; }) &&
               (pointers.empty() || pointers.back().buttons == 0);
    }

    Trap trap_ = Trap::none;
    bool always_heard_ = true;
    Input input_;
    World world_;
    ClientPtr bystander_, client_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Run(std::as_bytes(std::span(data, size))).play();
    return 0;
}
