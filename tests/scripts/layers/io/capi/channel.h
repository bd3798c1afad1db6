// The C face.
#include "io/core/good.hpp"
