// internal: the clipboard that the machine and its viewers share.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "io/core/timer.hpp"
#include "ui/dbus/console-input.hpp"
#include "ui/dbus/display-set.hpp"
#include "ui/dbus/incoming.hpp"
#include "ui/dbus/latest-sender.hpp"
#include "ui/dbus/remote.hpp"

namespace qio::dbus {

/// Texts only, and of the three selections only the clipboard. The machine's text is
/// fetched when a viewer wants it; a viewer's text is kept here, and handed to the
/// machine in GDBus's thread, because the machine stands still until it has it.
///
/// Context: the one of the machine.
class Clipboard final : public ClipboardOwner {
public:
    /// A machine that has another partner already is asked again after `retry_after`.
    Clipboard(std::shared_ptr<DisplaySet> displays,
              std::chrono::milliseconds retry_after);
    ~Clipboard();
    Clipboard(const Clipboard&) = delete;
    Clipboard& operator=(const Clipboard&) = delete;

    /// The machine has a clipboard: takes part in it until detach(), and offers it what a
    /// viewer has copied before. `remote` is borrowed until then.
    void attach(Remote& remote);
    void detach();

    void set_text(std::string utf8) override;
    void want_text() override;

private:
    class Ours;

    void take_part();
    void send_grab(std::uint32_t serial);
    void ask();
    void receive(Result<VariantRef> reply);

    const std::shared_ptr<DisplaySet> displays_;
    const std::shared_ptr<Ours> ours_;
    Remote* remote_ = nullptr;
    std::unique_ptr<CallFilter> filter_;
    LatestSender<std::uint32_t> grabs_; // their serial numbers
    const std::chrono::milliseconds retry_after_;
    Timer again_;
    bool is_asking_ = false;
    std::uint64_t asked_for_ = 0; // which of the machine's texts
    bool asks_again_ = false;     // for a newer one
};

} // namespace qio::dbus
