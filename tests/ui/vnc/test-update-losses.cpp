// What is sent with a loss, and how it is taken back.
#include <cmath>

#include "tests/support/decoders/client-picture.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"
#include "tests/ui/vnc/make-update.hpp"
#include "ui/vnc/encodings/encoders.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr int width = 320, height = 200;
constexpr Encoding quality_5{-27};

/// Smooth enough to be a photograph, with too many colours for anything else.
std::shared_ptr<ui::Surface> photograph() {
    const auto surface = *ui::Surface::create(width, height);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const auto wave = [x, y](double f, double g) {
                return std::uint32_t(127.5 + 120 * std::sin(x * f) * std::cos(y * g));
            };
            const std::uint32_t pixel =
                wave(.05, .03) << 16 | wave(.02, .07) << 8 | wave(.04, .05);
            reinterpret_cast<std::uint32_t*>(surface->row(y))[x] = pixel;
        }
    return surface;
}

/// A client that wishes a quality, and what is sent to it.
struct Viewer {
    std::shared_ptr<ui::Surface> surface = photograph();
    UpdateSender sender;
    test::ClientPicture client{width, height, {}};
    std::size_t bytes = 0;

    explicit Viewer(UpdateSender::Loss loss, Encoding encoding = Encoding::Tight)
        : sender({.surface = surface, .damage = {}, .cursor = {}, .name = {}}, loss) {
        client.set_wave_level(2);
        likes(encoding);
    }

    void likes(Encoding encoding) {
        const Encoding encodings[] = {encoding, quality_5};
        sender.set_encodings(encodings);
    }

    /// Asks; false if nothing comes that the client can read.
    bool update() {
        sender.request(true, {});
        const auto out = test::make_update(sender, *surface);
        bytes = out.size();
        return bytes > 4 && client.apply(ByteView(out).subspan(4),
                                         load_be<std::uint16_t>(out.data() + 2));
    }
    int distance(const ui::Rect& rect = {0, 0, width, height}) const {
        return client.distance(test::canvas_of(*test::frame_of(*surface)), rect);
    }
};

void nothing_is_lost_where_it_is_not_allowed(void**) {
    Viewer viewer(UpdateSender::Loss::never);
    assert_true(viewer.update());
    assert_int_equal(viewer.distance(), 0);
    assert_false(viewer.sender.has_loss());
}

void what_rests_is_sent_as_it_is(void**) {
    if (!can_encode(Encoding::JPEG))
        skip();
    Viewer viewer(UpdateSender::Loss::allowed);
    assert_true(viewer.update());
    const auto lossy_bytes = viewer.bytes;
    assert_true(viewer.distance() > 0 && viewer.distance() < 64);
    assert_true(viewer.sender.has_loss());
    // Not before it rests.
    assert_false(viewer.update());
    viewer.sender.tick();
    assert_false(viewer.update());
    viewer.sender.tick();
    assert_true(viewer.update());
    assert_true(viewer.bytes > lossy_bytes);
    assert_int_equal(viewer.distance(), 0);
    assert_false(viewer.sender.has_loss());
    viewer.sender.tick();
    assert_false(viewer.update());
}

// What goes on changing is not taken back, and does not keep the rest from it.
void what_moves_waits(void**) {
    if (!can_encode(Encoding::JPEG))
        skip();
    Viewer viewer(UpdateSender::Loss::allowed);
    const ui::Rect moving{0, 0, 128, 128}, resting{160, 0, 160, 200};
    assert_true(viewer.update());
    for (int i = 0; i < 4; ++i) {
        viewer.sender.add_damage(moving);
        assert_true(viewer.update());
        viewer.sender.tick();
    }
    assert_true(viewer.update());
    assert_int_equal(viewer.distance(resting), 0);
    assert_true(viewer.distance(moving) > 0);
    assert_true(viewer.sender.has_loss());
    viewer.sender.tick();
    viewer.sender.tick();
    assert_true(viewer.update());
    assert_int_equal(viewer.distance(), 0);
}

// Where the display is no longer there is nothing to take back.
void a_loss_outside_of_the_display_is_none(void**) {
    if (!can_encode(Encoding::JPEG))
        skip();
    Viewer viewer(UpdateSender::Loss::allowed);
    assert_true(viewer.update());
    assert_true(viewer.sender.has_loss());
    const auto small = *ui::Surface::create(1, 1, PIXMAN_x8r8g8b8);
    viewer.sender.add_damage(ui::Region(ui::Rect{0, 0, 1, 1}));
    viewer.sender.request(true, {});
    Bytes out;
    CopyFinder finder;
    assert_true(
        viewer.sender.begin_update(test::frame_of(*small), finder, out).has_value());
    assert_true(viewer.sender.finish_update({}, out));
    assert_false(viewer.sender.has_loss());
}

// A loss that is being taken back when the client changes its mind is not forgotten.
void an_abandoned_refinement_comes_later(void**) {
    if (!can_encode(Encoding::JPEG))
        skip();
    Viewer viewer(UpdateSender::Loss::allowed);
    assert_true(viewer.update());
    viewer.sender.tick();
    viewer.sender.tick();
    viewer.sender.request(true, {});
    Bytes out;
    CopyFinder finder;
    const auto job =
        viewer.sender.begin_update(test::frame_of(*viewer.surface), finder, out);
    assert_true(job.has_value() && !job->settings.lossy);
    viewer.sender.set_pixel_format({});
    assert_false(viewer.sender.finish_update({}, out));
    assert_true(viewer.update());
    assert_int_equal(viewer.distance(), 0);
}

// Waves are taken back as other losses are, in the stream that is ZRLE's as well.
void waves_come_to_rest(void**) {
    Viewer viewer(UpdateSender::Loss::allowed, Encoding::ZRLE);
    assert_true(viewer.update());
    assert_int_equal(viewer.distance(), 0);
    viewer.likes(Encoding::ZYWRLE);
    viewer.sender.add_damage({{0, 0, width, height}});
    assert_true(viewer.update());
    assert_true(viewer.distance() > 0 && viewer.distance() < 64);
    assert_true(viewer.sender.has_loss());
    viewer.sender.tick();
    viewer.sender.tick();
    assert_true(viewer.update());
    assert_int_equal(viewer.distance(), 0);
    assert_false(viewer.sender.has_loss());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_where_it_is_not_allowed),
        cmocka_unit_test(what_rests_is_sent_as_it_is),
        cmocka_unit_test(what_moves_waits),
        cmocka_unit_test(waves_come_to_rest),
        cmocka_unit_test(a_loss_outside_of_the_display_is_none),
        cmocka_unit_test(an_abandoned_refinement_comes_later),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
