// What a compression level means for the Tight family.
#include "ui/vnc/encodings/tight-level.hpp"

#include <cassert>
#include <iterator>

namespace qio::vnc {

namespace {

constexpr TightLevel levels[] = {
    {512, 32 * 1024, 16, 8, {0, 1, 0, 0}},    {512, 32 * 1024, 16, 8, {1, 1, 1, 1}},
    {512, 32 * 1024, 16, 8, {1, 2, 2, 1}},    {1024, 64 * 1024, 16, 8, {2, 3, 3, 2}},
    {1024, 64 * 1024, 16, 8, {3, 4, 4, 3}},   {2048, 64 * 1024, 24, 8, {4, 5, 5, 4}},
    {2048, 64 * 1024, 24, 8, {5, 6, 6, 5}},   {2048, 128 * 1024, 32, 16, {6, 7, 7, 6}},
    {2048, 128 * 1024, 32, 16, {7, 8, 8, 7}}, {2048, 128 * 1024, 32, 16, {8, 9, 9, 8}},
};

} // namespace

const TightLevel& tight_level(int compression_level) {
    assert(compression_level >= 0 && compression_level < int(std::size(levels)));
    return levels[compression_level];
}

} // namespace qio::vnc
