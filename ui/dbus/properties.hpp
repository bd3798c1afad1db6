// internal: the properties that our own objects show.
#pragma once

#include <initializer_list>

#include "ui/dbus/incoming.hpp"

namespace qio::dbus {

/// Answers a call to org.freedesktop.DBus.Properties of an object whose interface
/// `interface` has one property: Interfaces, the list of its extensions.
Answer answer_properties(const Call& call, const char* interface,
                         std::initializer_list<const char*> extensions);

/// That no such method is there, or not with these arguments.
Answer unknown_method(const Call& call);

} // namespace qio::dbus
