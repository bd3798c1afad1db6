// Zlib encoding, seen by a client that keeps one inflate stream.
#include "ui/vnc/encodings/zlib.hpp"

#include <type_traits>

#include "tests/support/pictures.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

static_assert(!std::is_copy_constructible_v<ZlibEncoder>);
static_assert(!std::is_move_constructible_v<ZlibEncoder>);
static_assert(!std::is_move_assignable_v<DeflateStream>);

/// One connection: an encoder and the client behind it.
struct Connection {
    std::unique_ptr<ZlibEncoder> encoder;
    ui::PixelConverter converter;
    test::RfbDecoder decoder;

    Connection(const ui::PixelFormat& format, int level)
        : encoder(*ZlibEncoder::create(level)), converter(format), decoder(format) {}

    bool shows(const ui::Surface& surface, const ui::Rect& rect) {
        Bytes out;
        encoder->encode(surface, rect, converter, out);
        const auto seen = decoder.zlib(out, std::size_t(rect.width * rect.height));
        return seen && *seen == test::expected(surface, rect, decoder);
    }
};

// V-16, V-25, CVE-04: every size, client format and padding, in one stream per format
void a_client_sees_the_picture(void**) {
    for (const auto content : {test::Content::noise, test::Content::runs}) {
        for (const auto& format : test::client_formats) {
            Connection connection(format, 1);
            assert_true(connection.encoder->encoding() == Encoding::Zlib);
            for (const int padding : test::paddings) {
                const auto surface = test::picture(70, 70, padding, content);
                for (const int width : test::sides)
                    for (const int height : test::sides)
                        assert_true(connection.shows(
                            *surface, {70 - width, 70 - height, width, height}));
            }
        }
    }
}

// More output than any buffer inside, compressible or not
void large_pictures_come_whole(void**) {
    for (const auto content : {test::Content::noise, test::Content::runs}) {
        const auto surface = test::picture(1366, 300, 0, content);
        for (const int level : {0, 1, 6, 9}) {
            Connection connection(ui::server_native(), level);
            assert_true(connection.shows(*surface, surface->bounds()));
            assert_true(connection.shows(*surface, {5, 5, 1, 1}));
            assert_true(connection.shows(*surface, surface->bounds()));
        }
    }
}

// V-16: sizes around those where a flush fills the output buffer to the last byte
void output_of_any_length_is_flushed(void**) {
    const auto surface = test::picture(16384, 2, 0, test::Content::noise);
    Connection connection({8, 8, false, true, 7, 7, 3, 0, 3, 6}, 0);
    for (int width = 16384 - 64; width <= 16384; ++width)
        assert_true(connection.shows(*surface, {0, 0, width, 1}));
    for (int width = 8192 - 32; width <= 8192; ++width)
        assert_true(connection.shows(*surface, {0, 0, width, 2}));
}

void a_small_rectangle_can_be_read_at_once(void**) {
    const auto surface = test::picture(1, 1, 0, test::Content::noise);
    Connection connection(ui::server_native(), 9);
    for (int i = 0; i < 100; ++i)
        assert_true(connection.shows(*surface, {0, 0, 1, 1}));
}

void an_empty_rectangle_has_an_empty_payload(void**) {
    const auto surface = test::picture(8, 8, 0, test::Content::noise);
    Connection connection(ui::server_native(), 6);
    for (const auto& rect : {ui::Rect{3, 3, 0, 4}, ui::Rect{3, 3, 4, 0}, ui::Rect{}}) {
        Bytes out;
        connection.encoder->encode(*surface, rect, connection.converter, out);
        assert_true(out == Bytes(4));
    }
    assert_true(connection.shows(*surface, {0, 0, 8, 8}));
}

// P-RFB-27: the stream goes on through every change; stored blocks are easy to tell by
// their size.
void the_level_can_change_between_rectangles(void**) {
    const auto surface = test::picture(200, 200, 0, test::Content::runs);
    Connection connection(ui::server_native(), 0);
    for (const int level : {9, 0, 1, 1, 0, 6, 9, 2, 0}) {
        connection.encoder->set_level(level);
        Bytes out;
        connection.encoder->encode(*surface, surface->bounds(), connection.converter,
                                   out);
        const auto seen = connection.decoder.zlib(out, 200 * 200);
        assert_true(seen.has_value());
        assert_true(*seen ==
                    test::expected(*surface, surface->bounds(), connection.decoder));
        assert_int_equal(out.size() > 200 * 200 * 4, level == 0);
    }
}

void refuses_levels_that_do_not_exist(void**) {
    assert_false(ZlibEncoder::create(-1).has_value());
    assert_false(ZlibEncoder::create(10).has_value());
}

// CVE-11: a thousand connections leave nothing behind (the leak checker counts)
void a_thousand_connections_leave_nothing_behind(void**) {
    const auto surface = test::picture(4, 4, 0, test::Content::noise);
    const ui::PixelConverter converter;
    for (int i = 0; i < 1000; ++i) {
        const auto encoder = *ZlibEncoder::create(i % 10);
        Bytes out;
        if (i % 2 == 0)
            encoder->encode(*surface, surface->bounds(), converter, out);
        assert_int_equal(out.empty(), i % 2);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_client_sees_the_picture),
        cmocka_unit_test(large_pictures_come_whole),
        cmocka_unit_test(output_of_any_length_is_flushed),
        cmocka_unit_test(a_small_rectangle_can_be_read_at_once),
        cmocka_unit_test(an_empty_rectangle_has_an_empty_payload),
        cmocka_unit_test(the_level_can_change_between_rectangles),
        cmocka_unit_test(refuses_levels_that_do_not_exist),
        cmocka_unit_test(a_thousand_connections_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
