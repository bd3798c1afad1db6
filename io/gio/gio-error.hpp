// Errors of GIO as ours, and ours as GIO's.
#pragma once

#include <gio/gio.h>

#include "io/base/error.hpp"
#include "io/base/handle.hpp"

namespace qio {

using GErrorRef = Handle<GError, &g_error_free>;

/// The GIOErrorEnum code for an error of ours; the message stays.
QIO_API GErrorRef to_gerror(const Error& error);
/// The same, where GIO wants it: in `*target`, unless that is null.
QIO_API void set_gerror(GError** target, const Error& error);

/// What GIO, a resolver or a TLS connection reported. Codes without a kind of their own
/// are io; those of TLS are protocol.
QIO_API Error from_gerror(const GError& error);

} // namespace qio
