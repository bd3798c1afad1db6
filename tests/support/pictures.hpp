// Pictures for the encoders' tests: every size, padding and client format worth trying.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "tests/support/rfb-decoder.hpp"
#include "ui/pixel-format.hpp"
#include "ui/rect.hpp"
#include "ui/surface.hpp"

namespace qio::test {

inline constexpr ui::PixelFormat client_formats[] = {
    {32, 24, false, true, 255, 255, 255, 16, 8, 0},
    {32, 24, true, true, 255, 255, 255, 16, 8, 0},
    {32, 24, false, true, 255, 255, 255, 0, 8, 16},
    {32, 30, true, true, 1023, 1023, 1023, 0, 10, 20},
    {16, 16, false, true, 31, 63, 31, 11, 5, 0},
    {16, 16, true, true, 31, 63, 31, 11, 5, 0},
    {16, 12, false, true, 15, 15, 15, 0, 4, 8},
    {8, 8, false, true, 7, 7, 3, 0, 3, 6},
    {8, 3, true, true, 1, 1, 1, 6, 3, 0},
};

/// 0 … 65, thinned out between the borders that matter.
inline constexpr int sides[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65};

inline constexpr int paddings[] = {0, 1, 4, 12, 64};

enum class Content { noise, runs };

/// A surface of native pixels in memory that ends with the last pixel.
inline std::shared_ptr<ui::Surface> picture(int width, int height, int padding,
                                            Content content, unsigned seed = 5) {
    std::mt19937 random(seed);
    const int stride = width * 4 + padding;
    const auto memory = std::make_shared<std::vector<std::byte>>(
        std::size_t(stride) * std::size_t(height) - std::size_t(padding));
    std::byte value{};
    for (auto& byte : *memory) {
        if (content == Content::noise || random() % 64 == 0)
            value = std::byte(random());
        byte = value;
    }
    return *ui::Surface::wrap(width, height, stride, PIXMAN_x8r8g8b8, memory->data(),
                              memory);
}

/// What a client of that format has to see of the rectangle.
inline Pixels expected(const ui::Surface& surface, const ui::Rect& rect,
                       const RfbDecoder& decoder) {
    Pixels pixels;
    std::vector<std::uint32_t> scratch(std::size_t(surface.width()));
    for (int y = rect.y; y < rect.y + rect.height; ++y) {
        const auto* row = surface.read_row(0, y, surface.width(), scratch.data());
        for (int x = rect.x; x < rect.x + rect.width; ++x)
            pixels.push_back(decoder.reduced(row[x] & 0xFFFFFF));
    }
    return pixels;
}

} // namespace qio::test
