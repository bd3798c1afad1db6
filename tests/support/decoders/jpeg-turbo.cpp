// JPEG images in tests, read by libjpeg-turbo.
#include <turbojpeg.h>

#include "tests/support/decoders/tight-decoder.hpp"

namespace qio::test {

std::optional<Pixels> read_jpeg(ByteView image, int width, int height) {
    const auto handle = tjInitDecompress();
    const auto* const bytes = reinterpret_cast<const unsigned char*>(image.data());
    const auto size = static_cast<unsigned long>(image.size());
    int found_width = 0, found_height = 0, subsampling = 0, colours = 0;
    std::vector<unsigned char> rgb;
    bool is_good = tjDecompressHeader3(handle, bytes, size, &found_width, &found_height,
                                       &subsampling, &colours) == 0 &&
                   found_width == width && found_height == height;
    if (is_good) {
        rgb.resize(std::size_t(width) * std::size_t(height) * 3);
        is_good = tjDecompress2(handle, bytes, size, rgb.data(), width, 0, height,
                                TJPF_RGB, 0) == 0;
    }
    tjDestroy(handle);
    if (!is_good)
        return std::nullopt;
    Pixels pixels;
    for (std::size_t i = 0; i < rgb.size(); i += 3)
        pixels.push_back(std::uint32_t(rgb[i] << 16 | rgb[i + 1] << 8 | rgb[i + 2]));
    return pixels;
}

} // namespace qio::test
