// Big-endian loads and stores, the reader's bounds and the writer's layout.
#include "io/base/bytes.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;

namespace {

void stores_and_loads_big_endian_at_any_alignment(void**) {
    std::byte buffer[16] = {};
    store_be<std::uint32_t>(buffer + 1, 0x01020304u);
    assert_int_equal(int(buffer[1]), 1);
    assert_int_equal(int(buffer[4]), 4);
    assert_int_equal(load_be<std::uint32_t>(buffer + 1), 0x01020304u);
    store_be<std::uint64_t>(buffer + 3, 0x0102030405060708u);
    assert_true(load_be<std::uint64_t>(buffer + 3) == 0x0102030405060708u);
    assert_int_equal(load_be<std::uint8_t>(buffer + 3), 1);
}

void reader_stops_at_the_end(void**) {
    Bytes bytes;
    ByteWriter(bytes).put<std::uint16_t>(0xABCD).put<std::uint8_t>(9);
    ByteReader reader(bytes);
    assert_false(reader.take<std::uint32_t>().has_value());
    assert_int_equal(*reader.take<std::uint16_t>(), 0xABCD);
    assert_int_equal(reader.remaining(), 1);
    assert_false(reader.take_bytes(2).has_value());
    assert_int_equal(*reader.take<std::uint8_t>(), 9);
    assert_false(reader.take<std::uint8_t>().has_value());
    assert_true(reader.take_bytes(0).has_value());
}

void writer_pads_with_zeros(void**) {
    Bytes bytes(3, std::byte(0xFF));
    ByteWriter(bytes).put_zeros(2).put_bytes(as_bytes("x"));
    assert_int_equal(bytes.size(), 6);
    assert_int_equal(int(bytes[3]), 0);
    assert_int_equal(int(bytes[4]), 0);
    assert_int_equal(int(bytes[5]), 'x');
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(stores_and_loads_big_endian_at_any_alignment),
        cmocka_unit_test(reader_stops_at_the_end),
        cmocka_unit_test(writer_pads_with_zeros),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
