// Client messages end to end: in pieces of any size, cut anywhere, and broken.
#include <sys/mman.h>
#include <unistd.h>

#include "io/base/unique-fd.hpp"
#include "io/socket/channel-socket.hpp"
#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

constexpr ui::PixelFormat rgb565 = {16, 16, true, true, 31, 63, 31, 11, 5, 0};

/// All that a client can say, handshake included. Each update is asked for when nothing
/// else can change it, so that the server's words do not depend on how it is cut.
Bytes recorded_session() {
    return rfb::joined({
        Bytes(as_bytes("RFB 003.008\n\1\1").begin(), as_bytes("RFB 003.008\n\1\1").end()),
        rfb::set_encodings({rfb::raw, rfb::extended_key, rfb::desktop_name}),
        rfb::set_pixel_format(rgb565),
        rfb::key_event(true, 'a'),
        rfb::extended_key_event(true, 'b', 0x30),
        rfb::pointer_event(5, 6, 7),
        rfb::cut_text("some\r\ntext\r"),
        rfb::cut_text(""),
        rfb::set_encodings({}),
        rfb::set_encodings({rfb::raw}),
        rfb::set_desktop_size(20, 30),
        rfb::key_event(false, 'a'),
        rfb::update_request(false, {0, 0, 8, 8}),
    });
}

/// What the server says to it: the handshake, and the picture, which it has not sent yet.
constexpr std::size_t heard_bytes = 12 + 6 + 24 + 4 + 12 + 64 * 48 * 2;

/// What a session came to.
struct Outcome {
    Bytes heard;
    std::vector<ui::KeyEvent> keys;
    std::vector<ui::PointerEvent> pointers;
    std::vector<std::string> texts;
    std::vector<std::pair<int, int>> sizes;
    bool operator==(const Outcome&) const = default;
};

/// Plays the session in pieces; the server reads each before the next is there.
Outcome play(const Bytes& session, std::size_t step, Over over) {
    World world;
    RfbClient client(world.dial(over));
    for (std::size_t at = 0; at < session.size(); at += step) {
        client.send(ByteView(session).subspan(at, std::min(step, session.size() - at)));
        run_until([&] { return client.is_sent(); });
        drain();
    }
    client.wait_for([&] { return client.received() >= heard_bytes; });
    drain();
    const auto& emulator = world.emulator;
    return {client.input(), emulator.keys, emulator.pointers, emulator.texts,
            emulator.sizes};
}

// P-RFB-24, O-05, O-25: byte by byte, coalesced, and everything between
void pieces_do_not_matter(void**) {
    const auto session = recorded_session();
    const auto whole = play(session, session.size(), Over::pipe);
    assert_int_equal(whole.heard.size(), heard_bytes);
    assert_int_equal(whole.keys.size(), 3);
    assert_int_equal(whole.texts.size(), 2);
    assert_int_equal(whole.sizes.size(), 1);
    for (const auto over : plain_and_websocket)
        for (const std::size_t step : {1, 2, 3, 5, 7, 11, 13, 16, 19, 64, 1000})
            assert_true(play(session, step, over) == whole);
}

/// How a client leaves: saying so, cut off, or by closing its half only.
enum class Cut { close, reset, half };

void cut_off(Channel& channel, Cut cut) {
    if (cut == Cut::half)
        return (void)channel.shutdown(Direction::write);
    if (cut == Cut::reset) {
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        setsockopt(static_cast<ChannelSocket&>(channel).fd(), SOL_SOCKET, SO_LINGER,
                   &at_once, sizeof at_once);
    }
    (void)channel.close();
}

// P-RFB-23, C-1, CVE-26, V-31: a client gone at every byte; the others go on, nothing is
// left, nothing spins, nothing stays pressed
void a_client_may_be_cut_off_at_every_byte(void**) {
    const auto session = recorded_session();
    struct Row {
        Over over;
        Cut cut;
    };
    for (const auto& row : {Row{Over::pipe, Cut::close}, Row{Over::tcp, Cut::close},
                            Row{Over::tcp, Cut::reset}, Row{Over::unix_socket, Cut::half},
                            Row{Over::websocket, Cut::close}}) {
        World world;
        const auto bystander = world.join();
        world.address(row.over == Over::pipe ? Over::tcp : row.over);
        const auto before = open_descriptors();
        for (std::size_t length = 0; length <= session.size(); ++length) {
            {
                const auto channel = world.dial(row.over);
                RfbClient client(channel);
                client.send(ByteView(session).first(length));
                assert_true(run_until([&] { return client.is_sent(); }));
                cut_off(*channel, row.cut);
                assert_true(world.has_clients(1));
            }
            assert_true(drain() < 100);
            assert_true(run_until([&] { return open_descriptors() == before; }));
        }
        std::size_t downs = 0;
        for (const auto& key : world.emulator.keys)
            downs += key.down;
        assert_int_equal(world.emulator.keys.size(), 2 * downs);
        for (std::size_t i = 0; i < world.emulator.pointers.size(); ++i)
            assert_int_equal(world.emulator.pointers[i].buttons, i % 2 == 0 ? 5 : 0);
        assert_true(bystander->sync());
    }
}

