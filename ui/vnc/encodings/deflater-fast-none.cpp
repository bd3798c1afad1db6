// In place of the faster Deflater: there is none.
#include "ui/vnc/encodings/deflater-fast.hpp"

namespace qio::vnc {

std::unique_ptr<Deflater> create_fast_deflater() {
    return nullptr;
}

} // namespace qio::vnc
