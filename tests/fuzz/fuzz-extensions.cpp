// Fuzzes the extensions field: any text, there and back, and what both roles make of it.
//
// The first byte of the input chooses our options; the other bytes are the field.
#include <array>
#include <string>

#include "io/websock/deflate-offer.hpp"
#include "io/websock/http-text.hpp"
#include "tests/fuzz/require.hpp"

using namespace qio;
using namespace qio::ws;
using fuzz::require;

namespace {

DeflateOptions options_of(unsigned bits) {
    DeflateOptions options;
    options.own_window_bits = bits & 1 ? 15 : 10;
    options.peer_window_bits = bits & 2 ? 15 : 11;
    options.own_takeover = ContextTakeover((bits & 4) != 0);
    options.peer_takeover = ContextTakeover((bits & 8) != 0);
    return options;
}

void check_list(const std::vector<Extension>& list) {
    require(!list.empty() && list.size() <= max_extensions, "as many as allowed");
    for (auto& extension : list) {
        require(is_token(extension.name), "a name is a token");
        require(extension.parameters.size() <= max_extension_parameters,
                "as many parameters as allowed");
        for (auto& [name, value] : extension.parameters)
            require(is_token(name) && (!value || is_token(*value)),
                    "parameters are tokens");
    }
    // Blanks behind commas and semicolons can make it longer than what is read.
    const auto text = to_string(list);
    const auto again = parse_extensions(text);
    require(text.size() > max_extensions_bytes || (again && *again == list),
            "a list survives its writing");
}

void check_context(DeflateContext context, int max_bits, ContextTakeover takeover) {
    require(context.window_bits >= 8 && context.window_bits <= max_bits,
            "windows are within our limits");
    require(takeover == ContextTakeover::yes || context.takeover == takeover,
            "what we refuse is not agreed on");
}

void check_agreement(const DeflateAgreement& agreement, const DeflateOptions& options) {
    check_context(agreement.sent, options.own_window_bits, options.own_takeover);
    check_context(agreement.received, options.peer_window_bits, options.peer_takeover);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 4096)
        return 0;
    const auto options = options_of(data[0]);
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto list = parse_extensions(text);
    if (!list)
        return 0;
    check_list(*list);
    if (auto answer = answer_deflate(*list, options)) {
        check_agreement(answer->agreement, options);
        require(answer->agreement.sent.window_bits >= 9, "we can compress");
        check_list({answer->response});
    }
    if (auto checked = check_deflate_answer(*list, options); checked && *checked)
        check_agreement(**checked, options);
    return 0;
}
