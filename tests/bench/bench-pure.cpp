// The parts that only compute: unmasking, and answering a handshake.
#include <cstring>
#include <string>
#include <vector>

#include "io/websock/handshake.hpp"
#include "io/websock/unmask.hpp"
#include "tests/bench/harness.hpp"
#include "tests/bench/peers.hpp"

namespace qio::bench {

namespace {

/// Keeps the compiler from leaving out work whose result nobody looks at.
void look_at(const void* memory) {
    asm volatile("" : : "r"(memory) : "memory");
}

std::function<void()> times(std::size_t count, std::function<void()> work) {
    return [=] {
        for (std::size_t i = 0; i < count; ++i)
            work();
    };
}

void run_unmask(const Options& options) {
    constexpr std::size_t size = 64 * 1024;
    const std::size_t count = options.amount(1024);
    const double kibibytes = double(count * size) / 1024;
    const ws::MaskKey key{std::byte(1), std::byte(2), std::byte(3), std::byte(4)};
    Bytes from(size), to(size);
    const auto in_place = [&] {
        ws::unmask(from, key, 1);
        look_at(from.data());
    };
    const auto copying = [&] {
        ws::unmask_copy(to, from, key, 1);
        look_at(to.data());
    };
    const auto plain_copy = [&] {
        std::memcpy(to.data(), from.data(), size);
        look_at(to.data());
    };
    const Comparison comparison({{times(count, in_place), kibibytes},
                                 {times(count, copying), kibibytes},
                                 {times(count, plain_copy), kibibytes}},
                                options.rounds());
    const Table table(options, "Unmasking", "ns per KiB");
    table.add(row_of("64 KiB in place", comparison, 0, "memcpy", 2));
    table.add(row_of("64 KiB, copying", comparison, 1, "memcpy", 2));
}

void run_handshake(const Options& options) {
    const std::size_t count = options.amount(1024);
    const std::string request = upgrade_request(80);
    const auto policy = ws::vnc_listener_policy();
    const auto accept = [] {
        look_at(ws::accept_value("dGhlIHNhbXBsZSBub25jZQ==").data());
    };
    const auto answer = [&] {
        const auto result = ws::answer_handshake(as_bytes(request), policy, "today");
        look_at(result.response.data());
    };
    const Comparison comparison(
        {{times(count, accept), double(count)}, {times(count, answer), double(count)}},
        options.rounds());
    const Table table(options, "Handshake", "µs");
    for (std::size_t i = 0; i < 2; ++i) {
        const Cost cost = comparison.median(i);
        table.add({.what = i == 0 ? "Sec-WebSocket-Accept (SHA-1)" : "the whole answer",
                   .ours = cost.nanoseconds / 1000,
                   .peer = {},
                   .instructions = cost.instructions});
    }
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    const auto options = qio::bench::parse_options(argc, argv);
    qio::bench::run_unmask(options);
    qio::bench::run_handshake(options);
}
