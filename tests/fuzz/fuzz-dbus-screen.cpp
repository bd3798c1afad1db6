// Fuzz target: any messages about a console's picture, in any order, with any arguments.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "tests/fuzz/require.hpp"
#include "ui/dbus/picture.hpp"
#include "ui/dbus/screen.hpp"

using namespace qio;
using namespace qio::dbus;

namespace {

struct Viewer final : ui::DisplayListener {
    explicit Viewer(ui::Display& shown) : display(shown) { display.add_listener(*this); }
    ~Viewer() { display.remove_listener(*this); }
    void display_changed() noexcept override {}
    ui::Display& display;
};

/// Takes arguments off the input; zeros when there are none left.
class Input {
public:
    explicit Input(std::span<const std::byte> bytes) : bytes_(bytes) {}
    bool empty() const { return bytes_.empty(); }
    std::span<const std::byte> bytes(std::size_t count) {
        const auto taken = bytes_.first(std::min(count, bytes_.size()));
        bytes_ = bytes_.subspan(taken.size());
        return taken;
    }
    template <class Number>
    Number number() {
        Number value = 0;
        const auto from = bytes(sizeof value);
        if (!from.empty())
            std::memcpy(&value, from.data(), from.size());
        return value;
    }
    /// Mostly sizes and places that mean something, so that memory lasts.
    std::int32_t place() {
        const auto value = number<std::int16_t>();
        return value % 8 == 7 ? value * 65537 : value % 1024;
    }
    std::uint32_t format() {
        static constexpr std::uint32_t known[] = {
            PIXMAN_x8r8g8b8, PIXMAN_a8r8g8b8, PIXMAN_b8g8r8x8, PIXMAN_r8g8b8,
            PIXMAN_r5g6b5,   PIXMAN_x1r5g5b5, PIXMAN_x8b8g8r8, PIXMAN_a8};
        const auto choice = number<std::uint8_t>();
        return choice < std::size(known) ? known[choice] : choice * 0x01010101u;
    }
    PictureLayout layout() {
        PictureLayout layout;
        layout.width = std::uint32_t(place());
        layout.height = std::uint32_t(place());
        layout.stride = number<std::uint8_t>() % 2 ? number<std::uint32_t>() % 5000
                                                   : (layout.width * 4 + 3) / 4 * 4;
        layout.format = format();
        return layout;
    }

private:
    std::span<const std::byte> bytes_;
};

UniqueFd memory(std::span<const std::byte> content) {
    UniqueFd fd(memfd_create("fuzz", MFD_CLOEXEC));
    const auto written = write(fd.get(), content.data(), content.size());
    fuzz::require(written == ssize_t(content.size()), "memory can be made");
    return fd;
}

void one_message(Screen& screen, Input& input) {
    switch (input.number<std::uint8_t>() % 7) {
    case 0: {
        const auto layout = input.layout();
        (void)screen.scanout(layout, input.bytes(input.number<std::uint8_t>() * 16u));
        break;
    }
    case 1: {
        const auto x = input.place(), y = input.place();
        const auto layout = input.layout();
        (void)screen.update(x, y, layout,
                            input.bytes(input.number<std::uint8_t>() * 16u));
        break;
    }
    case 2: {
        const auto offset = input.number<std::uint32_t>();
        const auto layout = input.layout();
        (void)screen.scanout_map(memory(input.bytes(256)), offset % 300, layout);
        break;
    }
    case 3: {
        const ui::Rect rect{input.place(), input.place(), input.place(), input.place()};
        (void)screen.update_map(rect);
        break;
    }
    case 4: {
        const auto width = std::uint32_t(input.place());
        screen.set_console_size({width, std::uint32_t(input.place())});
        break;
    }
    case 5:
        screen.disable();
        break;
    default: {
        const auto width = input.place(), height = input.place(), hot_x = input.place(),
                   hot_y = input.place();
        (void)cursor_of(width, height, hot_x, hot_y, input.bytes(64));
    }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(std::as_bytes(std::span(data, size)));
    const auto display = std::make_shared<ui::Display>();
    Viewer viewer(*display);
    Screen screen(display, [] {});
    for (int i = 0; i < 64 && !input.empty(); ++i) {
        one_message(screen, input);
        const auto changes = display->take_changes(viewer);
        const auto& surface = *changes.surface;
        const auto damaged = changes.damage.bounds();
        fuzz::require(surface.bounds().contains(damaged), "damage lies inside");
        if (damaged.empty())
            continue;
        // Every pixel that is to be looked at is there.
        std::vector<std::uint32_t> row(std::size_t(surface.width()));
        for (const int y : {damaged.y, int(damaged.bottom()) - 1})
            (void)surface.read_row(0, y, surface.width(),
                                   row.data())[surface.width() - 1];
    }
    return 0;
}
