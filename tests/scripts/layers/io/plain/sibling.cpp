// Siblings do not know each other.
#include "io/plain/sibling.hpp"
#include "io/socket/good.hpp"
