// Listening: families, ports, unix paths and inherited descriptors.
#include "io/socket/listen.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/io/socket/connecting.hpp"
#include "tests/support/descriptors.hpp"
#include "tests/support/temporary-folder.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

std::string port_of(const ChannelSocket& socket) {
    return std::get<InetAddress>(*socket.local_address()).port;
}

bool has_ipv6() {
    return ChannelSocket::listen(InetAddress{.host = "::1", .port = "0"}, 1).has_value();
}

// IO-32: both families on one free port.
void the_wildcard_listens_on_every_family_with_one_port(void**) {
    if (!has_ipv6())
        skip();
    const auto sockets = listen_all(InetAddress{.host = "", .port = "0"}, 5);
    assert_int_equal(sockets->size(), 2);
    const auto port = port_of(*sockets->front());
    assert_string_equal(port_of(*sockets->back()).c_str(), port.c_str());
    assert_string_not_equal(port.c_str(), "0");
    for (const char* host : {"127.0.0.1", "::1"})
        assert_true(connect_now(InetAddress{.host = host, .port = port}).has_value());
}

// IO-32: the whole matrix; what is off is not let in through the other's socket.
void every_choice_of_families_lets_in_what_it_says(void**) {
    if (!has_ipv6())
        skip();
    using Option = std::optional<bool>;
    struct Case {
        const char* host;
        Option ipv4, ipv6;
        bool four, six;
    };
    const Case cases[] = {
        {"", {}, {}, true, true},         {"", true, true, true, true},
        {"", {}, false, true, false},     {"", true, {}, true, false},
        {"", true, false, true, false},   {"", {}, true, false, true},
        {"", false, {}, false, true},     {"", false, true, false, true},
        {"::", {}, {}, true, true},       {"::", true, true, true, true},
        {"::", false, {}, false, true},   {"::", {}, true, false, true},
        {"0.0.0.0", {}, {}, true, false},
    };
    for (auto& [host, ipv4, ipv6, four, six] : cases) {
        const InetAddress address{.host = host, .port = "0", .ipv4 = ipv4, .ipv6 = ipv6};
        const auto sockets = listen_all(address, 5);
        assert_true(sockets.has_value());
        const auto port = port_of(*sockets->front());
        const auto over_four =
            connect_now(InetAddress{.host = "127.0.0.1", .port = port});
        const auto over_six = connect_now(InetAddress{.host = "::1", .port = port});
        assert_int_equal(over_four.has_value(), four);
        assert_int_equal(over_six.has_value(), six);
    }
    // The other family's number is refused.
    const InetAddress mixed{.host = "::", .port = "0", .ipv4 = true};
    assert_true(listen_all(mixed, 5).error().kind == ErrorKind::not_found);
}

InetAddress range(int first, int last) {
    return {
        .host = "127.0.0.1", .port = std::to_string(first), .to = std::uint16_t(last)};
}

// IO-31, IO-33: a range of ports; what is taken is passed over.
void a_range_gives_the_first_free_port(void**) {
    const int before = open_descriptors();
    {
        const auto taken = *ChannelSocket::listen(InetAddress{"127.0.0.1", "0"}, 5);
        const int first = std::stoi(port_of(*taken));
        const auto none = listen_all(range(first, first), 5);
        assert_true(none.error().kind == ErrorKind::address_in_use);
        assert_true(none.error().message.contains("no port from"));
        const int last = std::min(first + 200, 65535);
        const auto next = ChannelSocket::listen(range(first, last), 5);
        if (first < last)
            assert_in_range(std::stoi(port_of(**next)), first + 1, last);
        assert_true(listen_all(range(first, first - 1), 5).error().kind ==
                    ErrorKind::invalid_argument);
    }
    assert_int_equal(open_descriptors(), before);
}

// IO-33: all addresses of a name take one port of the range together.
void a_range_gives_one_port_to_every_family(void**) {
    if (!has_ipv6())
        skip();
    const auto taken = *ChannelSocket::listen(InetAddress{"::1", "0"}, 5);
    const int first = std::stoi(port_of(*taken));
    if (first > 65000)
        skip();
    InetAddress address = range(first, first + 200);
    address.host = "";
    const auto sockets = listen_all(address, 5);
    assert_int_equal(sockets->size(), 2);
    const auto port = port_of(*sockets->front());
    assert_string_equal(port_of(*sockets->back()).c_str(), port.c_str());
    assert_true(std::stoi(port) > first);
}

