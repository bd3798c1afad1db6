// Bytes inside a layer arrive whole, whatever the channel below takes and gives.
#include "ui/vnc/channel-layered.hpp"

#include "io/core/watch.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pipe-channel.hpp"
#include "ui/vnc/auth/aes-messages.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using namespace qio::vnc;

namespace {

using Ends = std::pair<std::shared_ptr<Channel>, std::shared_ptr<Channel>>;

Ends make_ends(std::size_t room) {
    const Bytes one(16, std::byte{1}), two(16, std::byte{2});
    auto [a, b] = make_pipe_pair(room);
    const auto layer = [](const Bytes& ours, const Bytes& theirs) {
        return std::make_unique<auth::AesLayer>(auth::AesMessages(ours),
                                                auth::AesMessages(theirs));
    };
    return {std::make_shared<ChannelLayered>(layer(one, two), a),
            std::make_shared<ChannelLayered>(layer(two, one), b)};
}

/// Writes all of `text` on one end in writes of `write_size`, and reads it on the other.
std::string pass(const Ends& ends, const std::string& text, std::size_t write_size,
                 std::size_t read_size) {
    std::string received;
    std::size_t sent = 0;
    for (int idle = 0; received.size() < text.size() && idle < 20000; ++idle) {
        if (sent < text.size()) {
            const auto part = std::string_view(text).substr(sent, write_size);
            const auto count = ends.first->write(as_bytes(part));
            if (count && *count) {
                sent += **count;
                idle = 0;
            }
        }
        Bytes buffer(read_size);
        const auto count = ends.second->read(buffer);
        if (count && *count && **count > 0) {
            received += as_text(ByteView(buffer).first(**count));
            idle = 0;
        }
    }
    return received;
}

// V-19: with room for a part of a message only, and with room for many
void all_bytes_arrive_in_order(void**) {
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += std::to_string(i) + ",";
    for (const std::size_t room : {1UL, 5UL, 100UL, 9000UL, 100000UL})
        for (const std::size_t write_size : {1UL, 7UL, 5000UL, text.size()})
            for (const std::size_t read_size : {1UL, 333UL, 65536UL})
                assert_true(pass(make_ends(room), text, write_size, read_size) == text);
}

// A writer whose last byte was reported leaves nothing behind in the layer.
void what_was_reported_has_left(void**) {
    const auto ends = make_ends(30);
    const std::string text(20, 'x');
    assert_int_equal(ends.first->write(as_bytes(text)).value().value_or(99), 19);
    assert_false(ends.first->write(as_bytes("x")).value().has_value());
    Bytes buffer(100);
    assert_false(ends.second->read(buffer).value().has_value());
    assert_int_equal(ends.first->write(as_bytes("x")).value().value_or(0), 1);
    assert_int_equal(ends.second->read(buffer).value().value_or(0), 20);
}

void decoded_bytes_wake_a_reader(void**) {
    const auto ends = make_ends(1000);
    assert_true(ends.first->write(as_bytes("hello")).has_value());
    std::string heard;
    Watch watch(*ends.second, Condition::in, [&](Condition) {
        Bytes one(1);
        if (const auto count = ends.second->read(one); count && *count)
            heard += as_text(one);
    });
    assert_true(run_until([&] { return heard == "hello"; }));
}

void tells_an_end_from_a_cut(void**) {
    Bytes buffer(10);
    auto ends = make_ends(1000);
    assert_true(ends.first->close().has_value());
    assert_int_equal(ends.second->read(buffer).value().value_or(9), 0);

    // Cut amid a message.
    auto [a, b] = make_pipe_pair(1000);
    const Bytes key(16, std::byte{1});
    const auto layered = std::make_shared<ChannelLayered>(
        std::make_unique<auth::AesLayer>(auth::AesMessages(key), auth::AesMessages(key)),
        b);
    assert_true(a->write(as_bytes("\1")).has_value());
    assert_false(layered->read(buffer).value().has_value());
    assert_true(a->close().has_value());
    assert_true(layered->read(buffer).error().kind == ErrorKind::disconnected);
}

void a_changed_byte_ends_it(void**) {
    auto [a, b] = make_pipe_pair(1000);
    const Bytes key(16, std::byte{1});
    Bytes sealed;
    auth::AesMessages(key).seal(as_bytes("hello"), sealed);
    sealed[4] ^= std::byte{1};
    const auto layered = std::make_shared<ChannelLayered>(
        std::make_unique<auth::AesLayer>(auth::AesMessages(key), auth::AesMessages(key)),
        b);
    assert_true(a->write(sealed).has_value());
    Bytes buffer(10);
    assert_true(layered->read(buffer).error().kind == ErrorKind::protocol);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(all_bytes_arrive_in_order),
        cmocka_unit_test(what_was_reported_has_left),
        cmocka_unit_test(decoded_bytes_wake_a_reader),
        cmocka_unit_test(tells_an_end_from_a_cut),
        cmocka_unit_test(a_changed_byte_ends_it),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
