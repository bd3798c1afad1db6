// GIO's TLS, as a channel of ours and over one, against our own TLS.
#include <gio/gio.h>

#include <array>
#include <sys/socket.h>
#include <thread>

#include "io/core/transfer.hpp"
#include "io/core/watch.hpp"
#include "io/gio/channel-gio.hpp"
#include "io/socket/channel-socket.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/tls.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using tls::Endpoint;

namespace {

using ObjectRef = Handle<GObject, &g_object_unref>;
using std::chrono::milliseconds;

const char* const tls12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2";
const char* const tls13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3";

WaitOptions soon() {
    return {.deadline = deadline_after(std::chrono::seconds(20))};
}

const Authority& authority() {
    static const Authority made;
    return made;
}

template <class T>
Handle<T, &g_object_unref> owned(T* object) {
    g_assert(object != nullptr);
    return Handle<T, &g_object_unref>(object);
}

/// A certificate for GIO, and its key.
Handle<GTlsCertificate, &g_object_unref> for_gio(const Certificate& certificate) {
    const std::string pem = certificate.pem() + certificate.key_pem();
    return owned(g_tls_certificate_new_from_pem(pem.data(), -1, nullptr));
}

/// Makes GIO trust an authority. The file is read when it is first used.
Handle<GTlsDatabase, &g_object_unref> trust(const TemporaryFolder& folder,
                                            const Certificate& ca) {
    write_file(folder.file("ca-cert.pem"), ca.pem());
    return owned(g_tls_file_database_new(folder.file("ca-cert.pem").c_str(), nullptr));
}

GIOStreamRef connection_on(UniqueFd fd) {
    const auto socket = owned(g_socket_new_from_fd(fd.release(), nullptr));
    return GIOStreamRef(
        G_IO_STREAM(g_socket_connection_factory_create_connection(socket.get())));
}

/// A server of GIO's leaves it to its owner.
gboolean accept_certificate(GTlsConnection*, GTlsCertificate*, GTlsCertificateFlags wrong,
                            gpointer) noexcept {
    return wrong == 0;
}

/// GIO's TLS on a stream. A client looks for "localhost", a server asks for certificates.
GIOStreamRef gio_tls_on(GIOStream* below, Endpoint endpoint, GTlsDatabase* trusted) {
    GIOStreamRef tls;
    if (endpoint == Endpoint::client) {
        const auto name = owned(g_network_address_new("localhost", 1));
        tls.reset(g_tls_client_connection_new(below, G_SOCKET_CONNECTABLE(name.get()),
                                              nullptr));
    } else {
        tls.reset(g_tls_server_connection_new(below, for_gio(authority().server).get(),
                                              nullptr));
        g_object_set(tls.get(), "authentication-mode", G_TLS_AUTHENTICATION_REQUIRED,
                     nullptr);
        g_signal_connect(tls.get(), "accept-certificate", G_CALLBACK(&accept_certificate),
                         nullptr);
    }
    auto* connection = G_TLS_CONNECTION(tls.get());
    g_tls_connection_set_database(connection, trusted);
    if (endpoint == Endpoint::client)
        g_tls_connection_set_certificate(connection, for_gio(authority().client).get());
    return tls;
}

/// Our TLS on one end of a socket, GIO's on the other as a channel of ours.
struct Meeting {
    explicit Meeting(Endpoint our_end, const char* priority = "NORMAL",
                     const Certificate& gio_trusts = authority().ca) {
        std::array<int, 2> fds;
        g_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) == 0);
        wire = *ChannelSocket::from_fd(UniqueFd(fds[0]));
        g_assert(wire->set_blocking(Blocking::no).has_value());
        const bool is_client = our_end == Endpoint::client;
        const auto& own = is_client ? authority().client : authority().server;
        const auto credentials = TestCredentials::x509(our_end, &own, authority().ca,
                                                       tls::VerifyPeer::yes, priority);
        ours = is_client
                   ? *ChannelTls::client(wire, credentials, {.server_name = "localhost"})
                   : *ChannelTls::server(wire, credentials);
        const auto gio_end = is_client ? Endpoint::server : Endpoint::client;
        base = connection_on(UniqueFd(fds[1]));
        stream = gio_tls_on(base.get(), gio_end, trust(folder, gio_trusts).get());
        theirs = *ChannelGio::from_stream(stream.get());
    }
    /// Ours; theirs shakes hands when it is first used.
    void begin() {
        ours->handshake({}, [outcome = outcome](Result<void> result) {
            *outcome = std::move(result);
        });
    }
    bool is_open() const { return *outcome && (*outcome)->has_value(); }

    TemporaryFolder folder;
    std::shared_ptr<Channel> wire;
    std::shared_ptr<ChannelTls> ours;
    GIOStreamRef base, stream;
    std::shared_ptr<Channel> theirs;
    // Told later than this may live, if it is closed before.
    using Outcome = std::optional<Result<void>>;
    const std::shared_ptr<Outcome> outcome = std::make_shared<Outcome>();
};

