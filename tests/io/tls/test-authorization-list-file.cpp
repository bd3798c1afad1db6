// Rules in a file: what is read, what is refused, and how a change is noticed.
#include "io/tls/authorization-list-file.hpp"

#include <cstring>
#include <filesystem>

#include "io/tls/authorization-file.hpp"
#include "tests/support/certificates.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::tls;
using namespace qio::test;
using namespace std::string_literals;

namespace {

constexpr auto allow = AuthorizationPolicy::allow, deny = AuthorizationPolicy::deny;
constexpr auto exact = MatchFormat::exact, glob = MatchFormat::glob;

constexpr char for_bob[] = R"({"rules": [{"match": "bob", "policy": "allow"}]})";
constexpr char for_eve[] = R"({"rules": [{"match": "eve", "policy": "allow"}]})";

void well_formed_rules_are_taken(void**) {
    const struct {
        const char* json;
        AuthorizationRules expected;
    } cases[] = {
        {"{}", {}},
        {R"({"policy": "allow"})", {.policy = allow}},
        {R"({"policy": "deny", "rules": []})", {}},
        {R"({"rules": [{"match": "a", "policy": "allow"}]})",
         {.rules = {{"a", allow, exact}}}},
        {R"({"policy": "allow", "rules": [
             {"match": "*,O=\u00e9", "policy": "deny", "format": "glob"},
             {"format": "exact", "policy": "allow", "match": ""}]})",
         {.policy = allow, .rules = {{"*,O=\xC3\xA9", deny, glob}, {"", allow, exact}}}},
    };
    for (const auto& one : cases) {
        const auto rules = parse_rules(one.json);
        assert_true(rules.has_value());
        assert_true(*rules == one.expected);
    }
}

void the_rest_is_refused_with_a_reason(void**) {
    const struct {
        std::string json;
        const char* said;
    } cases[] = {
        {"", "no object"},
        {"[]", "no object"},
        {"null", "no object"},
        {"\"allow\"", "no object"},
        {"{", ""},
        {"{}}", ""},
        {R"({"policy": "maybe"})", "'policy' is neither"},
        {R"({"policy": "Allow"})", "'policy' is neither"},
        {R"({"policy": 1})", "'policy' is no string"},
        {R"({"policy": null})", "'policy' is no string"},
        {R"({"rules": {}})", "'rules' is no list"},
        {R"({"rules": null})", "'rules' is no list"},
        {R"({"polcy": "deny"})", "unknown member 'polcy'"},
        {R"({"rules": ["bob"]})", "rule 1: it is no object"},
        {R"({"rules": [{"policy": "allow"}]})", "rule 1: it has no 'match'"},
        {R"({"rules": [{"match": "a"}]})", "rule 1: it has no 'policy'"},
        {R"({"rules": [{"match": "a", "policy": "no"}]})", "rule 1: 'policy' is neither"},
        {R"({"rules": [{"match": ["a"], "policy": "deny"}]})", "'match' is no string"},
        {R"({"rules": [{"match": "a", "policy": "deny", "format": "regex"}]})",
         "rule 1: 'format' is neither"},
        {R"({"rules": [{"match": "a", "policy": "deny"},
                       {"match": "a", "policy": "deny", "fromat": "glob"}]})",
         "rule 2: an unknown member 'fromat'"},
        {R"({"rules": [{"match": "bob\u0000", "policy": "allow"}]})", "a NUL"},
        {"{}\0"s, "a NUL"},
        {"{\"policy\": \"\xFF\"}", ""},
        {std::string(max_rules_file + 1, ' '), "too many"},
        {std::string(max_rules_brackets + 1, '['), "too many"},
        {std::string(max_rules_brackets, '['), ""},
    };
    for (const auto& one : cases) {
        const auto rules = parse_rules(one.json);
        assert_false(rules.has_value());
        assert_non_null(std::strstr(rules.error().message.c_str(), one.said));
        assert_false(rules.error().message.empty());
    }
}

/// A file of rules, and the authorization by it.
struct Fixture {
    TemporaryFolder folder;
    std::string path = folder.file("rules.json");
    std::shared_ptr<AuthorizationListFile> list;

