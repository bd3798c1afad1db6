// Channels as streams of GIO.
#include "io/gio/channel-stream.hpp"

#include <optional>
#include <string>
#include <thread>

#include "io/core/transfer.hpp"
#include "io/gio/gio-error.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/stacks.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using InputRef = Handle<GInputStream, &g_object_unref>;
using Attempt = std::pair<gssize, GErrorRef>;

/// The stacks that close at once and by halves.
constexpr ChannelPair (*makers[])() = {
    [] { return make_pipe_pair(); },
    &make_unix_pair,
    [] { return put_websock_on(make_unix_pair()); },
};

GInputStream* input(const GIOStreamRef& stream) {
    return g_io_stream_get_input_stream(stream.get());
}
GOutputStream* output(const GIOStreamRef& stream) {
    return g_io_stream_get_output_stream(stream.get());
}

Attempt read_now(const GIOStreamRef& stream, void* buffer, gsize size) {
    GError* error = nullptr;
    const gssize count = g_pollable_input_stream_read_nonblocking(
        G_POLLABLE_INPUT_STREAM(input(stream)), buffer, size, nullptr, &error);
    return {count, GErrorRef(error)};
}

Attempt write_now(const GIOStreamRef& stream, const void* data, gsize size) {
    GError* error = nullptr;
    const gssize count = g_pollable_output_stream_write_nonblocking(
        G_POLLABLE_OUTPUT_STREAM(output(stream)), data, size, nullptr, &error);
    return {count, GErrorRef(error)};
}

bool matches(const GErrorRef& error, int code) {
    return g_error_matches(error.get(), G_IO_ERROR, code);
}

void lines_are_read_with_a_data_stream(void**) {
    for (const auto make : makers) {
        auto [near, far] = make();
        const auto stream = stream_from_channel(near);
        Handle<GDataInputStream, &g_object_unref> data(
            g_data_input_stream_new(input(stream)));
        std::thread thread([channel = far] {
            for (const char* part : {"fir", "st\nsec", "ond\n"})
                (void)write_all(*channel, as_bytes(part));
        });
        std::string lines;
        for (int i = 0; i < 2; ++i) {
            Handle<char, &g_free> line(
                g_data_input_stream_read_line(data.get(), nullptr, nullptr, nullptr));
            lines += line ? line.get() : "nothing";
            lines += '|';
        }
        thread.join();
        assert_string_equal(lines.c_str(), "first|second|");
    }
}

void a_mebibyte_is_spliced_from_one_channel_into_another(void**) {
    for (const auto make : makers) {
        auto [source, source_end] = make();
        auto [sink, sink_end] = make();
        const auto from = stream_from_channel(source_end);
        const auto to = stream_from_channel(sink);
        std::optional<gssize> spliced;
        g_output_stream_splice_async(
            output(to), input(from),
            GOutputStreamSpliceFlags(G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET),
            G_PRIORITY_DEFAULT, nullptr,
            [](GObject* object, GAsyncResult* result, gpointer data) {
                *static_cast<std::optional<gssize>*>(data) =
                    g_output_stream_splice_finish(G_OUTPUT_STREAM(object), result,
                                                  nullptr);
            },
            &spliced);
        Bytes sent(1 << 20);
        for (std::size_t i = 0; i < sent.size(); ++i)
            sent[i] = std::byte(i * 131 >> 4);
        Drained received;
        std::thread writer([&, channel = std::move(source)] {
            (void)write_all(*channel, sent);
            (void)channel->close();
        });
        std::thread reader(
            [&, channel = sink_end] { received = drained_to_end(*channel); });
        const bool done = run_until([&] { return spliced.has_value(); });
        writer.join();
        (void)g_io_stream_close(to.get(), nullptr, nullptr);
        reader.join();
        assert_true(done);
        assert_int_equal(*spliced, sent.size());
        assert_true(received.data == sent);
    }
}

void both_halves_are_pollable(void**) {
    auto [near, far] = make_pipe_pair(100);
    const auto stream = stream_from_channel(near);
    auto* in = G_POLLABLE_INPUT_STREAM(input(stream));
    auto* out = G_POLLABLE_OUTPUT_STREAM(output(stream));
    assert_true(g_pollable_input_stream_can_poll(in));
    assert_true(g_pollable_output_stream_can_poll(out));
    assert_false(g_pollable_input_stream_is_readable(in));
    assert_true(g_pollable_output_stream_is_writable(out));
    char buffer[200] = "";
    auto [nothing, no_data] = read_now(stream, buffer, sizeof buffer);
    assert_int_equal(nothing, -1);
    assert_true(matches(no_data, G_IO_ERROR_WOULD_BLOCK));
    assert_int_equal(write_now(stream, buffer, sizeof buffer).first, 100);
    assert_false(g_pollable_output_stream_is_writable(out));
    assert_true(matches(write_now(stream, buffer, 1).second, G_IO_ERROR_WOULD_BLOCK));
    assert_true(write_all(*far, as_bytes("hello")).has_value());
    assert_true(g_pollable_input_stream_is_readable(in));
    assert_int_equal(read_now(stream, buffer, sizeof buffer).first, 5);
    assert_string_equal(std::string(buffer, 5).c_str(), "hello");
}

