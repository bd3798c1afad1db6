// internal: decides whose input counts.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "io/base/error.hpp"
#include "ui/vnc/control-policy.hpp"

namespace qio::vnc {

/// What a client does: some of it shows that it wants control.
enum class Act : std::uint8_t {
    press, ///< of a key or a button
    other, ///< moves, lifts, pastes, wishes for a size or a state
};

/// The clients in the order they came, and which of them has control.
class ControlArbiter {
public:
    using Time = std::chrono::steady_clock::time_point;
    enum class Answer : std::uint8_t {
        yes,
        no,
        wish, ///< no, and nobody has been told yet that it wants to
    };

    ControlArbiter(ControlPolicy policy, std::chrono::milliseconds idle)
        : policy_(policy), idle_(idle) {}

    /// `only_looks`: it never gets control.
    void add(std::uint64_t id, bool only_looks);
    void remove(std::uint64_t id);

    /// Whether what a client does counts. It may get control by it.
    Answer act(std::uint64_t id, Act act, Time now);
    bool has_control(std::uint64_t id) const;
    Control state() const;

    /// To one client alone, until it leaves or something else is said.
    /// Errors: not_found; permission_denied if it only looks.
    Result<void> give(std::uint64_t id);
    /// Not to this client, until it is given to it. Errors: not_found.
    Result<void> refuse(std::uint64_t id);
    /// From all clients.
    void take();
    /// As the policy says again.
    void release();

private:
    enum class By : std::uint8_t { policy, gift, nobody };
    struct Entry {
        std::uint64_t id;
        bool may;             // have control
        bool refused = false; // by the program
        bool has_wished = false;
    };

    Entry* find(std::uint64_t id);
    const Entry* find(std::uint64_t id) const;
    void set_holder(By by, std::optional<std::uint64_t> holder);

    const ControlPolicy policy_;
    const std::chrono::milliseconds idle_;
    std::vector<Entry> entries_; // in the order they came
    By by_ = By::policy;
    std::optional<std::uint64_t> holder_;
    Time last_act_{}; // of the holder
};

} // namespace qio::vnc