/// Sends a text and receives another on a channel, by a watch. Gives up at an error.
class Talk {
public:
    Talk(Channel& channel, std::string text, std::size_t wanted, std::size_t chunk = 4096)
        : channel_(channel), unsent_(std::move(text)), wanted_(wanted), buffer_(chunk),
          watch_(channel, wanted_condition(), [this](Condition now) { on_ready(now); }) {}

    bool is_done() const { return error || (unsent_.empty() && is_filled()); }
    std::string received{};
    std::optional<Error> error{};
    bool ended = false;
    int calls = 0;

private:
    bool is_filled() const { return ended || received.size() >= wanted_; }
    Condition wanted_condition() const {
        return (unsent_.empty() ? Condition::none : Condition::out) |
               (is_filled() ? Condition::none : Condition::in);
    }
    void on_ready(Condition now) {
        ++calls;
        if (has(now, Condition::in) && !is_filled())
            note(channel_.read(buffer_), [this](std::size_t count) {
                received += as_text(std::span(buffer_).first(count));
                ended = count == 0;
            });
        if (has(now, Condition::out) && !unsent_.empty())
            note(channel_.write(as_bytes(unsent_)),
                 [this](std::size_t count) { unsent_.erase(0, count); });
        if (error)
            return watch_.reset();
        watch_.set_condition(wanted_condition());
    }
    void note(const IoResult& result, const auto& use) {
        if (!result)
            error = result.error();
        else if (*result)
            use(**result);
    }

    Channel& channel_;
    std::string unsent_;
    const std::size_t wanted_;
    Bytes buffer_;
    Watch watch_;
};

std::string pattern(std::size_t size, char first) {
    std::string text(size, first);
    for (std::size_t i = 0; i < size; ++i)
        text[i] = char(first + i * 31 / 7 % 23);
    return text;
}

void needs_gio_tls() {
    if (!g_tls_backend_supports_tls(g_tls_backend_get_default()))
        skip();
}

void both_sides_talk_at_once(Endpoint our_end, const char* priority, std::size_t chunk) {
    Meeting meeting(our_end, priority);
    meeting.begin();
    const std::size_t size = 1024 * 1024;
    const std::string there = pattern(size, 'A'), back = pattern(size, 'a');
    Talk theirs(*meeting.theirs, back, size, chunk);
    assert_true(run_until([&] { return meeting.outcome->has_value(); }));
    assert_true(meeting.is_open());
    Talk ours(*meeting.ours, there, size);
    assert_true(run_until([&] { return ours.is_done() && theirs.is_done(); }));
    assert_false(ours.error || theirs.error);
    assert_true(theirs.received == there);
    assert_true(ours.received == back);
    assert_true(meeting.ours->info().protocol ==
                (priority == tls12 ? "TLS1.2" : "TLS1.3"));
    assert_string_equal(meeting.ours->info().peer_name.c_str(),
                        our_end == Endpoint::client ? "CN=server" : "CN=client");
    assert_true(drain() < 10);
}

void gio_and_we_understand_each_other(void**) {
    needs_gio_tls();
    for (const auto our_end : {Endpoint::client, Endpoint::server})
        for (const char* priority : {tls12, tls13})
            both_sides_talk_at_once(our_end, priority, 4096);
}

// A record has more than a read takes: the rest of it shows on no descriptor.
void what_is_left_of_a_record_wakes_the_reader(void**) {
    needs_gio_tls();
    Meeting meeting(Endpoint::client);
    meeting.begin();
    Talk theirs(*meeting.theirs, "", 10000, 7);
    assert_true(run_until([&] { return meeting.is_open(); }));
    assert_true(
        write_all(*meeting.ours, as_bytes(pattern(10000, 'a')), soon()).has_value());
    assert_true(run_until([&] { return theirs.is_done(); }));
    assert_true(theirs.received == pattern(10000, 'a'));
}

