// What is left of the web pages without libsoup.
#include "ui/vnc/http-service.hpp"

namespace qio::vnc {

class HttpService::Impl {};

bool has_http_service() {
    return false;
}

bool has_builtin_novnc() {
    return false;
}

Result<std::shared_ptr<HttpService>> HttpService::create(HttpPages, GMainContext*) {
    return Error{ErrorKind::not_supported, 0,
                 "web pages need libsoup: build with -Dhttp=enabled"};
}

HttpService::HttpService(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpService::~HttpService() = default;

void HttpService::serve(std::shared_ptr<Channel> channel) {
    (void)channel->close();
}

} // namespace qio::vnc
