// internal: takes the sound that gtk-vnc receives, and says what it is like.
#pragma once

#include <vncconnection.h>

#include "tests/interop/conversation.hpp"

namespace qio::interop {

/// "listen FORMAT CHANNELS RATE": asks for sound. Says "sound starts FORMAT CHANNELS
/// RATE", "sound LARGEST-LEFT LARGEST-RIGHT" once a hundred samples came that are not all
/// silent (S16 with two channels), and "sound stops".
void start_listening(VncConnection* connection, const Words& words);

} // namespace qio::interop
