// Patterns with '*' and '?': a table, every short case, and no blow-up.
#include "io/tls/glob.hpp"

#include <string>
#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio::tls;

namespace {

void stars_and_question_marks_stand_for_characters(void**) {
    const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"*", "anything", true},
        {"**", "", true},
        {"?", "", false},
        {"?", "a", true},
        {"?", "ab", false},
        {"a*", "a", true},
        {"a*", "ba", false},
        {"*a", "ba", true},
        {"*a", "ab", false},
        {"a*c", "abbc", true},
        {"a*c", "abcb", false},
        {"*.example", "host.example", true},
        {"*.example", "host.example.net", false},
        {"*,O=Example", "C=UK,CN=qemu,O=Example", true},
        {"C=UK,CN=?emu", "C=UK,CN=qemu", true},
        {"*ab*ab*", "xabab", true},
        {"*ab*ab*", "xabaxb", false},
        {"a[b]", "ab", false},
        {"a[b]", "a[b]", true},
        {"a\\*", "a\\b", true},
        {"A", "a", false},
        {"?", "\xC3\xA9", true},
        {"??", "\xC3\xA9", false},
        {"*??", "\xC3\xA9", false},
        {"CN=?!", "CN=\xE2\x82\xAC!", true},
        {"?", "\xF0\x9F\x99\x82", true},
        {"?", "\xFF", true},
        {"??", "\x80\x80", true},
        {"?", "\x80\x80", false},
        {"*\x82*", "x\x82x", true},
        {"?a",
         "\xC3"
         "a",
         true},
        {"*??", "\xE2\x82\xAC", false},
        {"??", "\xF0\x80\x80\x80\x80", true},
    };
    for (const auto& one : cases)
        assert_int_equal(glob_matches(one.pattern, one.text), one.matches);
}

/// As one would define it.
bool reference(std::string_view pattern, std::string_view text) {
    if (pattern.empty())
        return text.empty();
    if (pattern[0] == '*')
        return reference(pattern.substr(1), text) ||
               (!text.empty() && reference(pattern, text.substr(1)));
    return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
           reference(pattern.substr(1), text.substr(1));
}

std::vector<std::string> all_words(std::string_view letters, std::size_t max_length) {
    std::vector<std::string> words{""};
    for (std::size_t at = 0; at < words.size(); ++at)
        if (words[at].size() < max_length)
            for (const char letter : letters)
                words.push_back(words[at] + letter);
    return words;
}

void every_short_pattern_matches_what_it_should(void**) {
    const auto texts = all_words("ab", 6);
    for (const auto& pattern : all_words("ab*?", 5))
        for (const auto& text : texts)
            assert_int_equal(glob_matches(pattern, text), reference(pattern, text));
}

void many_stars_cost_little(void**) {
    std::string pattern;
    for (int i = 0; i < 500; ++i)
        pattern += "*a";
    assert_false(glob_matches(pattern + "b", std::string(20000, 'a')));
    assert_true(glob_matches(pattern, std::string(20000, 'a')));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(stars_and_question_marks_stand_for_characters),
        cmocka_unit_test(every_short_pattern_matches_what_it_should),
        cmocka_unit_test(many_stars_cost_little),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
