// Relays as programs of their own: qio-relay, websockify and HAProxy.
#include "tests/bench/relays.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/bench/harness.hpp"
#include "tests/bench/process-figures.hpp"
#include "tests/bench/program.hpp"

namespace qio::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 20s;

std::vector<pid_t> children_of(pid_t pid) {
    std::vector<pid_t> children;
    for_each_thread(pid, [&](const std::filesystem::path& thread) {
        std::istringstream text(contents(thread / "children"));
        for (pid_t child = 0; text >> child;)
            children.push_back(child);
    });
    return children;
}

/// The process, its children, and theirs.
std::vector<pid_t> family_of(pid_t pid) {
    std::vector<pid_t> family = {pid};
    for (std::size_t i = 0; i < family.size(); ++i)
        for (const pid_t child : children_of(family[i]))
            family.push_back(child);
    return family;
}

/// What its children that are gone had run.
double inherited_time(pid_t pid) {
    const std::string stat = contents(process_path(pid, "stat"));
    std::istringstream fields(stat.substr(stat.rfind(')') + 1));
    std::string skipped;
    for (int i = 0; i < 13; ++i)
        fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return (user + system) * 1e9 / double(sysconf(_SC_CLK_TCK));
}

std::string address_text(std::uint16_t port) {
    return "127.0.0.1:" + std::to_string(port);
}

std::vector<std::string> relay_command(const std::string& listen, std::uint16_t target) {
    return {QIO_RELAY_PROGRAM, "--max-connections=100000", listen,
            "tcp:" + address_text(target)};
}

std::vector<std::string> haproxy_command(const test::TemporaryFolder& folder,
                                         std::uint16_t port, std::uint16_t target) {
    const std::string file = folder.file("haproxy.cfg");
    std::ofstream(file) << "global\n  nbthread 1\n  maxconn 4000\n"
                           "defaults\n  mode tcp\n  timeout connect 10s\n"
                           "  timeout client 1h\n  timeout server 1h\n"
                           "listen relay\n  bind "
                        << address_text(port) << "\n  server target "
                        << address_text(target) << "\n";
    // Where not everybody's PATH leads.
    const std::string program = "/usr/sbin/haproxy";
    return {access(program.c_str(), X_OK) == 0 ? program : "haproxy", "-db", "-q", "-f",
            file};
}

} // namespace

RelayProcess::RelayProcess(const std::vector<std::string>& command, std::uint16_t port,
                           const LoopbackListener& target)
    : port_(port), pid_(start_program(command, {.place = Place::measured})) {
    wait_until_it_listens(target);
}

RelayProcess::~RelayProcess() {
    kill(-pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

void RelayProcess::wait_until_it_listens(const LoopbackListener& target) const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    UniqueFd visit;
    while (!(visit = connect_to_loopback(port_))) {
        if (waitpid(pid_, nullptr, WNOHANG) == pid_ ||
            std::chrono::steady_clock::now() > deadline)
            give_up("a relay did not start");
        std::this_thread::sleep_for(10ms);
    }
    // A plain TCP relay has connected by now, or will; nobody else asks for the target.
    visit.reset();
    std::this_thread::sleep_for(100ms);
    fcntl(target.fd.get(), F_SETFL, O_NONBLOCK);
    while (UniqueFd(accept4(target.fd.get(), nullptr, nullptr, SOCK_CLOEXEC)))
        ;
    fcntl(target.fd.get(), F_SETFL, 0);
    wait_for_children();
}

double RelayProcess::cpu_nanoseconds() const {
    double sum = 0;
    for (const pid_t pid : family_of(pid_))
        sum += run_time(pid) + inherited_time(pid);
    return sum;
}

double RelayProcess::memory() const {
    double sum = 0;
    for (const pid_t pid : family_of(pid_))
        sum += memory_figure(pid, "smaps_rollup", "Pss:");
    return sum;
}

void RelayProcess::wait_for_children() const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!children_of(pid_).empty()) {
        if (std::chrono::steady_clock::now() > deadline)
            give_up("a relay's children do not end");
        std::this_thread::sleep_for(1ms);
    }
}

bool RelayKind::is_installed() const {
    const test::TemporaryFolder folder;
    return bench::is_installed(command(folder, 0, 0).front().c_str());
}

const RelayKind qio_relay_websocket = {
    "qio-relay", RelayFront::websocket, false,
    [](const test::TemporaryFolder&, std::uint16_t port, std::uint16_t target) {
        return relay_command("ws://" + address_text(port), target);
    }};

const RelayKind qio_relay_tcp = {
    "qio-relay", RelayFront::tcp, false,
    [](const test::TemporaryFolder&, std::uint16_t port, std::uint16_t target) {
        return relay_command("tcp:" + address_text(port), target);
    }};

const RelayKind websockify = {
    "websockify", RelayFront::websocket, true,
    [](const test::TemporaryFolder&, std::uint16_t port, std::uint16_t target) {
        return std::vector<std::string>{"websockify", address_text(port),
                                        address_text(target)};
    }};

const RelayKind bare_relay = {
    "bare calls", RelayFront::tcp, false,
    [](const test::TemporaryFolder&, std::uint16_t port, std::uint16_t target) {
        return std::vector<std::string>{QIO_BARE_RELAY, std::to_string(port),
                                        std::to_string(target)};
    }};

const RelayKind haproxy = {"HAProxy", RelayFront::tcp, false, haproxy_command};

} // namespace qio::bench
