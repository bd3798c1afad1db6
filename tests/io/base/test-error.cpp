// Errors: kinds from errno, context, and propagation.
#include "io/base/error.hpp"

#include <cerrno>
#include <memory>
#include <optional>

#include "tests/support/cmocka.hpp"

using namespace qio;

namespace {

Result<int> half(int value) {
    if (value % 2 != 0)
        return Error{ErrorKind::invalid_argument, 0, "odd"};
    return value / 2;
}

Result<int> quarter(int value) {
    const int once = QIO_TRY(half(value));
    return half(once);
}

Result<void> check(int value) {
    QIO_TRY(half(value));
    return {};
}

void an_error_from_errno_names_the_cause(void**) {
    auto error = Error::from_errno(ECONNREFUSED, "connect to x");
    assert_true(error.kind == ErrorKind::refused);
    assert_int_equal(error.os_errno, ECONNREFUSED);
    assert_string_equal(error.message.c_str(), "connect to x: Connection refused");
}

void errors_of_sockets_have_their_kinds(void**) {
    const std::pair<int, ErrorKind> cases[] = {
        {ENOTSOCK, ErrorKind::invalid_argument},
        {ENOPROTOOPT, ErrorKind::not_supported},
        {ESOCKTNOSUPPORT, ErrorKind::not_supported},
        {ENOTDIR, ErrorKind::not_found},
        {EHOSTDOWN, ErrorKind::refused},
        {ENETDOWN, ErrorKind::refused},
        {ETOOMANYREFS, ErrorKind::exhausted},
        {EMSGSIZE, ErrorKind::limit},
        {EPROTO, ErrorKind::protocol},
        {EIO, ErrorKind::io},
    };
    for (auto& [os_errno, kind] : cases)
        assert_true(Error::from_errno(os_errno, "x").kind == kind);
}

void context_stands_in_front(void**) {
    auto error = Error{ErrorKind::io, 0, "inner"}.with_context("outer");
    assert_string_equal(error.message.c_str(), "outer: inner");
}

void try_returns_the_first_error(void**) {
    assert_int_equal(*quarter(8), 2);
    assert_false(quarter(6).has_value());
    assert_string_equal(quarter(7).error().message.c_str(), "odd");
    assert_true(check(2).has_value());
    assert_false(check(3).has_value());
}

void carries_move_only_and_optional_values(void**) {
    Result<std::unique_ptr<int>> pointer = std::make_unique<int>(3);
    assert_int_equal(**pointer, 3);
    Result<std::optional<std::size_t>> would_block = std::nullopt;
    assert_true(would_block.has_value());
    assert_false(would_block->has_value());
}

void every_kind_has_a_name(void**) {
    for (int kind = 0; kind <= int(ErrorKind::io); ++kind)
        assert_false(to_string(ErrorKind(kind)).empty());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_error_from_errno_names_the_cause),
        cmocka_unit_test(errors_of_sockets_have_their_kinds),
        cmocka_unit_test(context_stands_in_front),
        cmocka_unit_test(try_returns_the_first_error),
        cmocka_unit_test(carries_move_only_and_optional_values),
        cmocka_unit_test(every_kind_has_a_name),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
