// The clipboard end to end, both ways, with and without the extension.
#include <string>
#include <string_view>

#include "tests/ui/vnc/world.hpp"
#include "ui/vnc/rfb/clipboard-message.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using namespace qio::vnc;

namespace {

/// What the cut texts that came are: "plain TEXT", "caps", "notify", "none", "request",
/// "provide TEXT".
std::string heard(const RfbClient& client) {
    std::string all;
    for (const auto& bytes : client.messages) {
        if (bytes[0] != std::byte(3))
            continue;
        all += all.empty() ? "" : ", ";
        const auto payload = ByteView(bytes).subspan(8);
        if (load_be<std::uint32_t>(bytes.data() + 4) == payload.size()) {
            all += "plain " + std::string(as_text(payload));
            continue;
        }
        const auto message = *parse_clipboard_message(payload);
        if (std::holds_alternative<ClipboardCaps>(message))
            all += "caps";
        else if (std::holds_alternative<ClipboardRequest>(message))
            all += "request";
        else if (const auto* notified = std::get_if<ClipboardNotify>(&message))
            all += notified->text ? "notify" : "none";
        else
            all += "provide " + *std::get<ClipboardProvide>(message).text;
    }
    return all;
}

bool comes(RfbClient& client, std::string_view text) {
    return client.wait_for([&] { return heard(client) == text; });
}

Bytes flagged(std::uint32_t flags) {
    Bytes out;
    ByteWriter(out).put(flags);
    return rfb::clipboard(out);
}
const Bytes notify = flagged(clipboard_notify | clipboard_text);
const Bytes request = flagged(clipboard_request | clipboard_text);

Bytes provide(std::string_view text) {
    return rfb::clipboard(*clipboard_provide_message(text));
}

// O-30: text outside Latin-1 goes both ways
void text_goes_both_ways_with_the_extension(void**) {
    for (const auto over : plain_and_websocket) {
        World world;
        const auto client = world.watch({rfb::raw, rfb::extended_clipboard}, over);
        assert_true(comes(*client, "caps"));
        assert_true(world.display->set_clipboard("\xE2\x82\xAC\n1").has_value());
        assert_true(comes(*client, "caps, notify"));
        client->send(request);
        assert_true(comes(*client, "caps, notify, provide \xE2\x82\xAC\n1"));
        client->messages.clear();
        client->send(notify);
        assert_true(comes(*client, "request"));
        client->send(provide("\xF0\x9F\x98\x80\n"));
        assert_true(run_until([&] { return !world.emulator.texts.empty(); }));
        assert_string_equal(world.emulator.texts[0].c_str(), "\xF0\x9F\x98\x80\n");
    }
}

void text_goes_both_ways_without_it(void**) {
    World world;
    const auto client = world.watch({rfb::raw});
    assert_true(world.display->set_clipboard("caf\xC3\xA9 \xE2\x82\xAC").has_value());
    assert_true(comes(*client, "plain caf\xE9 ?"));
    client->send(rfb::cut_text("caf\xE9\r\n"));
    assert_true(run_until([&] { return !world.emulator.texts.empty(); }));
    assert_string_equal(world.emulator.texts[0].c_str(), "caf\xC3\xA9\n");
}

void announced_text_is_fetched_when_it_is_wanted(void**) {
    World world;
    const auto extended = world.watch({rfb::raw, rfb::extended_clipboard});
    assert_true(comes(*extended, "caps"));
    world.display->announce_clipboard();
    assert_true(comes(*extended, "caps, notify"));
    assert_int_equal(world.emulator.wishes, 0);
    world.emulator.on_any = [&] {
        if (world.emulator.wishes == 1)
            (void)world.display->set_clipboard("fetched").has_value();
    };
    extended->send(rfb::joined({request, request}));
    assert_true(comes(*extended, "caps, notify, provide fetched"));
    assert_int_equal(world.emulator.wishes, 1);
    const auto plain = world.watch({rfb::raw});
    world.emulator.on_any = {};
    world.display->announce_clipboard();
    assert_true(run_until([&] { return world.emulator.wishes == 2; }));
    assert_true(world.display->set_clipboard("again").has_value());
    assert_true(comes(*plain, "plain again"));
}

// CVE-16, P-RFB-15, P-RFB-16: a client without the extension says nothing; one with it
// asks
void an_empty_text_of_one_client_is_no_trouble_to_another(void**) {
    World world;
    const auto plain = world.watch({rfb::raw});
    const auto extended = world.watch({rfb::raw, rfb::extended_clipboard});
    assert_true(comes(*extended, "caps"));
    plain->send(rfb::cut_text(""));
    assert_true(run_until([&] { return world.emulator.texts.size() == 1; }));
    extended->send(request);
    assert_true(comes(*extended, "caps, none"));
    assert_true(world.has_clients(2));
}

// V-10, V-12, TRAP-16: nothing is left of a client that is gone
void a_client_that_leaves_takes_its_clipboard_along(void**) {
    World world;
    {
        const auto client = world.watch({rfb::raw, rfb::extended_clipboard});
        assert_true(comes(*client, "caps"));
        client->send(notify);
        assert_true(comes(*client, "caps, request"));
    }
    assert_true(world.has_clients(0));
    const auto plain = world.watch({rfb::raw});
    plain->send(rfb::cut_text("x"));
    assert_true(run_until([&] { return world.emulator.texts.size() == 1; }));
    plain->close();
    assert_true(world.has_clients(0));
    const auto next = world.watch({rfb::raw, rfb::extended_clipboard});
    next->send(request);
    assert_true(comes(*next, "caps, none"));
    assert_true(world.display->set_clipboard("y").has_value());
    assert_true(comes(*next, "caps, none, notify"));
}

// V-11: listed twice, and in two lists, it is one extension
void the_extension_may_be_listed_twice(void**) {
    World world;
    const auto client =
        world.watch({rfb::raw, rfb::extended_clipboard, rfb::extended_clipboard});
    assert_true(comes(*client, "caps"));
    client->set_encodings({rfb::extended_clipboard, rfb::raw});
    assert_true(comes(*client, "caps, caps"));
    assert_true(world.display->set_clipboard("y").has_value());
    assert_true(comes(*client, "caps, caps, notify"));
}

// CVE-13, CVE-14, TRAP-14, TRAP-15: broken messages end their sender only
void broken_messages_end_their_sender(void**) {
    auto trailing = provide("text");
    trailing.push_back(std::byte('x'));
    store_be(trailing.data() + 4, std::uint32_t(8 - trailing.size()));
    const Bytes broken[] = {
        rfb::cut_text_head(0x80000000),
        rfb::cut_text_head(0xFFFFFFFF),
        rfb::cut_text_head(0xFFF00000 - 1),
        flagged(clipboard_provide | clipboard_text),
    };
    World world;
    const auto witness = world.watch({rfb::raw, rfb::extended_clipboard});
    witness->send(trailing);
    assert_true(run_until([&] { return world.emulator.texts.size() == 1; }));
    for (const auto& message : broken) {
        const auto client = world.watch({rfb::raw, rfb::extended_clipboard});
        client->send(message);
        assert_true(run_until([&] { return client->has_ended(); }));
        assert_true(world.has_clients(1));
    }
}

// P-RFB-16: floods cost one answer of each kind while nothing is read
void floods_do_not_grow_the_output(void**) {
    World world;
    world.pipe_bytes = 4096;
    const auto client = world.watch({rfb::raw, rfb::extended_clipboard});
    assert_true(world.display->set_clipboard(std::string(500000, 'x')).has_value());
    drain();
    client->pause();
    client->send(
        rfb::repeated(rfb::joined({request, notify, flagged(clipboard_peek)}), 5000));
    assert_true(run_until([&] { return client->is_sent(); }));
    client->only_count();
    client->resume();
    drain();
    assert_true(client->received() < 400000);
    assert_true(world.has_clients(1));
}

// V-10: the emulator may end everything while it is asked
void the_server_may_go_while_it_asks(void**) {
    World world;
    const auto client = world.watch({rfb::raw});
    world.emulator.on_any = [&] { world.server.reset(); };
    world.display->announce_clipboard();
    assert_true(run_until([&] { return client->has_ended(); }));
    assert_int_equal(world.emulator.wishes, 1);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(text_goes_both_ways_with_the_extension),
        cmocka_unit_test(text_goes_both_ways_without_it),
        cmocka_unit_test(announced_text_is_fetched_when_it_is_wanted),
        cmocka_unit_test(an_empty_text_of_one_client_is_no_trouble_to_another),
        cmocka_unit_test(a_client_that_leaves_takes_its_clipboard_along),
        cmocka_unit_test(the_extension_may_be_listed_twice),
        cmocka_unit_test(broken_messages_end_their_sender),
        cmocka_unit_test(floods_do_not_grow_the_output),
        cmocka_unit_test(the_server_may_go_while_it_asks),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
