// Every two layers over a channel that splits, blocks, fails and ends as it is told.
#include <array>
#include <string>

#include "io/core/async-channel.hpp"
#include "tests/support/layers.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/scripted-channel.hpp"

#include "tests/support/matrix.hpp"

using namespace qio;
using namespace qio::test;

namespace {

constexpr std::size_t size_of_question = 3000;

/// How it went for one end.
struct Outcome {
    bool is_over = false;
    bool has_answer = false;
    std::optional<Error> error{};
};

/// One end of a dialogue: handshakes, then a question and its answer.
struct Side {
    std::shared_ptr<Channel> bottom;
    Layers layers;
    End end;
    OperationOptions options;
};

Co<Result<void>> ask(AsyncChannel& io, OperationOptions options) {
    const Bytes question(size_of_question, std::byte('q'));
    const auto sent = co_await io.write_all(question, options.deadline, options.stop);
    if (!sent)
        co_return sent.error();
    Bytes answer(size_of_question);
    const auto got = co_await io.read_all_or_end(answer, options.deadline, options.stop);
    if (!got)
        co_return got.error();
    if (!*got || answer != Bytes(size_of_question, std::byte('a')))
        co_return Error{ErrorKind::disconnected, 0, "no answer"};
    co_return {};
}

Co<Result<void>> answer(AsyncChannel& io, OperationOptions options) {
    Bytes question(size_of_question);
    const auto got =
        co_await io.read_all_or_end(question, options.deadline, options.stop);
    if (!got)
        co_return got.error();
    if (!*got || question != Bytes(size_of_question, std::byte('q')))
        co_return Error{ErrorKind::disconnected, 0, "no question"};
    const Bytes reply(size_of_question, std::byte('a'));
    const auto sent = co_await io.write_all(reply, options.deadline, options.stop);
    if (!sent)
        co_return sent.error();
    // The client leaves first: what is on its way must arrive.
    std::byte more;
    const auto end = co_await io.read({&more, 1}, options.deadline, options.stop);
    (void)end;
    co_return {};
}

Co<Result<void>> talk(Side& side) {
    auto layered =
        co_await put_layers_on(side.bottom, side.layers, side.end, side.options);
    if (!layered)
        co_return layered.error();
    AsyncChannel io(*layered);
    auto spoken =
        side.end == End::client ? ask(io, side.options) : answer(io, side.options);
    co_return co_await std::move(spoken);
}

Co<void> run(Side side, Outcome& outcome) {
    const auto result = co_await talk(side);
    if (!result)
        outcome.error = result.error();
    outcome.has_answer = result.has_value();
    (void)side.bottom->close();
    outcome.is_over = true;
}

/// A client over a scripted channel, and a server over a good one.
struct Dialogue {
    Dialogue(const Layers& layers, const Script& script,
             const OperationOptions& options = {}) {
        auto [near, far] = make_pipe_pair();
        scripted = std::make_shared<ScriptedChannel>(near, script);
        other = far;
        spawn(nullptr, run(Side{scripted, layers, End::client, options}, client));
        spawn(nullptr, run(Side{far, layers, End::server, options}, server));
    }

    bool is_over() const { return client.is_over && server.is_over; }
    bool finish() {
        return run_until([this] { return is_over(); }) && drain() < 20;
    }
    bool was_good() const { return client.has_answer && server.has_answer; }

