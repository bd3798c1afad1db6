// When updates are sent, and what is in them.
#include "ui/vnc/update-sender.hpp"

#include <string_view>

#include "tests/support/pictures.hpp"

#include "tests/ui/vnc/update-rows.hpp"

using namespace qio;
using namespace qio::vnc;
using test::assert_rows;
using test::play;
using test::Row;

namespace {

// V-17: an update answers one request, however much changes
void one_request_gets_one_update(void**) {
    static constexpr Row rows[] = {
        {"!", "-"},
        {"damage:1,1,2,2 !", "-"},
        {"full ! !", "[raw 0,0,64x48] -"},
        {"inc ! !", "[raw 0,0,64x48] -"},
        {"full ! damage:1,1,2,2 ! damage:5,5,2,2 ! inc ! !",
         "[raw 0,0,64x48] - - [raw 1,1,2x2 raw 5,5,2x2] -"},
        {"full ! inc ! damage:1,1,2,2 ! damage:1,1,2,2 !",
         "[raw 0,0,64x48] - [raw 1,1,2x2] -"},
        // P-RFB-11: many requests are one
        {"full ! inc inc inc ! damage:3,3,1,1 ! damage:3,3,1,1 !",
         "[raw 0,0,64x48] - [raw 3,3,1x1] -"},
        {"full full full inc ! !", "[raw 0,0,64x48] -"},
    };
    assert_rows(rows);
}

// The area of an incremental request does not matter; a full one adds its own.
void a_full_request_sends_its_area(void**) {
    static constexpr Row rows[] = {
        {"full ! full:4,5,6,7 !", "[raw 0,0,64x48] [raw 4,5,6x7]"},
        {"full ! full:4,5,6,7 inc !", "[raw 0,0,64x48] [raw 4,5,6x7]"},
        {"full ! inc full:4,5,6,7 !", "[raw 0,0,64x48] [raw 4,5,6x7]"},
        {"full ! full:60,40,65535,65535 !", "[raw 0,0,64x48] [raw 60,40,4x8]"},
        {"full ! full:63,47,1,1 !", "[raw 0,0,64x48] [raw 63,47,1x1]"},
        {"full ! damage:0,0,1,1 full:9,9,1,1 !",
         "[raw 0,0,64x48] [raw 0,0,1x1 raw 9,9,1x1]"},
    };
    assert_rows(rows);
}

// V-22: full requests that ask for nothing are answered, and nothing is stuck after them
void requests_for_nothing_are_answered(void**) {
    static constexpr Row rows[] = {
        {"full ! full:0,0,0,0 !", "[raw 0,0,64x48] []"},
        {"full ! full:5,5,0,9 !", "[raw 0,0,64x48] []"},
        {"full ! full:64,0,10,10 !", "[raw 0,0,64x48] []"},
        {"full ! full:3000,3000,10,10 !", "[raw 0,0,64x48] []"},
        {"full ! full:65535,65535,65535,65535 !", "[raw 0,0,64x48] []"},
        {"full ! full:0,0,0,0 ! inc damage:1,1,1,1 !",
         "[raw 0,0,64x48] [] [raw 1,1,1x1]"},
        {"full ! full:0,0,0,0 ! full !", "[raw 0,0,64x48] [] [raw 0,0,64x48]"},
    };
    assert_rows(rows);
}

// V-14: a compressed stream goes on where it was, also after other encodings
void the_first_encoding_that_is_known_is_used(void**) {
    static constexpr Row rows[] = {
        {"enc:zlib+raw full !", "[zlib 0,0,64x48]"},
        {"enc:raw+zlib full !", "[raw 0,0,64x48]"},
        {"enc: full !", "[raw 0,0,64x48]"},
        {"enc:cur+ds+zlib full !", "[zlib 0,0,64x48]"},
        {"enc:zlib full ! enc:raw full ! enc:zlib full !",
         "[zlib 0,0,64x48] [raw 0,0,64x48] [zlib 0,0,64x48]"},
    };
    assert_rows(rows);
}

// P-RFB-12: a map is sent once for each change to it; V-25: and before the pixels
void the_colour_map_comes_once(void**) {
    static constexpr Row rows[] = {
        {"fmt:map ! full ! full !", "map [raw 0,0,64x48] [raw 0,0,64x48]"},
        {"fmt:map fmt:map fmt:map full ! !", "map [raw 0,0,64x48] -"},
        {"fmt:map fmt:32 full !", "[raw 0,0,64x48]"},
        {"fmt:map ! fmt:16 ! fmt:map !", "map - map"},
    };
    assert_rows(rows);
}

void the_cursor_is_sent_to_who_wants_it(void**) {
    static constexpr Row rows[] = {
        {"cursor:4 full !", "[raw 0,0,64x48]"},
        {"enc:cur full ! cursor:4 ! inc !", "[raw 0,0,64x48] - [cursor 4x4]"},
        {"enc:cur cursor:4 inc !", "[cursor 4x4 raw 0,0,64x48]"},
        {"cursor:4 enc:cur inc !", "[cursor 4x4 raw 0,0,64x48]"},
        {"enc:cur full ! inc ! cursor:4 !", "[raw 0,0,64x48] - [cursor 4x4]"},
        {"enc:cur full ! cursor:4 cursor:8 cursor:2 inc !",
         "[raw 0,0,64x48] [cursor 2x2]"},
        {"enc:cur full ! cursor:0 inc !", "[raw 0,0,64x48] [cursor 0x0]"},
        // A new pixel format: the picture was in the old one
        {"enc:cur cursor:4 full ! fmt:16 inc !",
         "[cursor 4x4 raw 0,0,64x48] [cursor 4x4]"},
        {"cursor:4 full ! fmt:16 inc !", "[raw 0,0,64x48] -"},
        {"enc:cur full ! fmt:16 inc !", "[raw 0,0,64x48] -"},
        // It announces itself again: the client may have forgotten
        {"enc:cur cursor:4 full ! enc:cur inc !",
         "[cursor 4x4 raw 0,0,64x48] [cursor 4x4]"},
        {"enc:cur cursor:4 enc: full !", "[raw 0,0,64x48]"},
    };
    assert_rows(rows);
}

// An emulator that takes its cursor back: the client gets one as viewers draw themselves.
void a_cursor_that_is_taken_back_is_replaced(void**) {
    static constexpr Row rows[] = {
        {"enc:cur cursor:4 full ! nocursor inc !",
         "[cursor 4x4 raw 0,0,64x48] [cursor 5x5]"},
        {"enc:cur cursor:4 nocursor full !", "[raw 0,0,64x48]"},
        {"enc:cur nocursor full !", "[raw 0,0,64x48]"},
        {"enc:cur cursor:4 full ! nocursor cursor:2 inc !",
         "[cursor 4x4 raw 0,0,64x48] [cursor 2x2]"},
        {"enc:cur cursor:4 full ! nocursor inc ! fmt:16 inc !",
         "[cursor 4x4 raw 0,0,64x48] [cursor 5x5] [cursor 5x5]"},
        {"cursor:4 full ! nocursor inc !", "[raw 0,0,64x48] -"},
        {"cursor:4 nocursor enc:cur full !", "[raw 0,0,64x48]"},
    };
    assert_rows(rows);
}

void the_name_is_sent_to_who_wants_it(void**) {
    static constexpr Row rows[] = {
        {"name:two full !", "[raw 0,0,64x48]"},
        {"full ! enc:name inc !", "[raw 0,0,64x48] [name=one]"},
        {"name:two enc:name full !", "[name=two raw 0,0,64x48]"},
        {"enc:name full ! name:two name:three inc ! inc !",
         "[name=one raw 0,0,64x48] [name=three] -"},
        {"enc:name full ! enc:name inc !", "[name=one raw 0,0,64x48] -"},
        {"enc:name full ! name:two enc:name inc !",
         "[name=one raw 0,0,64x48] [name=two]"},
        {"enc:name full ! name:two enc: inc !", "[name=one raw 0,0,64x48] -"},
        {"enc:name full ! name:two enc: enc:name inc !",
         "[name=one raw 0,0,64x48] [name=two]"},
    };
    assert_rows(rows);
}

/// A sender that has begun an update.
struct Begun {
    explicit Begun(std::optional<ui::Rect> continuous = {}) {
        if (continuous)
            sender.enable_continuous_updates(*continuous);
        else
            sender.request(true, {});
        begin();
    }
    bool begin() {
        return sender.is_waiting() && sender.begin_update(frame, finder, out).has_value();
    }