int option_of(const ChannelSocket& socket, int level, int option) {
    int value = -1;
    socklen_t size = sizeof value;
    getsockopt(socket.fd(), level, option, &value, &size);
    return value;
}

void keep_alive_reaches_both_ends(void**) {
    InetAddress address{.host = "127.0.0.1",
                        .port = "0",
                        .keep_alive = true,
                        .keep_alive_count = 3,
                        .keep_alive_idle = 40,
                        .keep_alive_interval = 50};
    const auto listener = *ChannelSocket::listen(address, 5);
    address.port = port_of(*listener);
    const auto client = *connect_now(address);
    const auto server = accept_now(*listener);
    for (const auto& socket : {listener, client, server}) {
        assert_int_equal(option_of(*socket, SOL_SOCKET, SO_KEEPALIVE), 1);
        assert_int_equal(option_of(*socket, IPPROTO_TCP, TCP_KEEPCNT), 3);
        assert_int_equal(option_of(*socket, IPPROTO_TCP, TCP_KEEPIDLE), 40);
        assert_int_equal(option_of(*socket, IPPROTO_TCP, TCP_KEEPINTVL), 50);
    }
    // The numbers alone switch nothing on.
    address.keep_alive = false;
    const auto plain = *connect_now(address);
    assert_int_equal(option_of(*plain, SOL_SOCKET, SO_KEEPALIVE), 0);
    assert_true(option_of(*plain, IPPROTO_TCP, TCP_KEEPCNT) != 3);
}

void keep_alive_beyond_the_kernels_numbers_is_refused(void**) {
    const int before = open_descriptors();
    {
        const auto listener = *ChannelSocket::listen(InetAddress{"127.0.0.1", "0"}, 5);
        InetAddress address{
            .host = "127.0.0.1", .port = port_of(*listener), .keep_alive = true};
        address.keep_alive_count = 4000000000;
        const auto refused = connect_now(address);
        assert_true(refused.error().kind == ErrorKind::invalid_argument);
        assert_true(refused.error().message.contains("keep-alive-count"));
        address.port = "0";
        assert_true(listen_all(address, 5).error().kind == ErrorKind::invalid_argument);
    }
    assert_int_equal(open_descriptors(), before);
}

void multipath_is_there_or_refused_by_name(void**) {
    InetAddress address{.host = "127.0.0.1", .port = "0", .mptcp = true};
    const auto listener = ChannelSocket::listen(address, 5);
    if (!listener) {
        assert_true(listener.error().kind == ErrorKind::not_supported);
        assert_true(listener.error().message.contains("Multipath"));
        skip();
    }
    assert_int_equal(option_of(**listener, SOL_SOCKET, SO_PROTOCOL), IPPROTO_MPTCP);
    address.port = port_of(**listener);
    const auto client = *connect_now(address);
    assert_int_equal(option_of(*client, SOL_SOCKET, SO_PROTOCOL), IPPROTO_MPTCP);
}

void an_empty_path_makes_up_one(void**) {
    std::string path;
    {
        const auto first = *ChannelSocket::listen(UnixAddress{}, 5);
        const auto second = *ChannelSocket::listen(UnixAddress{}, 5);
        const auto address = *first->local_address();
        path = std::get<UnixAddress>(address).path;
        assert_true(path.starts_with(std::string(g_get_tmp_dir()) + "/qio-socket-"));
        assert_true(*second->local_address() != address);
        assert_true(connect_now(address).has_value());
    }
    assert_false(std::filesystem::exists(path));
}

// IO-34.
void a_path_may_fill_all_the_room(void**) {
    const TemporaryFolder folder;
    const auto room = 108 - folder.file("").size();
    const UnixAddress address{folder.file(std::string(room, 'p')), false};
    assert_int_equal(address.path.size(), 108);
    const auto listener = *ChannelSocket::listen(address, 5);
    assert_true(*listener->local_address() == SocketAddress(address));
    assert_true(connect_now(address).has_value());
    (void)listener->close();
    assert_false(std::filesystem::exists(address.path));
}

void a_padded_name_is_another_one_than_a_tight_one(void**) {
    const TemporaryFolder folder;
    const UnixAddress tight{folder.file("x"), true};
    UnixAddress padded = tight;
    padded.tight = false;
    const auto listener = *ChannelSocket::listen(padded, 5);
    assert_true(*listener->local_address() == SocketAddress(padded));
    assert_true(connect_now(tight).error().kind == ErrorKind::refused);
    assert_true(connect_now(padded).has_value());
}

