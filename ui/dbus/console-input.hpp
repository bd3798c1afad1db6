// internal: what viewers of a console do, passed on to the machine.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "ui/dbus/input-queue.hpp"
#include "ui/dbus/latest-sender.hpp"
#include "ui/dbus/remote.hpp"
#include "ui/dbus/screen.hpp"
#include "ui/input.hpp"
#include "ui/keymap.hpp"

namespace qio::dbus {

/// Who has the machine's clipboard.
class ClipboardOwner {
public:
    /// A viewer has copied a text.
    virtual void set_text(std::string utf8) = 0;
    /// A viewer wants the text that the machine has announced.
    virtual void want_text() = 0;

protected:
    ~ClipboardOwner() = default;
};

/// Without a machine, what viewers do is lost.
///
/// Context: the one of the servers and of the machine.
class ConsoleInput final : public ui::InputSink {
public:
    /// `keymap` knows the keys of viewers that tell no codes; null: they do nothing.
    ConsoleInput(std::string path, ClipboardOwner& clipboard,
                 std::shared_ptr<const ui::Keymap> keymap);

    /// Whom to tell, until the next call; null: nobody.
    void set_remote(Remote* remote);
    /// Where the pointer can be, by the console's properties.
    void set_size(const Size& size) { size_ = size; }

    void key(const ui::KeyEvent& event) override;
    void pointer(const ui::PointerEvent& event) override;
    void pointer_motion(int dx, int dy, std::uint16_t buttons) override;
    void cut_text(std::string utf8) override;
    void clipboard_wanted() override { clipboard_.want_text(); }
    /// Tells the machine the size of its new monitor. Once it has said that it cannot
    /// change it, viewers are told so.
    ui::ResizeAnswer resize_request(int width, int height) override;

private:
    std::uint32_t code_of(const ui::KeyEvent& event);
    void push(InputCall::Kind kind, std::int32_t a, std::int32_t b = 0);
    void set_buttons(std::uint16_t buttons);
    void send(const InputCall& call);
    void send_size(const Size& size);

    const std::string path_;
    ClipboardOwner& clipboard_;
    const std::shared_ptr<const ui::Keymap> keymap_;
    Remote* remote_ = nullptr;
    std::uint64_t epoch_ = 0; // grows with each set_remote(): answers may be late
    InputQueue queue_;
    LatestSender<Size> sizes_;
    Size size_{};
    std::uint16_t buttons_ = 0;
    std::map<std::uint32_t, std::uint32_t> pressed_; // keysym: the code it stands for
    bool can_resize_ = true;
};

} // namespace qio::dbus
