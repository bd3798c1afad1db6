// Awaiting an operation that reports to a Completion: connect, handshake, resolve.
#pragma once

#include <coroutine>
#include <memory>
#include <optional>

#include "io/core/task.hpp"

namespace qio {

/// Awaits what a function starts:
///
///     auto handshake = completion_of<void>(
///         [&](auto done) { tls->handshake(options, std::move(done)); });
///     const auto result = co_await handshake;
///
/// The operation's options carry deadline and stop token, and name the context it resumes
/// on. (It has a name of its own because GCC 12 destroys a lambda twice that is made
/// within what is awaited.)
///
/// Lifetime: destroying the coroutine does not end the operation, its stop token does.
template <class T, class Start>
class [[nodiscard]] CompletionAwait {
public:
    explicit CompletionAwait(Start start) : start_(std::move(start)) {}
    CompletionAwait(const CompletionAwait&) = delete;
    CompletionAwait& operator=(const CompletionAwait&) = delete;
    ~CompletionAwait() { shared_->waiting = {}; }

    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> coroutine) {
        shared_->waiting = coroutine;
        start_(Completion<T>([shared = shared_](Result<T> result) {
            shared->result.emplace(std::move(result));
            if (const auto waiting = std::exchange(shared->waiting, {}))
                waiting.resume();
        }));
    }
    Result<T> await_resume() { return std::move(*shared_->result); }

private:
    struct Shared {
        std::coroutine_handle<> waiting;
        std::optional<Result<T>> result;
    };
    Start start_;
    std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

template <class T, class Start>
CompletionAwait<T, Start> completion_of(Start start) {
    return CompletionAwait<T, Start>(std::move(start));
}

} // namespace qio