/// What ends the client that says it.
std::vector<Bytes> bad_messages() {
    const auto text = [](std::string_view bytes) {
        return Bytes(as_bytes(bytes).begin(), as_bytes(bytes).end());
    };
    std::vector<Bytes> all;
    // P-RFB-09, V-32: types that do not exist or were not negotiated
    for (const int type : {1, 7, 8, 127, 150, 248, 249, 250, 252, 253, 254})
        all.push_back(Bytes(64, std::byte(type)));
    for (const char sub_type : {'\1', '\2', '\377'})
        all.push_back(text(std::string{'\377', sub_type}));
    // CVE-05, CVE-13, CVE-23, P-RFB-15, O-01, O-15: ended by the length alone
    for (const std::uint32_t length :
         {0x100001u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFCu, 0xFFFFFFFFu})
        all.push_back(rfb::cut_text_head(length));
    // CVE-03: pixel sizes
    for (const int bits : {0, 1, 7, 9, 15, 24, 33, 64, 255}) {
        auto format = ui::server_native();
        format.bits_per_pixel = std::uint8_t(bits);
        all.push_back(rfb::set_pixel_format(format));
    }
    // CVE-06, TRAP-21, O-12: channels that are none
    for (const auto& format :
         {ui::PixelFormat{32, 24, false, true, 0, 255, 255, 16, 8, 0},
          {32, 24, false, true, 255, 255, 0, 16, 8, 0},
          {32, 24, false, true, 255, 255, 255, 32, 8, 0},
          {32, 24, false, true, 255, 255, 255, 255, 8, 0},
          {32, 24, false, true, 255, 254, 255, 16, 8, 0},
          {32, 24, false, true, 255, 255, 255, 8, 8, 0},
          {8, 8, false, true, 255, 255, 255, 16, 8, 0},
          {16, 24, false, true, 31, 63, 31, 11, 5, 0}})
        all.push_back(rfb::set_pixel_format(format));
    return all;
}

/// What is written to standard error while this lives.
class ErrorOutput {
public:
    ErrorOutput() : saved_(dup(2)), file_(memfd_create("stderr", MFD_CLOEXEC)) {
        dup2(file_.get(), 2);
    }
    ~ErrorOutput() { dup2(saved_.get(), 2); }
    ErrorOutput(const ErrorOutput&) = delete;
    ErrorOutput& operator=(const ErrorOutput&) = delete;
    off_t size() const { return lseek(file_.get(), 0, SEEK_END); }

private:
    UniqueFd saved_, file_;
};

// P-RFB-09: that client ends, the others go on, and nobody's log fills
void a_bad_message_ends_its_client_alone(void**) {
    const ErrorOutput errors;
    for (const auto over : plain_and_websocket) {
        World world;
        const auto bystander = world.watch({rfb::zlib});
        for (const auto& message : bad_messages()) {
            const auto client = world.watch({rfb::raw}, over);
            assert_true(client != nullptr);
            client->send(rfb::key_event(true, 'k'));
            client->send(message);
            client->send(rfb::key_event(true, 'l'));
            assert_true(run_until([&] { return client->has_ended(); }));
            assert_true(world.has_clients(1));
            assert_true(bystander->update(false));
        }
        // What came behind the bad message was not looked at (O-47).
        for (const auto& key : world.emulator.keys)
            assert_int_equal(key.keysym, 'k');
        assert_true(bystander->shows(*world.surface));
    }
    assert_int_equal(errors.size(), 0);
}

// P-RFB-09: no message is taken for ClientInit, or before it
void messages_before_client_init_are_not_taken(void**) {
    for (const auto& message : bad_messages()) {
        World world;
        const auto client = world.connect();
        client->send(as_bytes("RFB 003.008\n"));
        client->send(rfb::key_event(true, 'k'));
        client->send(message);
        assert_true(run_until([&] { return client->has_ended(); }));
        assert_int_equal(world.emulator.calls(), 0);
        assert_true(world.has_clients(0));
    }
}

// O-47, V-22, CVE-20: messages that are odd but allowed
void odd_messages_are_taken(void**) {
    World world;
    const auto client = world.watch({rfb::raw});
    client->send(rfb::set_encodings({}));
    client->send(rfb::cut_text(""));
    client->send(rfb::set_encodings({0x7FFFFFFF, -0x7FFFFFFF - 1, 1, 7, 16, -1}));
    client->send(rfb::pointer_event(255, 65535, 65535));
    client->request(false, {65535, 65535, 65535, 65535});
    assert_true(client->wait_for([&] { return client->answers() == client->requests; }));
    assert_true(client->sync());
    assert_true(client->shows(*world.surface));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(pieces_do_not_matter),
        cmocka_unit_test(a_client_may_be_cut_off_at_every_byte),
        cmocka_unit_test(a_bad_message_ends_its_client_alone),
        cmocka_unit_test(messages_before_client_init_are_not_taken),
        cmocka_unit_test(odd_messages_are_taken),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
