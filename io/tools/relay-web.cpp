// Files for browsers on the port of a WebSocket, through libsoup.
#include "io/tools/relay-web.hpp"

#include <libsoup/soup.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <utility>

#include "io/base/handle.hpp"
#include "io/core/async-completion.hpp"
#include "io/core/timer.hpp"
#include "io/gio/channel-stream.hpp"
#include "io/plain/channel-prefixed.hpp"
#include "io/tools/relay-files.hpp"

namespace qio::relay {

namespace {

// For a client that neither asks nor takes what it has asked for.
constexpr std::chrono::milliseconds patience{30'000};

using ServerRef = Handle<SoupServer, &g_object_unref>;
using AddressRef = Handle<GSocketAddress, &g_object_unref>;
using ErrorRef = Handle<GError, &g_error_free>;

/// Waits until libsoup lets go of a stream, and closes the channel of a silent client.
/// Lifetime: keeps itself until then.
class Served final : public std::enable_shared_from_this<Served> {
public:
    Served(std::shared_ptr<ChannelPrefixed> channel, const std::stop_token& stop,
           Completion<std::uint64_t> done)
        : channel_(std::move(channel)), done_(std::move(done)),
          stop_(stop, [this] { (void)channel_->close(); }),
          timer_(patience, [this] { on_time(); }, Timer::Repeat::yes) {}

    void watch(GIOStream* stream) {
        self_ = shared_from_this();
        g_object_weak_ref(G_OBJECT(stream), &Served::on_gone, this);
    }

private:
    void on_time() {
        if (std::exchange(moved_, channel_->moved()) == channel_->moved())
            (void)channel_->close();
    }

    static void on_gone(gpointer data, GObject*) noexcept {
        auto* served = static_cast<Served*>(data);
        post(nullptr, [self = std::move(served->self_)] {
            self->timer_.reset();
            auto done = std::move(self->done_);
            done(self->channel_->moved());
        });
    }

    const std::shared_ptr<ChannelPrefixed> channel_;
    Completion<std::uint64_t> done_;
    std::shared_ptr<Served> self_;
    std::uint64_t moved_ = 0;
    std::stop_callback<std::function<void()>> stop_;
    Timer timer_;
};

void set_header(SoupServerMessage* message, const char* name, const std::string& value) {
    soup_message_headers_replace(soup_server_message_get_response_headers(message), name,
                                 value.c_str());
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

std::string http_time(std::time_t time) {
    const Handle<GDateTime, g_date_time_unref> date(g_date_time_new_from_unix_utc(time));
    const Handle<char, g_free> text(
        date ? soup_date_time_to_string(date.get(), SOUP_DATE_HTTP) : g_strdup(""));
    return text.get();
}

void redirect_to_folder(SoupServerMessage* message, const char* path) {
    const Handle<char, g_free> escaped(g_uri_escape_string(path, "/", FALSE));
    const char* query = g_uri_get_query(soup_server_message_get_uri(message));
    std::string location = std::string(escaped.get()) + "/";
    location += query != nullptr ? "?" + std::string(query) : "";
    set_header(message, "Location", location);
    refuse(message, SOUP_STATUS_MOVED_PERMANENTLY, "the folder is over there\n");
}

void send(SoupServerMessage* message, const std::string& path) {
    const auto content = read_web_file(path);
    if (!content)
        return refuse(message, SOUP_STATUS_NOT_FOUND, "not found\n");
    const auto modified = http_time(content->modified);
    const char* known = soup_message_headers_get_one(
        soup_server_message_get_request_headers(message), "If-Modified-Since");
    set_header(message, "Last-Modified", modified);
    if (known != nullptr && known == modified)
        return soup_server_message_set_status(message, SOUP_STATUS_NOT_MODIFIED, nullptr);
    soup_server_message_set_status(message, SOUP_STATUS_OK, nullptr);
    soup_server_message_set_response(message, std::string(media_type(path)).c_str(),
                                     SOUP_MEMORY_COPY, content->bytes.data(),
                                     content->bytes.size());
}

} // namespace

class WebFiles::Impl {
public:
    explicit Impl(std::string root)
        : root_(std::move(root)), server_(soup_server_new(nullptr, nullptr)) {
        soup_server_add_handler(server_.get(), nullptr, &Impl::on_request, this, nullptr);
    }
    ~Impl() { soup_server_disconnect(server_.get()); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    SoupServer* server() const { return server_.get(); }

private:
    static void on_request(SoupServer*, SoupServerMessage* message, const char* path,
                           GHashTable*, gpointer self) noexcept {
        static_cast<Impl*>(self)->answer(message, path);
    }

    void answer(SoupServerMessage* message, const char* path) const {
        set_header(message, "X-Content-Type-Options", "nosniff");
        set_header(message, "Referrer-Policy", "no-referrer");
        set_header(message, "Cache-Control", "no-cache");
        // libsoup keeps no stream that it did not open itself; clients should know.
        set_header(message, "Connection", "close");
        if (!is_get_or_head(message)) {
            set_header(message, "Allow", "GET, HEAD");
            return refuse(message, SOUP_STATUS_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
        }
        const auto file = find_web_file(root_, path);
        if (file.kind == WebFile::Kind::folder)
            return redirect_to_folder(message, path);
        if (file.kind == WebFile::Kind::none)
            return refuse(message, SOUP_STATUS_NOT_FOUND, "not found\n");
        send(message, file.path);
    }

    const std::string root_;
    const ServerRef server_;
};

WebFiles::WebFiles(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WebFiles::~WebFiles() = default;

WebSupport web_support() {
    return WebSupport::yes;
}

Result<std::unique_ptr<WebFiles>> WebFiles::create(const std::string& folder) {
    std::array<char, PATH_MAX> real;
    if (realpath(folder.c_str(), real.data()) == nullptr)
        return Error::from_errno(errno, "--web " + folder);
    struct stat status;
    if (stat(real.data(), &status) < 0 || !S_ISDIR(status.st_mode))
        return Error{ErrorKind::invalid_argument, 0,
                     "--web " + folder + ": not a folder; give the one with index.html"};
    return std::unique_ptr<WebFiles>(new WebFiles(std::make_unique<Impl>(real.data())));
}

Co<std::uint64_t> WebFiles::serve(std::shared_ptr<ChannelPrefixed> channel,
                                  std::stop_token stop) {
    auto serving = [&](Completion<std::uint64_t> done) {
        const auto served = std::make_shared<Served>(channel, stop, std::move(done));
        // libsoup's reference is the last one: with it the connection ends.
        const auto stream = stream_from_channel(channel);
        served->watch(stream.get());
        GError* error = nullptr;
        // It wants to have addresses; nobody looks at them.
        const AddressRef address(g_inet_socket_address_new_from_string("127.0.0.1", 0));
        (void)soup_server_accept_iostream(impl_->server(), stream.get(), address.get(),
                                          address.get(), &error);
        const ErrorRef owned(error);
    };
    auto waiting = completion_of<std::uint64_t>(std::move(serving));
    const auto moved = co_await waiting;
    co_return moved.value_or(0);
}

} // namespace qio::relay
