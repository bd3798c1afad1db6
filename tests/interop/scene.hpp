// internal: a picture that moves in steps, the same in every run, and how far a client's
// picture is from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ui/pixel-format.hpp"
#include "ui/surface.hpp"

namespace qio::interop {

inline constexpr int scene_width = 642, scene_height = 487; // no multiples of any tile
inline constexpr int last_step = 24;

/// 0x00RRGGBB of one pixel at a step: a photograph that moves sideways, a palette, text
/// that scrolls by 8 rows a step, and a square on a plain ground.
std::uint32_t scene_pixel(int x, int y, int step);

void draw_scene(ui::Surface& surface, int step);

/// Rows of pixels as a client's library decoded them.
struct ClientPicture {
    int width = 0;
    int height = 0;
    std::size_t stride = 0; ///< bytes
    const std::byte* data = nullptr;
    ui::PixelFormat format{};
};

struct Difference {
    std::size_t pixels = 0; ///< how many are not what they should be
    int largest = 0;        ///< of one colour of one pixel, of 255
    int x = 0, y = 0;       ///< the first one
};

/// The scene in the format of the picture and the size of it.
class ExpectedScene {
public:
    ExpectedScene(const ClientPicture& like, int step);

    bool fits(const ClientPicture& shown) const;
    /// Requires: fits().
    Difference difference(const ClientPicture& shown) const;

private:
    int width_;
    int height_;
    ui::PixelFormat format_;
    std::vector<std::uint32_t> values_; ///< of pixels in the client's format
};

} // namespace qio::interop