    std::shared_ptr<ui::Surface> surface = *ui::Surface::create(64, 48, PIXMAN_x8r8g8b8);
    std::shared_ptr<const ui::Frame> frame = *ui::Frame::copy_of(*surface);
    UpdateSender sender{{.surface = surface, .damage = {}, .cursor = {}, .name = {}}};
    CopyFinder finder;
    Bytes out;
};

// P-RFB-12: however often a client changes its mind, one thing is encoded for it
void there_is_one_job_at_a_time(void**) {
    Begun begun;
    for (int i = 0; i < 3; ++i) {
        begun.sender.set_pixel_format({});
        begun.sender.request(false, {0, 0, 64, 48});
        assert_false(begun.begin());
    }
    assert_false(begun.sender.finish_update({}, begun.out));
    assert_true(begun.begin());
    assert_true(begun.sender.finish_update({}, begun.out));
}

// RFB, EndOfContinuousUpdates: none comes behind it that was not asked for
void the_end_of_continuous_updates_ends_them(void**) {
    Begun begun(ui::Rect{0, 0, 64, 48});
    begun.sender.disable_continuous_updates();
    assert_false(begun.sender.finish_update({}, begun.out));
    assert_false(begun.sender.is_waiting());
    begun.sender.request(true, {});
    assert_true(begun.begin());
    begun.sender.disable_continuous_updates();
    assert_true(begun.sender.finish_update({}, begun.out));
}

// RFB, EnableContinuousUpdates: incremental requests are ignored meanwhile
void continuous_updates_need_no_requests(void**) {
    Begun begun(ui::Rect{0, 0, 8, 8});
    assert_true(begun.sender.finish_update({}, begun.out));
    begun.sender.request(true, {0, 0, 64, 48});
    assert_false(begun.sender.is_asking());
    begun.sender.request(false, {0, 0, 64, 48});
    assert_true(begun.sender.is_asking());
}

// P-RFB-10: once per SetEncodings, however often it is listed
void extended_keys_are_acknowledged_once(void**) {
    static constexpr Row rows[] = {
        {"enc:key full ! inc !", "[key raw 0,0,64x48] -"},
        {"enc:key+key+key full !", "[key raw 0,0,64x48]"},
        {"enc:key enc:key full ! inc !", "[key raw 0,0,64x48] -"},
        {"enc:key full ! enc:key inc !", "[key raw 0,0,64x48] [key]"},
        {"enc:key enc: full !", "[raw 0,0,64x48]"},
    };
    assert_rows(rows);
}

void the_bell_needs_no_request(void**) {
    static constexpr Row rows[] = {
        {"bell !", "bell"},
        {"bell bell bell ! !", "bell -"},
        {"full bell !", "bell [raw 0,0,64x48]"},
    };
    assert_rows(rows);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(one_request_gets_one_update),
        cmocka_unit_test(a_full_request_sends_its_area),
        cmocka_unit_test(requests_for_nothing_are_answered),
        cmocka_unit_test(the_first_encoding_that_is_known_is_used),
        cmocka_unit_test(the_colour_map_comes_once),
        cmocka_unit_test(the_cursor_is_sent_to_who_wants_it),
        cmocka_unit_test(a_cursor_that_is_taken_back_is_replaced),
        cmocka_unit_test(the_name_is_sent_to_who_wants_it),
        cmocka_unit_test(there_is_one_job_at_a_time),
        cmocka_unit_test(the_end_of_continuous_updates_ends_them),
        cmocka_unit_test(continuous_updates_need_no_requests),
        cmocka_unit_test(extended_keys_are_acknowledged_once),
        cmocka_unit_test(the_bell_needs_no_request),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
