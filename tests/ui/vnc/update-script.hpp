// A little language for the update state machine: what happens to it, and what it sends.
#pragma once

#include <string>
#include <string_view>

namespace qio::test {

/// Plays a script of blank-separated steps on an UpdateSender of a 64 × 48 display named
/// "one", and tells what it sent, in words.
///
/// Steps: `!` append what may be sent · `inc`, `full`, `full:x,y,w,h` requests ·
/// `enc:raw+zlib+ds+eds+cur+name+key` encodings · `fmt:32|16|8|map` pixel format ·
/// `damage:x,y,w,h` · `size:WxH` another surface · `cursor:N` (N × N), `nocursor` ·
/// `name:TEXT` · `bell` · `answer:STATUS` to a SetDesktopSize.
///
/// Result: for each `!` the messages, or `-`: `bell`, `map`, and updates as
/// `[eds REASON/STATUS WxH]`, `[ds WxH]`, `[raw x,y,wxh cursor 4x4 name=one key]`.
/// "BROKEN: why" if a client cannot make sense of them.
std::string play(std::string_view script);

} // namespace qio::test
