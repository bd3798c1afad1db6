// Updates while the framebuffer changes its size, and how large an update can get.
#include <chrono>
#include <string_view>

#include "tests/support/pictures.hpp"
#include "tests/support/pipe-channel.hpp"
#include "tests/support/rfb-client.hpp"
#include "tests/ui/vnc/make-update.hpp"

#include "tests/ui/vnc/update-rows.hpp"

using namespace qio;
using namespace qio::vnc;
using test::assert_rows;
using test::play;
using test::Row;

namespace {

// V-21: who cannot resize sees what both sizes have in common, and nothing outside
void a_fixed_client_sees_what_both_sizes_share(void**) {
    static constexpr Row rows[] = {
        {"full ! size:100x100 inc !", "[raw 0,0,64x48] [raw 0,0,64x48]"},
        {"full ! size:10x10 inc !", "[raw 0,0,64x48] [raw 0,0,10x10]"},
        {"full ! size:10x100 inc !", "[raw 0,0,64x48] [raw 0,0,10x48]"},
        {"full ! size:10x10 full !", "[raw 0,0,64x48] [raw 0,0,10x10]"},
        {"full ! size:100x100 inc ! damage:70,60,5,5 inc ! damage:1,1,1,1 !",
         "[raw 0,0,64x48] [raw 0,0,64x48] - [raw 1,1,1x1]"},
        {"full ! size:10x10 full:20,20,5,5 ! inc ! full:20,20,5,5 !",
         "[raw 0,0,64x48] [raw 0,0,10x10] - []"},
        {"full ! size:10x10 size:64x48 inc !", "[raw 0,0,64x48] [raw 0,0,64x48]"},
        {"full ! size:1366x768 inc !", "[raw 0,0,64x48] [raw 0,0,64x48]"},
    };
    assert_rows(rows);
}

// V-21: the size comes first and alone; the pixels with the next request
void a_client_that_can_resize_is_told(void**) {
    static constexpr Row rows[] = {
        {"enc:ds full ! size:100x50 ! inc ! inc !",
         "[raw 0,0,64x48] - [ds 100x50] [raw 0,0,100x50]"},
        {"enc:ds full ! size:100x50 full !",
         "[raw 0,0,64x48] [ds 100x50] [raw 0,0,100x50]"},
        {"enc:ds full ! inc ! size:9x9 ! inc !",
         "[raw 0,0,64x48] - [ds 9x9] [raw 0,0,9x9]"},
        {"enc:ds full ! size:9x9 size:7x7 size:8x8 inc !", "[raw 0,0,64x48] [ds 8x8]"},
        {"enc:ds full ! size:9x9 size:64x48 inc !", "[raw 0,0,64x48] [raw 0,0,64x48]"},
        {"enc:eds full ! size:100x50 inc ! inc !",
         "[eds 0/0 64x48] [raw 0,0,64x48] [eds 0/0 100x50] [raw 0,0,100x50]"},
        {"enc:eds full ! size:100x50 full !",
         "[eds 0/0 64x48] [raw 0,0,64x48] [eds 0/0 100x50] [raw 0,0,100x50]"},
        // The better of two
        {"enc:ds+eds full ! size:9x9 inc !",
         "[eds 0/0 64x48] [raw 0,0,64x48] [eds 0/0 9x9]"},
        // Learnt late
        {"full ! size:9x9 inc ! enc:ds inc ! inc !",
         "[raw 0,0,64x48] [raw 0,0,9x9] [ds 9x9] [raw 0,0,9x9]"},
    };
    assert_rows(rows);
}

// V-37: pseudo-rectangles only for who announced them
void nothing_comes_that_was_not_announced(void**) {
    static constexpr Row rows[] = {
        {"enc:raw cursor:4 name:two size:9x9 answer:0 full !", "[raw 0,0,9x9]"},
        {"enc:ds answer:1 ! full !", "- [raw 0,0,64x48]"},
    };
    assert_rows(rows);
}

// RFB, ExtendedDesktopSize: a full request is the question for the screens
void a_full_request_asks_for_the_screens(void**) {
    static constexpr Row rows[] = {
        {"enc:eds full !", "[eds 0/0 64x48] [raw 0,0,64x48]"},
        {"enc:eds full:0,0,0,0 inc !", "[eds 0/0 64x48] [raw 0,0,64x48]"},
        {"enc:eds full ! full:0,0,0,0 !",
         "[eds 0/0 64x48] [raw 0,0,64x48] [eds 0/0 64x48] []"},
        {"enc:eds inc !", "[raw 0,0,64x48]"},
    };
    assert_rows(rows);
}

// P-RFB-17: every wish is answered, without a request, and with its status
void every_wish_for_a_size_is_answered(void**) {
    static constexpr Row rows[] = {
        {"enc:eds answer:1 !", "[eds 1/1 64x48]"},
        {"enc:eds answer:2 !", "[eds 1/2 64x48]"},
        {"enc:eds answer:3 !", "[eds 1/3 64x48]"},
        {"enc:eds answer:4 !", "[eds 1/4 64x48]"},
        {"enc:eds size:100x50 answer:0 ! inc !", "[eds 1/0 100x50] [raw 0,0,100x50]"},
        // Forwarded: the size comes later, and from the server
        {"enc:eds full ! answer:4 ! size:100x50 ! inc !",
         "[eds 0/0 64x48] [raw 0,0,64x48] [eds 1/4 64x48] - [eds 0/0 100x50]"},
        // Refused while the emulator changes the size by itself
        {"enc:eds size:100x50 answer:1 ! inc !", "[eds 1/1 64x48] [eds 0/0 100x50]"},
        // Not sent yet: the newest answer counts
        {"enc:eds answer:1 answer:3 ! !", "[eds 1/3 64x48] -"},
        {"enc:eds answer:1 full !", "[eds 1/1 64x48] [eds 0/0 64x48] [raw 0,0,64x48]"},
    };
    assert_rows(rows);
}

/// A sender whose client knows the picture, and that client.
struct Served {
    std::shared_ptr<ui::Surface> surface;
    UpdateSender sender;
    test::RfbClient client{test::make_pipe_pair().first};

