// internal: carries out an operation that goes on whenever a transport is ready.
#pragma once

#include <functional>
#include <memory>

#include "io/core/task.hpp"
#include "io/core/watch.hpp"

namespace qio::tls {

/// One step of an operation, as far as it gets without waiting. The argument is what the
/// transport is ready for. Returns what to wait for; none: it is complete.
using Step = std::move_only_function<Result<Condition>(Condition ready)>;

/// Drives a handshake or a goodbye: waits for the transport, takes a step, completes the
/// task once.
///
/// Lifetime: part of `owner`, who holds the only lasting reference. abandon() completes
/// with "cancelled". The step may do so.
/// Context: the task's.
class Drive : public std::enable_shared_from_this<Drive> {
public:
    /// `failed` is called when the step fails, the deadline passes or stop is requested.
    Drive(Channel& owner, Channel& transport, std::shared_ptr<Task<void>> task, Step step,
          std::function<void(const Error&)> failed);
    ~Drive() { abandon(); }
    Drive(const Drive&) = delete;
    Drive& operator=(const Drive&) = delete;

    /// Takes the first step.
    void start();
    void abandon();
    bool is_over() const { return task_ == nullptr; }

private:
    void advance(Condition ready);
    void aborted(ErrorKind kind);

    Channel& owner_;
    Channel& transport_;
    std::shared_ptr<Task<void>> task_; // null: over
    Step step_;
    std::function<void(const Error&)> failed_;
    Watch watch_;
};

} // namespace qio::tls
