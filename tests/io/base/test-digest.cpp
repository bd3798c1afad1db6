// SHA-1 and base64 against published vectors.
#include "io/base/digest.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;

namespace {

// RFC 6455 §1.3: the handshake example.
void matches_the_handshake_example(void**) {
    auto digest =
        sha1(as_bytes("dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    assert_string_equal(base64_encode(digest).c_str(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

// RFC 4648 §10.
void encodes_and_decodes_the_published_vectors(void**) {
    const std::pair<const char*, const char*> rows[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (auto& [plain, encoded] : rows) {
        assert_string_equal(base64_encode(as_bytes(plain)).c_str(), encoded);
        auto decoded = base64_decode(encoded);
        assert_true(decoded.has_value());
        assert_true(as_text(*decoded) == plain);
    }
}

void refuses_what_is_not_base64(void**) {
    for (auto text : {"Zg=", "Zg", "Z===", "Zg==Zg==", "Zm9v\n", "Zm9 ", "!!!!",
                      "====", "A===", "Zg=a", "Zm9vZg= ="})
        assert_false(base64_decode(text).has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(matches_the_handshake_example),
        cmocka_unit_test(encodes_and_decodes_the_published_vectors),
        cmocka_unit_test(refuses_what_is_not_base64),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
