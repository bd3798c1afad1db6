// cmocka for C++: the linkage it lacks, and without the macro that breaks <iostream>.
// Include it last.
#pragma once

#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <cmocka.h>
}

#undef fail
