// TLS says when what it has sealed itself has left.
#include "io/tls/channel-tls.hpp"

#include "tests/io/tls/open-tls.hpp"
#include "tests/support/pipe-channel.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

void a_flush_waits_for_what_is_sealed(void**) {
    const auto pair = make_tls_pair(make_pipe_pair());
    assert_true(shake_hands(pair).is_good());
    const auto& channel = pair.first;
    assert_true(channel->flush()->has_value());
    auto& wire = pair.second->transport();
    (void)drained(wire); // what belongs to the handshake
    const Bytes block(4096);
    for (auto sent = channel->transport().write(block); *sent;)
        sent = channel->transport().write(block);
    assert_true(channel->shutdown(Direction::write).has_value());
    assert_false(channel->flush()->has_value());
    const std::size_t before = drained(wire).data.size();
    assert_true(channel->flush()->has_value());
    assert_true(before > 0 && !drained(wire).data.empty());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_flush_waits_for_what_is_sealed),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
