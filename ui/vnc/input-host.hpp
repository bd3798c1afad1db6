// internal: where the input of clients goes.
#pragma once

#include <memory>

#include "ui/display-changes.hpp"
#include "ui/vnc/keyboard.hpp"

namespace qio::vnc {

class TextTyper;

/// What those who pass input on need of the server.
class InputHost {
public:
    /// Who gets the input; may be null.
    virtual ui::InputSink* input() const = 0;
    /// The one of the machine, whoever types.
    virtual Keyboard& keyboard() = 0;
    /// Who types texts on it.
    virtual TextTyper& typer() = 0;
    /// Lifts the keys that clients hold.
    virtual void lift_keys() = 0;
    /// A client has moved the pointer there, in pixels of the display.
    virtual void pointer_moved(ui::Point position) = 0;
    /// The display as it was when its changes were last taken.
    virtual const ui::DisplayChanges& display_state() const = 0;
    /// While it is held, a call of the emulator may end the server, but not destroy this.
    virtual std::shared_ptr<void> keep_alive() = 0;

protected:
    ~InputHost() = default;
};

} // namespace qio::vnc
