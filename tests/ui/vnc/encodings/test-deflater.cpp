// Segments of deflate streams, read by zlib.
#include "ui/vnc/encodings/deflater.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <random>

#include <zlib.h>

#include "tests/support/decoders/inflate-stream.hpp"
#include "tests/support/heap.hpp"
#include "ui/vnc/encodings/deflater-zlib.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

enum class Kind { zeros, words, noise };

Bytes data_of(Kind kind, std::size_t size) {
    std::mt19937 random(11);
    Bytes data(size);
    if (kind != Kind::zeros)
        for (auto& byte : data)
            byte = std::byte(kind == Kind::noise ? random() : random() % 4 * 60);
    return data;
}

Bytes segment(Deflater& deflater, int level, ByteView data, std::size_t piece = 65536) {
    Bytes out;
    deflater.begin(level);
    for (std::size_t at = 0; at < data.size(); at += piece)
        deflater.write(data.subspan(at, std::min(piece, data.size() - at)), out);
    deflater.flush(out);
    return out;
}

bool ends_with_an_empty_block(ByteView segment) {
    const std::byte marker[] = {std::byte(0), std::byte(0), std::byte(0xFF),
                                std::byte(0xFF)};
    return segment.size() >= 4 && std::ranges::equal(segment.last(4), marker);
}

// Every library and level goes on with one stream, whatever came before
void one_reader_follows_all_levels(void**) {
    const auto own = Deflater::create(), other = Deflater::create();
    DeflaterZlib zlib;
    test::InflateStream reader;
    Bytes header;
    append_zlib_header(header);
    assert_true(reader.inflate(header, 0).has_value());
    for (const auto kind : {Kind::zeros, Kind::words, Kind::noise})
        for (const std::size_t size : {0, 1, 3, 1000, 70000})
            for (int level = 0; level <= 9; ++level) {
                const auto data = data_of(kind, size);
                Deflater* const deflaters[] = {own.get(), other.get(), &zlib};
                for (auto* const deflater : deflaters) {
                    const auto packed = segment(*deflater, level, data, 4097);
                    assert_true(reader.inflate(packed, size) == data);
                }
            }
}

// A reader that knows nothing of earlier segments can read each
void a_segment_refers_to_nothing_before_it(void**) {
    const auto deflater = Deflater::create();
    const auto data = data_of(Kind::words, 20000);
    for (int level = 0; level <= 9; ++level) {
        std::optional<Bytes> first;
        for (int i = 0; i < 3; ++i) {
            Bytes packed;
            append_zlib_header(packed);
            const auto part = segment(*deflater, level, data);
            packed.insert(packed.end(), part.begin(), part.end());
            test::InflateStream reader;
            assert_true(reader.inflate(packed, data.size()) == data);
            assert_true(ends_with_an_empty_block(packed));
            // Deterministic: equal settings, equal bytes.
            assert_true(first.value_or(packed) == packed);
            first = packed;
        }
    }
}

// P-RFB-27: all that was written can be read after each flush
void each_flush_can_be_read_at_once(void**) {
    const auto deflater = Deflater::create();
    const auto data = data_of(Kind::words, 3000);
    for (int level = 0; level <= 9; ++level) {
        test::InflateStream reader;
        Bytes out;
        append_zlib_header(out);
        deflater->begin(level);
        for (std::size_t size = 1; size < data.size(); size += 97) {
            deflater->write(ByteView(data).first(size), out);
            deflater->flush(out);
            const auto plain = reader.inflate(out, size);
            assert_true(plain && std::ranges::equal(*plain, ByteView(data).first(size)));
            out.clear();
        }
    }
}

// V-15: more than 32 bits can count, in one segment; a reader comes in shortly before
// that
void a_stream_may_have_any_length(void**) {
    const auto deflater = Deflater::create();
    const Bytes data(std::size_t(1) << 20, std::byte(7));
    Bytes out, plain(data.size() + 1);
    z_stream reader{};
    inflateInit2(&reader, -15);
    inflateSetDictionary(&reader, reinterpret_cast<const Bytef*>(data.data()), 32768);
    deflater->begin(1);
    for (int i = 0; i < 4100; ++i) {
        out.clear();
        deflater->write(data, out);
        deflater->flush(out);
        if (i < 4080)
            continue;
        reader.next_in = reinterpret_cast<Bytef*>(out.data());
        reader.avail_in = uInt(out.size());
        reader.next_out = reinterpret_cast<Bytef*>(plain.data());
        reader.avail_out = uInt(plain.size());
        assert_true(inflate(&reader, Z_SYNC_FLUSH) >= Z_OK && reader.avail_out == 1);
        assert_memory_equal(plain.data(), data.data(), data.size());
    }
    inflateEnd(&reader);
}

void what_cannot_be_compressed_hardly_grows(void**) {
    const auto deflater = Deflater::create();
    const auto data = data_of(Kind::noise, 1 << 20);
    for (const int level : {0, 1, 2, 3, 6})
        assert_true(segment(*deflater, level, data).size() < data.size() * 1001 / 1000);
}

// The best of zlib takes long for nothing.
void the_last_level_is_the_one_before(void**) {
    Bytes data;
    for (unsigned i = 0; i < 200000; ++i)
        data.push_back(std::byte((i * i >> 7) % 23 * (i / 3000 % 7)));
    const auto deflater = Deflater::create();
    const auto eight = segment(*deflater, 8, data);
    assert_true(segment(*deflater, 9, data) == eight);
    assert_true(segment(*deflater, 7, data) != eight);
}

void higher_levels_are_smaller_or_faster(void**) {
    const auto deflater = Deflater::create();
    const auto data = data_of(Kind::words, 200000);
    const auto size = [&](int level) { return segment(*deflater, level, data).size(); };
    assert_true(size(0) > data.size());
    assert_true(size(1) < data.size() / 2);
    assert_true(size(9) <= size(1));
}

// The memory of the first segment is that of all
void segments_allocate_nothing(void**) {
    const auto deflater = Deflater::create();
    const auto data = data_of(Kind::words, 5000);
    Bytes out;
    out.reserve(100000);
    for (const int level : {1, 2, 6}) {
        const auto run = [&] {
            out.clear();
            deflater->begin(level);
            deflater->write(data, out);
            deflater->flush(out);
        };
        run();
        const auto before = test::heap_bytes();
        for (int i = 0; i < 100; ++i)
            run();
        assert_true(test::heap_bytes() == before);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(one_reader_follows_all_levels),
        cmocka_unit_test(a_segment_refers_to_nothing_before_it),
        cmocka_unit_test(each_flush_can_be_read_at_once),
        cmocka_unit_test(a_stream_may_have_any_length),
        cmocka_unit_test(what_cannot_be_compressed_hardly_grows),
        cmocka_unit_test(the_last_level_is_the_one_before),
        cmocka_unit_test(higher_levels_are_smaller_or_faster),
        cmocka_unit_test(segments_allocate_nothing),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
