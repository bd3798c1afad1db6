// Streams of GIO as channels; the contract is tested over the stack "gio socket".
#include "io/gio/channel-gio.hpp"

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "io/core/transfer.hpp"
#include "io/core/watch.hpp"
#include "io/gio/gio-error.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/stacks.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

/// A pipe's two ends as the halves of one stream.
GIOStreamRef pipe_stream() {
    std::array<int, 2> fds;
    assert_int_equal(pipe2(fds.data(), O_CLOEXEC | O_NONBLOCK), 0);
    GInputStream* input = g_unix_input_stream_new(fds[0], TRUE);
    GOutputStream* output = g_unix_output_stream_new(fds[1], TRUE);
    GIOStreamRef stream(g_simple_io_stream_new(input, output));
    g_object_unref(input);
    g_object_unref(output);
    return stream;
}

/// Streams without a descriptor, the input one over `text`.
GIOStreamRef memory_stream(const char* text) {
    GInputStream* input = g_memory_input_stream_new_from_data(text, -1, nullptr);
    GOutputStream* output = g_memory_output_stream_new_resizable();
    GIOStreamRef stream(g_simple_io_stream_new(input, output));
    g_object_unref(input);
    g_object_unref(output);
    return stream;
}

void our_own_stream_gives_its_channel_back(void**) {
    auto [near, far] = make_unix_pair();
    const auto stream = stream_from_channel(near);
    assert_true(*ChannelGio::from_stream(stream.get()) == near);
}

void a_stream_without_a_descriptor_is_refused(void**) {
    const auto stream = memory_stream("text");
    const auto result = ChannelGio::from_stream(stream.get());
    assert_true(result.error().kind == ErrorKind::not_supported);
    assert_non_null(strstr(result.error().message.c_str(), "descriptor"));
}

void a_stream_that_cannot_be_polled_is_refused(void**) {
    const int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    GInputStream* plain = g_unix_input_stream_new(fd, TRUE);
    GOutputStream* output = g_memory_output_stream_new_resizable();
    const GIOStreamRef stream(g_simple_io_stream_new(plain, output));
    g_object_unref(plain);
    g_object_unref(output);
    const auto result = ChannelGio::from_stream(stream.get());
    assert_true(result.error().kind == ErrorKind::not_supported);
    assert_non_null(strstr(result.error().message.c_str(), "pollable"));
}

void a_closed_stream_is_refused(void**) {
    const auto stream = pipe_stream();
    assert_true(g_io_stream_close(stream.get(), nullptr, nullptr));
    assert_true(ChannelGio::from_stream(stream.get()).error().kind == ErrorKind::closed);
}

void descriptors_of_the_halves_are_found_and_waited_for(void**) {
    const auto channel = *ChannelGio::from_stream(pipe_stream().get());
    assert_false(channel->has_feature(Feature::shutdown));
    assert_true(channel->shutdown(Direction::write).error().kind ==
                ErrorKind::not_supported);
    std::string received;
    const Watch watch(*channel, Condition::in, [&](Condition) {
        std::array<std::byte, 3> little;
        if (const auto count = channel->read(little); count && *count)
            received += as_text(std::span(little).first(**count));
    });
    assert_true(drain() < 10);
    assert_true(write_all(*channel, as_bytes("hello")).has_value());
    assert_true(run_until([&] { return received == "hello"; }));
    assert_true(drain() < 10);
    // As much as fits, and then it sleeps until there is room.
    const Bytes block(4096);
    while (*channel->write(block))
        continue;
    const auto waited = wait(*channel, Condition::out,
                             {.deadline = deadline_after(std::chrono::milliseconds(1))});
    assert_true(waited.error().kind == ErrorKind::timed_out);
}

void closing_the_channel_closes_the_stream(void**) {
    const auto stream = pipe_stream();
    const auto channel = *ChannelGio::from_stream(stream.get());
    assert_true(channel->close().has_value());
    assert_true(channel->close().has_value());
    assert_true(g_io_stream_is_closed(stream.get()));
}

/// A pair of connections on one loopback socket, the second of them wrapped.
void a_wrapper_is_looked_through(void**) {
    auto [near, far] = make_gio_pair();
    auto* base = dynamic_cast<ChannelGio&>(*far).stream();
    auto* wrapper = G_IO_STREAM(
        g_object_new(G_TYPE_TCP_WRAPPER_CONNECTION, "base-io-stream", base, "socket",
                     g_socket_connection_get_socket(G_SOCKET_CONNECTION(base)), nullptr));
    const GIOStreamRef owned(wrapper);
    const auto channel = *ChannelGio::from_stream(wrapper);
    std::string received;
    const Watch watch(*channel, Condition::in, [&](Condition) {
        std::array<std::byte, 3> little;
        if (const auto count = channel->read(little); count && *count)
            received += as_text(std::span(little).first(**count));
    });
    assert_true(drain() < 10);
    assert_true(write_all(*near, as_bytes("hello")).has_value());
    assert_true(run_until([&] { return received == "hello"; }));
    assert_true(drain() < 10);
}

void a_half_closed_connection_still_carries_the_other_half(void**) {
    auto [near, far] = make_gio_pair();
    assert_true(near->has_feature(Feature::shutdown));
    assert_true(near->shutdown(Direction::write).has_value());
    assert_true(drained_to_end(*far).ended);
    assert_true(write_all(*far, as_bytes("answer")).has_value());
    (void)far->close();
    assert_string_equal(drained_to_end(*near).text().c_str(), "answer");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(our_own_stream_gives_its_channel_back),
        cmocka_unit_test(a_stream_without_a_descriptor_is_refused),
        cmocka_unit_test(a_stream_that_cannot_be_polled_is_refused),
        cmocka_unit_test(a_closed_stream_is_refused),
        cmocka_unit_test(descriptors_of_the_halves_are_found_and_waited_for),
        cmocka_unit_test(closing_the_channel_closes_the_stream),
        cmocka_unit_test(a_wrapper_is_looked_through),
        cmocka_unit_test(a_half_closed_connection_still_carries_the_other_half),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
