// Web pages on the port of a server: noVNC, files of the program's own, status, metrics.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/base/bytes.hpp"
#include "io/core/channel.hpp"
#include "io/core/context.hpp"

namespace qio::vnc {

/// A page that the program brings along.
struct HttpPage {
    std::string path; ///< as in the URL
    std::string type; ///< media type
    ByteView content; ///< outlives the service
};

/// What is served. Everything is fetched by GET, and nothing else is answered.
struct HttpPages {
    std::vector<HttpPage> pages{};
    /// The folder with core/rfb.js; empty: what was built in, if anything was.
    std::optional<std::string> novnc_folder{};
    std::function<std::string()> status{}; ///< /status, JSON; null = not there
    std::function<std::string()>
        metrics{}; ///< /metrics, for Prometheus; null = not there
};

/// Whether the library was built with libsoup, and with noVNC inside.
QIO_API bool has_http_service();
QIO_API bool has_builtin_novnc();

/// Answers one request on each channel that it is given, and closes it.
///
/// Limits: 64 channels at a time, the oldest makes room; half a minute without a byte
/// ends a channel.
/// Lifetime: shared; ending it closes the channels.
/// Context: the one it was made for.
class QIO_API HttpService final {
public:
    /// Context: null = the caller's thread-default.
    /// Errors: not_supported without libsoup; not_found if the folder is not noVNC's.
    static Result<std::shared_ptr<HttpService>> create(HttpPages pages,
                                                       GMainContext* context = nullptr);
    ~HttpService();
    HttpService(const HttpService&) = delete;
    HttpService& operator=(const HttpService&) = delete;

    void serve(std::shared_ptr<Channel> channel);

private:
    class Impl;
    explicit HttpService(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace qio::vnc
