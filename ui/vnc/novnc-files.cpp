// The files of noVNC, from a folder or from within the library.
#include "ui/vnc/novnc-files.hpp"

#include <fcntl.h>
#include <gio/gio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "io/base/handle.hpp"
#include "io/base/unique-fd.hpp"
#include "ui/vnc/http-service.hpp"

#ifdef QIO_NOVNC_BUNDLE
// A GResource bundle, as the file is.
asm(".pushsection .rodata\n"
    ".balign 16\n"
    ".hidden qio_novnc_begin\n"
    ".global qio_novnc_begin\n"
    "qio_novnc_begin:\n"
    ".incbin \"" QIO_NOVNC_BUNDLE "\"\n"
    ".hidden qio_novnc_end\n"
    ".global qio_novnc_end\n"
    "qio_novnc_end:\n"
    ".popsection\n");
extern "C" {
extern const char qio_novnc_begin[];
extern const char qio_novnc_end[];
}
#endif

namespace qio::vnc {

namespace {

// Far above the largest file of noVNC.
constexpr off_t max_file_bytes = off_t{16} << 20;
constexpr std::string_view prefix = "/novnc/";

using BytesRef = Handle<GBytes, &g_bytes_unref>;

bool is_plain_segment(std::string_view segment) {
    return !segment.empty() && segment.front() != '.' &&
           std::ranges::all_of(segment, [](char c) {
               return std::isalnum(std::uint8_t(c)) != 0 || c == '.' || c == '_' ||
                      c == '-';
           });
}

bool is_plain(std::string_view path) {
    for (;;) {
        const auto slash = path.find('/');
        if (!is_plain_segment(path.substr(0, slash)))
            return false;
        if (slash == path.npos)
            return true;
        path.remove_prefix(slash + 1);
    }
}

const char* type_of(std::string_view path) {
    constexpr std::pair<std::string_view, const char*> types[] = {
        {".js", "text/javascript; charset=utf-8"},
        {".json", "application/json"},
        {".css", "text/css; charset=utf-8"},
        {".html", "text/html; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
    };
    for (const auto& [end, type] : types)
        if (path.ends_with(end))
            return type;
    return "text/plain; charset=utf-8";
}

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

#ifdef QIO_NOVNC_BUNDLE
std::optional<std::string> read_builtin(const std::string& path) {
    using ResourceRef = Handle<GResource, &g_resource_unref>;
    static const BytesRef bundle(g_bytes_new_static(
        qio_novnc_begin, std::size_t(qio_novnc_end - qio_novnc_begin)));
    static const ResourceRef resource(g_resource_new_from_data(bundle.get(), nullptr));
    const BytesRef content(resource ? g_resource_lookup_data(resource.get(), path.c_str(),
                                                             G_RESOURCE_LOOKUP_FLAGS_NONE,
                                                             nullptr)
                                    : nullptr);
    if (!content)
        return std::nullopt;
    std::size_t size = 0;
    const auto* const data = g_bytes_get_data(content.get(), &size);
    return std::string(static_cast<const char*>(data), size);
}
#else
std::optional<std::string> read_builtin(const std::string&) {
    return std::nullopt;
}
#endif

} // namespace

bool has_builtin_novnc() {
    return read_builtin("/novnc/core/rfb.js").has_value();
}

std::optional<NovncFile> novnc_file(std::string_view url_path,
                                    const std::optional<std::string>& folder) {
    if (!url_path.starts_with(prefix) || !is_plain(url_path.substr(prefix.size())))
        return std::nullopt;
    const std::string name(url_path.substr(prefix.size()));
    auto content =
        folder ? read_file(*folder + "/" + name) : read_builtin(std::string(url_path));
    if (!content)
        return std::nullopt;
    return NovncFile{type_of(name), *std::move(content)};
}

} // namespace qio::vnc
