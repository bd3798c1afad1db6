// Agreeing on permessage-deflate.
#include "io/websock/deflate-offer.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace qio::ws {

namespace {

constexpr int min_bits = 8;
constexpr int max_bits = 15;
constexpr int min_zlib_bits = 9; // raw deflate streams cannot be made with 8

constexpr std::string_view server_takeover = "server_no_context_takeover";
constexpr std::string_view client_takeover = "client_no_context_takeover";
constexpr std::string_view server_bits = "server_max_window_bits";
constexpr std::string_view client_bits = "client_max_window_bits";

/// The parameters of an offer or an answer; bits are absent without their parameter.
struct Parameters {
    bool server_no_takeover = false;
    bool client_no_takeover = false;
    std::optional<int> server_max_bits{};
    bool has_client_max_bits = false; // an offer may have it without a value
    std::optional<int> client_max_bits{};
};

// §7.1.2.1: a decimal number from 8 to 15 without leading zeros.
std::optional<int> parse_bits(const std::string& value) {
    for (int bits = min_bits; bits <= max_bits; ++bits)
        if (value == std::to_string(bits))
            return bits;
    return std::nullopt;
}

/// Notes one parameter; false if its value is wrong or nobody knows it.
bool apply(const ExtensionParameter& parameter, Parameters& to) {
    auto& [name, value] = parameter;
    const auto bits = value ? parse_bits(*value) : std::nullopt;
    if (name == server_takeover)
        return to.server_no_takeover = true, !value;
    if (name == client_takeover)
        return to.client_no_takeover = true, !value;
    if (name == server_bits)
        return (to.server_max_bits = bits).has_value();
    if (name == client_bits) {
        to.has_client_max_bits = true;
        to.client_max_bits = bits;
        return bits || !value;
    }
    return false;
}

std::optional<Parameters> parse(const Extension& extension) {
    Parameters parameters;
    auto& list = extension.parameters;
    for (auto at = list.begin(); at != list.end(); ++at) {
        const auto has_name = [&](auto& other) { return other.name == at->name; };
        if (std::any_of(list.begin(), at, has_name) || !apply(*at, parameters))
            return std::nullopt;
    }
    return parameters;
}

ContextTakeover takeover(bool is_refused) {
    return is_refused ? ContextTakeover::no : ContextTakeover::yes;
}

void add_flag(Extension& extension, std::string_view name, ContextTakeover kept) {
    if (kept == ContextTakeover::no)
        extension.parameters.push_back({std::string(name)});
}

void add_bits(Extension& extension, std::string_view name, int bits) {
    extension.parameters.push_back({std::string(name), std::to_string(bits)});
}

std::optional<DeflateAnswer> answer_offer(const Parameters& offer,
                                          const DeflateOptions& options) {
    const int own = std::min(options.own_window_bits, offer.server_max_bits.value_or(15));
    const int peer =
        std::min(options.peer_window_bits, offer.client_max_bits.value_or(15));
    if (own < min_zlib_bits)
        return std::nullopt;
    // §7.1.2.2: the answer may name the client's window only if the offer does.
    if (options.peer_window_bits < max_bits && !offer.has_client_max_bits)
        return std::nullopt;
    const bool own_fresh =
        offer.server_no_takeover || options.own_takeover == ContextTakeover::no;
    const bool peer_fresh =
        offer.client_no_takeover || options.peer_takeover == ContextTakeover::no;
    DeflateAnswer answer{
        {{own, takeover(own_fresh)}, {peer, takeover(peer_fresh)}},
        {std::string(deflate_extension)},
    };
    add_flag(answer.response, server_takeover, takeover(own_fresh));
    add_flag(answer.response, client_takeover, takeover(peer_fresh));
    if (offer.server_max_bits || own < max_bits)
        add_bits(answer.response, server_bits, own);
    if (peer < max_bits)
        add_bits(answer.response, client_bits, peer);
    return answer;
}

Error refusal(std::string_view problem) {
    return {ErrorKind::protocol, 0,
            "the answer to permessage-deflate " + std::string(problem)};
}

} // namespace

Result<void> check(const DeflateOptions& options) {
    const auto is_within = [](int value, int low, int high) {
        return value >= low && value <= high;
    };
    const auto bad = [](std::string_view problem) {
        return Error{ErrorKind::invalid_argument, 0,
                     "compression: " + std::string(problem)};
    };
    if (!is_within(options.own_window_bits, min_zlib_bits, max_bits))
        return bad("our window has 9 to 15 bits");
    if (!is_within(options.peer_window_bits, min_bits, max_bits))
        return bad("the peer's window has 8 to 15 bits");
    if (!is_within(options.level, 1, 9))
        return bad("the level is 1 to 9");
    if (!is_within(options.memory_level, 1, 9))
        return bad("the memory level is 1 to 9");
    return {};
}

std::optional<DeflateAnswer> answer_deflate(std::span<const Extension> offers,
                                            const DeflateOptions& options) {
    for (auto& offer : offers) {
        if (offer.name != deflate_extension)
            continue;
        const auto parameters = parse(offer);
        if (!parameters)
            continue;
        if (auto answer = answer_offer(*parameters, options))
            return answer;
    }
    return std::nullopt;
}

Extension deflate_offer(const DeflateOptions& options) {
    Extension offer{std::string(deflate_extension)};
    add_flag(offer, server_takeover, options.peer_takeover);
    add_flag(offer, client_takeover, options.own_takeover);
    if (options.peer_window_bits < max_bits)
        add_bits(offer, server_bits, options.peer_window_bits);
    // Without a value it says that the server may limit us.
    if (options.own_window_bits < max_bits)
        add_bits(offer, client_bits, options.own_window_bits);
    else
        offer.parameters.push_back({std::string(client_bits)});
    return offer;
}

Result<std::optional<DeflateAgreement>>
check_deflate_answer(std::span<const Extension> answer, const DeflateOptions& options) {
    using Agreed = std::optional<DeflateAgreement>;
    if (answer.empty())
        return Agreed();
    if (answer.size() > 1 || answer.front().name != deflate_extension)
        return refusal("names an extension that was not offered, or one twice");
    const auto parameters = parse(answer.front());
    if (!parameters)
        return refusal("has a parameter that is unknown, doubled or wrong");
    if (parameters->has_client_max_bits && !parameters->client_max_bits)
        return refusal("has a client_max_window_bits without a value");
    // §7.1.1.1, §7.1.2.1: the server accepts these by repeating them.
    const bool must_be_fresh = options.peer_takeover == ContextTakeover::no;
    if (must_be_fresh && !parameters->server_no_takeover)
        return refusal("lacks the server_no_context_takeover we asked for");
    const int peer = parameters->server_max_bits.value_or(max_bits);
    if (peer > options.peer_window_bits)
        return refusal("allows the server a larger window than we do");
    // Larger values than the one we offered allow what we do not use (§7.1.2.2).
    const int own =
        std::min(options.own_window_bits, parameters->client_max_bits.value_or(max_bits));
    const bool own_fresh =
        parameters->client_no_takeover || options.own_takeover == ContextTakeover::no;
    return Agreed(
        {{own, takeover(own_fresh)}, {peer, takeover(parameters->server_no_takeover)}});
}

} // namespace qio::ws
