// What has moved on the screen is copied by the client, and nothing is ever wrong.
#include <cstring>
#include <random>

#include "tests/support/decoders/client-picture.hpp"
#include "tests/support/screen.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"
#include "tests/ui/vnc/make-update.hpp"
#include "ui/frame-capture.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;
using test::frame_of;

namespace {

/// Two colours and no pattern: nothing looks like anything else.
std::uint32_t grain(int x, int y) {
    const auto mixed =
        (std::uint32_t(x) * 0x9E3779B1u) ^ (std::uint32_t(y) * 0x85EBCA77u);
    return (mixed * 0x2C1B3C6Du) >> 28 < 5 ? 0x202020 : 0xF0F0F0;
}

/// An emulator's screen, and one client of it.
class Viewer {
public:
    explicit Viewer(std::shared_ptr<ui::Surface> surface,
                    std::initializer_list<Encoding> encodings = {Encoding::Raw,
                                                                 Encoding::CopyRect})
        : surface_(std::move(surface)),
          sender_({.surface = surface_, .damage = {}, .cursor = {}, .name = {}}),
          client_(surface_->width(), surface_->height(), {}) {
        sender_.set_link_rate(1e6);
        sender_.set_encodings(std::vector<Encoding>(encodings));
        damage_ = ui::Region(surface_->bounds());
        update();
    }

    UpdateSender& sender() { return sender_; }
    ui::Surface& surface() { return *surface_; }

    void damage(const ui::Rect& rect) { damage_.add(ui::intersect(rect, all())); }
    template <class Colour>
    void draw(const ui::Rect& rect, Colour colour) {
        const auto area = ui::intersect(rect, all());
        for (int y = area.y; y < area.bottom(); ++y)
            for (int x = area.x; x < area.right(); ++x)
                row(y)[x] = colour(x - rect.x, y - rect.y);
        damage(area);
    }
    /// As memmove would; what is uncovered stays.
    void move(const ui::Rect& source, int dx, int dy) {
        const auto before = test::canvas_of(*frame_of(*surface_));
        const auto from = ui::intersect(source, all());
        draw({from.x + dx, from.y + dy, from.width, from.height}, [&](int x, int y) {
            return before.pixels[std::size_t(from.y + y) * std::size_t(before.width) +
                                 std::size_t(from.x + x)];
        });
    }
    void hint(const ui::Copy& copy) { add_copy(hints_, copy); }

    /// A new frame, which the client may be sent or not.
    void capture() {
        const auto changed = *capture_.update(*surface_, damage_);
        damage_.clear();
        sender_.add_damage(changed);
        sender_.add_copies(hints_);
        hints_.clear();
    }
    void ask() { sender_.request(true, {}); }
    /// Sends what is to be sent; false if the client cannot read it.
    bool send() {
        const auto out = test::make_update(sender_, capture_.frame());
        bytes = out.size(), copies = 0;
        return bytes == 0 || read(out);
    }
    bool update() {
        capture();
        ask();
        return send();
    }
    bool is_right() const {
        return client_.shows(test::canvas_of(*frame_of(*surface_)), all());
    }
    int distance() const {
        return client_.distance(test::canvas_of(*frame_of(*surface_)), all());
    }
    void set_pixel_format(const ui::PixelFormat& format) {
        sender_.set_pixel_format(format);
        client_.pixels() = test::RfbDecoder(format);
        sender_.request(false, sender_.area());
    }
    void resize(std::shared_ptr<ui::Surface> surface) {
        surface_ = std::move(surface);
        damage_ = ui::Region(all());
        sender_.display_changed({.surface_changed = true,
                                 .surface = surface_,
                                 .damage = {},
                                 .cursor = {},
                                 .name = {}});
    }

    /// Whether anybody but who takes frames has the last one.
    bool holds_frame() const {
        constexpr long own = 2; // the one that is shown, and the one that is drawn on
        return capture_.frame().use_count() > own;
    }

