// Pure code that wants the server.
#include "ui/vnc/server.hpp"
