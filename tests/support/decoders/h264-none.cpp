// H.264 in tests: there is no library for it.
#include "tests/support/decoders/h264-decoder.hpp"

namespace qio::test {

std::unique_ptr<H264Reader> make_h264_reader() {
    return nullptr;
}

bool can_read_h264() {
    return false;
}

} // namespace qio::test
