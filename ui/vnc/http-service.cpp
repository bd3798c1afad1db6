// Web pages on the port of a server, through libsoup.
#include "ui/vnc/http-service.hpp"

#include <fcntl.h>
#include <libsoup/soup.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <list>
#include <utility>

#include "io/base/handle.hpp"
#include "io/base/unique-fd.hpp"
#include "io/core/timer.hpp"
#include "io/gio/channel-stream.hpp"
#include "io/plain/channel-prefixed.hpp"
#include "ui/vnc/novnc-files.hpp"
#include "ui/vnc/viewer-page.hpp"

namespace qio::vnc {

namespace {

constexpr std::size_t max_channels = 64;
// For a client that neither asks nor takes what it has asked for.
constexpr std::chrono::milliseconds patience{30'000};

// Pages run their own scripts, and connect by WebSocket; where to is the user's choice.
constexpr const char* security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'";

using ServerRef = Handle<SoupServer, &g_object_unref>;
using AddressRef = Handle<GSocketAddress, &g_object_unref>;
using ErrorRef = Handle<GError, &g_error_free>;

void set_header(SoupServerMessage* message, const char* name, const char* value) {
    soup_message_headers_replace(soup_server_message_get_response_headers(message), name,
                                 value);
}

void send(SoupServerMessage* message, unsigned status, const char* type,
          ByteView content) {
    soup_server_message_set_status(message, status, nullptr);
    soup_server_message_set_response(message, type, SOUP_MEMORY_COPY,
                                     as_text(content).data(), content.size());
}

bool is_get_or_head(SoupServerMessage* message) {
    const std::string_view method = soup_server_message_get_method(message);
    return method == "GET" || method == "HEAD";
}

/// Makes a context the default of what is called below.
class Within {
public:
    explicit Within(GMainContext* context) : context_(context) {
        g_main_context_push_thread_default(context_);
    }
    ~Within() { g_main_context_pop_thread_default(context_); }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

private:
    GMainContext* const context_;
};

} // namespace

class HttpService::Impl {
public:
    Impl(HttpPages pages, GMainContext* context)
        : context_(context_or_default(context)), pages_(std::move(pages)) {
        const Within within(context_.get());
        server_ = ServerRef(soup_server_new(nullptr, nullptr));
        soup_server_add_handler(server_.get(), nullptr, &Impl::on_request, this, nullptr);
    }
    ~Impl() {
        for (const auto& served : served_)
            g_object_weak_unref(served->stream, &Impl::on_gone, served.get());
        soup_server_disconnect(server_.get());
        for (const auto& served : served_)
            served->close();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void serve(std::shared_ptr<Channel> below);

private:
    /// A channel while libsoup has its stream.
    struct Served {
        Impl* owner;
        std::shared_ptr<ChannelPrefixed> channel;
        GObject* stream;
        std::uint64_t moved = 0;
        bool is_closed = false; // libsoup lets go of the stream a little later
        Timer timer{};
        void close() {
            is_closed = true;
            (void)channel->close();
        }
    };

    static void on_request(SoupServer*, SoupServerMessage* message, const char* path,
                           GHashTable*, gpointer self) noexcept {
        static_cast<Impl*>(self)->answer(message, path);
    }
    static void on_gone(gpointer data, GObject*) noexcept {
        auto* const served = static_cast<Served*>(data);
        std::erase_if(served->owner->served_,
                      [&](auto& other) { return other.get() == served; });
    }

    static void on_time(Served& served) {
        if (std::exchange(served.moved, served.channel->moved()) == served.moved)
            served.close();
    }

    void answer(SoupServerMessage* message, std::string_view path) const;
    bool answer_page(SoupServerMessage* message, std::string_view path) const;

    const ContextRef context_;
    const HttpPages pages_;
    ServerRef server_;
    std::list<std::unique_ptr<Served>> served_; // in the order they came
};

void HttpService::Impl::serve(std::shared_ptr<Channel> below) {
    const auto is_open = [](const auto& served) { return !served->is_closed; };
    if (std::size_t(std::ranges::count_if(served_, is_open)) >= max_channels)
        (*std::ranges::find_if(served_, is_open))->close();
    const Within within(context_.get());
    auto channel = std::make_shared<ChannelPrefixed>(Bytes(), std::move(below));
    const auto stream = stream_from_channel(channel);
    auto served = std::make_unique<Served>(Served{this, channel, G_OBJECT(stream.get())});
    served->timer = Timer(
        patience, [raw = served.get()] { on_time(*raw); }, Timer::Repeat::yes,
        context_.get());
    g_object_weak_ref(served->stream, &Impl::on_gone, served.get());
    served_.push_back(std::move(served));
    GError* error = nullptr;
    // It wants to have addresses; nobody looks at them.
    const AddressRef address(g_inet_socket_address_new_from_string("127.0.0.1", 0));
    (void)soup_server_accept_iostream(server_.get(), stream.get(), address.get(),
                                      address.get(), &error);
    const ErrorRef owned(error);
}

void HttpService::Impl::answer(SoupServerMessage* message, std::string_view path) const {
    set_header(message, "X-Content-Type-Options", "nosniff");
    set_header(message, "Content-Security-Policy", security_policy);
    set_header(message, "Referrer-Policy", "no-referrer");
    set_header(message, "Cache-Control", "no-cache");
    // libsoup keeps no stream that it did not open itself; clients should know.
    set_header(message, "Connection", "close");
    constexpr const char* text = "text/plain; charset=utf-8";
    if (!is_get_or_head(message)) {
        set_header(message, "Allow", "GET, HEAD");
        return send(message, SOUP_STATUS_METHOD_NOT_ALLOWED, text,
                    as_bytes("only GET and HEAD\n"));
    }
    if (!answer_page(message, path))
        send(message, SOUP_STATUS_NOT_FOUND, text, as_bytes("not found\n"));
}

bool HttpService::Impl::answer_page(SoupServerMessage* message,
                                    std::string_view path) const {
    const auto page = std::ranges::find_if(
        pages_.pages, [&](const HttpPage& own) { return own.path == path; });
    if (page != pages_.pages.end()) {
        send(message, SOUP_STATUS_OK, page->type.c_str(), page->content);
        return true;
    }
    if (path == "/status" && pages_.status) {
        set_header(message, "Cache-Control", "no-store");
        send(message, SOUP_STATUS_OK, "application/json", as_bytes(pages_.status()));
        return true;
    }
    if (path == "/metrics" && pages_.metrics) {
        set_header(message, "Cache-Control", "no-store");
        send(message, SOUP_STATUS_OK, "text/plain; version=0.0.4; charset=utf-8",
             as_bytes(pages_.metrics()));
        return true;
    }
    if (const auto* viewer = viewer_page(path)) {
        send(message, SOUP_STATUS_OK, viewer->type, as_bytes(viewer->content));
        return true;
    }
    const auto file = novnc_file(path, pages_.novnc_folder);
    if (!file)
        return false;
    set_header(message, "Cache-Control", "max-age=600");
    send(message, SOUP_STATUS_OK, file->type, as_bytes(file->content));
    return true;
}

bool has_http_service() {
    return true;
}

HttpService::HttpService(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpService::~HttpService() = default;

Result<std::shared_ptr<HttpService>> HttpService::create(HttpPages pages,
                                                         GMainContext* context) {
    if (pages.novnc_folder && !novnc_file("/novnc/core/rfb.js", pages.novnc_folder))
        return Error{ErrorKind::not_found, 0,
                     *pages.novnc_folder +
                         ": core/rfb.js is not there; give the folder of the noVNC "
                         "package (npm install @novnc/novnc)"};
    return std::shared_ptr<HttpService>(
        new HttpService(std::make_unique<Impl>(std::move(pages), context)));
}

void HttpService::serve(std::shared_ptr<Channel> channel) {
    impl_->serve(std::move(channel));
}

} // namespace qio::vnc
