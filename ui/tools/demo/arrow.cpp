// The demo's mouse pointer.
#include "ui/tools/demo/arrow.hpp"

#include <string_view>

namespace qio::demo {

namespace {

constexpr int width = 14, height = 20;

// '#' edge, '.' inside, ':' and ',' shadow.
constexpr std::string_view pixels = "#             "
                                    "##            "
                                    "#.#           "
                                    "#..#          "
                                    "#...#         "
                                    "#....#        "
                                    "#.....#       "
                                    "#......#      "
                                    "#.......#     "
                                    "#........#    "
                                    "#.........#,  "
                                    "#......####:, "
                                    "#...#..#:::,  "
                                    "#..#:#..#,    "
                                    "#.#:,#..#:    "
                                    "##:, ,#..#,   "
                                    "#:,   #..#:   "
                                    ",,     ##::   "
                                    "       ,::,   "
                                    "         ,    ";
static_assert(pixels.size() == width * height);

std::uint32_t argb_of(char pixel) {
    switch (pixel) {
    case '#':
        return 0xFF0F172A;
    case '.':
        return 0xFFFFFFFF;
    case ':':
        return 0x60000000;
    case ',':
        return 0x28000000;
    default:
        return 0;
    }
}

} // namespace

ui::Cursor arrow_cursor() {
    std::vector<std::uint32_t> argb;
    for (const char pixel : pixels)
        argb.push_back(argb_of(pixel));
    return *ui::Cursor::make(width, height, 0, 0, std::move(argb));
}

} // namespace qio::demo
