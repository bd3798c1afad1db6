// The RFB handshake as bytes in and bytes out.
#include "ui/vnc/handshake.hpp"

#include <algorithm>
#include <string>

#include "ui/vnc/auth/none.hpp"
#include "ui/vnc/auth/vnc-authentication.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;
using namespace std::string_view_literals;

namespace {

const std::vector<SecurityType> none = {SecurityType::None};
const std::vector<SecurityType> secure = {SecurityType::VeNCrypt,
                                          SecurityType::VNCAuthentication};

/// None and VNC authentication with the password "secret".
Result<std::unique_ptr<auth::Authenticator>> make(SecurityType type) {
    if (type == SecurityType::None)
        return std::make_unique<auth::None>(auth::None::HasResult::from_3_8);
    return std::make_unique<auth::VncAuthentication>(
        [] { return auth::Passwords{.control = "secret"}; });
}

Handshake handshake_for(const std::vector<SecurityType>& offered) {
    return {offered, make, "nobody"};
}

/// What came of a client's bytes.
struct Outcome {
    std::string answer;
    bool is_done = false, is_shared = false, failed = false;
    std::size_t used = 0;
    bool operator==(const Outcome&) const = default;
};

/// Takes what it can; everybody who has proved enough may stay.
Result<std::size_t> advance(Handshake& handshake, ByteView in, Bytes& out) {
    std::size_t used = 0;
    for (;;) {
        used += QIO_TRY(handshake.advance(in.subspan(used), 0, out));
        if (handshake.wait() != Handshake::Wait::authorization)
            return used;
        QIO_TRY(handshake.authorized(auth::Accepted(handshake.identity()), out));
    }
}

/// Feeds `client` in pieces of `step` bytes, unused ones again with the next piece.
Outcome play(std::string_view client, std::size_t step,
             const std::vector<SecurityType>& offered = none) {
    auto handshake = handshake_for(offered);
    Outcome outcome;
    Bytes out;
    for (std::size_t end = step; !outcome.failed; end += step) {
        const auto there = client.substr(0, end).substr(outcome.used);
        const auto used = advance(handshake, as_bytes(there), out);
        outcome.failed = !used;
        outcome.used += used.value_or(0);
        if (end >= client.size())
            break;
    }
    outcome.answer = as_text(out);
    outcome.is_done = handshake.wait() == Handshake::Wait::nothing;
    outcome.is_shared = outcome.is_done && handshake.is_shared();
    return outcome;
}

void begins_with_the_newest_version(void**) {
    Bytes out;
    handshake_for(none).start(out);
    assert_true(as_text(out) == "RFB 003.008\n");
}

struct Row {
    std::string_view client, answer;
    bool is_shared;
};

// P-RFB-01: what each version is told, byte for byte
constexpr Row good_rows[] = {
    {"RFB 003.003\n\1"sv, "\0\0\0\1"sv, true},
    {"RFB 003.003\n\0"sv, "\0\0\0\1"sv, false},
    {"RFB 003.004\n\1"sv, "\0\0\0\1"sv, true},
    {"RFB 003.005\n\1"sv, "\0\0\0\1"sv, true},
    {"RFB 003.006\n\1"sv, "\0\0\0\1"sv, true},
    {"RFB 003.007\n\1\1"sv, "\1\1"sv, true},
    {"RFB 003.007\n\1\0"sv, "\1\1"sv, false},
    {"RFB 003.008\n\1\1"sv, "\1\1\0\0\0\0"sv, true},
    {"RFB 003.008\n\1\0"sv, "\1\1\0\0\0\0"sv, false},
    {"RFB 003.008\n\1\377"sv, "\1\1\0\0\0\0"sv, true},
    {"RFB 003.009\n\1\1"sv, "\1\1\0\0\0\0"sv, true},
    {"RFB 003.889\n\1\1"sv, "\1\1\0\0\0\0"sv, true},
    {"RFB 004.001\n\1\1"sv, "\1\1\0\0\0\0"sv, true},
    {"RFB 005.000\n\1\1"sv, "\1\1\0\0\0\0"sv, true},
};

void each_version_gets_its_bytes(void**) {
    for (const auto& row : good_rows) {
        const auto outcome = play(row.client, row.client.size());
        assert_true(outcome.is_done);
        assert_int_equal(outcome.is_shared, row.is_shared);
        assert_int_equal(outcome.used, row.client.size());
        assert_true(outcome.answer == row.answer);
    }
}

// P-RFB-24: the pieces in which bytes come do not matter
void pieces_do_not_matter(void**) {
    for (const auto& row : good_rows)
        for (std::size_t step = 1; step <= row.client.size(); ++step)
            assert_true(play(row.client, step) == play(row.client, row.client.size()));
}

// P-RFB-09: what follows ClientInit is a message, and left alone
void leaves_what_follows_alone(void**) {
    for (const auto& row : good_rows) {
        const auto longer = std::string(row.client) + "\3\1more";
        const auto outcome = play(longer, longer.size());
        assert_true(outcome.is_done);
        assert_int_equal(outcome.used, row.client.size());
    }
}

// P-RFB-01: a malformed version is answered with a reason, and nothing goes on after it
void refuses_what_is_no_version(void**) {
    const std::string_view rows[] = {
        "RFB 003.008\r"sv, "RFB -03.008\n"sv, "RFB 003.002\n"sv,
        "RFB 000.000\n"sv, "GET / HTTP/1"sv,  "\0\0\0\0\0\0\0\0\0\0\0\0"sv,
    };
    for (const auto& text : rows) {
        for (std::size_t step = 1; step <= text.size(); ++step) {
            const auto outcome = play(text, step);
            assert_true(outcome.failed);
            assert_false(outcome.is_done);
            assert_true(outcome.answer.starts_with("\0\0\0\0\0\0\0"sv));
            const auto length = std::size_t((unsigned char)outcome.answer[7]);
            assert_int_equal(outcome.answer.size(), 8 + length);
            assert_true(length > 0);
        }
    }
}

// P-RFB-01, O-09: fewer than twelve bytes are waited with
void waits_for_the_whole_version(void**) {
    const auto version = "RFB 003.008\n"sv;
    for (std::size_t count = 0; count < version.size(); ++count) {
        const auto outcome = play(version.substr(0, count), 1);
        assert_true(outcome == Outcome());
    }
}

// O-21, P-RFB-02: only a type that was offered, for every version, the others being 0,
// those that exist and those that do not
void refuses_every_type_that_was_not_offered(void**) {
    constexpr auto no = "That security type was not offered."sv;
    for (const auto& offered : {none, secure}) {
        for (const auto version :
             {"RFB 003.007\n"sv, "RFB 003.008\n"sv, "RFB 003.889\n"sv}) {
            for (int type = 0; type < 256; ++type) {
                if (std::ranges::find(offered, SecurityType(type)) != offered.end())
                    continue;
                const auto client = std::string(version) + char(type) + '\1';
                const auto outcome = play(client, client.size(), offered);
                assert_true(outcome.failed);
                assert_false(outcome.is_done);
                const auto list = std::size_t(1 + offered.size());
                const auto answer = outcome.answer.substr(list);
                const auto expected =
                    version == "RFB 003.007\n"sv
                        ? std::string("\0\0\0\1"sv)
                        : std::string("\0\0\0\1\0\0\0\43"sv) + std::string(no);
                assert_true(answer == expected);
            }
        }
    }
}

// P-RFB-03: a 3.3 client is told the type, which is one that it knows; where there is
// none it is refused, and never let in with less
void a_3_3_client_cannot_choose(void**) {
    const auto outcome = play("RFB 003.003\n"sv, 12, secure);
    assert_true(outcome.answer.starts_with("\0\0\0\2"sv));
    assert_int_equal(outcome.answer.size(), 4 + auth::challenge_bytes);
    assert_false(outcome.is_done);
    for (const auto type : {SecurityType::VeNCrypt, SecurityType::SASL, SecurityType::RA2,
                            SecurityType::RA2ne_256}) {
        const auto refused = play("RFB 003.003\n\1"sv, 13, {type});
        assert_true(refused.failed);
        assert_true(refused.answer.starts_with("\0\0\0\0\0\0\0"sv));
        assert_int_equal(refused.answer.size(), 8 + (unsigned char)refused.answer[7]);
    }
}

void refuses_everybody_where_nothing_is_offered(void**) {
    for (const auto& [version, answer] :
         {std::pair("RFB 003.003\n"sv, "\0\0\0\0\0\0\0\6nobody"sv),
          std::pair("RFB 003.007\n"sv, "\0\0\0\0\6nobody"sv),
          std::pair("RFB 003.008\n"sv, "\0\0\0\0\6nobody"sv)}) {
        const auto outcome = play(version, 12, {});
        assert_true(outcome.failed);
        assert_true(outcome.answer == answer);
    }
}

/// Plays VNC authentication with a right or wrong answer, and returns what is said behind
/// the challenge.
std::string answer_to_response(std::string_view version, const char* password) {
    auto handshake = handshake_for({SecurityType::VNCAuthentication});
    Bytes out;
    const auto choice = version == "RFB 003.003\n"sv ? ""sv : "\2"sv;
    (void)advance(handshake, as_bytes(std::string(version).append(choice)), out);
    auth::Challenge challenge;
    std::ranges::copy(ByteView(out).last(challenge.size()), challenge.begin());
    out.clear();
    (void)advance(handshake, auth::vnc_response(challenge, password), out);
    if (handshake.wait() == Handshake::Wait::refusal)
        handshake.refuse(out);
    const bool is_over = handshake.wait() == Handshake::Wait::nothing;
    return std::string(is_over ? "over:" : "init:").append(as_text(out));
}

// P-RFB-02: every version has a result, and only 3.8 has room for a reason, which is text
// without a NUL
void tells_each_version_how_it_went(void**) {
    const auto failed = "over:\0\0\0\1"sv;
    const auto reason = "\0\0\0\25Authentication failed"sv;
    for (const auto version : {"RFB 003.003\n"sv, "RFB 003.007\n"sv, "RFB 003.008\n"sv}) {
        assert_true(answer_to_response(version, "secret") == "init:\0\0\0\0"sv);
        const auto expected =
            std::string(failed).append(version == "RFB 003.008\n"sv ? reason : ""sv);
        assert_true(answer_to_response(version, "wrong") == expected);
    }
}

// P-RFB-02: what a client sends behind its failure is not looked at
void nothing_follows_a_refusal(void**) {
    auto handshake = handshake_for({SecurityType::VNCAuthentication});
    Bytes out;
    (void)advance(handshake, as_bytes("RFB 003.008\n\2"sv), out);
    const std::string response(auth::challenge_bytes, 'x');
    const auto used = advance(handshake, as_bytes(response + "\1\1"), out);
    assert_int_equal(used.value_or(0), auth::challenge_bytes);
    assert_true(handshake.wait() == Handshake::Wait::refusal);
    handshake.refuse(out);
    assert_int_equal(advance(handshake, as_bytes("\2\1"sv), out).value_or(9), 0);
    assert_true(handshake.wait() == Handshake::Wait::nothing);
}

// A program may turn away whoever has proved enough.
void the_last_word_is_the_programs(void**) {
    for (const auto version : {"RFB 003.007\n\1"sv, "RFB 003.008\n\1"sv}) {
        auto handshake = handshake_for(none);
        Bytes out;
        (void)handshake.advance(as_bytes(version), 0, out);
        assert_true(handshake.wait() == Handshake::Wait::authorization);
        out.clear();
        assert_true(handshake.authorized(auth::Refused("no"), out).has_value());
        assert_true(handshake.wait() == Handshake::Wait::refusal);
        handshake.refuse(out);
        assert_int_equal(out.size(), version[10] == '7' ? 0 : 8 + 21);
    }
}

void lists_types_strongest_first(void**) {
    const auto outcome = play("RFB 003.008\n"sv, 12, secure);
    assert_true(outcome.answer == "\2\23\2"sv);
    assert_false(outcome.is_done);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(begins_with_the_newest_version),
        cmocka_unit_test(each_version_gets_its_bytes),
        cmocka_unit_test(pieces_do_not_matter),
        cmocka_unit_test(leaves_what_follows_alone),
        cmocka_unit_test(refuses_what_is_no_version),
        cmocka_unit_test(waits_for_the_whole_version),
        cmocka_unit_test(refuses_every_type_that_was_not_offered),
        cmocka_unit_test(a_3_3_client_cannot_choose),
        cmocka_unit_test(refuses_everybody_where_nothing_is_offered),
        cmocka_unit_test(tells_each_version_how_it_went),
        cmocka_unit_test(nothing_follows_a_refusal),
        cmocka_unit_test(the_last_word_is_the_programs),
        cmocka_unit_test(lists_types_strongest_first),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
