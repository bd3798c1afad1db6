// How much memory is allocated: for tests that something does not grow.
#pragma once

#include <malloc.h>

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define QIO_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define QIO_TEST_SANITIZED 1
#endif
#endif

#ifdef QIO_TEST_SANITIZED
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace qio::test {

/// Bytes that were allocated and not freed, the large blocks included.
inline std::size_t heap_bytes() {
#ifdef QIO_TEST_SANITIZED
    return __sanitizer_get_current_allocated_bytes();
#else
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
#endif
}

} // namespace qio::test
