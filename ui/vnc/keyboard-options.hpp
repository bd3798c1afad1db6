// What a server knows of the machine's keyboard.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "ui/keymap.hpp"

namespace qio::vnc {

/// Which scan code a key has whose client tells one itself.
enum class ScanCodes : std::uint8_t {
    of_clients, ///< that one: clients know which key was pressed
    of_keymap,  ///< the layout's for the keysym, as if the client had told no other
};

struct KeyboardOptions {
    /// The machine's layout: which keys give the keysyms of clients that tell no scan
    /// codes, and which give a text. Null: those are passed on as keysyms alone.
    std::shared_ptr<const ui::Keymap> keymap{};
    ScanCodes scan_codes = ScanCodes::of_clients;
    /// Whether clients and the machine keep their lock keys in step. If not, clients are
    /// not told of the machine's lights, and no lock key is tapped for them.
    bool lock_key_sync = true;
    /// From one key event of a typed text to the next; at least a millisecond.
    std::chrono::milliseconds key_delay{10};
    /// Whether the text of a client's clipboard is typed, instead of handed over: for
    /// machines that have no clipboard. Takes a layout.
    bool type_clipboard = false;
};

} // namespace qio::vnc
