// What encoders cost and make of a desktop, and of what it consists of.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/harness.hpp"
#include "tests/ui/vnc/encodings/drawings.hpp"
#include "ui/vnc/encodings/encoders.hpp"

namespace qio::bench {

namespace {

using FramePtr = std::shared_ptr<const ui::Frame>;

struct Picture {
    std::string name;
    FramePtr frame;
};

FramePtr draw_photo(int width, int height) {
    std::mt19937 random(2);
    return test::draw(width, height, [&](int x, int y) {
        const auto grain = unsigned(random()) % 9;
        return (unsigned(x * 200 / width) + grain) << 16 |
               (unsigned(y * 180 / height) + grain) << 8 |
               (unsigned(x * y / 900) + grain) % 256;
    });
}

FramePtr draw_gradient(int width, int height) {
    return test::draw(width, height, [&](int x, int y) {
        return unsigned(x * 255 / width) << 16 | unsigned(y * 255 / height) << 8 | 0x40;
    });
}

std::vector<Picture> pictures(const Options& options) {
    const int width = 1280, height = options.quick ? 100 : 800;
    return {
        {"desktop", test::draw_desktop(width, height)},
        {"text", test::draw_text(width, height)},
        {"one colour", test::draw_solid(width, height, 0x336699)},
        {"gradient", draw_gradient(width, height)},
        {"photo", draw_photo(width, height)},
        {"noise", test::draw_colours(width, height, 1 << 24)},
    };
}

std::string name_of(vnc::Encoding encoding) {
    switch (encoding) {
    case vnc::Encoding::Raw:
        return "Raw";
    case vnc::Encoding::RRE:
        return "RRE";
    case vnc::Encoding::Hextile:
        return "Hextile";
    case vnc::Encoding::Zlib:
        return "Zlib";
    case vnc::Encoding::TRLE:
        return "TRLE";
    case vnc::Encoding::ZRLE:
        return "ZRLE";
    default:
        return "encoding " + std::to_string(int(encoding));
    }
}

/// One level for all, and more for one that is deflated.
std::vector<int> levels_of(vnc::Encoding encoding) {
    return vnc::has_stream(encoding) ? std::vector{1, 2, 6} : std::vector{2};
}

void run(const Options& options, const Picture& picture) {
    const Table table(options, "Encoding 1280x800, " + picture.name, "ns per pixel");
    const auto& frame = *picture.frame;
    const auto pixels = double(frame.width()) * double(frame.height());
    for (const auto encoding : vnc::encodings())
        for (const int level : levels_of(encoding)) {
            vnc::EncoderSet encoders;
            auto& encoder = encoders.get(encoding);
            vnc::EncodeSettings settings{
                .format = {}, .compression_level = level, .lossy = {}};
            if (vnc::is_always_lossy(encoding))
                settings.lossy.emplace();
            Bytes out;
            const auto work = [&] {
                out.clear();
                encoder.begin(settings);
                encoder.encode(frame, frame.bounds(), out);
            };
            const Comparison comparison({{work, pixels}}, options.quick ? 1 : 5);
            const auto cost = comparison.median(0);
            char bytes[32];
            std::snprintf(bytes, sizeof bytes, "%.3f", double(out.size()) / pixels);
            table.add({.what = name_of(encoding) +
                               (vnc::has_stream(encoding) ? " " + std::to_string(level)
                                                          : std::string()) +
                               ", " + bytes + " bytes per pixel",
                       .ours = cost.nanoseconds,
                       .peer = {},
                       .instructions = cost.instructions});
        }
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    const auto options = qio::bench::parse_options(argc, argv);
    for (const auto& picture : qio::bench::pictures(options))
        qio::bench::run(options, picture);
}
