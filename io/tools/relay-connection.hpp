// internal: one client of qio-relay, from the accepted channel to its line in the log.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "io/tools/relay-log.hpp"
#include "io/tools/relay-open.hpp"
#include "io/tools/relay-options.hpp"
#include "io/tools/relay-session.hpp"
#include "io/tools/relay-tokens.hpp"
#include "io/websock/close-code.hpp"

namespace qio::relay {

class WebFiles;

/// What the connections share. Lifetime: all of it outlives them.
struct Shared {
    const Options& options;
    Log& log;
    CredentialStore& credentials;
    TokenTable* tokens = nullptr; ///< null: there are none
    WebFiles* web = nullptr;      ///< null: there are none
    TargetRef target{};           ///< of everybody, without tokens
};

/// Whether a client is let in, or only told that there is no room.
enum class Admission : std::uint8_t { granted, refused };

struct Peer {
    std::string text; ///< for the log
    std::string
        address; ///< the same for all connections of one host; empty = not counted
};

/// Layers, target, session, and a polite end.
/// Lifetime: shared; keeps itself until `gone` has been called, once, from the loop.
class Connection final : public std::enable_shared_from_this<Connection> {
public:
    using Gone = std::move_only_function<void(std::shared_ptr<Connection>)>;

    static std::shared_ptr<Connection> start(Shared& shared, ChannelRef channel,
                                             Peer peer, Admission admission, Gone gone);

    /// Ends it politely, and soon: WebSockets are told "going away", others half-closed.
    void wind_down();
    /// Ends it now.
    void stop();

    const Peer& peer() const { return peer_; }
    Admission admission() const { return admission_; }
    /// Whether it ended as it should; for the exit status of --once.
    bool has_failed() const { return has_failed_; }

private:
    Connection(Shared& shared, Peer peer, Admission admission, Gone gone);
    Co<void> run(ChannelRef channel);
    Co<Result<ChannelRef>> accept(ChannelRef channel);
    Co<Result<ChannelRef>> accept_top(ChannelRef channel, LayerOptions options);
    Co<void> say_goodbye(ChannelRef client, ws::CloseCode code, std::string reason);
    LayerOptions layer_options(std::chrono::milliseconds timeout) const;
    std::optional<ws::HttpRefusal> authorize(const ws::HttpRequest& request);
    void begin_session(const ChannelRef& client, ChannelRef target);
    void on_ended(const RelayResult& result);
    void fail(std::string_view outcome, const Error& error);
    void finish();

    Shared& shared_;
    const Peer peer_;
    const Admission admission_;
    Gone gone_;
    const Clock::time_point start_ = Clock::now();
    std::string request_;
    TargetRef target_;
    std::string outcome_ = "closed";
    std::string message_;
    std::uint64_t bytes_in_ = 0;
    std::uint64_t bytes_out_ = 0;
    bool is_stopping_ = false;
    bool is_cut_off_ = false; // without politeness
    bool is_ending_ = false;  // politely
    bool is_web_ = false;
    bool has_failed_ = false;
    std::optional<std::stop_source> stop_; // until the session has begun, and at the end
    std::shared_ptr<RelaySession> session_;
};

} // namespace qio::relay
