// Errors across the border to GIO.
#include "io/gio/gio-error.hpp"

#include <cerrno>

#include "tests/support/cmocka.hpp"

using namespace qio;

namespace {

void every_kind_has_a_code_that_means_the_same(void**) {
    struct Case {
        ErrorKind kind;
        int code;
    };
    for (const auto& [kind, code] : {
             Case{ErrorKind::invalid_argument, G_IO_ERROR_INVALID_ARGUMENT},
             Case{ErrorKind::not_supported, G_IO_ERROR_NOT_SUPPORTED},
             Case{ErrorKind::permission_denied, G_IO_ERROR_PERMISSION_DENIED},
             Case{ErrorKind::not_found, G_IO_ERROR_NOT_FOUND},
             Case{ErrorKind::address_in_use, G_IO_ERROR_ADDRESS_IN_USE},
             Case{ErrorKind::refused, G_IO_ERROR_CONNECTION_REFUSED},
             Case{ErrorKind::closed, G_IO_ERROR_CLOSED},
             Case{ErrorKind::disconnected, G_IO_ERROR_CONNECTION_CLOSED},
             Case{ErrorKind::timed_out, G_IO_ERROR_TIMED_OUT},
             Case{ErrorKind::cancelled, G_IO_ERROR_CANCELLED},
             Case{ErrorKind::protocol, G_IO_ERROR_INVALID_DATA},
             Case{ErrorKind::limit, G_IO_ERROR_MESSAGE_TOO_LARGE},
             Case{ErrorKind::exhausted, G_IO_ERROR_TOO_MANY_OPEN_FILES},
             Case{ErrorKind::io, G_IO_ERROR_FAILED},
         }) {
        const auto there = to_gerror({kind, 0, "why"});
        assert_true(g_error_matches(there.get(), G_IO_ERROR, code));
        assert_string_equal(there->message, "why");
        const Error back = from_gerror(*there);
        assert_true(back.kind == kind);
        assert_string_equal(back.message.c_str(), "why");
    }
}

void a_failure_of_the_system_keeps_its_own_code(void**) {
    const auto there = to_gerror(Error::from_errno(ENOSPC, "write"));
    assert_true(g_error_matches(there.get(), G_IO_ERROR, G_IO_ERROR_NO_SPACE));
    assert_true(from_gerror(*there).kind == ErrorKind::io);
}

void what_names_and_tls_report_has_a_kind(void**) {
    struct Case {
        GQuark domain;
        int code;
        ErrorKind kind;
    };
    for (const auto& [domain, code, kind] : {
             Case{G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND, ErrorKind::not_found},
             Case{G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, ErrorKind::refused},
             Case{G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, ErrorKind::refused},
             Case{G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, ErrorKind::disconnected},
             Case{G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, ErrorKind::disconnected},
             Case{G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, ErrorKind::io},
             Case{G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, ErrorKind::not_found},
             Case{G_TLS_ERROR, G_TLS_ERROR_EOF, ErrorKind::disconnected},
             Case{G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, ErrorKind::protocol},
             Case{G_FILE_ERROR, G_FILE_ERROR_NOENT, ErrorKind::io},
         }) {
        const GErrorRef error(g_error_new_literal(domain, code, "why"));
        assert_true(from_gerror(*error).kind == kind);
    }
}

void an_error_nobody_asks_for_is_dropped(void**) {
    set_gerror(nullptr, {ErrorKind::io, 0, "unheard"});
    GError* error = nullptr;
    set_gerror(&error, {ErrorKind::timed_out, 0, "late"});
    const GErrorRef owned(error);
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_a_code_that_means_the_same),
        cmocka_unit_test(a_failure_of_the_system_keeps_its_own_code),
        cmocka_unit_test(what_names_and_tls_report_has_a_kind),
        cmocka_unit_test(an_error_nobody_asks_for_is_dropped),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