// While a handshake waits for the peer, the socket takes bytes, and the stream does not.
void a_writer_sleeps_while_the_handshake_waits(void**) {
    needs_gio_tls();
    for (const auto our_end : {Endpoint::client, Endpoint::server}) {
        Meeting meeting(our_end);
        Talk theirs(*meeting.theirs, "first words", 0);
        (void)drain();
        if (our_end == Endpoint::server) // the client's hello has come
            assert_true(wait(*meeting.wire, Condition::in, soon()).has_value());
        (void)drain();
        const int calls = theirs.calls;
        assert_true(drain() < 10);
        assert_true(theirs.calls - calls < 10);
        const auto late = wait(*meeting.theirs, Condition::out,
                               {.deadline = deadline_after(milliseconds(5))});
        assert_true(late.error().kind == ErrorKind::timed_out);
        // And is woken by its end, though it does not read.
        meeting.begin();
        assert_true(run_until([&] { return theirs.is_done() && meeting.is_open(); }));
        assert_false(theirs.error.has_value());
        Bytes words(11);
        assert_true(read_all(*meeting.ours, words, soon()).has_value());
        assert_true(as_text(words) == "first words");
    }
}

void a_reader_begins_the_handshake(void**) {
    needs_gio_tls();
    Meeting meeting(Endpoint::server);
    meeting.begin();
    Talk theirs(*meeting.theirs, "", 5);
    assert_true(run_until([&] { return meeting.is_open(); }));
    assert_true(drain() < 10);
    assert_true(write_all(*meeting.ours, as_bytes("hello"), soon()).has_value());
    assert_true(run_until([&] { return theirs.is_done(); }));
    assert_string_equal(theirs.received.c_str(), "hello");
}

// The peer's refusal is GIO's own: no byte on the socket tells the reader.
void a_failed_handshake_wakes_the_reader(void**) {
    needs_gio_tls();
    const Authority stranger;
    for (const auto our_end : {Endpoint::client, Endpoint::server}) {
        Meeting meeting(our_end, "NORMAL", stranger.ca);
        meeting.begin();
        Talk theirs(*meeting.theirs, "", 1);
        assert_true(run_until([&] { return theirs.is_done(); }));
        assert_true(theirs.error->kind == ErrorKind::protocol);
    }
}

// Each side's goodbye is an ordinary end for the other, and so is no error.
void goodbyes_are_understood(void**) {
    needs_gio_tls();
    for (const auto our_end : {Endpoint::client, Endpoint::server})
        for (const bool is_ours_first : {false, true}) {
            Meeting meeting(our_end);
            meeting.begin();
            Talk hello(*meeting.theirs, "hello", 0);
            assert_true(run_until([&] { return hello.is_done() && meeting.is_open(); }));
            Bytes words(5);
            assert_true(read_all(*meeting.ours, words, soon()).has_value());
            Channel& first = is_ours_first ? *meeting.ours : *meeting.theirs;
            Channel& second = is_ours_first ? *meeting.theirs : *meeting.ours;
            Talk end(second, "", 1);
            assert_true(first.close().has_value());
            assert_true(run_until([&] { return end.is_done() || end.ended; }));
            assert_true(end.ended);
        }
}

void an_end_without_a_goodbye_is_an_error(void**) {
    needs_gio_tls();
    for (const bool is_ours_cut : {false, true}) {
        Meeting meeting(Endpoint::client);
        meeting.begin();
        Talk hello(*meeting.theirs, "hello", 0);
        assert_true(run_until([&] { return hello.is_done() && meeting.is_open(); }));
        Bytes words(5);
        assert_true(read_all(*meeting.ours, words, soon()).has_value());
        Talk end(is_ours_cut ? *meeting.theirs : *meeting.ours, "", 1);
        if (is_ours_cut)
            (void)meeting.wire->close();
        else
            (void)g_io_stream_close(meeting.base.get(), nullptr, nullptr);
        assert_true(run_until([&] { return end.is_done(); }));
        assert_true(end.error.has_value());
        assert_false(end.ended);
    }
}

