// The GMainContext a piece of work belongs to, and how to get onto it.
#pragma once

#include <glib.h>

#include <functional>

#include "io/base/api.hpp"
#include "io/base/handle.hpp"

namespace qio {

using ContextRef = Handle<GMainContext, &g_main_context_unref>;
using SourceRef = Handle<GSource, &g_source_unref>;

/// A reference on `context`, or on the caller's thread-default context if it is null
/// (as GIO does).
QIO_API ContextRef context_or_default(GMainContext* context);

/// Runs `function` once on `context` (null = the caller's thread-default), never before
/// this returns. Context: any thread. If the context is never run again, the function is
/// destroyed unrun with it.
QIO_API void post(GMainContext* context, std::move_only_function<void()> function);

} // namespace qio