    std::size_t bytes = 0;  // of the last update
    std::size_t copies = 0; // in it

private:
    ui::Rect all() const { return surface_->bounds(); }
    std::uint32_t* row(int y) {
        return reinterpret_cast<std::uint32_t*>(surface_->row(y));
    }
    /// Updates follow each other: sizes alone, or pixels to the end.
    bool read(ByteView out) {
        constexpr std::size_t head = 4, size_update = 4 + 12;
        while (out.size() >= size_update &&
               std::int32_t(load_be<std::uint32_t>(out.data() + head + 8)) ==
                   std::int32_t(Encoding::DesktopSize)) {
            client_.resize(load_be<std::uint16_t>(out.data() + head + 4),
                           load_be<std::uint16_t>(out.data() + head + 6));
            out = out.subspan(size_update);
        }
        if (out.empty())
            return true;
        const auto count = load_be<std::uint16_t>(out.data() + 2);
        for (auto rest = out.subspan(head);
             copies < count && rest.size() >= 16 &&
             load_be<std::uint32_t>(rest.data() + 8) == std::uint32_t(Encoding::CopyRect);
             rest = rest.subspan(16))
            ++copies;
        return client_.apply(out.subspan(head), count);
    }

    std::shared_ptr<ui::Surface> surface_;
    ui::Region damage_;
    std::vector<ui::Copy> hints_;
    ui::FrameCapture capture_;
    UpdateSender sender_;
    test::ClientPicture client_;
};

// What moves in the tests that ask whether it is copied.
constexpr ui::Rect moving{40, 30, 400, 300};

/// Moves it up a little. Whether the client can read what it is sent, and it is right.
bool moves_on(Viewer& viewer) {
    viewer.move(moving, 0, -7);
    return viewer.update() && viewer.is_right();
}

std::shared_ptr<ui::Surface> paper(int width, int height) {
    auto surface = *ui::Surface::create(width, height);
    for (int y = 0; y < height; ++y)
        std::fill_n(reinterpret_cast<std::uint32_t*>(surface->row(y)), width, 0xF0F0F0u);
    return surface;
}

void show_scrolled(Viewer& viewer, int lines) {
    const auto next = test::screen(lines);
    viewer.draw(test::screen_text, [&](int x, int y) {
        return reinterpret_cast<const std::uint32_t*>(
            next->row(test::screen_text.y + y))[test::screen_text.x + x];
    });
}

/// What an office program's window sends while its text scrolls by three lines.
std::size_t bytes_of_scrolling(std::initializer_list<Encoding> encodings) {
    Viewer viewer(test::screen(), encodings);
    std::size_t bytes = 0;
    for (int lines = 3; lines <= 12; lines += 3) {
        show_scrolled(viewer, lines);
        if (!viewer.update() || !viewer.is_right())
            return 0;
        bytes += viewer.bytes;
    }
    return bytes;
}

void scrolled_text_takes_a_fraction_of_the_bytes(void**) {
    for (const auto encoding : {Encoding::Raw, Encoding::ZRLE, Encoding::Tight}) {
        const auto without = bytes_of_scrolling({encoding});
        const auto with = bytes_of_scrolling({encoding, Encoding::CopyRect});
        assert_true(without > 0 && with > 0);
        assert_true(with * 5 < without * 2);
    }
}

/// A window dragged over the screen, by a photo and a gradient.
std::size_t bytes_of_dragging(std::initializer_list<Encoding> encodings) {
    const auto desktop = test::screen();
    Viewer viewer(test::screen(), encodings);
    const auto pixel = [](const ui::Surface& surface, int x, int y) {
        return reinterpret_cast<const std::uint32_t*>(surface.row(y))[x];
    };
    const int width = 400, height = 300;
    std::size_t bytes = 0;
    for (int step = 0; step < 5; ++step) {
        const ui::Rect old{300 + 13 * (step - 1), 200 + 7 * (step - 1), width, height};
        viewer.draw(old,
                    [&](int x, int y) { return pixel(*desktop, old.x + x, old.y + y); });
        viewer.draw({300 + 13 * step, 200 + 7 * step, width, height}, [&](int x, int y) {
            return pixel(*desktop, test::screen_text.x + x, test::screen_text.y + y);
        });
        if (!viewer.update() || !viewer.is_right())
            return 0;
        bytes += step > 0 ? viewer.bytes : 0;
    }
    return bytes;
}

void a_dragged_window_takes_a_fraction_of_the_bytes(void**) {
    for (const auto encoding : {Encoding::Raw, Encoding::ZRLE, Encoding::Tight}) {
        const auto without = bytes_of_dragging({encoding});
        const auto with = bytes_of_dragging({encoding, Encoding::CopyRect});
        assert_true(without > 0 && with > 0);
        assert_true(with * 2 < without);
    }
}

void motion_in_every_direction_is_found(void**) {
    for (const auto& [dx, dy] : {std::pair(0, -1),
                                 {0, 1},
                                 {0, 45},
                                 {-3, 0},
                                 {64, 0},
                                 {1, 1},
                                 {-20, 13},
                                 {33, -50},
                                 {-7, -9},
                                 {0, -150}}) {
        Viewer viewer(paper(500, 400));
        viewer.draw(moving, grain);
        assert_true(viewer.update());
        viewer.move(moving, dx, dy);
        assert_true(viewer.update() && viewer.is_right());
        assert_true(viewer.copies > 0);
        assert_true(viewer.bytes < std::size_t(moving.width * moving.height) * 4 / 2);
    }
}

// What did not move parts what did: one part must not be copied over the other's source.
void parts_are_copied_in_the_right_order(void**) {
    for (const auto& [dx, dy] : {std::pair(40, 0), {-40, 0}, {0, 40}, {0, -40}}) {
        Viewer viewer(paper(500, 400));
        viewer.draw(moving, grain);
        assert_true(viewer.update());
        viewer.move(moving, dx, dy);
        viewer.draw({200, 0, 32, 400}, [](int, int) { return 0xAA0000u; });
        viewer.draw({0, 150, 500, 32}, [](int, int) { return 0xAA0000u; });
        assert_true(viewer.update() && viewer.is_right());
        assert_true(viewer.copies >= 4);
    }
}

/// Every other row or so is plain, and looks like other rows.
std::uint32_t torn(int x, int y) {
    return (std::uint32_t(y) * 0x85EBCA77u) >> 31 ? 0xF0F0F0u : grain(x, y);
}

// A clock in a corner: the rest of the screen is between the two, and some of it looks as
// if it had moved along.
void what_changes_elsewhere_does_not_hide_motion(void**) {
    constexpr ui::Rect block{100, 60, 300, 250};
    for (const auto& clock : {ui::Rect{0, 0, 32, 16}, {440, 380, 32, 16}}) {
        Viewer viewer(paper(500, 400));
        viewer.draw({0, 0, 500, 400}, torn);
        viewer.draw(block, grain);
        assert_true(viewer.update());
        viewer.draw(clock, [](int, int) { return 0xAA0000u; });
        viewer.move(block, 0, -7);
        assert_true(viewer.update() && viewer.is_right());
        assert_true(viewer.copies > 0);
        assert_true(viewer.bytes < std::size_t(block.width * block.height) * 4 / 8);
    }
}

// Several frames between two updates: what counts is what the client saw last.
void frames_in_between_may_be_missed(void**) {
    Viewer viewer(paper(500, 400));
    viewer.draw(moving, grain);
    assert_true(viewer.update());
    for (int i = 0; i < 5; ++i) {
        viewer.move(moving, 0, -7);
        viewer.capture();
    }
    viewer.ask();
    assert_true(viewer.send() && viewer.is_right());
    assert_true(viewer.copies > 0);
    assert_true(viewer.bytes < std::size_t(moving.width * moving.height));
}

// Too plain to be found by looking, so that only the hint helps.
void hints_are_used(void**) {
    for (const bool hinted : {false, true}) {
        Viewer viewer(paper(500, 400));
        const auto stripes = [](int, int y) {
            return y / 20 % 2 ? 0x3355AAu : 0xFFFFFFu;
        };
        viewer.draw({40, 30, 300, 300}, stripes);
        assert_true(viewer.update());
        for (int i = 0; i < 2; ++i) {
            viewer.move({40, 30, 300, 300}, 0, -5);
            if (hinted)
                viewer.hint({{40, 25, 300, 300}, {40, 30}});
        }
        assert_true(viewer.update() && viewer.is_right());
        assert_int_equal(viewer.copies > 0, hinted);
        // They count once.
        viewer.move({40, 30, 300, 300}, 0, -5);
        assert_true(viewer.update() && viewer.is_right());
        assert_int_equal(viewer.copies, 0);
    }
}

void wrong_hints_do_no_harm(void**) {
    Viewer viewer(test::screen());
    std::mt19937 random(3);
    const auto any = [&random] { return int(random() % 3000) - 700; };
    for (int i = 0; i < 40; ++i) {
        const ui::Rect drawn{any(), any(), 300, 200};
        viewer.draw(drawn, [i](int x, int y) { return grain(x + i, y); });
        for (int k = 0; k < 12; ++k)
            viewer.hint({{any(), any(), any(), any()}, {any(), any()}});
        assert_true(viewer.update() && viewer.is_right());
    }
}

void only_who_lists_it_gets_it(void**) {
    Viewer viewer(paper(500, 400), {Encoding::Raw});
    viewer.draw(moving, grain);
    assert_true(viewer.update());
    assert_true(moves_on(viewer));
    assert_int_equal(viewer.copies, 0);
}

// Bytes that cost nothing are not worth the time to look for what moved.
void raw_pixels_over_a_fast_link_are_sent_as_they_are(void**) {
    Viewer viewer(paper(500, 400));
    viewer.sender().set_link_rate({});
    for (int i = 0; i < 2; ++i) {
        viewer.draw(moving, grain);
        assert_true(viewer.update());
        assert_true(moves_on(viewer));
        assert_int_equal(viewer.copies, i);
        viewer.sender().set_link_rate(1e6);
    }
}

// Nothing has moved: a film, and a game's ground that is new everywhere.
void nothing_is_copied_where_nothing_moved(void**) {
    Viewer viewer(paper(500, 400));
    std::mt19937 random(1);
    for (int i = 0; i < 5; ++i) {
        viewer.draw({40, 30, 400, 300}, [&](int, int) { return random() & 0xFFFFFF; });
        assert_true(viewer.update() && viewer.is_right());
        assert_int_equal(viewer.copies, 0);
    }
}

/// Noise in the whole area, so often, and all of it sent as pixels.
bool shows_noise(Viewer& viewer, const ui::Rect& area, int times) {
    static std::mt19937 random(1);
    bool good = true;
    for (int i = 0; i < times; ++i) {
        viewer.draw(area, [&](int, int) { return random() & 0xFFFFFF; });
        good = viewer.update() && viewer.is_right() && viewer.copies == 0 && good;
    }
    return good;
}

// Of a film no frame is held, but for one now and then; a small change tells nothing.
void looking_in_vain_is_given_a_rest(void**) {
    constexpr int looks = KnownPicture::max_vain_looks, rest = KnownPicture::rest_updates;
    Viewer viewer(paper(500, 400), {Encoding::ZRLE, Encoding::CopyRect});
    viewer.sender().set_link_rate({});
    assert_true(shows_noise(viewer, moving, looks - 1));
    assert_true(shows_noise(viewer, {0, 0, 20, 20}, looks));
    assert_true(viewer.holds_frame());
    for (int round = 0; round < 3; ++round) {
        assert_true(shows_noise(viewer, moving, 1));
        for (int i = 1; i < rest; ++i) {
            assert_false(viewer.holds_frame());
            assert_true(shows_noise(viewer, moving, 1));
        }
        assert_true(shows_noise(viewer, moving, 1));
        assert_true(viewer.holds_frame());
    }
}

void what_moves_after_a_film_is_found(void**) {
    Viewer viewer(paper(500, 400), {Encoding::ZRLE, Encoding::CopyRect});
    viewer.sender().set_link_rate({});
    assert_true(shows_noise(viewer, moving, KnownPicture::max_vain_looks));
    int updates = 0;
    for (viewer.copies = 0; viewer.copies == 0 && updates < 100; ++updates) {
        assert_true(moves_on(viewer));
    }
    assert_int_equal(updates, KnownPicture::rest_updates + 1);
}

void what_is_found_is_worth_more_looks(void**) {
    Viewer viewer(paper(500, 400), {Encoding::ZRLE, Encoding::CopyRect});
    viewer.sender().set_link_rate({});
    for (int i = 0; i < 3; ++i) {
        assert_true(shows_noise(viewer, moving, KnownPicture::max_vain_looks - 1));
        assert_true(moves_on(viewer));
        assert_true(viewer.copies > 0 && viewer.holds_frame());
    }
}

void a_hint_ends_the_rest(void**) {
    Viewer viewer(paper(500, 400), {Encoding::ZRLE, Encoding::CopyRect});
    viewer.sender().set_link_rate({});
    assert_true(shows_noise(viewer, moving, KnownPicture::max_vain_looks));
    for (int i = 0; i < 2; ++i) {
        viewer.hint({{40, 23, 400, 293}, {40, 30}});
        assert_true(moves_on(viewer));
        assert_int_equal(viewer.copies > 0, i == 1);
    }
}

void where_bytes_are_dear_there_is_no_rest(void**) {
    Viewer viewer(paper(500, 400), {Encoding::ZRLE, Encoding::CopyRect});
    for (int i = 0; i < 3 * KnownPicture::max_vain_looks; ++i) {
        assert_true(shows_noise(viewer, moving, 1));
        assert_true(viewer.holds_frame());
    }
}

// A client asks for what it has lost, so it is not asked to copy that.
void what_the_client_may_have_lost_is_not_copied(void**) {
    Viewer viewer(paper(500, 400));
    viewer.draw(moving, grain);
    assert_true(viewer.update());
    viewer.sender().request(false, viewer.sender().area());
    assert_true(moves_on(viewer));
    assert_int_equal(viewer.copies, 0);
    assert_true(moves_on(viewer));
    assert_true(viewer.copies > 0);
}

// Continuous updates of a part: the rest has changed, and the client has not seen it.
void what_was_not_sent_is_not_copied(void**) {
    Viewer viewer(paper(500, 400));
    viewer.draw(moving, grain);
    assert_true(viewer.update());
    viewer.sender().enable_continuous_updates({0, 0, 500, 20});
    viewer.draw(moving, [](int x, int y) { return grain(x + 1000, y); });
    viewer.draw({0, 0, 50, 10}, grain);
    viewer.capture();
    assert_true(viewer.send() && viewer.bytes > 0);
    viewer.sender().disable_continuous_updates();
    assert_true(moves_on(viewer));
    assert_int_equal(viewer.copies, 0);
    assert_true(moves_on(viewer));
    assert_true(viewer.copies > 0);
}

// The pixels that a client sees were of another format, and it keeps them.
void pixels_of_another_format_are_not_copied(void**) {
    Viewer viewer(paper(500, 400));
    viewer.draw(moving, grain);
    assert_true(viewer.update());
    viewer.sender().set_pixel_format({16, 16, false, true, 31, 63, 31, 11, 5, 0});
    viewer.sender().set_pixel_format({});
    assert_true(moves_on(viewer));
    assert_int_equal(viewer.copies, 0);
}

// An update that was taken back has moved nothing.
void an_abandoned_update_counts_as_not_seen(void**) {
    Viewer viewer(paper(500, 400));
    viewer.draw(moving, grain);
    assert_true(viewer.update());
    viewer.move(moving, 0, -7);
    viewer.capture();
    viewer.ask();
    Bytes out;
    CopyFinder finder;
    assert_true(viewer.sender()
                    .begin_update(frame_of(viewer.surface()), finder, out)
                    .has_value());
    const Encoding same[] = {Encoding::Raw, Encoding::CopyRect};
    viewer.sender().set_encodings(same);
    assert_false(viewer.sender().finish_update({}, out));
    assert_true(moves_on(viewer));
    assert_true(viewer.update() && viewer.is_right());
}

// What was sent as JPEG keeps its loss where it is copied to, until it rests.
void a_loss_moves_along(void**) {
    if (!can_encode(Encoding::JPEG))
        skip();
    Viewer viewer(test::screen(), {Encoding::Tight, Encoding::CopyRect, Encoding(-27)});
    assert_true(viewer.sender().has_loss() && viewer.distance() > 0);
    viewer.move(test::screen_photo, -10, -20);
    assert_true(viewer.update());
    assert_true(viewer.copies > 0);
    viewer.sender().tick();
    viewer.sender().tick();
    for (int i = 0; i < 10 && viewer.sender().has_loss(); ++i)
        assert_true(viewer.update());
    assert_int_equal(viewer.distance(), 0);
}

/// Anything that happens to screens, in any order.
void play_at_random(unsigned seed) {
    std::mt19937 random(seed);
    const auto below = [&random](int bound) { return int(random() % unsigned(bound)); };
    Viewer viewer(paper(300, 200), {seed % 2 ? Encoding::Raw : Encoding::ZRLE,
                                    Encoding::CopyRect, Encoding::DesktopSize});
    std::size_t copies = 0;
    for (int step = 0; step < 60; ++step) {
        const ui::Rect rect{below(200), below(150), 80 + below(220), 60 + below(140)};
        const int dx = below(3) ? 0 : below(41) - 20, dy = below(61) - 30;
        switch (below(8)) {
        case 0:
            viewer.draw(rect, [step](int x, int y) { return grain(x, y + step); });
            break;
        case 1:
            viewer.draw({rect.x, rect.y, 9, 11}, [](int, int) { return 0xAA0000u; });
            break;
        case 2:
            viewer.move(rect, dx, dy);
            viewer.hint(
                {{rect.x + dx, rect.y + dy, rect.width, rect.height}, {rect.x, rect.y}});
            break;
        case 3:
            viewer.sender().request(false, rect);
            break;
        case 4:
            if (below(4) == 0)
                viewer.resize(paper(200 + below(200), 150 + below(100)));
            else if (below(4) == 0)
                viewer.set_pixel_format(test::client_formats[below(9)]);
            break;
        default:
            viewer.move(rect, dx, dy);
        }
        if (below(3) == 0) {
            viewer.capture();
            continue; // the client does not ask
        }
        assert_true(viewer.update());
        copies += viewer.copies;
        assert_true(viewer.update()); // behind a new size
        copies += viewer.copies;
        assert_true(viewer.is_right());
    }
    assert_true(copies > 5);
}

void every_random_script_ends_right(void**) {
    for (unsigned seed = 0; seed < 30; ++seed)
        play_at_random(seed);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(scrolled_text_takes_a_fraction_of_the_bytes),
        cmocka_unit_test(a_dragged_window_takes_a_fraction_of_the_bytes),
        cmocka_unit_test(motion_in_every_direction_is_found),
        cmocka_unit_test(parts_are_copied_in_the_right_order),
        cmocka_unit_test(what_changes_elsewhere_does_not_hide_motion),
        cmocka_unit_test(frames_in_between_may_be_missed),
        cmocka_unit_test(hints_are_used),
        cmocka_unit_test(wrong_hints_do_no_harm),
        cmocka_unit_test(only_who_lists_it_gets_it),
        cmocka_unit_test(raw_pixels_over_a_fast_link_are_sent_as_they_are),
        cmocka_unit_test(nothing_is_copied_where_nothing_moved),
        cmocka_unit_test(looking_in_vain_is_given_a_rest),
        cmocka_unit_test(what_moves_after_a_film_is_found),
        cmocka_unit_test(what_is_found_is_worth_more_looks),
        cmocka_unit_test(a_hint_ends_the_rest),
        cmocka_unit_test(where_bytes_are_dear_there_is_no_rest),
        cmocka_unit_test(what_the_client_may_have_lost_is_not_copied),
        cmocka_unit_test(what_was_not_sent_is_not_copied),
        cmocka_unit_test(pixels_of_another_format_are_not_copied),
        cmocka_unit_test(an_abandoned_update_counts_as_not_seen),
        cmocka_unit_test(a_loss_moves_along),
        cmocka_unit_test(every_random_script_ends_right),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
