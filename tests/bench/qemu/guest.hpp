// What guest.asm shows, as told over its serial port.
#pragma once

#include <cstdint>

#include "io/base/unique-fd.hpp"
#include "ui/rect.hpp"

namespace qio::bench {

inline constexpr int guest_width = 1280;
inline constexpr int guest_height = 800;
inline constexpr ui::Rect whole_screen{0, 0, guest_width, guest_height};
/// What Guest::Command::change changes.
inline constexpr ui::Rect changed_square{600, 400, 16, 16};

/// Ends the program when the guest does not answer for seconds.
class Guest {
public:
    /// The commands that guest.asm explains.
    enum class Command : char {
        box = 'b',
        gradient = 'g',
        noise = 'n',
        one_gradient = 'G',
        one_noise = 'N',
        change = 'c',
        still = 's',
    };

    /// Both ends of the serial port: ours, and the machine's.
    struct Line {
        UniqueFd ours, machine;
    };
    static Line make_line();

    explicit Guest(UniqueFd serial) : serial_(std::move(serial)) {}
    /// Until it takes commands.
    void wait_until_ready();
    /// Returns when it has been carried out. The frames drawn so far.
    std::uint32_t obey(Command command);

private:
    void take(unsigned char* to, std::size_t count);

    UniqueFd serial_;
};

} // namespace qio::bench