    std::shared_ptr<ScriptedChannel> scripted;
    std::shared_ptr<Channel> other;
    Outcome client;
    Outcome server;
};

const Layers& layers_of(void** state) {
    return *static_cast<const Layers*>(*state);
}

void works_in_pieces_of_any_size(void** state) {
    for (const std::size_t chunk : {1u, 2u, 3u, 5u, 16u, 17u, 100u, 1000u}) {
        Dialogue dialogue(layers_of(state), {.max_chunk = chunk});
        assert_true(dialogue.finish());
        assert_true(dialogue.was_good());
    }
}

void works_when_every_kth_operation_would_block(void** state) {
    for (const unsigned k : {2u, 3u, 4u, 5u, 7u})
        for (const std::size_t chunk : {50u, 5000u}) {
            Dialogue dialogue(layers_of(state), {.max_chunk = chunk, .block_every = k});
            assert_true(dialogue.finish());
            assert_true(dialogue.was_good());
        }
}

// C-4, IO-17.
void every_failing_operation_ends_both_sides(void** state) {
    bool was_hit = true;
    for (unsigned n = 1; was_hit; ++n) {
        assert_true(n < 2000);
        Dialogue dialogue(layers_of(state), {.max_chunk = 200, .fail_at = n});
        assert_true(dialogue.finish());
        was_hit = dialogue.scripted->has_failed();
        if (dialogue.client.error)
            assert_true(dialogue.client.error->message.find("scripted") !=
                        std::string::npos);
        else
            assert_true(dialogue.was_good());
        assert_true(was_hit || dialogue.was_good());
    }
}

// C-1, IO-03.
void every_early_end_is_an_error(void** state) {
    const std::size_t step = layers_of(state).size() < 2 ? 1 : 7;
    for (std::size_t cut = 0;; cut += step) {
        assert_true(cut < 20'000);
        Dialogue dialogue(layers_of(state), {.end_after = cut});
        assert_true(dialogue.finish());
        if (!dialogue.client.error)
            break;
        assert_true(dialogue.client.error->kind == ErrorKind::disconnected ||
                    dialogue.client.error->kind == ErrorKind::protocol);
        assert_false(dialogue.client.error->message.empty());
    }
}

/// Lets the loop run `count` times, or until both sides are over.
void iterate(const Dialogue& dialogue, int count) {
    for (int i = 0; i < count && !dialogue.is_over(); ++i)
        g_main_context_iteration(nullptr, FALSE);
}

void can_be_cancelled_at_any_moment(void** state) {
    bool was_in_time = false;
    for (int moment = 0; !was_in_time; ++moment) {
        assert_true(moment < 1000);
        std::stop_source source;
        Dialogue dialogue(
            layers_of(state), {.max_chunk = 300},
            {.context = nullptr, .deadline = {}, .stop = source.get_token()});
        iterate(dialogue, moment);
        was_in_time = dialogue.is_over();
        source.request_stop();
        assert_true(dialogue.finish());
        for (const auto* side : {&dialogue.client, &dialogue.server})
            assert_true(side->has_answer || side->error->kind == ErrorKind::cancelled ||
                        side->error->kind == ErrorKind::disconnected);
    }
}

// CVE-17, CVE-18, TRAP-06.
void can_be_closed_at_any_moment(void** state) {
    bool was_in_time = false;
    for (int moment = 0; !was_in_time; ++moment) {
        assert_true(moment < 1000);
        Dialogue dialogue(layers_of(state), {.max_chunk = 300});
        iterate(dialogue, moment);
        was_in_time = dialogue.is_over();
        (void)(moment % 2 == 0 ? dialogue.other : dialogue.scripted)->close();
        assert_true(dialogue.finish());
        const std::weak_ptr<Channel> bottoms[] = {dialogue.scripted, dialogue.other};
        dialogue.scripted.reset();
        dialogue.other.reset();
        for (auto& bottom : bottoms)
            assert_true(bottom.expired());
    }
}

void a_passed_deadline_ends_both_sides(void** state) {
    Dialogue dialogue(layers_of(state), {.max_chunk = 1},
                      {.context = nullptr, .deadline = Clock::now(), .stop = {}});
    assert_true(dialogue.finish());
    assert_true(dialogue.client.error.has_value());
    assert_true(dialogue.client.error->kind == ErrorKind::timed_out ||
                dialogue.client.error->kind == ErrorKind::disconnected);
}

} // namespace

int main() {
    const MatrixCase cases[] = {
        QIO_CASE(works_in_pieces_of_any_size),
        QIO_CASE(works_when_every_kth_operation_would_block),
        QIO_CASE(every_failing_operation_ends_both_sides),
        QIO_CASE(every_early_end_is_an_error),
        QIO_CASE(can_be_cancelled_at_any_moment),
        QIO_CASE(can_be_closed_at_any_moment),
        QIO_CASE(a_passed_deadline_ends_both_sides),
    };
    using enum Layer;
    static const std::array<Layers, 7> all_layers = {
        Layers{tls},
        Layers{websock},
        Layers{tls, tls},
        Layers{websock, tls},
        Layers{tls, websock},
        Layers{websock, websock},
        Layers{compressed_websock},
    };
    return run_matrix(
        "contract-faults", all_layers,
        [](const Layers& layers) { return name_of(layers, "script"); }, cases);
}
