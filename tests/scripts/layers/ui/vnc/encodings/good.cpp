// Includes what it may.
#include "io/base/good.hpp"
#include "ui/vnc/rfb/good.hpp"
