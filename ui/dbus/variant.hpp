// internal: handles of GDBus, and values out of GVariants.
#pragma once

#include <gio/gio.h>

#include <optional>
#include <string>

#include "io/base/bytes.hpp"
#include "io/base/handle.hpp"

namespace qio::dbus {

using ConnectionRef = Handle<GDBusConnection, &g_object_unref>;
using MessageRef = Handle<GDBusMessage, &g_object_unref>;
using FdListRef = Handle<GUnixFDList, &g_object_unref>;
using VariantRef = Handle<GVariant, &g_variant_unref>;

/// A reference on a value, which may be floating.
inline VariantRef sink(GVariant* value) {
    return VariantRef(value ? g_variant_ref_sink(value) : nullptr);
}

/// The bytes of child `index`, which is an array of bytes of a tuple.
/// Lifetime: `tuple` must live longer.
inline ByteView bytes_of(GVariant* tuple, std::size_t index) {
    const VariantRef child(g_variant_get_child_value(tuple, index));
    gsize count = 0;
    const void* data = g_variant_get_fixed_array(child.get(), &count, 1);
    return {static_cast<const std::byte*>(data), count};
}

/// What a dictionary of properties has under `key`, if it is of that type.
inline std::optional<std::uint32_t> find_number(GVariant* dictionary, const char* key) {
    guint32 value = 0;
    if (!g_variant_lookup(dictionary, key, "u", &value))
        return std::nullopt;
    return value;
}
inline std::optional<bool> find_bool(GVariant* dictionary, const char* key) {
    gboolean value = FALSE;
    if (!g_variant_lookup(dictionary, key, "b", &value))
        return std::nullopt;
    return value != FALSE;
}
inline std::optional<std::string> find_text(GVariant* dictionary, const char* key) {
    const char* value = nullptr;
    if (!g_variant_lookup(dictionary, key, "&s", &value))
        return std::nullopt;
    return std::string(value);
}

/// The properties of an interface in a{sa{sv}}; null if it is not there.
inline VariantRef find_interface(GVariant* interfaces, const char* interface) {
    return VariantRef(
        g_variant_lookup_value(interfaces, interface, G_VARIANT_TYPE_VARDICT));
}

} // namespace qio::dbus
