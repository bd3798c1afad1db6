// The web server of vnc-demo: its own page, and noVNC's files.
#include "ui/tools/demo-page.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fcntl.h>
#include <libsoup/soup.h>

#include "io/base/bytes.hpp"
#include "io/base/handle.hpp"
#include "io/base/unique-fd.hpp"
#include "io/socket/listen.hpp"
#include "ui/tools/page-files.hpp"

namespace qio::demo {

namespace {

// Far above the largest file of noVNC.
constexpr off_t max_file_bytes = off_t{16} << 20;

using ServerRef = Handle<SoupServer, &g_object_unref>;
using SocketRef = Handle<GSocket, &g_object_unref>;
using ErrorRef = Handle<GError, &g_error_free>;

/// The content of a regular file; empty if it cannot be had.
std::optional<std::string> read_file(const std::string& path) {
    const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat info;
    if (!fd || fstat(fd.get(), &info) < 0 || !S_ISREG(info.st_mode) ||
        info.st_size > max_file_bytes)
        return std::nullopt;
    std::string content(std::size_t(info.st_size), '\0');
    std::size_t got = 0;
    while (got < content.size()) {
        const auto count = read(fd.get(), content.data() + got, content.size() - got);
        if (count <= 0)
            return std::nullopt;
        got += std::size_t(count);
    }
    return content;
}

Result<void> serve_socket(SoupServer* server, int fd) {
    UniqueFd own(fcntl(fd, F_DUPFD_CLOEXEC, 0));
    GError* error = nullptr;
    const SocketRef socket(own ? g_socket_new_from_fd(own.get(), &error) : nullptr);
    if (socket) {
        (void)own.release();
        if (soup_server_listen_socket(server, socket.get(), SoupServerListenOptions(0),
                                      &error))
            return {};
    }
    const ErrorRef owned(error);
    return Error{ErrorKind::io, 0, error ? error->message : "no descriptor left"};
}

} // namespace

class PageServer::Impl {
public:
    explicit Impl(const PageOptions& options)
        : server_(soup_server_new(nullptr, nullptr)), options_(options),
          // A host pattern cannot name IPv6 addresses, so any host is allowed here; the
          // page connects to its own host only.
          security_policy_("default-src 'none'; script-src 'self'; style-src 'self'; "
                           "img-src 'self' data:; connect-src 'self' ws://*:" +
                           std::to_string(options.websocket_port) +
                           "; base-uri 'none'; form-action 'none'; "
                           "frame-ancestors 'none'") {
        soup_server_add_handler(server_.get(), nullptr, &Impl::on_request, this, nullptr);
    }
    ~Impl() { soup_server_disconnect(server_.get()); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    Result<void> listen(const SocketAddress& address) {
        for (const auto& socket : QIO_TRY(listen_all(address, 64))) {
            const auto local = QIO_TRY(socket->local_address());
            if (const auto* inet = std::get_if<InetAddress>(&local))
                port_ = std::uint16_t(std::stoi(inet->port));
            QIO_TRY(serve_socket(server_.get(), socket->fd()));
        }
        return {};
    }

    std::uint16_t port() const { return port_; }

private:
    static void on_request(SoupServer*, SoupServerMessage* message, const char* path,
                           GHashTable*, gpointer self) noexcept {
        static_cast<Impl*>(self)->answer(message, path);
    }

    void answer(SoupServerMessage* message, std::string_view path) const;
    void answer_novnc(SoupServerMessage* message, std::string_view path) const;
    void send(SoupServerMessage* message, std::string_view type, ByteView content,
              const char* cache) const;
    std::string config() const;

    ServerRef server_;
    PageOptions options_;
    std::string security_policy_;
    std::uint16_t port_ = 0;
};

namespace {

void set_header(SoupServerMessage* message, const char* name, const char* value) {
    soup_message_headers_replace(soup_server_message_get_response_headers(message), name,
                                 value);
}

void refuse(SoupServerMessage* message, unsigned status, std::string_view text) {
    soup_server_message_set_status(message, status, nullptr);
    soup_server_message_set_response(message, "text/plain; charset=utf-8",
                                     SOUP_MEMORY_COPY, text.data(), text.size());
}

bool is_get_or_head(SoupServerMessage* message) {
    const std::string_view method = soup_server_message_get_method(message);
    return method == "GET" || method == "HEAD";
}

} // namespace

void PageServer::Impl::answer(SoupServerMessage* message, std::string_view path) const {
    set_header(message, "X-Content-Type-Options", "nosniff");
    set_header(message, "Content-Security-Policy", security_policy_.c_str());
    set_header(message, "Referrer-Policy", "no-referrer");
    set_header(message, "Cache-Control", "no-store");
    if (!is_get_or_head(message)) {
        set_header(message, "Allow", "GET, HEAD");
        return refuse(message, SOUP_STATUS_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
    }
    if (path == "/config.json")
        return send(message, media_type(path), as_bytes(config()), "no-store");
    for (const auto& file : builtin_files())
        if (file.path == path || (path == "/" && file.path == "/index.html"))
            return send(message, media_type(file.path), file.content, "no-cache");
    answer_novnc(message, path);
}

void PageServer::Impl::answer_novnc(SoupServerMessage* message,
                                    std::string_view path) const {
    const auto file = novnc_file(path);
    const auto content = file && options_.novnc_folder
                             ? read_file(*options_.novnc_folder + "/" + *file)
                             : std::nullopt;
    if (!content)
        return refuse(message, SOUP_STATUS_NOT_FOUND, "not found\n");
    send(message, media_type(*file), as_bytes(*content), "max-age=600");
}

void PageServer::Impl::send(SoupServerMessage* message, std::string_view type,
                            ByteView content, const char* cache) const {
    set_header(message, "Cache-Control", cache);
    soup_server_message_set_status(message, SOUP_STATUS_OK, nullptr);
    soup_server_message_set_response(message, std::string(type).c_str(), SOUP_MEMORY_COPY,
                                     as_text(content).data(), content.size());
}

std::string PageServer::Impl::config() const {
    return "{\"websocketPort\":" + std::to_string(options_.websocket_port) +
           ",\"novnc\":" + (options_.novnc_folder ? "true" : "false") + "}\n";
}

PageServer::PageServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PageServer::~PageServer() = default;

Result<std::unique_ptr<PageServer>> PageServer::create(const SocketAddress& address,
                                                       const PageOptions& options) {
    auto impl = std::make_unique<Impl>(options);
    QIO_TRY(impl->listen(address));
    return std::unique_ptr<PageServer>(new PageServer(std::move(impl)));
}

std::uint16_t PageServer::port() const {
    return impl_->port();
}

} // namespace qio::demo