    explicit Fixture(Refresh refresh = Refresh::yes) {
        write_file(path, for_bob);
        list = *AuthorizationListFile::create(path, refresh);
    }

    bool allows(const char* identity) const {
        return list->is_allowed(identity).value_or(false);
    }
    /// Lets the path lead to another file.
    void lead_to(const std::string& target) const {
        const auto link = folder.file("link");
        std::filesystem::create_symlink(target, link);
        std::filesystem::rename(link, path);
    }
};

void a_change_is_noticed(void**) {
    const Fixture fixture;
    assert_true(fixture.allows("bob"));
    write_file(fixture.path, for_eve);
    assert_true(fixture.allows("eve"));
    assert_false(fixture.allows("bob"));
}

// A file that was left alone for long is only looked at, not read.
void a_change_from_an_old_file_is_noticed(void**) {
    const Fixture fixture;
    const auto good = fixture.folder.file("good.json");
    write_file(good, for_eve);
    fixture.lead_to("/etc/passwd");
    assert_false(fixture.allows("bob"));
    assert_false(fixture.allows("bob"));
    fixture.lead_to(good);
    assert_true(fixture.allows("eve"));
}

// Of one size and within one tick of the clock, a change shows in nothing but the text.
void quick_changes_are_noticed_one_by_one(void**) {
    const Fixture fixture;
    for (int i = 0; i < 100; ++i) {
        write_file(fixture.path, i % 2 ? for_bob : for_eve);
        assert_int_equal(fixture.allows("bob"), i % 2);
    }
}

void another_file_in_its_place_is_noticed(void**) {
    const Fixture fixture;
    const auto other = fixture.folder.file("other.json");
    write_file(other, for_eve);
    std::filesystem::rename(other, fixture.path);
    assert_true(fixture.allows("eve"));
}

void nobody_is_allowed_until_the_file_is_good_again(void**) {
    const Fixture fixture;
    for (const char* text : {"", "nonsense", R"({"policy": "allow", "rules": 1})"}) {
        write_file(fixture.path, text);
        for (int again = 0; again < 2; ++again) {
            const auto decision = fixture.list->is_allowed("bob");
            assert_false(decision.has_value());
            assert_non_null(std::strstr(decision.error().message.c_str(), "rules.json"));
        }
        write_file(fixture.path, for_bob);
        assert_true(fixture.allows("bob"));
    }
    std::filesystem::remove(fixture.path);
    assert_int_equal(fixture.list->is_allowed("bob").error().kind, ErrorKind::not_found);
    write_file(fixture.path, for_bob);
    assert_true(fixture.allows("bob"));
}

void without_refresh_the_first_version_stays(void**) {
    const Fixture fixture(Refresh::no);
    write_file(fixture.path, for_eve);
    assert_true(fixture.allows("bob"));
    std::filesystem::remove(fixture.path);
    assert_true(fixture.allows("bob"));
}

void a_file_that_is_missing_or_wrong_is_refused_at_once(void**) {
    const TemporaryFolder folder;
    const auto path = folder.file("rules.json");
    assert_int_equal(AuthorizationListFile::create(path).error().kind,
                     ErrorKind::not_found);
    write_file(path, "nonsense");
    const auto wrong = AuthorizationListFile::create(path);
    assert_int_equal(wrong.error().kind, ErrorKind::invalid_argument);
    assert_non_null(std::strstr(wrong.error().message.c_str(), path.c_str()));
    assert_int_equal(AuthorizationListFile::create(folder.file("")).error().kind,
                     ErrorKind::invalid_argument);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_rules_are_taken),
        cmocka_unit_test(the_rest_is_refused_with_a_reason),
        cmocka_unit_test(a_change_is_noticed),
        cmocka_unit_test(a_change_from_an_old_file_is_noticed),
        cmocka_unit_test(quick_changes_are_noticed_one_by_one),
        cmocka_unit_test(another_file_in_its_place_is_noticed),
        cmocka_unit_test(nobody_is_allowed_until_the_file_is_good_again),
        cmocka_unit_test(without_refresh_the_first_version_stays),
        cmocka_unit_test(a_file_that_is_missing_or_wrong_is_refused_at_once),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
