// Which control sequences come through, and what becomes of the others.
#include "ui/terminal/sequence-guard.hpp"

#include <initializer_list>
#include <span>
#include <string>

#include "tests/support/cmocka.hpp"

using namespace qio::terminal;

namespace {

struct Row {
    std::string input;
    std::string output;
};

std::string parameters(int count, const char* parameter = "1") {
    std::string text = parameter;
    for (int i = 1; i < count; ++i)
        text.append(";").append(parameter);
    return text;
}

std::string filtered(std::string_view input, std::size_t cut) {
    SequenceGuard guard;
    std::string output;
    guard.filter(input.substr(0, cut), output);
    guard.filter(input.substr(cut), output);
    return output;
}

void require_rows(std::span<const Row> rows) {
    for (const auto& row : rows)
        for (std::size_t cut = 0; cut <= row.input.size(); ++cut)
            assert_string_equal(filtered(row.input, cut).c_str(), row.output.c_str());
}

void lets_text_and_useful_sequences_through(void**) {
    const std::string inputs[] = {
        "text\r\n\t\a\b\x7F",
        "\xC3\xA4\xE2\x82\xAC",
        "\x1B[m",
        "\x1B[38;2;1;2;3mx\x1B[0m",
        "\x1B[38:5:1m",
        "\x1B[;5H",
        "\x1B[?1049h\x1B[?25l",
        "\x1B[>c\x1B[=c",
        "\x1B[!p\x1B[2 q\x1B[?25$p",
        "\x1B[9999A",
        "\x1B[" + parameters(16) + "m",
        "\x1B[" + parameters(16, "9999") + "m",
        "\x1B"
        "7\x1B"
        "8\x1B=\x1B>\x1B"
        "c\x1B"
        "D\x1B"
        "E\x1BH\x1BM",
        "\x1B(0lqk\x1B(B\x1B)0\x0E\x0F",
    };
    for (const auto& input : inputs)
        require_rows({{{input, input}}});
}

void swallows_control_strings(void**) {
    const std::string inputs[] = {
        "\x1B]0;title\a",
        "\x1B]0;title\x1B\\",
        "\x1BP$qm\x1B\\",
        "\x1B_apc\x1B\\",
        "\x1B^pm\x1B\\",
        "\x1BXsos\x1B\\",
        "\x1BPcut\x18",
        "\x1BPcut\x1A",
        "\x1BPa\nb\x7F\x1B\\",
        "\x1B]\xE2\x82\xAC\a",
        "\x1B]" + std::string(100'000, 'x') + "\a",
    };
    for (const auto& input : inputs)
        assert_string_equal(filtered("<" + input + ">", 5).c_str(), "<>");
    require_rows({{{"<\x1B]0;t\a>", "<>"},
                   {"<\x1B]0;t\x1B\\>", "<>"},
                   {"<\x1B]0;t\x1B[m>", "<\x1B[m>"}, // a sequence ends it, too
                   {"<\x1BPq\x1B]t\a>", "<>"}}});
}

void drops_what_is_beyond_the_limits(void**) {
    const std::string inputs[] = {
        "\x1B[" + parameters(17) + "m",
        "\x1B[" + std::string(16, ';') + "m",
        "\x1B[" + std::string(16, ':') + "m",
        "\x1B[10000A",
        "\x1B[1;99999999999999999999A",
        "\x1B[" + std::string(200, '0') + "m",
        "\x1B[" + std::string(200, ' ') + "m",
        "\x1B[  q", // two intermediate bytes
        "\x1B[1 1q",
        "\x1B[1?h",
        "\x1B[??h",
        "\x1B((0",
        "\x1B" + std::string(200, '(') + "0",
        "\x1B[" + std::string(200, '(') + "P",
    };
    for (const auto& input : inputs)
        require_rows({{{"<" + input + ">", "<>"}}});
}

void drops_what_would_change_how_bytes_are_read_and_written(void**) {
    for (const char* input : {"\x1B%@", "\x1B%G", "\x1B F", "\x1B G", "\x1B#8", "\x1B#3",
                              "\x1B\\", "\x1BZ", "\x1B/A", "\x1B[s", "\x1B[1;2s"})
        require_rows({{{std::string("<") + input + ">", "<>"}}});
}

void a_sequence_may_be_broken_off_and_interrupted(void**) {
    const Row rows[] = {
        {"\x1B[1\x18m", "m"},
        {"\x1B[1\x1Am", "m"},
        {"\x1B\x18[m", "[m"},
        {"\x1B(\x1A"
         "0",
         "0"},
        {"\x1B[1\x1B[2m", "\x1B[2m"},
        {"\x1B\x1B[2m", "\x1B[2m"},
        {"\x1B(\x1B[2m", "\x1B[2m"},
        {"\x1B[1\nm", "\n\x1B[1m"}, // obeyed first
        {"\x1B\r[m", "\r\x1B[m"},
        {"\x1B[1\x7Fm", "\x1B[1m"},
        {"\x1B[1\xC3\xA4m", "\xC3\xA4m"},
        {"\x1B\xC3\xA4[m", "\xC3\xA4[m"},
        {"\x1B[", ""}, // and is kept until it is complete
        {"\x1B", ""},
    };
    require_rows(rows);
}

void a_sequence_that_was_too_long_is_forgotten(void**) {
    const auto dropped = "\x1B[" + std::string(500, '1') + "m";
    require_rows({{{dropped + "\x1B[1m", "\x1B[1m"}, {dropped + "\x1B(0", "\x1B(0"}}});
}

void writes_repetitions_out(void**) {
    const Row rows[] = {
        {"-\x1B[3b", "----"},
        {"-\x1B[b", "--"},
        {"-\x1B[0b", "--"},
        {"-\x1B[2b\x1B[1b", "----"},
        {"\xE2\x82\xAC\x1B[2b", "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC"},
        {"-\x1B[9999b", std::string(81, '-')},
        {"-\x1B[99999999999b", "-"},
        {"-\x1B[1;2b-\x1B[?2b-\x1B[-2b", "---"},
        {"\x1B[3b", ""},
        {"-\n\x1B[3b", "-\n"}, // nothing may be in between
        {"-\x1B[m\x1B[3b", "-\x1B[m"},
        {"-\x1B"
         "7\x1B[3b",
         "-\x1B"
         "7"},
    };
    require_rows(rows);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(lets_text_and_useful_sequences_through),
        cmocka_unit_test(swallows_control_strings),
        cmocka_unit_test(drops_what_is_beyond_the_limits),
        cmocka_unit_test(drops_what_would_change_how_bytes_are_read_and_written),
        cmocka_unit_test(a_sequence_may_be_broken_off_and_interrupted),
        cmocka_unit_test(a_sequence_that_was_too_long_is_forgotten),
        cmocka_unit_test(writes_repetitions_out),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
