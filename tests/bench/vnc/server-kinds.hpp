// The VNC servers that are measured, each to be run in a process of its own.
#pragma once

#include <span>
#include <vector>

#include "io/base/unique-fd.hpp"
#include "ui/rect.hpp"
#include "ui/vnc/rfb/types.hpp"

namespace qio::bench {

/// What a server's process is given.
struct Stage {
    std::uint32_t* pixels; ///< 0x00RRGGBB, shared with who draws
    int width;
    int height;
    UniqueFd control;              ///< where damage comes from; its end is the server's
    std::vector<UniqueFd> clients; ///< connected sockets
    const char* address;           ///< to listen on, for a server that takes no sockets
    int port;
};

/// Damage that came; nothing when whoever draws has gone.
std::vector<ui::Rect> take_damage(const Stage& stage);

struct ServerKind {
    const char* name;
    /// Serves until the control socket ends. Null: the library was not there when this
    /// was built.
    void (*serve)(Stage& stage);
    bool listens = false; ///< on the port, for clients that it accepts
    bool has_few = false; ///< of the encodings only Raw, ZRLE and Tight without loss
    bool has_zlib = true; ///< and not only the others
    bool is_there() const { return serve != nullptr; }
    bool has(vnc::Encoding encoding) const;
};

enum class ServerName : std::uint8_t {
    ours,
    one_thread, ///< ours, with one thread that encodes
    two_threads,
    libvncserver,
    neatvnc,
    xvnc, ///< TigerVNC's X server, which a client of it draws to
};
const ServerKind& server_kind(ServerName name);

void serve_ours(Stage& stage);
void serve_ours_on_one(Stage& stage);
void serve_ours_on_two(Stage& stage);
void serve_libvncserver(Stage& stage);
void serve_neatvnc(Stage& stage);
void serve_xvnc(Stage& stage);

} // namespace qio::bench
