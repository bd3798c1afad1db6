// Fuzzes the encoders: any picture, in any pixel format and encoding, as a client sees
// it.
//
// The first bytes of the input choose encoding, format and sizes; then come a few
// segments of a level and a rectangle each, and the rest is the picture.
#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "tests/fuzz/require.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"

using namespace qio;
using namespace qio::vnc;
using fuzz::require;

namespace {

constexpr int max_side = 130; // two of the largest tiles, and a little
constexpr int max_segments = 3;

/// What is left of the input; zeros behind it.
class Input {
public:
    explicit Input(ByteView bytes) : reader_(bytes) {}
    unsigned byte() { return reader_.take<std::uint8_t>().value_or(0); }
    unsigned word() { return reader_.take<std::uint16_t>().value_or(0); }
    bool empty() const { return reader_.remaining() == 0; }
    int from_1_to(int most) { return 1 + int(word()) % most; }

private:
    ByteReader reader_;
};

/// One that any client might send, or the usual one if that is refused.
ui::PixelFormat take_format(Input& input) {
    const auto choice = input.byte();
    if (choice < 128)
        return test::client_formats[choice % std::size(test::client_formats)];
    const auto max = [&] { return std::uint16_t((1u << input.byte() % 17) - 1); };
    const auto shift = [&] { return std::uint8_t(input.byte() % 32); };
    ui::PixelFormat format;
    format.bits_per_pixel = std::uint8_t(8 << choice % 3);
    format.depth = std::uint8_t(input.byte() % 33);
    format.big_endian = (choice & 4) != 0;
    format.red_max = max();
    format.green_max = max();
    format.blue_max = max();
    format.red_shift = shift();
    format.green_shift = shift();
    format.blue_shift = shift();
    return ui::check(format) ? format : ui::server_native();
}

/// Runs of a few colours, or of any number, as far as the input goes, and once more.
std::shared_ptr<const ui::Frame> take_picture(Input& input, int width, int height) {
    const auto colours = 1 + input.byte();
    const auto longest = 1 + input.byte();
    std::vector<std::uint32_t> pixels(std::size_t(width) * std::size_t(height));
    std::uint32_t state = input.word();
    for (std::size_t at = 0; at < pixels.size();) {
        state = state * 1664525 + 1013904223 + (input.empty() ? 0 : input.byte());
        const std::uint32_t colour =
            colours == 256 ? state >> 8 : (state >> 16) % colours * 0x07A52Bu;
        const auto run =
            std::min<std::size_t>(1 + (state >> 5) % longest, pixels.size() - at);
        std::fill_n(pixels.begin() + std::ptrdiff_t(at), run, colour);
        at += run;
    }
    const auto surface =
        ui::Surface::wrap(width, height, width * 4, PIXMAN_x8r8g8b8, pixels.data(), {});
    return *ui::Frame::copy_of(**surface);
}

ui::Rect take_rect(Input& input, int width, int height) {
    const int x = int(input.word()) % width, y = int(input.word()) % height;
    return {x, y, input.from_1_to(width - x), input.from_1_to(height - y)};
}

} // namespace

// F-6: what comes back is what went in, whatever is encoded how
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto all = encodings();
    static std::array<EncoderSet, 2> encoders; // their segments are mixed
    Input input(std::as_bytes(std::span(data, size)));
    const auto choice = input.byte();
    const auto encoding = all[choice % all.size()];
    EncodeSettings settings{.format = take_format(input), .lossy = {}};
    settings.stream_begins = has_stream(encoding);
    if (is_always_lossy(encoding))
        settings.lossy.emplace();
    const int waves = int(choice >> 6);
    if (encoding == Encoding::ZYWRLE && waves > 0)
        settings.lossy = Lossy{.wavelet_level = waves};
    const int width = input.from_1_to(max_side), height = input.from_1_to(max_side);
    struct Segment {
        int level;
        ui::Rect rect;
    };
    std::vector<Segment> segments;
    for (int i = input.from_1_to(max_segments); i > 0; --i)
        segments.push_back({int(input.byte() % 10), take_rect(input, width, height)});
    const auto frame = take_picture(input, width, height);
    const auto expected = test::canvas_of(*frame);
    test::ClientPicture client(width, height, settings.format);
    client.set_wave_level(waves);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        auto& encoder = encoders[i % encoders.size()].get(encoding);
        settings.compression_level = segments[i].level;
        encoder.begin(settings);
        settings.stream_begins = false;
        Bytes out;
        const auto count = encoder.encode(*frame, segments[i].rect, out);
        require(client.apply(out, count), "a client can read it");
        require(settings.lossy || client.shows(expected, segments[i].rect),
                "and sees the picture");
    }
    return 0;
}
