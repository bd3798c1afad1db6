// internal: method calls that the machine makes, answered at once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/error.hpp"
#include "io/base/unique-fd.hpp"
#include "ui/dbus/variant.hpp"

namespace qio::dbus {

/// A call of the machine. Borrowed from its message.
struct Call {
    std::string_view sender; ///< empty without a bus
    std::string_view path;
    std::string_view interface;
    std::string_view method;
    GVariant* arguments = nullptr; ///< a tuple, never null
    GUnixFDList* descriptors = nullptr;

    bool is(std::string_view method_name, const char* signature) const {
        return method == method_name &&
               g_variant_is_of_type(arguments, G_VARIANT_TYPE(signature));
    }
    /// A descriptor of the call's own; none if there is no such.
    UniqueFd descriptor(std::int32_t index) const;
};

/// What the caller is told: values, or the name of an error and a message.
struct Answer {
    VariantRef values; ///< a tuple, or null for the empty one
    std::string error_name{};
    std::string error_message{};

    static Answer none() { return {}; }
    static Answer of(GVariant* floating_tuple) { return {sink(floating_tuple)}; }
    static Answer error(const char* name, std::string message) {
        return {nullptr, name, std::move(message)};
    }
    /// Nothing, or the error as one of the machine's.
    static Answer from(const Result<void>& result);
};

/// Answers calls.
class CallHandler {
public:
    virtual ~CallHandler() = default;
    /// Empty: the call is for somebody else.
    /// Context: GDBus's own thread, one call at a time. It must be quick, since the
    /// machine may stand still until it is answered.
    virtual std::optional<Answer> answer(const Call& call) = 0;
};

/// Lets a handler see the calls that come over a connection, in GDBus's own thread: so
/// they are answered whatever our main context is doing.
///
/// Limits: the connection is closed when 32 answers wait for a machine to read them.
/// Lifetime: once it is destroyed the handler is not called any more; a call that runs
/// is waited for.
class CallFilter final {
public:
    CallFilter(GDBusConnection* connection, std::shared_ptr<CallHandler> handler);
    ~CallFilter();
    CallFilter(const CallFilter&) = delete;
    CallFilter& operator=(const CallFilter&) = delete;

private:
    struct State;

    ConnectionRef connection_;
    std::shared_ptr<State> state_;
    unsigned id_ = 0;
};

} // namespace qio::dbus