void vsock_works_or_says_that_it_is_not_there(void**) {
    const auto listener = ChannelSocket::listen(VsockAddress{1, 4294967295}, 5);
    if (!listener) {
        // A kernel without vsock, or without its loopback.
        const auto& error = listener.error();
        assert_true(error.kind == ErrorKind::not_supported ||
                    error.kind == ErrorKind::not_found);
        assert_true(error.message.starts_with("vsock:1:4294967295: "));
        const OperationOptions soon{.deadline =
                                        deadline_after(std::chrono::milliseconds(20))};
        const auto nobody = connect_now(VsockAddress{1, 1}, soon);
        assert_true(nobody.error().message.starts_with("vsock:1:1: ") ||
                    nobody.error().kind == ErrorKind::timed_out);
        skip();
    }
    const auto client = connect_now(*(*listener)->local_address());
    assert_true(client.has_value());
    (void)(*client)->write(as_bytes("x"));
    const auto server = accept_now(**listener);
    assert_true(std::holds_alternative<VsockAddress>(*server->remote_address()));
}

// IO-31: a failure leaves no descriptor behind.
void a_port_that_is_taken_is_refused(void**) {
    const auto first = ChannelSocket::listen(InetAddress{"127.0.0.1", "0"}, 5);
    const int before = open_descriptors();
    const InetAddress same{.host = "127.0.0.1", .port = port_of(**first)};
    const auto second = listen_all(same, 5);
    assert_true(second.error().kind == ErrorKind::address_in_use);
    assert_true(second.error().message.starts_with("tcp:127.0.0.1:"));
    assert_int_equal(open_descriptors(), before);
}

void addresses_of_others_are_refused(void**) {
    const int before = open_descriptors();
    for (auto& [host, kind] : {std::pair("192.0.2.1", ErrorKind::not_found),
                               std::pair("no host", ErrorKind::not_found)}) {
        const auto result = listen_all(InetAddress{.host = host, .port = "0"}, 5);
        assert_true(result.error().kind == kind);
    }
    const UnixAddress nowhere{"/nonexistent/folder/socket", false};
    assert_true(listen_all(nowhere, 5).error().kind == ErrorKind::not_found);
    assert_int_equal(open_descriptors(), before);
}

// IO-22: a client's end does not touch the path.
void the_path_goes_with_the_listener_only(void**) {
    const TemporaryFolder folder;
    const UnixAddress address{folder.file("s"), false};
    for (const bool close_it : {true, false}) {
        auto listener = *ChannelSocket::listen(address, 5);
        assert_true(listener->has_feature(Feature::listen));
        {
            const auto client = *connect_now(address);
            const auto server = accept_now(*listener);
            assert_false(server->has_feature(Feature::listen));
            (void)server->close();
            (void)client->close();
        }
        assert_true(std::filesystem::exists(address.path));
        if (close_it)
            (void)listener->close();
        listener.reset();
        assert_false(std::filesystem::exists(address.path));
    }
}

// IO-22: the path may be somebody else's by now.
void a_file_that_took_the_place_stays(void**) {
    const TemporaryFolder folder;
    const UnixAddress address{folder.file("s"), false};
    const auto first = *ChannelSocket::listen(address, 5);
    // A second name keeps the inode from being given away again.
    ::link(address.path.c_str(), folder.file("kept").c_str());
    ::unlink(address.path.c_str());
    const auto second = *ChannelSocket::listen(address, 5);
    (void)first->close();
    assert_true(std::filesystem::exists(address.path));
    assert_true(connect_now(address).has_value());
    (void)second->close();
    assert_false(std::filesystem::exists(address.path));
}

void a_path_whose_listener_died_is_taken_over(void**) {
    const TemporaryFolder folder;
    const UnixAddress address{folder.file("s"), false};
    {
        // A raw socket leaves its file behind, as a killed program does.
        const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const auto target = *to_sockaddr(address);
        assert_int_equal(::bind(fd.get(), target.get(), target.length), 0);
        assert_int_equal(::listen(fd.get(), 1), 0);
    }
    assert_true(std::filesystem::exists(address.path));
    const auto listener = ChannelSocket::listen(address, 5);
    assert_true(listener.has_value());
    assert_true(connect_now(address).has_value());
}

