// internal: the fences of one client: those it sends, and ours that measure its link.
// Source: RFB, Fence and ContinuousUpdates.
#pragma once

#include <cstddef>
#include <optional>

#include "io/base/bytes.hpp"
#include "ui/vnc/client-features.hpp"
#include "ui/vnc/flow-control.hpp"
#include "ui/vnc/rfb/reader.hpp"

namespace qio::vnc {

/// Knows no channel and no clock.
/// Limits: answers of max_answer_bytes; who has so many unsent must not handle more
/// messages.
class Pacing {
public:
    using Time = FlowControl::Time;
    static constexpr std::size_t max_answer_bytes = 16 * 1024;

    /// What the client knows now: it is told, once, that we know it as well.
    void set_features(const ClientFeatures& features, Time now, Bytes& out);
    /// A fence of the client's is answered, an answer to one of ours taken.
    void handle(const ClientFence& fence, Time now, Bytes& out);
    /// Another message has taken effect: answers a fence that was to wait for it.
    void message_done(Bytes& out);
    /// The client ended continuous updates, and is told that they have.
    void updates_ended(Bytes& out);
    /// To be called before an update is appended.
    void before_update(Time now, Bytes& out);
    /// An update of so many bytes was appended; a fence goes behind it.
    void update_sent(std::size_t bytes, Time now, Bytes& out);

    /// Whether the link is ready for another update that nobody asked for.
    bool may_send(Time now) const { return flow_.may_send(now); }
    const FlowControl& flow() const { return flow_; }

    /// Whether more answers wait than may.
    bool is_clogged() const { return answer_bytes_ > max_answer_bytes; }
    /// All output has left.
    void drained() { answer_bytes_ = 0; }

    bool has_fences() const { return has_fences_; }
    bool has_continuous_updates() const { return has_continuous_updates_; }

private:
    void append_own_fence(std::size_t bytes, Time now, Bytes& out);
    void append_answer(const ClientFence& fence, Bytes& out);

    FlowControl flow_;
    bool has_fences_ = false; // ever listed, and answered
    bool has_continuous_updates_ = false;
    std::optional<ClientFence> waiting_; // for the next message
    std::size_t answer_bytes_ = 0;       // that have not left
};

} // namespace qio::vnc
