// How a WebSocket connection ends: end of stream, shutdown, close frames and patience.
#include "io/websock/channel-websock.hpp"

#include <vector>

#include "tests/support/stacks.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using std::chrono::milliseconds;
using ws::CloseCode;

namespace {

/// Frames that make a session, and what of it has to be seen of each prefix.
struct Session {
    Bytes bytes;
    struct Piece {
        std::size_t end;       // of the frame
        std::size_t payload;   // where its payload starts
        std::string delivered; // "" for control frames
        bool may_end;          // right behind it
    };
    std::vector<Piece> pieces;

    void add(unsigned first_byte, std::string_view payload, bool may_end) {
        const Bytes frame = client_frame(first_byte, payload);
        const std::size_t start = bytes.size() + frame.size() - payload.size();
        bytes.insert(bytes.end(), frame.begin(), frame.end());
        pieces.push_back(
            {bytes.size(), start, (first_byte & 8) ? "" : std::string(payload), may_end});
    }
    std::string delivered_at(std::size_t cut) const {
        std::string text;
        for (auto& piece : pieces)
            if (cut > piece.payload)
                text += piece.delivered.substr(0, cut - piece.payload);
        return text;
    }
    bool may_end_at(std::size_t cut) const {
        bool result = cut == 0;
        for (auto& piece : pieces)
            result = result || (cut == piece.end && piece.may_end);
        return result;
    }
};

Session recorded_session() {
    Session session;
    session.add(0x82, "abc", true);
    session.add(0x82, std::string(130, 'w'), true);
    session.add(0x02, "d", false);
    session.add(0x89, "hi", false);
    session.add(0x00, "", false);
    session.add(0x80, "ef", true);
    session.add(0x89, "", true);
    session.add(0x88, close_payload(1001, "bye"), true);
    return session;
}

// TRAP-01, D3, D22, C-1: the session cut at every byte, read in several ways.
void an_end_within_a_message_is_an_error_and_between_two_is_none(void**) {
    const Session session = recorded_session();
    for (std::size_t cut = 0; cut <= session.bytes.size(); ++cut)
        for (const std::size_t piece : {1u, 3u, 4096u}) {
            OpenWebsock server;
            server.send(ByteView(session.bytes).first(cut));
            (void)server.peer->shutdown(Direction::write);
            const auto all = drained(*server.channel, piece);
            assert_true(all.text() == session.delivered_at(cut));
            assert_int_equal(all.ended, session.may_end_at(cut));
            assert_int_equal(all.error.has_value(), !session.may_end_at(cut));
            if (all.error) {
                assert_true(all.error->kind == ErrorKind::disconnected);
                assert_false(all.error->message.empty());
            }
            // What was is what stays.
            const auto again = drained(*server.channel);
            assert_true(again.data.empty() && again.ended == all.ended);
        }
}

// The same by a watch: one look at the error, with hup, and then silence.
void a_watch_hears_of_the_end_and_nothing_spins(void**) {
    const Session session = recorded_session();
    for (std::size_t cut = 0; cut <= session.bytes.size(); ++cut) {
        OpenWebsock server;
        std::string received;
        Condition last = Condition::none;
        bool over = false;
        Watch watch(*server.channel, Condition::in, [&](Condition condition) {
            last = condition;
            const auto more = drained(*server.channel);
            received += more.text();
            over = more.ended || more.error;
            if (over)
                watch.set_condition(Condition::none);
            if (over && has(condition, Condition::hup))
                watch.reset();
        });
        server.send(ByteView(session.bytes).first(cut));
        assert_true(drain() < 20);
        (void)server.peer->shutdown(Direction::write);
        const bool told = run_until([&] { return !watch.is_active(); });
        assert_true(told && over);
        assert_true(has(last, Condition::hup));
        assert_true(received == session.delivered_at(cut));
        assert_int_equal(has(last, Condition::err), !session.may_end_at(cut));
        assert_true(drain() < 10);
    }
}

// IO-01: whoever waits for room, or for nothing, is told as well.
void every_watch_hears_of_the_end(void**) {
    for (const auto asked : {Condition::none, Condition::hup, Condition::out}) {
        OpenWebsock server;
        Condition seen = Condition::none;
        Watch watch(*server.channel, asked, [&](Condition condition) {
            seen |= condition;
            if (has(condition, Condition::hup))
                watch.reset();
        });
        server.send_frame(0x88, close_payload(1000));
        assert_true(drained(*server.channel).ended);
        const bool told = run_until([&] { return !watch.is_active(); });
        watch.reset();
        assert_true(told && has(seen, Condition::hup));
    }
}

void shutting_down_the_output_leaves_the_input_open(void**) {
    OpenWebsock server;
    assert_true(server.channel->has_feature(Feature::shutdown));
    (void)server.channel->write(as_bytes("last"));
    assert_true(server.channel->shutdown(Direction::write).has_value());
    assert_true(server.channel->write(as_bytes("x")).error().kind ==
                ErrorKind::disconnected);
    assert_int_equal(server.frames().size(), 2);
    assert_int_equal(close_code_of(server.frames().back()), 1000);
    server.send_frame(0x82, "still");
    assert_string_equal(drained(*server.channel).text().c_str(), "still");
    server.send_frame(0x88, close_payload(1000));
    assert_true(drained(*server.channel).ended);
    assert_int_equal(server.frames().size(), 2);
    assert_true(server.peer_ended);
}

void shutting_down_the_input_leaves_the_output_open(void**) {
    OpenWebsock server;
    server.send_frame(0x82, "unwanted");
    assert_true(server.channel->shutdown(Direction::read).has_value());
    const auto all = drained(*server.channel);
    assert_true(all.ended && all.data.empty());
    assert_true(has(*wait(*server.channel, Condition::in), Condition::in));
    assert_int_equal(**server.channel->write(as_bytes("answer")), 6);
    assert_int_equal(server.frames().size(), 1);
    assert_true(as_text(server.frames().front().payload) == "answer");
}

void shutting_down_both_says_so_to_the_peer(void**) {
    OpenWebsock server;
    assert_true(server.channel->shutdown(Direction::both).has_value());
    assert_true(drained(*server.channel).ended);
    assert_true(server.channel->write(as_bytes("x")).error().kind ==
                ErrorKind::disconnected);
    assert_int_equal(server.frames().size(), 1);
    assert_int_equal(close_code_of(server.frames().front()), 1000);
    assert_true(server.peer_ended);
}

// IO-07: also without patience the peer hears a word.
void an_abrupt_close_says_that_it_goes(void**) {
    OpenWebsock server;
    assert_true(server.channel->close().has_value());
    assert_true(server.channel->close().has_value());
    assert_int_equal(server.frames().size(), 1);
    assert_int_equal(close_code_of(server.frames().front()), 1001);
    assert_true(server.peer_ended);
    assert_true(server.peer->write(as_bytes("x")).error().kind ==
                ErrorKind::disconnected);
}

// D11: every operation answers, in every state.
void every_operation_has_an_answer_in_every_state(void**) {
    for (const int state : {0, 1, 2, 3, 4}) {
        auto server = state < 2 ? nullptr : std::make_unique<OpenWebsock>();
        auto fresh = state < 2 ? std::make_unique<WebsockServer>() : nullptr;
        WebsockServer& tested = fresh ? *fresh : *server;
        if (state == 1)
            tested.start();
        if (state == 3) {
            tested.send_frame(0x88, "");
            (void)drained(*tested.channel);
        }
        if (state == 4)
            (void)tested.channel->close();
        auto& channel = *tested.channel;
        channel.set_delay(Hint::off);
        channel.set_cork(Hint::on);
        channel.set_cork(Hint::off);
        assert_true(channel.set_blocking(Blocking::no).has_value());
        // D19, unless it is closed.
        assert_int_equal(channel.read({}).has_value(), state != 4);
        (void)channel.interest(Condition::in | Condition::out);
        (void)channel.resolve(Condition::in, Condition::none);
        for (const auto direction : {Direction::read, Direction::write, Direction::both})
            (void)channel.shutdown(direction);
        for (unsigned feature = 0; feature <= 6; ++feature)
            assert_int_equal(channel.has_feature(Feature(feature)), feature == 1);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_end_within_a_message_is_an_error_and_between_two_is_none),
        cmocka_unit_test(a_watch_hears_of_the_end_and_nothing_spins),
        cmocka_unit_test(every_watch_hears_of_the_end),
        cmocka_unit_test(shutting_down_the_output_leaves_the_input_open),
        cmocka_unit_test(shutting_down_the_input_leaves_the_output_open),
        cmocka_unit_test(shutting_down_both_says_so_to_the_peer),
        cmocka_unit_test(an_abrupt_close_says_that_it_goes),
        cmocka_unit_test(every_operation_has_an_answer_in_every_state),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
