// A sequence of pictures as H.264: there is none, the library was built without.
#include "ui/vnc/encodings/h264-compressor.hpp"

namespace qio::vnc {

std::unique_ptr<H264Compressor> H264Compressor::create(int, int, int) {
    return nullptr;
}

bool H264Compressor::is_built_in() {
    return false;
}

} // namespace qio::vnc
