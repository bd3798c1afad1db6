// One template for every pointer a C library hands out and wants back.
#pragma once

#include <memory>

namespace qio {

/// Calls the C function `free_function` on the pointer it is given.
template <auto free_function>
struct Freed {
    template <class T>
    void operator()(T* pointer) const noexcept {
        free_function(pointer);
    }
};

/// A unique_ptr of pointer size that releases with a C function: Handle<GSource,
/// &g_source_unref>.
template <class T, auto free_function>
using Handle = std::unique_ptr<T, Freed<free_function>>;

} // namespace qio
