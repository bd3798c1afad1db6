// Our end of a socket over which a machine calls us, and one that plays it badly.
#include "ui/dbus/private-link.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "tests/support/loop.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::dbus;
using namespace qio::test;

namespace {

/// Answers some of the calls with as much as it likes.
class Talker final : public CallHandler {
public:
    std::optional<Answer> answer(const Call& call) override {
        if (call.method != "Ask")
            return std::nullopt; // GDBus answers that there is no such method
        const std::string text(10'000, 'x');
        return Answer::of(g_variant_new("(s)", text.c_str()));
    }
};

/// The machine's end of the handshake: EXTERNAL, and no descriptors.
bool shake_hands(int fd) {
    std::string heard;
    const auto hears = [&](std::string_view what) {
        char piece[256];
        while (!heard.contains(what)) {
            const auto count = read(fd, piece, sizeof piece);
            if (count <= 0)
                return false;
            heard.append(piece, std::size_t(count));
        }
        heard.clear();
        return true;
    };
    const auto says = [&](std::string_view what) {
        return write(fd, what.data(), what.size()) == ssize_t(what.size());
    };
    if (!hears("AUTH\r\n") || !says("REJECTED EXTERNAL\r\n") || !hears("AUTH EXTERNAL") ||
        !says("OK 0123456789abcdef0123456789abcdef\r\n"))
        return false;
    if (!hears("NEGOTIATE_UNIX_FD\r\n") || !says("AGREE_UNIX_FD\r\n"))
        return false;
    return hears("BEGIN\r\n");
}

std::string call_of(const char* method, unsigned serial) {
    const MessageRef call(
        g_dbus_message_new_method_call(nullptr, "/any", "any.Interface", method));
    g_dbus_message_set_serial(call.get(), serial);
    gsize size = 0;
    const Handle<unsigned char, &g_free> blob(
        g_dbus_message_to_blob(call.get(), &size, G_DBUS_CAPABILITY_FLAGS_NONE, nullptr));
    const void* const bytes = blob.get();
    return {static_cast<const char*>(bytes), size};
}

// SEC: whoever calls and does not read is ended before many answers are kept for it
void a_machine_that_reads_no_answers_is_ended(void**) {
    for (const char* method : {"Ask", "Unknown"}) {
        auto sockets = *SocketPair::create();
        bool is_closed = false;
        const auto link =
            PrivateLink::open(std::move(sockets.ours), std::make_shared<Talker>(),
                              [&] { is_closed = true; });
        assert_true(link.has_value());
        const int fd = sockets.theirs.get();
        assert_true(shake_hands(fd));
        // The kernel keeps some hundred kilobytes, and a write ends when we have closed.
        constexpr unsigned most = 100'000;
        unsigned serial = 0;
        while (serial < most) {
            const auto call = call_of(method, ++serial);
            if (send(fd, call.data(), call.size(), MSG_NOSIGNAL) < 0)
                break;
        }
        assert_true(serial < most);
        assert_true(run_until([&] { return is_closed; }));
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_machine_that_reads_no_answers_is_ended),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
