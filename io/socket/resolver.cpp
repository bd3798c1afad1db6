// Host names and service names to addresses: GResolver to connect, getaddrinfo to listen.
#include "io/socket/resolver.hpp"

#include <netdb.h>
#include <netinet/in.h>

#include <cstring>
#include <string>

#include <gio/gio.h>

namespace qio {

namespace {

using AddrInfo = Handle<addrinfo, &freeaddrinfo>;
using ResolverRef = Handle<GResolver, &g_object_unref>;
using CancellableRef = Handle<GCancellable, &g_object_unref>;
using GErrorRef = Handle<GError, &g_error_free>;
using AddressesTask = Task<std::vector<SockAddr>>;

/// An empty host is nobody's name: the wildcard or the loopback, by the flags.
Result<AddrInfo> look_up(const std::string& host, const std::string& port, int flags,
                         int family) {
    if (host.contains('\0') || port.contains('\0'))
        return Error{ErrorKind::invalid_argument, 0, "a host or port has no NUL in it"};
    addrinfo hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* list = nullptr;
    const int problem =
        getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &list);
    if (problem == 0)
        return AddrInfo(list);
    const auto kind =
        problem == EAI_SERVICE ? ErrorKind::invalid_argument : ErrorKind::not_found;
    return Error{kind, 0, "'" + host + "' port '" + port + "': " + gai_strerror(problem)};
}

std::vector<SockAddr> to_list(const addrinfo* entry) {
    std::vector<SockAddr> addresses;
    for (; entry != nullptr; entry = entry->ai_next) {
        SockAddr address;
        std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
        address.length = entry->ai_addrlen;
        addresses.push_back(address);
    }
    return addresses;
}

/// A look-up in progress: what GResolver's callback needs.
struct LookUp {
    std::shared_ptr<AddressesTask> task;
    std::string host;
    in_port_t port;                   // network byte order
    std::shared_ptr<void> presence{}; // gone when GIO is done with it
};

SockAddr from_gio(GInetAddress* address, in_port_t port) {
    const Handle<GSocketAddress, &g_object_unref> endpoint(
        g_inet_socket_address_new(address, ntohs(port)));
    SockAddr result;
    const gssize size = g_socket_address_get_native_size(endpoint.get());
    g_socket_address_to_native(endpoint.get(), &result.storage, sizeof result.storage,
                               nullptr);
    result.length = socklen_t(size);
    return result;
}

void look_up_done(GObject* source, GAsyncResult* outcome, gpointer data) noexcept {
    const std::unique_ptr<LookUp> look_up(static_cast<LookUp*>(data));
    GError* problem = nullptr;
    GList* found = g_resolver_lookup_by_name_with_flags_finish(
        reinterpret_cast<GResolver*>(source), outcome, &problem);
    if (found == nullptr) {
        const GErrorRef error(problem);
        look_up->task->fail(
            {ErrorKind::not_found, 0, "'" + look_up->host + "': " + error->message});
        return;
    }
    std::vector<SockAddr> addresses;
    for (GList* entry = found; entry != nullptr; entry = entry->next)
        addresses.push_back(
            from_gio(static_cast<GInetAddress*>(entry->data), look_up->port));
    g_resolver_free_addresses(found);
    look_up->task->complete(std::move(addresses));
}

GResolverNameLookupFlags flags_of(int family) {
    if (family == AF_INET)
        return G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY;
    if (family == AF_INET6)
        return G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY;
    return G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT;
}

// Runs on the task's context: GIO delivers to the thread-default context of this moment.
void start_look_up(std::unique_ptr<LookUp> look_up, int family) {
    if (look_up->task->is_finished())
        return;
    const ResolverRef resolver(g_resolver_get_default());
    auto cancellable = std::make_shared<CancellableRef>(g_cancellable_new());
    look_up->task->on_abort(
        [cancellable](ErrorKind) { g_cancellable_cancel(cancellable->get()); });
    GMainContext* context = look_up->task->context();
    g_main_context_push_thread_default(context);
    const std::string host = look_up->host;
    g_resolver_lookup_by_name_with_flags_async(resolver.get(), host.c_str(),
                                               flags_of(family), cancellable->get(),
                                               &look_up_done, look_up.release());
    g_main_context_pop_thread_default(context);
}

using Presence = std::weak_ptr<void>;

/// Returns what expires when nothing of the look-up is left on the context.
Presence begin_resolve(const InetAddress& address, const OperationOptions& options,
                       Completion<std::vector<SockAddr>> completion) {
    auto task = AddressesTask::start(options, std::move(completion));
    const auto give_up = [&](Error error) {
        task->fail(std::move(error));
        return Presence();
    };
    auto family = family_of(address);
    if (!family)
        return give_up(std::move(family).error());
    if (address.host.empty())
        return give_up({ErrorKind::invalid_argument, 0, "no host to connect to"});
    auto numeric = look_up(address.host, address.port, AI_NUMERICHOST, *family);
    if (numeric) {
        task->complete(to_list(numeric->get()));
        return {};
    }
    if (address.numeric || numeric.error().kind == ErrorKind::invalid_argument)
        return give_up(std::move(numeric).error());
    // Only the port's number is wanted here.
    auto service = look_up({}, address.port, 0, AF_INET);
    if (!service)
        return give_up(std::move(service).error());
    const auto port = reinterpret_cast<const sockaddr_in*>((*service)->ai_addr)->sin_port;
    GMainContext* context = task->context();
    auto look_up = std::make_unique<LookUp>(std::move(task), address.host, port,
                                            std::make_shared<int>());
    const Presence presence = look_up->presence;
    post(context, [look_up = std::move(look_up), family = *family]() mutable {
        start_look_up(std::move(look_up), family);
    });
    return presence;
}

} // namespace

void resolve(const InetAddress& address, const OperationOptions& options,
             Completion<std::vector<SockAddr>> completion) {
    begin_resolve(address, options, std::move(completion));
}

Result<std::vector<SockAddr>> resolve_wait(const InetAddress& address,
                                           const WaitOptions& options) {
    const ContextRef context(g_main_context_new());
    std::optional<Result<std::vector<SockAddr>>> outcome;
    const auto look_up = begin_resolve(
        address, {context.get(), options.deadline, options.stop},
        [&](Result<std::vector<SockAddr>> found) { outcome = std::move(found); });
    // GIO reports to this context also after it was called off; it must not find it idle.
    while (!outcome || !look_up.expired())
        g_main_context_iteration(context.get(), TRUE);
    return *std::move(outcome);
}

Result<std::vector<SockAddr>> resolve_passive(const InetAddress& address) {
    const int family = QIO_TRY(family_of(address));
    const int flags = AI_PASSIVE | (address.numeric ? AI_NUMERICHOST : 0);
    const std::string port = address.port.empty() ? "0" : address.port;
    const auto found = QIO_TRY(look_up(address.host, port, flags, family));
    return to_list(found.get());
}

} // namespace qio
