// Encoding on threads: the same bytes as without them, and an end at any time.
#include "ui/vnc/encode-pool.hpp"

#include <utility>

#include "tests/support/decoders/client-picture.hpp"
#include "tests/support/decoders/h264-decoder.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pictures.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"
#include "tests/ui/vnc/make-update.hpp"
#include "ui/region.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;
using test::run_until;

namespace {

constexpr int width = 1000, height = 700;

std::shared_ptr<const ui::Frame> frame() {
    static const auto made =
        test::frame_of(*test::picture(width, height, 0, test::Content::runs));
    return made;
}

EncodeJob job(Encoding encoding, std::vector<ui::Rect> rects) {
    return {.frame = frame(),
            .rects = std::move(rects),
            .encoding = encoding,
            .settings = {.format = {},
                         .compression_level = 1,
                         .lossy = {},
                         .stream_begins = has_stream(encoding)}};
}

// Parts cover the job's pixels, each once.
void a_job_is_split_without_loss(void**) {
    const std::vector<std::vector<ui::Rect>> all_rects = {
        {{0, 0, width, height}},
        {{0, 0, 10, 10}},
        {{0, 0, width, 64}, {0, 64, 500, 300}, {0, 400, width, 300}},
        {{0, 0, width, 1}, {0, 1, 1, 699}, {1, 1, 999, 699}},
    };
    for (const auto& rects : all_rects)
        for (const std::size_t most : {1, 2, 3, 5, 16}) {
            const auto whole = job(Encoding::Zlib, rects);
            const auto parts = split(whole, most);
            assert_true(parts.size() <= most + 1);
            std::size_t area = 0;
            ui::Region covered;
            for (std::size_t i = 0; i < parts.size(); ++i) {
                assert_int_equal(parts[i].settings.stream_begins, i == 0);
                area += parts[i].area();
                covered.add(ui::Region::of(parts[i].rects));
            }
            assert_int_equal(area, whole.area());
            assert_true(covered == ui::Region::of(rects));
        }
}

void small_jobs_are_done_at_once(void**) {
    EncodePool pool(2, nullptr);
    std::size_t count = 0;
    pool.run(job(Encoding::Raw, {{0, 0, 10, 10}, {20, 20, 1, 1}}),
             [&](const EncodedRects& encoded) { count = encoded.count; });
    assert_int_equal(count, 2);
}

// One stream, many jobs of all sizes, on any number of threads
void a_client_sees_what_threads_encode(void**) {
    for (const std::size_t threads : {1, 2, 5})
        for (const auto encoding : {Encoding::Raw, Encoding::Zlib}) {
            EncodePool pool(threads, nullptr);
            test::ClientPicture client(width, height, {});
            bool is_first = true;
            for (const auto& rect :
                 {ui::Rect{0, 0, width, height}, ui::Rect{3, 5, 70, 30},
                  ui::Rect{0, 0, 500, height}, ui::Rect{0, 1, width, 600}}) {
                auto wanted = job(encoding, {rect});
                wanted.settings.stream_begins = std::exchange(is_first, false);
                bool good = false, done = false;
                pool.run(std::move(wanted), [&](const EncodedRects& encoded) {
                    good = client.apply(test::bytes_of(encoded), encoded.count);
                    done = true;
                });
                assert_true(run_until([&] { return done; }));
                assert_true(good);
                assert_true(client.shows(test::canvas_of(*frame()), rect));
            }
        }
}

// The rest first, in as many parts as there would be; the video is encoded by one thread.
void video_is_one_part_more(void**) {
    if (!H264Compressor::is_built_in() || !test::can_read_h264())
        skip();
    constexpr ui::Rect film{100, 400, 640, 300};
    auto wanted = job(Encoding::Zlib, {{0, 0, width, 400}});
    wanted.settings.lossy.emplace();
    wanted.video = std::make_shared<H264Pictures>(film, 80);
    for (const auto& rects : {wanted.rects, std::vector<ui::Rect>()}) {
        auto with_video = wanted;
        with_video.rects = rects;
        const auto parts = split(with_video, 2);
        assert_int_equal(parts.size(), rects.empty() ? 1 : 3);
        assert_true(parts.back().video == wanted.video && parts.back().rects.empty());
        assert_true(parts.size() == 1 || !parts.front().video);
    }
    EncodePool pool(2, nullptr);
    test::ClientPicture client(width, height, {});
    for (int i = 0; i < 5; ++i) {
        bool good = false, done = false;
        pool.run(wanted, [&](const EncodedRects& encoded) {
            good = client.apply(test::bytes_of(encoded), encoded.count) &&
                   encoded.lossy == ui::Region(film);
            done = true;
        });
        assert_true(run_until([&] { return done; }));
        assert_true(good);
        assert_true(client.shows(test::canvas_of(*frame()), wanted.rects.front()));
        wanted.settings.stream_begins = false;
    }
}

// V-39, V-07, TRAP-23: with nothing to do, and with work in every state
void ends_at_any_time(void**) {
    for (int i = 0; i < 100; ++i) {
        auto pool = std::make_unique<EncodePool>(std::size_t(i % 4), nullptr);
        int calls = 0;
        for (int k = 0; k < i % 5; ++k)
            pool->run(job(Encoding::Zlib, {{0, 0, width, 300}}),
                      [&](const EncodedRects&) { ++calls; });
        if (i % 2 == 0)
            run_until([&] { return calls > 0 || i % 5 == 0; });
        const int before = calls;
        pool.reset();
        test::drain();
        assert_int_equal(calls, before);
    }
}

void who_is_told_may_end_the_pool(void**) {
    auto pool = std::make_unique<EncodePool>(2, nullptr);
    int calls = 0;
    for (int i = 0; i < 3; ++i)
        pool->run(job(Encoding::Zlib, {{0, 0, width, 300}}), [&](const EncodedRects&) {
            ++calls;
            pool.reset();
        });
    assert_true(run_until([&] { return pool == nullptr; }));
    test::drain();
    assert_true(calls >= 1);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_job_is_split_without_loss),
        cmocka_unit_test(small_jobs_are_done_at_once),
        cmocka_unit_test(a_client_sees_what_threads_encode),
        cmocka_unit_test(video_is_one_part_more),
        cmocka_unit_test(ends_at_any_time),
        cmocka_unit_test(who_is_told_may_end_the_pool),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
