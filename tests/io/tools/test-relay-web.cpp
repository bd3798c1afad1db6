// Which requests are for a WebSocket, and which file the others get.
#include "io/tools/relay-web.hpp"

#include <filesystem>
#include <fstream>

#include "io/tools/relay-files.hpp"
#include "tests/support/temporary-folder.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::relay;

namespace {

void an_upgrade_is_told_by_its_field(void**) {
    assert_true(
        asks_for_websocket("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n"));
    assert_true(asks_for_websocket("GET / HTTP/1.1\nuPGRADE:h2c, WebSocket\n\n"));
    assert_false(
        asks_for_websocket("GET / HTTP/1.1\r\nHost: upgrade: websocket\r\n\r\n"));
    assert_false(asks_for_websocket("GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n"));
    assert_false(asks_for_websocket(""));
}

void only_open_files_below_the_folder_are_found(void**) {
    namespace fs = std::filesystem;
    const test::TemporaryFolder folder;
    const auto root = fs::canonical(folder.file("")).string() + "/root";
    fs::create_directories(root + "/sub/.git");
    fs::create_directories(root + "2");
    for (const char* name : {"/index.html", "/sub/index.html", "/.hidden", "/sub/.git/x"})
        std::ofstream(root + name) << "x";
    std::ofstream(root + "2/secret") << "x";
    fs::create_symlink(root + "2/secret", root + "/link");
    fs::create_symlink(root + "2", root + "/linked");
    fs::create_symlink("sub/index.html", root + "/inner");
    const auto path_of = [&](std::string_view path) {
        return find_web_file(root, path).path;
    };
    assert_string_equal(path_of("/").c_str(), (root + "/index.html").c_str());
    assert_string_equal(path_of("/sub/").c_str(), (root + "/sub/index.html").c_str());
    assert_string_equal(path_of("/inner").c_str(), (root + "/sub/index.html").c_str());
    assert_true(find_web_file(root, "/sub").kind == WebFile::Kind::folder);
    for (const char* path :
         {"", "index.html", "/.hidden", "/sub/.git/x", "/../root2/secret",
          "/sub/../index.html", "/link", "/linked/secret", "/linked", "//index.html",
          "/sub//index.html", "/.", "/..", "/none", "/sub\\index.html", "/index.html/",
          "/index.html\n"})
        assert_true(find_web_file(root, path).kind == WebFile::Kind::none);
}

void a_file_is_read_within_its_limit(void**) {
    const test::TemporaryFolder folder;
    const std::string file = folder.file("file");
    std::ofstream(file) << "content";
    assert_string_equal(read_web_file(file)->bytes.c_str(), "content");
    std::filesystem::resize_file(file, 16 << 20);
    assert_true(read_web_file(file).has_value());
    std::filesystem::resize_file(file, (16 << 20) + 1);
    assert_false(read_web_file(file).has_value());
    assert_false(read_web_file(folder.file("")).has_value());
}

void endings_have_media_types(void**) {
    assert_true(media_type("/a/b.js") == "text/javascript; charset=utf-8");
    assert_true(media_type("/x.woff2") == "font/woff2");
    assert_true(media_type("/x") == "application/octet-stream");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_upgrade_is_told_by_its_field),
        cmocka_unit_test(only_open_files_below_the_folder_are_found),
        cmocka_unit_test(a_file_is_read_within_its_limit),
        cmocka_unit_test(endings_have_media_types),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