void a_path_in_use_is_refused_and_left_alone(void**) {
    const TemporaryFolder folder;
    const UnixAddress address{folder.file("s"), false};
    const auto first = *ChannelSocket::listen(address, 1);
    const auto second = ChannelSocket::listen(address, 1);
    assert_true(second.error().kind == ErrorKind::address_in_use);
    // Also while its queue is full: that listener lives, however busy it is.
    std::vector<std::shared_ptr<ChannelSocket>> clients;
    for (int i = 0; i < 3; ++i)
        if (auto client = connect_now(
                address, {.deadline = deadline_after(std::chrono::milliseconds(10))}))
            clients.push_back(*client);
    assert_true(ChannelSocket::listen(address, 1).error().kind ==
                ErrorKind::address_in_use);
    assert_true(accept_now(*first) != nullptr);
    const UnixAddress file{folder.file("plain"), false};
    std::ofstream(file.path) << "text";
    assert_true(ChannelSocket::listen(file, 1).error().kind == ErrorKind::address_in_use);
    assert_int_equal(std::filesystem::file_size(file.path), 4);
}

// D15.
void an_abstract_listener_never_touches_a_file(void**) {
    const TemporaryFolder folder;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.file(""));
    std::ofstream("qio-test-name") << "text";
    const UnixAddress address{"qio-test-name", true};
    const auto listener = ChannelSocket::listen(address, 1);
    const bool opened = listener.has_value();
    const bool twice = ChannelSocket::listen(address, 1).has_value();
    if (opened)
        (void)(*listener)->close();
    const bool exists = std::filesystem::exists("qio-test-name");
    std::filesystem::current_path(before);
    assert_true(opened && exists);
    assert_false(twice);
}

void an_inherited_descriptor_is_adopted_or_closed(void**) {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int number = fd.release();
    {
        const auto listener = ChannelSocket::listen(FdAddress{number}, 5);
        assert_true(listener.has_value());
        assert_true(connect_now(*(*listener)->local_address()).has_value());
        assert_true(accept_now(**listener) != nullptr);
    }
    assert_false(is_open(number));
    assert_false(ChannelSocket::listen(FdAddress{number}, 5).has_value());
    std::array<int, 2> pipe;
    assert_int_equal(pipe2(pipe.data(), O_CLOEXEC), 0);
    const UniqueFd other_end(pipe[1]);
    assert_false(ChannelSocket::listen(FdAddress{pipe[0]}, 5).has_value());
    assert_false(is_open(pipe[0]));
}

void nothing_waiting_is_no_error(void**) {
    const auto listener = *ChannelSocket::listen(InetAddress{"127.0.0.1", "0"}, 5);
    assert_true(is_close_on_exec(listener->fd()));
    const auto nobody = listener->accept();
    assert_true(nobody.has_value() && !*nobody);
    (void)listener->close();
    assert_false(listener->accept().has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_wildcard_listens_on_every_family_with_one_port),
        cmocka_unit_test(every_choice_of_families_lets_in_what_it_says),
        cmocka_unit_test(a_range_gives_the_first_free_port),
        cmocka_unit_test(a_range_gives_one_port_to_every_family),
        cmocka_unit_test(keep_alive_reaches_both_ends),
        cmocka_unit_test(keep_alive_beyond_the_kernels_numbers_is_refused),
        cmocka_unit_test(multipath_is_there_or_refused_by_name),
        cmocka_unit_test(an_empty_path_makes_up_one),
        cmocka_unit_test(a_path_may_fill_all_the_room),
        cmocka_unit_test(a_padded_name_is_another_one_than_a_tight_one),
        cmocka_unit_test(vsock_works_or_says_that_it_is_not_there),
        cmocka_unit_test(a_port_that_is_taken_is_refused),
        cmocka_unit_test(addresses_of_others_are_refused),
        cmocka_unit_test(the_path_goes_with_the_listener_only),
        cmocka_unit_test(a_file_that_took_the_place_stays),
        cmocka_unit_test(a_path_whose_listener_died_is_taken_over),
        cmocka_unit_test(a_path_in_use_is_refused_and_left_alone),
        cmocka_unit_test(an_abstract_listener_never_touches_a_file),
        cmocka_unit_test(an_inherited_descriptor_is_adopted_or_closed),
        cmocka_unit_test(nothing_waiting_is_no_error),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
