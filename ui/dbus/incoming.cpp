// internal: method calls that the machine makes, answered at once.
#include "ui/dbus/incoming.hpp"

#include <gio/gunixfdlist.h>

#include <mutex>
#include <utility>

#include "ui/dbus/names.hpp"

namespace qio::dbus {

struct CallFilter::State {
    std::mutex mutex; // held while the handler runs
    std::shared_ptr<CallHandler> handler;
    int unsent = 0; // answers that GDBus has not begun to write; for its thread alone

    std::optional<Answer> answer(GDBusMessage* message);
    bool may_answer(GDBusConnection* connection, GDBusMessage* call);
    static GDBusMessage* filter(GDBusConnection* connection, GDBusMessage* message,
                                gboolean incoming, gpointer state) noexcept;
};

namespace {

std::string_view or_empty(const char* text) {
    return text ? text : "";
}

const char* error_name_of(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::invalid_argument:
    case ErrorKind::limit:
        return names::error_invalid;
    case ErrorKind::not_supported:
        return names::error_unsupported;
    default:
        return names::error_failed;
    }
}

// A machine waits for one answer before it calls again, or for a few.
constexpr int max_unsent_answers = 32;

bool is_answer(GDBusMessage* message) {
    const auto type = g_dbus_message_get_message_type(message);
    return type == G_DBUS_MESSAGE_TYPE_METHOD_RETURN || type == G_DBUS_MESSAGE_TYPE_ERROR;
}

bool expects_answer(GDBusMessage* call) {
    return (g_dbus_message_get_flags(call) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) == 0;
}

void send_answer(GDBusConnection* connection, GDBusMessage* call, const Answer& answer) {
    if (!expects_answer(call))
        return;
    const MessageRef reply(
        answer.error_name.empty()
            ? g_dbus_message_new_method_reply(call)
            : g_dbus_message_new_method_error_literal(call, answer.error_name.c_str(),
                                                      answer.error_message.c_str()));
    if (answer.values && answer.error_name.empty())
        g_dbus_message_set_body(reply.get(), answer.values.get());
    g_dbus_connection_send_message(connection, reply.get(),
                                   G_DBUS_SEND_MESSAGE_FLAGS_NONE, nullptr, nullptr);
}

} // namespace

/// Counts an answer that will be sent, by us or by GDBus. False: a machine that calls,
/// and does not read the answers, is not listened to any longer.
bool CallFilter::State::may_answer(GDBusConnection* connection, GDBusMessage* call) {
    if (!expects_answer(call))
        return true;
    if (unsent == max_unsent_answers) {
        g_dbus_connection_close(connection, nullptr, nullptr, nullptr);
        return false;
    }
    ++unsent;
    return true;
}

UniqueFd Call::descriptor(std::int32_t index) const {
    if (!descriptors || index < 0 || index >= g_unix_fd_list_get_length(descriptors))
        return {};
    return UniqueFd(g_unix_fd_list_get(descriptors, index, nullptr));
}

Answer Answer::from(const Result<void>& result) {
    if (result)
        return none();
    return error(error_name_of(result.error().kind), result.error().message);
}

std::optional<Answer> CallFilter::State::answer(GDBusMessage* message) {
    const VariantRef empty = sink(g_variant_new_tuple(nullptr, 0));
    GVariant* body = g_dbus_message_get_body(message);
    const Call call{
        .sender = or_empty(g_dbus_message_get_sender(message)),
        .path = or_empty(g_dbus_message_get_path(message)),
        .interface = or_empty(g_dbus_message_get_interface(message)),
        .method = or_empty(g_dbus_message_get_member(message)),
        .arguments = body ? body : empty.get(),
        .descriptors = g_dbus_message_get_unix_fd_list(message),
    };
    const std::lock_guard lock(mutex);
    return handler ? handler->answer(call) : std::nullopt;
}

GDBusMessage* CallFilter::State::filter(GDBusConnection* connection,
                                        GDBusMessage* message, gboolean incoming,
                                        gpointer state) noexcept {
    const auto& self = *static_cast<std::shared_ptr<State>*>(state);
    if (!incoming) {
        if (is_answer(message) && self->unsent > 0)
            --self->unsent; // it is about to be written
        return message;
    }
    if (g_dbus_message_get_message_type(message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
        return message;
    const auto answer = self->answer(message);
    // On a bus others may call as well, and the bus reads what they are answered.
    const bool counts = answer || g_dbus_message_get_sender(message) == nullptr;
    if (counts && !self->may_answer(connection, message)) {
        g_object_unref(message);
        return nullptr;
    }
    if (!answer)
        return message;
    send_answer(connection, message, *answer);
    g_object_unref(message);
    return nullptr;
}

CallFilter::CallFilter(GDBusConnection* connection, std::shared_ptr<CallHandler> handler)
    : connection_(static_cast<GDBusConnection*>(g_object_ref(connection))),
      state_(std::make_shared<State>()) {
    state_->handler = std::move(handler);
    id_ = g_dbus_connection_add_filter(
        connection, &State::filter, new std::shared_ptr<State>(state_),
        [](gpointer state) noexcept {
            delete static_cast<std::shared_ptr<State>*>(state);
        });
}

CallFilter::~CallFilter() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->handler.reset();
    }
    g_dbus_connection_remove_filter(connection_.get(), id_);
}

} // namespace qio::dbus
