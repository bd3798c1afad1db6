// JPEG images of parts of a frame: there are none, the library was built without.
#include "ui/vnc/encodings/jpeg-compressor.hpp"

namespace qio::vnc {

std::unique_ptr<JpegCompressor> JpegCompressor::create() {
    return nullptr;
}

bool JpegCompressor::is_built_in() {
    return false;
}

} // namespace qio::vnc
