// Which encodings there are, and one encoder of each.
#include "ui/vnc/encodings/encoders.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

#include "ui/vnc/encodings/hextile.hpp"
#include "ui/vnc/encodings/jpeg.hpp"
#include "ui/vnc/encodings/raw.hpp"
#include "ui/vnc/encodings/rre.hpp"
#include "ui/vnc/encodings/tight-png.hpp"
#include "ui/vnc/encodings/tight.hpp"
#include "ui/vnc/encodings/trle.hpp"
#include "ui/vnc/encodings/zlib.hpp"
#include "ui/vnc/encodings/zrle.hpp"

namespace qio::vnc {

namespace {

template <class Type>
std::unique_ptr<Encoder> make() {
    return std::make_unique<Type>();
}

std::unique_ptr<Encoder> make_zywrle() {
    return std::make_unique<ZrleEncoder>(Encoding::ZYWRLE);
}

struct Row {
    Encoding encoding;
    std::unique_ptr<Encoder> (*make)();
    bool has_stream = false;
    bool (*is_built_in)() = nullptr; // null: always
};

constexpr Row table[] = {
    {Encoding::Raw, &make<RawEncoder>},
    {Encoding::RRE, &make<RreEncoder>},
    {Encoding::Hextile, &make<HextileEncoder>},
    {Encoding::TRLE, &make<TrleEncoder>},
    {Encoding::Zlib, &make<ZlibEncoder>, true},
    {Encoding::ZRLE, &make<ZrleEncoder>, true},
    {Encoding::ZYWRLE, &make_zywrle, true},
    {Encoding::Tight, &make<TightEncoder>},
    {Encoding::JPEG, &make<JpegEncoder>, false, &JpegCompressor::is_built_in},
    {Encoding::TightPNG, &make<TightPngEncoder>},
};

const Row* find(Encoding encoding) {
    const auto* const row = std::ranges::find(table, encoding, &Row::encoding);
    if (row == std::end(table) || (row->is_built_in != nullptr && !row->is_built_in()))
        return nullptr;
    return row;
}

} // namespace

bool can_encode(Encoding encoding) {
    return find(encoding) != nullptr;
}

std::vector<Encoding> encodings() {
    std::vector<Encoding> all;
    std::ranges::transform(table, std::back_inserter(all), &Row::encoding);
    return all;
}

bool is_always_lossy(Encoding encoding) {
    return encoding == Encoding::JPEG;
}

Encoding stream_of(Encoding encoding) {
    return encoding == Encoding::ZYWRLE ? Encoding::ZRLE : encoding;
}

bool has_stream(Encoding encoding) {
    const auto* const row = find(encoding);
    return row != nullptr && row->has_stream;
}

Encoder& EncoderSet::get(Encoding encoding) {
    const auto* const row = find(encoding);
    assert(row != nullptr);
    static_assert(std::size(table) <= std::tuple_size_v<decltype(made_)>);
    auto& encoder = made_[std::size_t(row - table)];
    if (!encoder)
        encoder = row->make();
    return *encoder;
}

} // namespace qio::vnc