void closing_ends_a_handshake_that_waits(void**) {
    needs_gio_tls();
    for (const auto our_end : {Endpoint::client, Endpoint::server}) {
        Meeting meeting(our_end);
        Talk theirs(*meeting.theirs, "first words", 0);
        (void)drain();
        (void)meeting.theirs->close();
        assert_true(drained_to_end(*meeting.wire).ended);
    }
}

// No main loop on either side.
void blocking_channels_talk_in_threads(void**) {
    needs_gio_tls();
    for (const auto our_end : {Endpoint::client, Endpoint::server}) {
        Meeting meeting(our_end);
        bool is_good = false;
        std::jthread thread([&] {
            const ThreadContext context;
            is_good = meeting.ours->handshake_wait(soon()).has_value();
            Bytes words(5);
            is_good = is_good && read_all(*meeting.ours, words, soon()).has_value() &&
                      write_all(*meeting.ours, as_bytes("there"), soon()).has_value();
        });
        assert_true(meeting.theirs->set_blocking(Blocking::yes).has_value());
        assert_true(meeting.theirs->write(as_bytes("hello")).has_value());
        Bytes words(5);
        const auto count = meeting.theirs->read(words);
        thread.join();
        assert_true(is_good);
        assert_int_equal(**count, 5);
        assert_true(as_text(words) == "there");
    }
}

/// What GIO's blocking calls say and hear over a channel of ours.
std::string conversation(std::shared_ptr<Channel> below, Endpoint endpoint,
                         GTlsDatabase* trusted) {
    const auto stream = stream_from_channel(std::move(below));
    const auto tls = gio_tls_on(stream.get(), endpoint, trusted);
    std::array<char, 5> words{};
    gsize count = 0;
    if (!g_output_stream_write_all(g_io_stream_get_output_stream(tls.get()), "hello", 5,
                                   nullptr, nullptr, nullptr) ||
        !g_input_stream_read_all(g_io_stream_get_input_stream(tls.get()), words.data(),
                                 words.size(), &count, nullptr, nullptr) ||
        !g_io_stream_close(tls.get(), nullptr, nullptr))
        return "an error";
    return {words.data(), count};
}

void gio_speaks_tls_over_a_channel_of_ours(void**) {
    needs_gio_tls();
    for (const auto our_end : {Endpoint::client, Endpoint::server}) {
        const TemporaryFolder folder;
        const auto trusted = trust(folder, authority().ca);
        const auto pair = *ChannelSocket::socket_pair();
        const bool is_client = our_end == Endpoint::client;
        const auto& own = is_client ? authority().client : authority().server;
        const auto credentials = TestCredentials::x509(our_end, &own, authority().ca);
        const auto made = is_client ? ChannelTls::client(pair.first, credentials,
                                                         {.server_name = "localhost"})
                                    : ChannelTls::server(pair.first, credentials);
        std::string heard;
        std::jthread thread([&] {
            const ThreadContext context;
            heard =
                conversation(pair.second, is_client ? Endpoint::server : Endpoint::client,
                             trusted.get());
        });
        Bytes words(5);
        const bool is_good = (*made)->handshake_wait(soon()).has_value() &&
                             read_all(**made, words, soon()).has_value() &&
                             write_all(**made, as_bytes("there"), soon()).has_value();
        const bool has_ended = is_good && drained_to_end(**made).ended;
        (void)(*made)->close();
        thread.join();
        assert_true(has_ended);
        assert_true(as_text(words) == "hello");
        assert_string_equal(heard.c_str(), "there");
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(gio_and_we_understand_each_other),
        cmocka_unit_test(what_is_left_of_a_record_wakes_the_reader),
        cmocka_unit_test(a_writer_sleeps_while_the_handshake_waits),
        cmocka_unit_test(a_reader_begins_the_handshake),
        cmocka_unit_test(a_failed_handshake_wakes_the_reader),
        cmocka_unit_test(goodbyes_are_understood),
        cmocka_unit_test(an_end_without_a_goodbye_is_an_error),
        cmocka_unit_test(closing_ends_a_handshake_that_waits),
        cmocka_unit_test(blocking_channels_talk_in_threads),
        cmocka_unit_test(gio_speaks_tls_over_a_channel_of_ours),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
