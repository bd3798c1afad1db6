// Plays a client's bytes against an authenticator.
#pragma once

#include <functional>
#include <string>

#include "ui/vnc/auth/authenticator.hpp"

namespace qio::test {

/// Feeds an authenticator, in pieces of `step` bytes.
class Exchange {
public:
    explicit Exchange(vnc::auth::Authenticator& authenticator,
                      std::size_t step = SIZE_MAX)
        : authenticator_(authenticator), step_(step) {
        take(authenticator_.start(out));
    }

    /// Sends bytes until all are used or it has come to something.
    void send(ByteView bytes) {
        for (std::size_t at = 0; at < bytes.size() && !is_over(); at += step_) {
            const auto part = bytes.subspan(at, std::min(step_, bytes.size() - at));
            unused.insert(unused.end(), part.begin(), part.end());
            ByteReader reader(unused);
            take(authenticator_.advance(reader, now, out));
            const auto rest = reader.rest();
            unused = Bytes(rest.begin(), rest.end());
            if (step_ == SIZE_MAX)
                break;
        }
    }
    void send(std::string_view text) { send(as_bytes(text)); }
    void start_tls(const vnc::auth::Way& way) {
        take(authenticator_.tls_started(way, out));
    }

    /// What it said since the last time.
    Bytes said() { return std::exchange(out, Bytes()); }
    bool failed() const { return error.has_value(); }
    template <class T>
    const T* result() const {
        return failed() ? nullptr : std::get_if<T>(&outcome);
    }
    bool waits() const { return result<vnc::auth::NeedMore>() != nullptr; }
    bool is_refused() const { return result<vnc::auth::Refused>() != nullptr; }
    bool is_accepted() const { return result<vnc::auth::Accepted>() != nullptr; }

    vnc::auth::EpochSeconds now = 1000;
    vnc::auth::Outcome outcome = vnc::auth::NeedMore();
    std::optional<Error> error;
    Bytes out, unused;

private:
    bool is_over() const { return failed() || !waits(); }
    void take(Result<vnc::auth::Outcome> came) {
        if (came)
            outcome = *std::move(came);
        else
            error = std::move(came).error();
    }

    vnc::auth::Authenticator& authenticator_;
    const std::size_t step_;
};

} // namespace qio::test
