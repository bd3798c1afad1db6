// internal: asks the compiler for SIMD in the functions behind it, in optimised builds.
// Include it last, and in a source file only.
#pragma once

// Clang does this at -O2 anyway; GCC 12 only where it needs no check at run time.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("tree-vectorize", "vect-cost-model=dynamic")
#endif
