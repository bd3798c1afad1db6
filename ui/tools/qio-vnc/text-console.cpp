// A character device of the machine as a terminal that viewers see.
#include "ui/tools/qio-vnc/text-console.hpp"

#include <utility>

#include "ui/terminal/terminal.hpp"

namespace qio::bridge {

namespace {

class TerminalConsole final : public TextConsole {
public:
    explicit TerminalConsole(dbus::Chardev& chardev)
        : TextConsole(chardev), terminal_([this](ByteView bytes) { send(bytes); }) {
        set_encoding();
        chardev_.use({.opened = [this] { opened(); },
                      .received = [this](ByteView bytes) { terminal_.receive(bytes); },
                      .closed = [this] { closed(); },
                      .changed = [this] { set_encoding(); }});
    }
    ~TerminalConsole() override { chardev_.release(); }

    const std::shared_ptr<ui::Display>& display() const override {
        return terminal_.display();
    }

private:
    /// What a machine that stands still does not take is lost, as keys are.
    void send(ByteView bytes) { (void)chardev_.send(bytes); }

    void opened() {
        if (std::exchange(was_closed_, false))
            tell("connected again");
    }
    void closed() {
        was_closed_ = true;
        tell("the machine has gone, or another program has this line");
    }
    /// On a line of its own, in plain letters, wherever the machine stopped.
    void tell(std::string_view news) {
        terminal_.receive(as_bytes("\x18\x1B[m\r\n[" + std::string(news) + "]\r\n"));
    }
    /// Machines that do not tell are taken to write UTF-8.
    void set_encoding() {
        terminal_.set_encoding(info().encoding == "cp437" ? terminal::Encoding::cp437
                                                          : terminal::Encoding::utf8);
    }

    terminal::Terminal terminal_;
    bool was_closed_ = false;
};

} // namespace

bool TextConsole::is_supported() {
    return true;
}

std::unique_ptr<TextConsole> TextConsole::create(dbus::Chardev& chardev) {
    return std::make_unique<TerminalConsole>(chardev);
}

} // namespace qio::bridge
