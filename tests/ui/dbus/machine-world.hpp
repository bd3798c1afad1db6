// A machine of ours and a fake one that it meets without a bus; for tests.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/loop.hpp"
#include "tests/ui/dbus/fake-machine.hpp"
#include "ui/dbus/machine.hpp"
#include "ui/dbus/peer-source.hpp"
#include "ui/dbus/private-link.hpp"

namespace qio::test {

inline constexpr char console_path[] = "/org/qemu/Display1/Console_0";
inline constexpr char invalid[] = "org.qemu.Display1.Error.Invalid";

/// So many zeros, for a call.
inline GVariant* bytes(std::size_t count) {
    const std::vector<std::byte> all(count);
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, all.data(), all.size(), 1);
}

/// A display as its server sees it.
class Viewer final : public ui::DisplayListener {
public:
    explicit Viewer(std::shared_ptr<ui::Display> display) : display_(std::move(display)) {
        display_->add_listener(*this);
    }
    ~Viewer() { display_->remove_listener(*this); }
    void display_changed() noexcept override { g_main_context_wakeup(nullptr); }

    ui::DisplayChanges take() { return display_->take_changes(*this); }
    int width() { return take().surface->width(); }
    int height() { return take().surface->height(); }
    std::uint32_t pixel(int x, int y) {
        const auto surface = take().surface;
        std::uint32_t scratch = 0;
        return surface->bounds().contains(x, y)
                   ? surface->read_row(x, y, 1, &scratch)[0] & 0xFFFFFF
                   : 0xFFFFFFFF;
    }
    ui::Display& display() { return *display_; }

private:
    const std::shared_ptr<ui::Display> display_;
};

/// What happened to a machine.
struct MachineLog {
    int added = 0;
    int unreadable = 0;
    int appeared = 0;
    int vanished = 0;
    std::string reason{};

    dbus::MachineEvents events() {
        return {.console_added = [this](dbus::Console&) { ++added; },
                .unreadable = [this](const dbus::ConsoleInfo&) { ++unreadable; },
                .appeared = [this] { ++appeared; },
                .vanished =
                    [this](const Error& error) {
                        ++vanished;
                        reason = error.message;
                    }};
    }
};

/// The two of them, at the ends of a pair of sockets.
struct PeerWorld {
    explicit PeerWorld(Generation generation = Generation::v10_2,
                       std::shared_ptr<const ui::Keymap> keymap = nullptr,
                       const dbus::Patience& its_patience = patience)
        : fake(generation), machine(log.events(), std::move(keymap), its_patience) {}
    ~PeerWorld() {
        source.reset();
        fake.leave();
    }

    /// Whether they have met, and the first console has a listener.
    bool meet() {
        return begin() && run_until([&] { return fake.has_listener(); });
    }
    /// Whether they have met: the listener may not be there yet.
    bool begin() {
        return connect() && run_until([&] { return log.appeared > 0; });
    }
    /// Whether the machine was asked what it has.
    bool connect() {
        auto sockets = dbus::SocketPair::create();
        if (!sockets)
            return false;
        const auto before = fake.calls("GetManagedObjects").size();
        std::thread thread([&] { fake.meet(std::move(sockets->theirs)); });
        source.emplace(machine, std::move(sockets->ours));
        const bool asked =
            run_until([&] { return fake.calls("GetManagedObjects").size() > before; });
        thread.join();
        return asked;
    }
    static constexpr dbus::Patience patience{.retry_after =
                                                 std::chrono::milliseconds(20)};

    dbus::Console& console() { return *machine.consoles().front(); }
    ui::InputSink& input() { return *console().display()->input(); }

    FakeMachine fake;
    MachineLog log;
    dbus::Machine machine;
    std::optional<dbus::PeerSource> source;
};

} // namespace qio::test
