// JPEG, as an encoding and inside of Tight: how far from the picture, and where.
#include "ui/vnc/encodings/jpeg.hpp"

#include "tests/support/screen.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr Encoding family[] = {Encoding::Tight, Encoding::TightPNG};

EncodeSettings quality(int quality, Subsampling subsampling = Subsampling::none) {
    return {.format = {},
            .lossy = Lossy{.jpeg_quality = quality, .subsampling = subsampling}};
}

/// A segment of the whole screen, and what a client makes of it.
struct Sent {
    std::shared_ptr<const ui::Frame> frame = test::frame_of(*test::screen());
    test::Canvas shown = test::canvas_of(*frame);
    test::ClientPicture client;
    ui::Region lossy;
    bool is_good;
    std::size_t bytes;

    Sent(Encoding encoding, const EncodeSettings& settings)
        : client(test::screen_width, test::screen_height, settings.format) {
        EncoderSet encoders;
        auto& encoder = encoders.get(encoding);
        Bytes out;
        encoder.begin(settings);
        const auto count = encoder.encode(*frame, frame->bounds(), out);
        lossy = encoder.lossy_area();
        is_good = client.apply(out, count);
        bytes = out.size();
    }
    /// Whether each pixel is as it has to be outside of what was said to be lossy.
    bool rest_is_exact() const {
        ui::Region rest(frame->bounds());
        rest.subtract(lossy);
        for (const auto& rect : rest.rectangles())
            if (!client.shows(shown, rect))
                return false;
        return true;
    }
};

// The screen of many kinds: the photo within a bound, everything else identical
void only_photos_are_lossy(void**) {
    for (const auto encoding : family) {
        const Sent sent(encoding, quality(90));
        assert_true(sent.is_good && sent.rest_is_exact());
        assert_false(sent.lossy.empty());
        for (const auto& text :
             {test::screen_title, test::screen_text, test::screen_soft_text})
            assert_true(sent.client.shows(sent.shown, text));
        assert_true(sent.client.distance(sent.shown, test::screen_photo) <= 24);
        assert_true(sent.bytes < Sent(encoding, {.format = {}, .lossy = {}}).bytes / 2);
    }
}

void without_a_wish_nothing_is_lossy(void**) {
    for (const auto encoding : family) {
        const Sent sent(encoding, {.format = {}, .lossy = {}});
        assert_true(sent.is_good && sent.lossy.empty() && sent.rest_is_exact());
    }
}

// F-6: each client format that may have pictures gets them, the others none
void small_pixels_are_never_lossy(void**) {
    for (const auto& format : test::client_formats)
        for (const auto encoding :
             {Encoding::Tight, Encoding::TightPNG, Encoding::JPEG}) {
            auto settings = quality(90);
            settings.format = format;
            const Sent sent(encoding, settings);
            assert_true(sent.is_good && sent.rest_is_exact());
            assert_int_equal(sent.lossy.empty(), format.bits_per_pixel == 8);
        }
}

void better_quality_is_nearer_and_larger(void**) {
    std::size_t bytes = 0;
    int distance = 256;
    for (const int chosen : {10, 50, 85, 100}) {
        const Sent sent(Encoding::Tight, quality(chosen));
        assert_true(sent.is_good && sent.bytes > bytes);
        const int found = sent.client.distance(sent.shown, test::screen_photo);
        assert_true(found < distance);
        bytes = sent.bytes;
        distance = found;
    }
    assert_true(distance <= 4);
}

void each_subsampling_is_smaller_than_the_one_before(void**) {
    using enum Subsampling;
    std::size_t bytes = std::size_t(-1);
    for (const auto subsampling : {none, half, quarter, grey}) {
        const Sent sent(Encoding::JPEG, quality(80, subsampling));
        assert_true(sent.is_good && sent.bytes < bytes);
        bytes = sent.bytes;
    }
}

void grey_is_grey(void**) {
    const Sent sent(Encoding::JPEG, quality(80, Subsampling::grey));
    const auto pixel = sent.client.canvas().pixels[400 * 1280 + 1000];
    assert_int_equal(pixel & 0xFF, pixel >> 8 & 0xFF);
    assert_int_equal(pixel & 0xFF, pixel >> 16 & 0xFF);
}

// V-16: from one pixel on; sizes around blocks of 8 and 16, and strips of the frame
void pictures_of_every_size_come_through(void**) {
    const auto frame = test::frame_of(*test::screen());
    const auto& photo = test::screen_photo;
    for (const auto subsampling : {Subsampling::none, Subsampling::quarter}) {
        test::EncodingCheck check(Encoding::JPEG, quality(95, subsampling), 1280, 800);
        for (const int width : test::sides)
            for (const int height : test::sides)
                if (width > 0 && height > 0)
                    assert_true(
                        check.send(*frame, {photo.x + 9, photo.y + 5, width, height}));
    }
}

// P-RFB-28
void wide_pictures_come_in_pieces(void**) {
    const auto frame = test::frame_of(*test::picture(5000, 600, 0, test::Content::noise));
    for (const auto encoding : {Encoding::Tight, Encoding::JPEG}) {
        test::EncodingCheck check(encoding, quality(100), 5000, 600);
        assert_true(check.send(*frame, frame->bounds()));
        assert_true(check.rectangles >= 3);
    }
}

void a_new_segment_has_lost_nothing_yet(void**) {
    const auto frame = test::frame_of(*test::screen());
    JpegEncoder encoder;
    Bytes out;
    encoder.begin(quality(50));
    encoder.encode(*frame, {0, 0, 64, 64}, out);
    encoder.encode(*frame, {100, 0, 64, 64}, out);
    ui::Region both(ui::Rect{0, 0, 64, 64});
    both.add(ui::Rect{100, 0, 64, 64});
    assert_true(encoder.lossy_area() == both);
    encoder.begin(quality(50));
    assert_true(encoder.lossy_area().empty());
}

} // namespace

int main() {
    if (!JpegCompressor::is_built_in())
        return 77; // skipped
    const CMUnitTest tests[] = {
        cmocka_unit_test(only_photos_are_lossy),
        cmocka_unit_test(without_a_wish_nothing_is_lossy),
        cmocka_unit_test(small_pixels_are_never_lossy),
        cmocka_unit_test(better_quality_is_nearer_and_larger),
        cmocka_unit_test(each_subsampling_is_smaller_than_the_one_before),
        cmocka_unit_test(grey_is_grey),
        cmocka_unit_test(pictures_of_every_size_come_through),
        cmocka_unit_test(wide_pictures_come_in_pieces),
        cmocka_unit_test(a_new_segment_has_lost_nothing_yet),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
