// The client's half of ZYWRLE's waves, for the tests: it undoes what the rule of pairs
// does by looking for the pair.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace qio::test {

class WavesDecoder {
public:
    explicit WavesDecoder(int level) : level_(level) {}

    /// Colours 0x00RRGGBB in the order of the wire become those of a tile.
    void undo(std::vector<std::uint32_t>& colours, int width, int height) const {
        const int grid = 1 << level_;
        const int wave_width = width / grid * grid, wave_height = height / grid * grid;
        if (wave_width == 0 || wave_height == 0)
            return;
        const auto sent =
            std::exchange(colours, std::vector<std::uint32_t>(colours.size()));
        auto from = sent.begin();
        const auto take = [&](int x0, int x1, int y0, int y1, int step) {
            for (int y = y0; y < y1; y += step)
                for (int x = x0; x < x1; x += step)
                    colours[std::size_t(y * width + x)] = *from++;
        };
        for (int step = 1; step < grid; step *= 2) {
            take(step, wave_width, step, wave_height, 2 * step);
            take(0, wave_width, step, wave_height, 2 * step);
            take(step, wave_width, 0, wave_height, 2 * step);
        }
        take(0, wave_width, 0, wave_height, grid);
        take(wave_width, width, 0, wave_height, 1);
        take(0, wave_width, wave_height, height, 1);
        take(wave_width, width, wave_height, height, 1);
        std::vector<int> planes[3];
        for (const int channel : {0, 1, 2}) {
            auto& plane = planes[channel];
            for (const auto colour : colours)
                plane.push_back(byte(int(colour >> 8 * channel)));
            for (int step = grid / 2; step >= 1; step /= 2)
                undo_wave(plane, width, wave_width, wave_height, step);
        }
        for (int y = 0; y < wave_height; ++y)
            for (int x = 0; x < wave_width; ++x) {
                const auto at = std::size_t(y * width + x);
                colours[at] = colour_of(planes[0][at], planes[1][at], planes[2][at]);
            }
    }

private:
    static int byte(int value) { return std::int8_t(std::uint8_t(value)); }

    static std::pair<int, int> forward(int a, int b) {
        if ((a < 0) != (b < 0)) {
            const int low = byte(a + b);
            return {low, (low < 0) == (b < 0) ? byte(a - low) : a};
        }
        const int high = byte(a - b);
        return {(high < 0) == (a < 0) ? byte(b + high) : b, high};
    }

    static std::pair<int, int> backward(int low, int high) {
        static const auto pairs = [] {
            std::map<std::pair<int, int>, std::pair<int, int>> all;
            for (int a = -127; a <= 127; ++a)
                for (int b = -127; b <= 127; ++b)
                    all[forward(a, b)] = {a, b};
            return all;
        }();
        const auto found = pairs.find({low, high});
        return found != pairs.end() ? found->second : std::pair(low, low);
    }

    static void undo_wave(std::vector<int>& plane, int stride, int width, int height,
                          int step) {
        const auto undo_pair = [&](int x, int y, int dx, int dy) {
            auto& low = plane[std::size_t(y * stride + x)];
            auto& high = plane[std::size_t((y + dy) * stride + x + dx)];
            std::tie(low, high) = backward(low, high);
        };
        for (int y = 0; y < height; y += 2 * step)
            for (int x = 0; x < width; x += step)
                undo_pair(x, y, 0, step);
        for (int y = 0; y < height; y += step)
            for (int x = 0; x < width; x += 2 * step)
                undo_pair(x, y, step, 0);
    }

    static std::uint32_t colour_of(int blueness, int luma, int redness) {
        const int u = 2 * blueness, v = 2 * redness;
        const int green = luma + 128 - ((u + v) >> 2);
        const auto put = [](int value) {
            return std::uint32_t(std::clamp(value, 0, 255));
        };
        return put(v + green) << 16 | put(green) << 8 | put(u + green);
    }

    const int level_;
};

} // namespace qio::test
