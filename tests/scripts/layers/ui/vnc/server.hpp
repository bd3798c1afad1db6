// The server sees all of io, and not the D-Bus consumer.
#pragma once
#include "io/socket/good.hpp"
#include "ui/dbus/good.hpp"
#include "ui/vnc/rfb/good.hpp"
