// Coroutines: a function that co_awaits, and how to start one on a GMainContext.
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "io/core/context.hpp"
#include "io/core/task.hpp"

namespace qio {

template <class T>
class Co;

namespace detail {

/// What all coroutines do, whatever they return.
class CoPromiseBase {
public:
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept { return Continue{}; }
    /// We never throw; what a library below throws ends the process with its message.
    void unhandled_exception() noexcept { std::terminate(); }

    std::coroutine_handle<> continuation = std::noop_coroutine();

private:
    struct Continue {
        bool await_ready() noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<>
        await_suspend(std::coroutine_handle<Promise> finished) noexcept {
            return finished.promise().continuation;
        }
        void await_resume() noexcept {}
    };
};

template <class T>
class CoPromise : public CoPromiseBase {
public:
    void return_value(T value) { value_.emplace(std::move(value)); }
    T take() { return std::move(*value_); }

private:
    std::optional<T> value_;
};

template <>
class CoPromise<void> : public CoPromiseBase {
public:
    void return_void() noexcept {}
    void take() noexcept {}
};

} // namespace detail

/// The coroutine of a function that returns T, usually a Result. It starts when it is
/// awaited, or given to spawn().
///
/// Lifetime: owns the frame; destroying it while it waits ends the wait without a result.
/// The arguments of the function must outlive it: take values and shared_ptrs, and do not
/// capture in a lambda that is gone by then.
template <class T>
class [[nodiscard]] Co {
public:
    struct promise_type : detail::CoPromise<T> {
        Co get_return_object() {
            return Co(std::coroutine_handle<promise_type>::from_promise(*this));
        }
    };

    Co(Co&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Co& operator=(Co&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Co() {
        if (handle_)
            handle_.destroy();
    }

    auto operator co_await() && noexcept { return Awaiter{handle_}; }

private:
    struct Awaiter {
        std::coroutine_handle<promise_type> started;
        bool await_ready() const noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
            started.promise().continuation = caller;
            return started;
        }
        T await_resume() { return started.promise().take(); }
    };

    explicit Co(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

    std::coroutine_handle<promise_type> handle_;
};

namespace detail {

/// A coroutine nobody awaits: its frame goes at its end.
struct Detached {
    struct promise_type {
        Detached get_return_object() {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept { std::terminate(); }
    };
    std::coroutine_handle<> handle;
};

/// Resumes once; a frame that never runs is destroyed.
class Starter {
public:
    explicit Starter(Detached coroutine) : handle_(coroutine.handle) {}
    Starter(Starter&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Starter& operator=(Starter&&) = delete;
    ~Starter() {
        if (handle_)
            handle_.destroy();
    }
    void operator()() { std::exchange(handle_, {}).resume(); }

private:
    std::coroutine_handle<> handle_;
};

template <class T>
Detached run_detached(Co<Result<T>> coroutine, Completion<T> completion) {
    completion(co_await std::move(coroutine));
}

inline Detached run_detached(Co<void> coroutine) {
    co_await std::move(coroutine);
}

} // namespace detail

/// Runs a coroutine on `context` (null = the caller's thread-default), never before this
/// returns. What it awaits resumes it there.
inline void spawn(GMainContext* context, Co<void> coroutine) {
    post(context, detail::Starter(detail::run_detached(std::move(coroutine))));
}

/// The same for one with a result, which goes to `completion` there.
template <class T>
void spawn(GMainContext* context, Co<Result<T>> coroutine, Completion<T> completion) {
    post(context, detail::Starter(
                      detail::run_detached(std::move(coroutine), std::move(completion))));
}

} // namespace qio
