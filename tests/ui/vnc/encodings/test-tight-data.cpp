// What Tight compresses, byte for byte.
#include "ui/vnc/encodings/tight-data.hpp"

#include "tests/support/decoders/inflate-stream.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

// P-RFB-28: what fits 22 bits
void lengths_take_one_to_three_bytes(void**) {
    const struct {
        std::size_t length;
        std::vector<int> bytes;
    } rows[] = {
        {0, {0}},
        {1, {1}},
        {127, {0x7F}},
        {128, {0x80, 1}},
        {10000, {0x90, 0x4E}},
        {16383, {0xFF, 0x7F}},
        {16384, {0x80, 0x80, 1}},
        {4194303, {0xFF, 0xFF, 0xFF}},
    };
    for (const auto& row : rows) {
        Bytes out;
        append_compact_length(out, row.length);
        assert_int_equal(out.size(), row.bytes.size());
        for (std::size_t i = 0; i < out.size(); ++i)
            assert_int_equal(int(out[i]), row.bytes[i]);
    }
}

Bytes appended(TightData& compressor, TightStream stream, std::size_t size,
               ByteView filter = {}) {
    const Bytes data(size, std::byte(7));
    Bytes out;
    compressor.append(stream, 1, filter, data, out);
    return out;
}

void short_data_is_sent_as_it_is(void**) {
    TightData compressor;
    const auto out = appended(compressor, TightStream::indexed, 11);
    assert_int_equal(out.size(), 1 + 11);
    assert_int_equal(int(out[0]), 0x20);
    assert_int_equal(int(out[1]), 7);
    assert_int_equal(int(appended(compressor, TightStream::indexed, 12)[0]), 0x24);
}

// O-51, P-RFB-27, V-14: a reader that knows nothing of a stream can read every piece
void each_piece_starts_its_stream_anew(void**) {
    TightData compressor;
    const std::byte filter[] = {std::byte(1)};
    for (const int stream : {0, 1, 2, 3, 3, 0}) {
        const auto out = appended(compressor, TightStream(stream), 100, filter);
        assert_int_equal(int(out[0]), 0x40 | stream << 4 | 1 << stream);
        assert_int_equal(int(out[1]), 1);
        assert_int_equal(out.size(), 3 + std::size_t(out[2]));
        test::InflateStream reader;
        const auto plain = reader.inflate(ByteView(out).subspan(3), 100);
        assert_true(plain.has_value());
        assert_true(*plain == Bytes(100, std::byte(7)));
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(lengths_take_one_to_three_bytes),
        cmocka_unit_test(short_data_is_sent_as_it_is),
        cmocka_unit_test(each_piece_starts_its_stream_anew),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
