// Random bytes that nobody can predict.
#include "io/base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace qio {

void fill_random(MutableBytes bytes) {
    while (!bytes.empty()) {
        const auto count = getrandom(bytes.data(), bytes.size(), 0);
        if (count < 0 && errno != EINTR)
            std::abort();
        if (count > 0)
            bytes = bytes.subspan(std::size_t(count));
    }
}

} // namespace qio
