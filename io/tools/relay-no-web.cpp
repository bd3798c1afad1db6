// Files for browsers, in a build without libsoup: none.
#include "io/tools/relay-web.hpp"

namespace qio::relay {

class WebFiles::Impl {};

WebFiles::WebFiles(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WebFiles::~WebFiles() = default;

WebSupport web_support() {
    return WebSupport::no;
}

Result<std::unique_ptr<WebFiles>> WebFiles::create(const std::string&) {
    return Error{ErrorKind::not_supported, 0, "--web: built without libsoup"};
}

Co<std::uint64_t> WebFiles::serve(std::shared_ptr<ChannelPrefixed>, std::stop_token) {
    co_return 0;
}

} // namespace qio::relay
