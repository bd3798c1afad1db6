// Display state that wants a channel.
#include "io/core/good.hpp"
#include "ui/vnc/rfb/good.hpp"
