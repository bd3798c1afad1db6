// A TLS server's end as GIO has it (glib-networking), on the same main loop.
#pragma once

#include <gio/gio.h>

#include <functional>
#include <memory>

#include "io/base/bytes.hpp"
#include "tests/bench/tls-peers.hpp"

namespace qio::bench {

/// Whether glib-networking is there.
bool has_gio_tls();

/// Reads and writes as a program does that uses its pollable streams.
class GioTls {
public:
    /// Shakes hands with a client on another thread.
    GioTls(const TlsIdentity& identity, UniqueFd near);
    ~GioTls();
    GioTls(const GioTls&) = delete;
    GioTls& operator=(const GioTls&) = delete;

    /// Reads until it would block, and again when its source calls, until so many
    /// bytes have come.
    void receive(std::size_t bytes, MutableBytes buffer);
    /// Writes `bytes` so many times, and returns when the last has been taken.
    void send(ByteView bytes, std::size_t count);

private:
    static gboolean on_readable(GObject*, gpointer self) noexcept;
    static gboolean on_writable(GObject*, gpointer self) noexcept;
    bool read_on();
    bool write_on();
    void run_source(GSource* source, GPollableSourceFunc callback);

    Handle<GIOStream, &g_object_unref> stream_;
    MutableBytes buffer_;
    ByteView bytes_, rest_;
    std::size_t left_ = 0;
};

} // namespace qio::bench