    explicit Served(std::shared_ptr<ui::Surface> shown)
        : surface(shown), sender(changes()) {
        client.start(surface->width(), surface->height());
        update();
    }
    ui::DisplayChanges changes() const {
        return {.surface = surface, .damage = {}, .cursor = {}, .name = {}};
    }
    std::size_t update() {
        ++client.requests;
        sender.request(true, sender.area());
        const auto out = test::make_update(sender, *surface);
        client.feed(out);
        return out.size();
    }
};

// TRAP-20, P-RFB-28: a chequered region does not become a rectangle per square
void rectangles_of_an_update_are_bounded(void**) {
    Served served(test::picture(1024, 768, 0, test::Content::runs));
    for (int y = 0; y < 768; y += 8)
        for (int x = y / 8 % 2 * 8; x < 1024; x += 16)
            served.sender.add_damage({{x, y, 8, 8}});
    served.surface->row(8)[8 * 4] ^= std::byte(0xFF);
    served.update();
    assert_string_equal(served.client.broken().c_str(), "");
    assert_true(served.client.updates.back().pictures() <= 1024);
    assert_true(served.client.shows(*served.surface));
}

// P-RFB-11, TRAP-20: what is to be sent stays as simple while nobody takes it
void scattered_requests_cost_little(void**) {
    Served served(test::picture(2000, 2000, 0, test::Content::runs));
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 200000; ++i)
        served.sender.request(false, {i * 2 % 2000, i / 1000 * 2, 1, 1});
    // A minute and more if each looked at all before it.
    assert_true(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
    served.update();
    assert_string_equal(served.client.broken().c_str(), "");
    assert_true(served.client.updates.back().pictures() <= 1024);
}

// An update is at most the picture and the heads of its rectangles.
void an_update_is_no_larger_than_the_picture(void**) {
    Served served(test::picture(333, 77, 0, test::Content::noise));
    for (int round = 0; round < 10; ++round)
        for (int i = 0; i < 333; i += 3)
            served.sender.add_damage({{i, i % 77, 2, 50}});
    assert_true(served.update() <= 333 * 77 * 4 + 4 + 12 * 1024);
    assert_string_equal(served.client.broken().c_str(), "");
}

// P-RFB-27: the level is the client's, the first one it lists; stored blocks are easy to
// tell.
void the_compression_level_is_the_clients(void**) {
    const auto bytes_at = [](std::initializer_list<int> levels) {
        Served served(test::picture(100, 100, 0, test::Content::runs));
        std::vector<Encoding> encodings{Encoding::Zlib};
        for (const int level : levels)
            encodings.push_back(Encoding(test::rfb::compression_level_0 + level));
        served.sender.set_encodings(encodings);
        served.sender.add_damage(served.surface->bounds());
        const auto bytes = served.update();
        return served.client.shows(*served.surface) ? bytes : 0;
    };
    const std::size_t plain = 100 * 100 * 4;
    assert_true(bytes_at({0}) > plain);
    assert_true(bytes_at({9}) < bytes_at({1}));
    assert_int_equal(bytes_at({}), bytes_at({2}));
    assert_int_equal(bytes_at({9, 0}), bytes_at({9}));
    assert_true(bytes_at({0, 9}) > plain);
    assert_true(bytes_at({9}) > 0);
}

// P-RFB-27: and the level may change while the stream goes on
void the_compression_level_may_change(void**) {
    Served served(test::picture(100, 100, 0, test::Content::runs));
    const auto bytes_at = [&](int level) {
        const Encoding encodings[] = {Encoding::Zlib,
                                      Encoding(test::rfb::compression_level_0 + level)};
        served.sender.set_encodings(encodings);
        served.sender.add_damage(served.surface->bounds());
        return served.update();
    };
    const std::size_t plain = 100 * 100 * 4;
    for (int round = 0; round < 3; ++round) {
        assert_true(bytes_at(9) < plain);
        assert_true(bytes_at(0) > plain);
    }
    assert_true(served.client.shows(*served.surface));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_fixed_client_sees_what_both_sizes_share),
        cmocka_unit_test(a_client_that_can_resize_is_told),
        cmocka_unit_test(nothing_comes_that_was_not_announced),
        cmocka_unit_test(a_full_request_asks_for_the_screens),
        cmocka_unit_test(every_wish_for_a_size_is_answered),
        cmocka_unit_test(rectangles_of_an_update_are_bounded),
        cmocka_unit_test(scattered_requests_cost_little),
        cmocka_unit_test(an_update_is_no_larger_than_the_picture),
        cmocka_unit_test(the_compression_level_is_the_clients),
        cmocka_unit_test(the_compression_level_may_change),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
