// The C face is for programs in C.
#include "io/capi/channel.h"
