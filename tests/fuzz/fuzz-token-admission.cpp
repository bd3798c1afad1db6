// Fuzzes what WebSockets ask for where tokens are needed: nobody gets in without one.
#include <cstdint>
#include <string_view>

#include "tests/fuzz/require.hpp"
#include "ui/vnc/token-admission.hpp"

using namespace qio;
using fuzz::require;

// The text is a path, '?' and a query. "T" in it stands for a token that is good.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto gate = *vnc::TokenAdmission::create(as_bytes("sixteen bytes, or more"),
                                                   [] { return 1; });
    const auto token = *gate->make_token({"d", vnc::Role::view, 1});
    std::string text;
    bool has_token = false;
    for (const char c : std::string_view(reinterpret_cast<const char*>(data), size)) {
        has_token |= c == 'T';
        text += c == 'T' ? token : std::string(1, c);
    }
    vnc::Visit visit;
    visit.is_websocket = true;
    visit.path = text.substr(0, text.find('?'));
    if (visit.path.size() < text.size())
        visit.query = text.substr(visit.path.size() + 1);
    const auto admitted = gate->admit(visit);
    if (!admitted) {
        const auto status = admitted.error().status;
        require(status == 401 || status == 403, "a refusal says no more than that");
        return 0;
    }
    require(has_token, "nobody gets in without a token");
    require(admitted->display == "d" && admitted->role == vnc::Role::view,
            "a token says where, and as what");
    require(admitted->shown_path && visit.path.starts_with(*admitted->shown_path),
            "a path is told up to the token");
    return 0;
}
