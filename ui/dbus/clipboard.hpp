// internal: the clipboard that the machine and its viewers share.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

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
    explicit Clipboard(std::shared_ptr<DisplaySet> displays);
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

    void send_grab(std::uint32_t serial);
    void receive(Result<VariantRef> reply);

    const std::shared_ptr<DisplaySet> displays_;
    const std::shared_ptr<Ours> ours_;
    Remote* remote_ = nullptr;
    std::unique_ptr<CallFilter> filter_;
    LatestSender<std::uint32_t> grabs_; // their serial numbers
    bool is_asking_ = false;
};

} // namespace qio::dbus
