// What a client and the display's clipboard tell each other, step by step.
#include "ui/vnc/clipboard-exchange.hpp"

#include <memory>
#include <string>
#include <vector>

#include "ui/vnc/rfb/extension-writer.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

ui::Clipboard copied(std::uint64_t serial, std::string text) {
    return {serial, true, std::make_shared<const std::string>(std::move(text))};
}
ui::Clipboard promised(std::uint64_t serial) {
    return {serial, true, nullptr};
}
ui::Clipboard emptied(std::uint64_t serial) {
    return {serial, false, nullptr};
}

Bytes flagged(std::uint32_t flags, std::initializer_list<std::uint32_t> more = {}) {
    Bytes out;
    ByteWriter writer(out);
    writer.put(flags);
    for (const auto value : more)
        writer.put(value);
    return out;
}

const Bytes notify = flagged(clipboard_notify | clipboard_text);
const Bytes notify_nothing = flagged(clipboard_notify);
const Bytes request = flagged(clipboard_request | clipboard_text);
const Bytes peek = flagged(clipboard_peek);
Bytes caps(std::uint32_t max_text) {
    return flagged(clipboard_caps | clipboard_notify | clipboard_request |
                       clipboard_provide | clipboard_text,
                   {max_text});
}

/// What the messages in `bytes` are: "caps", "notify", "none" (a notify of nothing),
/// "request", a text behind "provide " or "plain ".
std::string said_in(ByteView bytes) {
    std::string all;
    while (!bytes.empty()) {
        const auto length = load_be<std::uint32_t>(bytes.data() + 4);
        const std::uint32_t size = length > 0x7FFFFFFF ? 0 - length : length;
        const auto payload = bytes.subspan(8, size);
        bytes = bytes.subspan(8 + size);
        all += all.empty() ? "" : ", ";
        if (size == length) {
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

std::string said(ClipboardExchange& exchange) {
    Bytes out;
    exchange.append_to(out);
    return said_in(out);
}

#define assert_said(text, exchange) assert_string_equal(said(exchange).c_str(), text)

/// A client with the extension that has told what it can do.
ClipboardExchange extended(std::uint32_t max_text = 0) {
    ClipboardExchange exchange;
    exchange.set_extended(true);
    Bytes out;
    exchange.append_to(out);
    (void)exchange.handle(caps(max_text)).value();
    return exchange;
}

/// Gives a message, and what text it brought; "(none)" without.
std::string brought(ClipboardExchange& exchange, ByteView payload) {
    return exchange.handle(payload).value().value_or("(none)");
}

Bytes provide(std::string_view text) {
    return *clipboard_provide_message(text);
}

// V-11, P-RFB-10: caps once for each SetEncodings at most, however often it is listed
void caps_are_sent_once(void**) {
    ClipboardExchange exchange;
    assert_said("", exchange);
    for (int i = 0; i < 1000; ++i)
        exchange.set_extended(true);
    assert_said("caps", exchange);
    assert_said("", exchange);
    exchange.set_extended(true);
    assert_said("caps", exchange);
    exchange.set_extended(true);
    exchange.set_extended(false);
    assert_said("", exchange);
}

void a_plain_client_gets_each_text(void**) {
    ClipboardExchange exchange;
    exchange.display_changed(copied(1, "caf\xC3\xA9"));
    assert_said("plain caf\xE9", exchange);
    assert_said("", exchange);
    exchange.display_changed(copied(1, "caf\xC3\xA9"));
    assert_said("", exchange);
    exchange.display_changed(copied(2, "two"));
    exchange.display_changed(copied(3, "three"));
    assert_said("plain three", exchange);
    exchange.display_changed(emptied(4));
    assert_said("", exchange);
}

void a_plain_client_waits_for_what_is_promised(void**) {
    ClipboardExchange exchange;
    assert_false(exchange.take_wish());
    exchange.display_changed(promised(1));
    assert_true(exchange.take_wish());
    assert_false(exchange.take_wish());
    assert_said("", exchange);
    exchange.display_changed(copied(1, "text"));
    assert_false(exchange.take_wish());
    assert_said("plain text", exchange);
    exchange.display_changed(promised(2));
    exchange.display_changed(emptied(3));
    assert_false(exchange.take_wish());
    assert_said("", exchange);
}

// V-12, TRAP-16: what was there before a client came is none of its business
void nothing_is_told_of_the_past(void**) {
    const auto old = copied(5, "secret");
    ClipboardExchange exchange(old);
    exchange.display_changed(old);
    assert_said("", exchange);
    exchange.set_extended(true);
    exchange.display_changed(old);
    assert_said("caps", exchange);
    (void)exchange.handle(peek).value();
    assert_said("notify", exchange);
    (void)exchange.handle(request).value();
    assert_said("provide secret", exchange);
}

void an_extended_client_is_notified_and_asks(void**) {
    auto exchange = extended();
    exchange.display_changed(copied(1, "a\nb"));
    assert_said("notify", exchange);
    assert_string_equal(brought(exchange, request).c_str(), "(none)");
    assert_said("provide a\nb", exchange);
    assert_said("", exchange);
    exchange.display_changed(emptied(2));
    assert_said("none", exchange);
}

void small_texts_are_brought_unasked(void**) {
    auto exchange = extended(9);
    exchange.display_changed(copied(1, "four"));
    assert_said("provide four", exchange);
    exchange.display_changed(copied(2, "fives"));
    assert_said("notify", exchange);
    // A client that has not said so yet is asked first.
    ClipboardExchange silent;
    silent.set_extended(true);
    silent.display_changed(copied(1, "x"));
    assert_said("caps, notify", silent);
}

void what_a_client_does_not_know_is_not_sent(void**) {
    auto exchange = extended();
    (void)exchange.handle(flagged(clipboard_caps | clipboard_provide)).value();
    exchange.display_changed(copied(1, "x"));
    assert_said("", exchange);
    (void)exchange.handle(flagged(clipboard_caps | clipboard_provide | 1, {100})).value();
    exchange.display_changed(copied(2, "y"));
    assert_said("provide y", exchange);
}

void a_promised_text_is_fetched_on_request(void**) {
    auto exchange = extended();
    exchange.display_changed(promised(1));
    assert_false(exchange.take_wish());
    assert_said("notify", exchange);
    (void)exchange.handle(request).value();
    assert_true(exchange.take_wish());
    (void)exchange.handle(request).value();
    assert_false(exchange.take_wish());
    assert_said("", exchange);
    exchange.display_changed(copied(1, "here"));
    assert_said("provide here", exchange);
}

// CVE-16: a request for what is not there, or never comes
void a_request_without_text_is_answered_with_none(void**) {
    auto exchange = extended();
    (void)exchange.handle(request).value();
    assert_false(exchange.take_wish());
    assert_said("none", exchange);
    exchange.display_changed(promised(1));
    (void)exchange.handle(request).value();
    assert_true(exchange.take_wish());
    exchange.display_changed(emptied(2));
    assert_said("none", exchange);
}

void peeks_are_answered(void**) {
    auto exchange = extended();
    (void)exchange.handle(peek).value();
    assert_said("none", exchange);
    exchange.display_changed(promised(1));
    assert_said("notify", exchange);
    (void)exchange.handle(peek).value();
    (void)exchange.handle(peek).value();
    assert_said("notify", exchange);
    assert_false(exchange.take_wish());
}

void a_clients_text_is_asked_for(void**) {
    auto exchange = extended();
    assert_string_equal(brought(exchange, notify).c_str(), "(none)");
    assert_said("request", exchange);
    assert_string_equal(brought(exchange, provide("text")).c_str(), "text");
    assert_said("", exchange);
}

// P-RFB-16: at most one request is on its way
void one_request_is_on_its_way_at_most(void**) {
    auto exchange = extended();
    for (int i = 0; i < 1000; ++i)
        (void)exchange.handle(notify).value();
    assert_said("request", exchange);
    for (int i = 0; i < 1000; ++i)
        (void)exchange.handle(notify).value();
    assert_said("", exchange);
    // It may be that of the first announcement.
    assert_string_equal(brought(exchange, provide("old")).c_str(), "old");
    assert_said("request", exchange);
    assert_string_equal(brought(exchange, provide("new")).c_str(), "new");
    assert_said("", exchange);
}

// Nor is one that the client forgot when it began anew.
void a_client_that_begins_anew_is_asked_again(void**) {
    auto exchange = extended();
    (void)exchange.handle(notify).value();
    assert_said("request", exchange);
    exchange.set_extended(true);
    assert_said("caps", exchange);
    (void)exchange.handle(notify).value();
    assert_said("request", exchange);
}

void a_withdrawn_text_is_not_waited_for(void**) {
    auto exchange = extended();
    (void)exchange.handle(notify).value();
    (void)exchange.handle(notify_nothing).value();
    assert_said("", exchange);
    (void)exchange.handle(notify).value();
    assert_said("request", exchange);
    (void)exchange.handle(notify_nothing).value();
    (void)exchange.handle(notify).value();
    assert_said("request", exchange);
}

// P-RFB-16: text that nobody has asked for is taken, too
void text_may_come_unasked(void**) {
    auto exchange = extended();
    assert_string_equal(brought(exchange, provide("x")).c_str(), "x");
    assert_string_equal(brought(exchange, provide("")).c_str(), "");
    assert_said("", exchange);
}

// P-RFB-16: floods are answered once, when there is room
void floods_are_answered_once(void**) {
    auto exchange = extended();
    exchange.display_changed(copied(1, std::string(100000, 'x')));
    for (int i = 0; i < 1000; ++i) {
        (void)exchange.handle(request).value();
        (void)exchange.handle(peek).value();
        (void)exchange.handle(notify).value();
        (void)exchange.handle(flagged(0xE0000001)).value();
    }
    Bytes out;
    exchange.append_to(out);
    assert_string_equal(said_in(out).substr(0, 17).c_str(), "notify, provide x");
    assert_true(said_in(out).ends_with("x, request"));
    assert_true(out.size() < 1000);
}

void broken_messages_are_errors(void**) {
    auto exchange = extended();
    assert_false(exchange.handle(flagged(clipboard_provide | 1)).has_value());
    assert_false(exchange.handle(Bytes(3)).has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(caps_are_sent_once),
        cmocka_unit_test(a_plain_client_gets_each_text),
        cmocka_unit_test(a_plain_client_waits_for_what_is_promised),
        cmocka_unit_test(nothing_is_told_of_the_past),
        cmocka_unit_test(an_extended_client_is_notified_and_asks),
        cmocka_unit_test(small_texts_are_brought_unasked),
        cmocka_unit_test(what_a_client_does_not_know_is_not_sent),
        cmocka_unit_test(a_promised_text_is_fetched_on_request),
        cmocka_unit_test(a_request_without_text_is_answered_with_none),
        cmocka_unit_test(peeks_are_answered),
        cmocka_unit_test(a_clients_text_is_asked_for),
        cmocka_unit_test(one_request_is_on_its_way_at_most),
        cmocka_unit_test(a_client_that_begins_anew_is_asked_again),
        cmocka_unit_test(a_withdrawn_text_is_not_waited_for),
        cmocka_unit_test(text_may_come_unasked),
        cmocka_unit_test(floods_are_answered_once),
        cmocka_unit_test(broken_messages_are_errors),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
