// Films in the updates of one client: where, for whom, and what is seen of them.
#include "tests/support/decoders/h264-decoder.hpp"
#include "tests/support/film.hpp"
#include "tests/support/screen.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"
#include "ui/frame-capture.hpp"
#include "ui/vnc/copy-finder.hpp"
#include "ui/vnc/update-sender.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

using Loss = UpdateSender::Loss;

constexpr Encoding quality_8{-24};
constexpr int enough = 12;                   // pictures until a film is one
constexpr ui::Rect film{320, 560, 448, 224}; // beside the text
constexpr int near = 90; // of a channel, at edges of colours; 4:2:0 blurs them

/// A display, one client of it, and what it sees.
struct Viewer {
    std::shared_ptr<ui::Surface> surface = test::screen();
    ui::FrameCapture capture;
    CopyFinder finder;
    UpdateSender sender;
    test::ClientPicture client;
    std::optional<ui::Rect> video; // of the last update
    bool is_key = false;
    int pictures = 0;

    explicit Viewer(std::vector<Encoding> encodings = {Encoding::OpenH264,
                                                       Encoding::Tight, quality_8},
                    Loss loss = Loss::allowed,
                    std::shared_ptr<ui::Surface> shown = test::screen())
        : surface(std::move(shown)),
          sender({.surface = surface, .damage = {}, .cursor = {}, .name = {}}, loss),
          client(surface->width(), surface->height(), {}) {
        sender.set_encodings(encodings);
    }

    void show(std::shared_ptr<ui::Surface> next) {
        surface = std::move(next);
        sender.display_changed(
            {.surface = surface, .damage = {}, .cursor = {}, .name = {}});
    }
    std::optional<EncodeJob> begin(Bytes& out) {
        sender.add_damage(*capture.update(*surface, ui::Region(surface->bounds())));
        return sender.begin_update(capture.frame(), finder, out);
    }
    /// Gives the client what the job makes. False if it cannot read it.
    bool finish(const EncodeJob& job) {
        EncoderSet encoders;
        Bytes out, pixels;
        auto segment = encode(job, encoders, pixels);
        video.reset();
        if (job.video)
            video = job.video->rect();
        is_key = test::H264Units::of(pixels).is_key();
        const auto count = segment.count;
        return sender.finish_update(
                   {.pieces = {}, .count = count, .lossy = std::move(segment.lossy)},
                   out) &&
               client.apply(pixels, count);
    }
    /// Asks, and sees what comes; also nothing.
    bool update() {
        video.reset();
        sender.request(true, {});
        Bytes out;
        const auto job = begin(out);
        return !job || finish(*job);
    }
    /// Shows so many pictures more.
    bool play(const ui::Rect& rect = film, int count = enough) {
        bool good = true;
        for (int i = 0; i < count && good; ++i) {
            test::play(*surface, rect, pictures++);
            good = update();
        }
        return good;
    }
    int distance(const ui::Rect& rect) const {
        return client.distance(test::canvas_of(*test::frame_of(*surface)), rect);
    }
};

bool is_around(const std::optional<ui::Rect>& video, const ui::Rect& rect) {
    return video && video->contains(rect) && video->width <= rect.width + 32 &&
           video->height == rect.height;
}

void a_film_is_video_and_the_rest_is_sharp(void**) {
    Viewer viewer;
    assert_true(viewer.play());
    assert_true(is_around(viewer.video, film));
    for (int i = 0; i < 20; ++i) {
        assert_true(viewer.play(film, 1));
        assert_true(viewer.video.has_value() && !viewer.is_key);
        assert_true(viewer.distance(film) < near);
        assert_int_equal(viewer.distance(test::screen_text), 0);
    }
}

// From a window to the whole screen, without a rest: another place, begun anew.
void a_film_that_grows_is_followed(void**) {
    Viewer viewer;
    assert_true(viewer.play());
    const auto all = viewer.surface->bounds();
    assert_true(viewer.play(all, 8));
    assert_true(viewer.video == all);
    assert_true(viewer.distance(all) < near);
}

// What changes beside the film comes along, in the same update.
void what_else_changes_is_seen(void**) {
    Viewer viewer;
    assert_true(viewer.play());
    const ui::Rect clock{20, 20, 40, 12};
    for (int i = 0; i < 5; ++i) {
        test::play(*viewer.surface, clock, 50 + i);
        assert_true(viewer.play(film, 1) && viewer.video.has_value());
        assert_true(viewer.distance(clock) == 0);
    }
}

void video_is_for_who_knows_it_and_wants_it(void**) {
    using enum Encoding;
    const struct {
        std::vector<Encoding> encodings;
        Loss loss;
        bool has_video;
    } cases[] = {
        {{OpenH264, Tight, quality_8}, Loss::allowed, true},
        {{Tight, quality_8, OpenH264}, Loss::allowed, true},
        {{OpenH264, quality_8}, Loss::allowed, true},
        {{OpenH264, ZRLE, quality_8}, Loss::allowed, true},
        {{OpenH264, JPEG, quality_8}, Loss::allowed, true},
        {{Tight, quality_8}, Loss::allowed, false},
        {{quality_8}, Loss::allowed, false},
        {{OpenH264, Tight}, Loss::allowed, false},
        {{OpenH264, Tight, quality_8}, Loss::in_pictures, false},
        {{OpenH264, Tight, quality_8}, Loss::never, false},
    };
    for (const auto& c : cases) {
        Viewer viewer(c.encodings, c.loss);
        assert_true(viewer.play());
        assert_int_equal(viewer.video.has_value(), c.has_video);
        assert_true(viewer.distance(film) < near);
    }
}