void a_source_wakes_when_there_is_something_and_only_then(void**) {
    for (const auto make : makers) {
        auto [near, far] = make();
        const auto stream = stream_from_channel(near);
        const SourceRef source(g_pollable_input_stream_create_source(
            G_POLLABLE_INPUT_STREAM(input(stream)), nullptr));
        int calls = 0;
        const GPollableSourceFunc count_one = [](GObject*, gpointer data) {
            ++*static_cast<int*>(data);
            return gboolean(G_SOURCE_REMOVE);
        };
        g_source_set_callback(source.get(), G_SOURCE_FUNC(count_one), &calls, nullptr);
        g_source_attach(source.get(), nullptr);
        assert_true(drain() < 10);
        assert_int_equal(calls, 0);
        assert_true(write_all(*far, as_bytes("x")).has_value());
        assert_true(run_until([&] { return calls != 0; }));
        assert_true(drain() < 10);
        assert_int_equal(calls, 1);
    }
}

void blocking_calls_wait_and_are_cancelled(void**) {
    auto [near, far] = make_unix_pair();
    const auto stream = stream_from_channel(near);
    std::thread writer([channel = far] { (void)write_all(*channel, as_bytes("hello")); });
    char buffer[5];
    const gssize count =
        g_input_stream_read(input(stream), buffer, sizeof buffer, nullptr, nullptr);
    writer.join();
    assert_int_equal(count, 5);
    const Handle<GCancellable, &g_object_unref> cancellable(g_cancellable_new());
    std::thread canceller([&] { g_cancellable_cancel(cancellable.get()); });
    GError* error = nullptr;
    const gssize nothing = g_input_stream_read(input(stream), buffer, sizeof buffer,
                                               cancellable.get(), &error);
    canceller.join();
    const GErrorRef owned(error);
    assert_int_equal(nothing, -1);
    assert_true(matches(owned, G_IO_ERROR_CANCELLED));
}

void closing_the_output_ends_that_half_only(void**) {
    for (const auto make : {makers[0], makers[1]}) {
        auto [near, far] = make();
        const auto stream = stream_from_channel(near);
        assert_true(g_output_stream_close(output(stream), nullptr, nullptr));
        assert_true(drained_to_end(*far).ended);
        assert_true(write_all(*far, as_bytes("answer")).has_value());
        char buffer[6];
        assert_int_equal(read_now(stream, buffer, sizeof buffer).first, 6);
    }
}

void closing_the_stream_closes_the_channel(void**) {
    enum class Way { close, close_async, unref };
    for (const auto way : {Way::close, Way::close_async, Way::unref}) {
        auto [near, far] = make_unix_pair();
        auto stream = stream_from_channel(near);
        bool done = way != Way::close_async;
        if (way == Way::close)
            assert_true(g_io_stream_close(stream.get(), nullptr, nullptr));
        else if (way == Way::close_async)
            g_io_stream_close_async(
                stream.get(), G_PRIORITY_DEFAULT, nullptr,
                [](GObject* object, GAsyncResult* result, gpointer data) {
                    *static_cast<bool*>(data) =
                        g_io_stream_close_finish(G_IO_STREAM(object), result, nullptr);
                },
                &done);
        else
            stream.reset();
        assert_true(run_until([&] { return done; }));
        assert_true(drained_to_end(*far).ended);
        assert_true(near->read({}).error().kind == ErrorKind::closed);
    }
}

void a_stream_on_a_closed_channel_can_be_closed(void**) {
    auto [near, far] = make_unix_pair();
    const auto stream = stream_from_channel(near);
    (void)near->close();
    char byte;
    assert_true(matches(read_now(stream, &byte, 1).second, G_IO_ERROR_CLOSED));
    assert_true(g_io_stream_close(stream.get(), nullptr, nullptr));
}

void an_error_of_the_channel_is_one_of_the_stream(void**) {
    auto [near, far] = make_unix_pair();
    const auto stream = stream_from_channel(near);
    (void)far->close();
    assert_true(matches(write_now(stream, "x", 1).second, G_IO_ERROR_CONNECTION_CLOSED));
    char byte;
    assert_int_equal(read_now(stream, &byte, 1).first, 0);
}

void nothing_is_kept_when_the_streams_are_gone(void**) {
    auto [near, far] = make_unix_pair();
    std::weak_ptr<Channel> gone = near;
    auto stream = stream_from_channel(std::move(near));
    assert_true(channel_below(stream.get()) == gone.lock());
    InputRef half(G_INPUT_STREAM((g_object_ref)(input(stream))));
    stream.reset();
    assert_false(gone.expired());
    half.reset();
    assert_true(gone.expired());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read_with_a_data_stream),
        cmocka_unit_test(a_mebibyte_is_spliced_from_one_channel_into_another),
        cmocka_unit_test(both_halves_are_pollable),
        cmocka_unit_test(a_source_wakes_when_there_is_something_and_only_then),
        cmocka_unit_test(blocking_calls_wait_and_are_cancelled),
        cmocka_unit_test(closing_the_output_ends_that_half_only),
        cmocka_unit_test(closing_the_stream_closes_the_channel),
        cmocka_unit_test(a_stream_on_a_closed_channel_can_be_closed),
        cmocka_unit_test(an_error_of_the_channel_is_one_of_the_stream),
        cmocka_unit_test(nothing_is_kept_when_the_streams_are_gone),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
