// Which files the demo's page has, and which paths lead nowhere.
#include "ui/tools/page-files.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::demo;

namespace {

void finds_files_of_novnc(void**) {
    assert_string_equal(novnc_file("/novnc/core/rfb.js")->c_str(), "core/rfb.js");
    assert_string_equal(novnc_file("/novnc/LICENSE.txt")->c_str(), "LICENSE.txt");
    assert_string_equal(novnc_file("/novnc/vendor/pako/lib/zlib/in-flate_2.js")->c_str(),
                        "vendor/pako/lib/zlib/in-flate_2.js");
}

void no_path_leads_out_of_the_folder(void**) {
    for (const char* path : {"/novnc",
                             "/novnc/",
                             "/novnc//etc/passwd",
                             "/novnc/../x",
                             "/novnc/core/../../x",
                             "/novnc/..",
                             "/novnc/.",
                             "/novnc/.git/config",
                             "/novnc/core/",
                             "/novnc/a//b",
                             "/novnc/%2e%2e/x",
                             "/novnc/..%2fx",
                             "/novnc/a\\..\\b",
                             "/novnc/a b",
                             "/other/a",
                             "/novncx/a",
                             "novnc/a",
                             "",
                             "/",
                             "/novnc/\xC3\xA9.js"})
        assert_false(novnc_file(path).has_value());
    using namespace std::string_view_literals;
    assert_false(novnc_file("/novnc/a\0b"sv).has_value());
}

void knows_the_media_types(void**) {
    const struct {
        const char* path;
        std::string_view type;
    } table[] = {
        {"/index.html", "text/html; charset=utf-8"},
        {"core/rfb.js", "text/javascript; charset=utf-8"},
        {"a.css", "text/css; charset=utf-8"},
        {"config.json", "application/json"},
        {"icon.svg", "image/svg+xml"},
        {"LICENSE", "application/octet-stream"},
    };
    for (const auto& row : table)
        assert_true(media_type(row.path) == row.type);
}

void the_page_is_built_in(void**) {
    std::string names;
    for (const auto& file : builtin_files()) {
        names.append(file.path).append(" ");
        assert_true(file.content.size() > 100);
    }
    assert_string_equal(names.c_str(), "/index.html /demo.css /demo.js /icon.svg ");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(finds_files_of_novnc),
        cmocka_unit_test(no_path_leads_out_of_the_folder),
        cmocka_unit_test(knows_the_media_types),
        cmocka_unit_test(the_page_is_built_in),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