void small_pixels_are_no_video(void**) {
    for (const auto& format : test::client_formats) {
        Viewer viewer;
        viewer.sender.set_pixel_format(format);
        viewer.client.pixels().set_format(format);
        assert_true(viewer.play());
        assert_int_equal(viewer.video.has_value(), format.bits_per_pixel > 8);
    }
}

void a_film_that_ends_is_sent_as_it_is(void**) {
    Viewer viewer;
    assert_true(viewer.play());
    assert_true(viewer.distance(film) > 0);
    for (int i = 0; i < 10 && viewer.sender.has_loss(); ++i) {
        viewer.sender.tick();
        assert_true(viewer.update());
        assert_false(viewer.video.has_value());
    }
    assert_false(viewer.sender.has_loss());
    assert_int_equal(viewer.distance(viewer.surface->bounds()), 0);
    // And begins again.
    assert_true(viewer.play());
    assert_true(is_around(viewer.video, film));
    assert_true(viewer.distance(film) < near);
}

// A picture that is not sent: those that need it are never sent either.
void an_abandoned_picture_is_not_needed(void**) {
    Viewer viewer;
    assert_true(viewer.play());
    for (int i = 0; i < 3; ++i) {
        test::play(*viewer.surface, film, viewer.pictures++);
        viewer.sender.request(true, {});
        Bytes out;
        const auto job = viewer.begin(out);
        assert_true(job && job->video);
        viewer.sender.set_pixel_format({});
        assert_false(viewer.finish(*job)); // encoded all the same
        bool was_key = false;
        for (int k = 0; k < enough; ++k) {
            assert_true(viewer.play(film, 1));
            if (viewer.video && !std::exchange(was_key, true))
                assert_true(viewer.is_key);
        }
        assert_true(was_key && viewer.distance(film) < near);
    }
}

void another_size_begins_anew(void**) {
    Viewer viewer(
        {Encoding::OpenH264, Encoding::Tight, quality_8, Encoding::DesktopSize});
    assert_true(viewer.play());
    assert_true(viewer.video.has_value());
    viewer.show(test::picture(900, 801, 0, test::Content::runs));
    viewer.client.resize(900, 801);
    assert_true(viewer.update()); // the size
    const ui::Rect place{100, 100, 320, 240};
    assert_true(viewer.play(place));
    assert_true(is_around(viewer.video, place));
    assert_true(viewer.distance(place) < near);
}

// V-21: who cannot follow a size gets the film as far as its picture goes
void a_client_that_stays_small_sees_a_part(void**) {
    Viewer viewer;
    assert_true(viewer.update());
    viewer.show(test::picture(1600, 1000, 0, test::Content::runs));
    assert_true(viewer.play({1000, 600, 500, 350}));
    const ui::Rect seen{0, 0, 1280, 800};
    assert_true(viewer.video && seen.contains(*viewer.video));
}

void continuous_updates_keep_to_their_area(void**) {
    Viewer viewer;
    assert_true(viewer.update());
    const ui::Rect area{400, 600, 300, 150};
    viewer.sender.enable_continuous_updates(area);
    int seen = 0;
    for (int i = 0; i < enough; ++i) {
        test::play(*viewer.surface, film, i);
        Bytes out;
        const auto job = viewer.begin(out);
        assert_true(job && viewer.finish(*job));
        assert_true(!viewer.video || area.contains(*viewer.video));
        seen += viewer.video ? 1 : 0;
    }
    assert_true(seen > 3);
}

// Odd rows and columns, and places that are too small, come some other way.
void pictures_of_every_size_are_seen_whole(void**) {
    for (const int width : {1, 2, 15, 16, 33, 65, 129, 160, 193})
        for (const int height : {1, 16, 31, 65, 97, 160, 161}) {
            Viewer viewer({Encoding::OpenH264, Encoding::ZRLE, quality_8}, Loss::allowed,
                          *ui::Surface::create(width, height));
            for (int i = 0; i < enough; ++i)
                assert_true(viewer.play({0, 0, width, height}, 1));
            assert_int_equal(viewer.video.has_value(), width * height >= 128 * 96);
            assert_true(viewer.distance({0, 0, width, height}) < near);
        }
}

} // namespace

int main() {
    if (!H264Compressor::is_built_in() || !test::can_read_h264())
        return 77; // skipped
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_film_is_video_and_the_rest_is_sharp),
        cmocka_unit_test(a_film_that_grows_is_followed),
        cmocka_unit_test(what_else_changes_is_seen),
        cmocka_unit_test(video_is_for_who_knows_it_and_wants_it),
        cmocka_unit_test(small_pixels_are_no_video),
        cmocka_unit_test(a_film_that_ends_is_sent_as_it_is),
        cmocka_unit_test(an_abandoned_picture_is_not_needed),
        cmocka_unit_test(another_size_begins_anew),
        cmocka_unit_test(a_client_that_stays_small_sees_a_part),
        cmocka_unit_test(continuous_updates_keep_to_their_area),
        cmocka_unit_test(pictures_of_every_size_are_seen_whole),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
