// internal: drives the handshake over a client's connection, up to ClientInit.
#pragma once

#include <memory>
#include <optional>

#include "io/core/timer.hpp"
#include "ui/vnc/connection.hpp"
#include "ui/vnc/handshake.hpp"
#include "ui/vnc/security-state.hpp"
#include "ui/vnc/transport.hpp"

namespace qio {
class ChannelTls;
}

namespace qio::vnc {

/// Who has come in, and how.
struct LoginResult {
    auth::Identity identity{};
    std::string x509_dname{};
    bool shared = false;
};

class LoginHandler {
public:
    /// The transport carries what follows ClientInit.
    virtual void logged_in(LoginResult result) = 0;
    /// It is over; all that can be said to the client has been said.
    virtual void login_failed(EndReason reason, std::optional<Error> error) = 0;

protected:
    ~LoginHandler() = default;
};

/// One client from the opened transport to ClientInit. Puts TLS, and what an
/// authentication leaves around the bytes, on top of the transport's channel; does not
/// read while others decide; lets a failure wait before it is answered.
///
/// The handler is called once, never from start(). The deadline is its owner's.
class Login final : public std::enable_shared_from_this<Login>, public ConnectionHandler {
public:
    /// `transport` and `handler` live until stop().
    Login(Transport& transport, const std::shared_ptr<Security>& security,
          LoginHandler& handler, GMainContext* context);

    void start();
    /// The handler is not called after this. Idempotent.
    void stop();

    // ---- ConnectionHandler
    std::shared_ptr<void> keep_alive() override { return shared_from_this(); }
    std::size_t on_input(ByteView bytes) override;
    void on_drained() override;
    void on_end(std::optional<Error> error) override;

private:
    using Step = void (Login::*)();

    void reconnect(ByteView unread);
    void proceed();
    bool serve(ByteView rest);
    void check();
    void ask_for_authorization();
    LoginAnswer answer_to(void (Login::*answered)(LoginDecision));
    void checked(LoginDecision decision);
    void authorized(LoginDecision decision);
    void go_on(const Result<void>& done);
    void put_off_refusal();
    void begin_tls();
    void tls_started(const Result<void>& result);
    void put_layer();
    void finish();
    void after_drained(Step step);
    void fail(EndReason reason, std::optional<Error> error);

    bool counts_failures() const;
    bool is_blocked() const;
    Offer offer() const;
    auth::Way way() const;
    LoginRequest request() const;

    Transport& transport_;
    const std::shared_ptr<SecurityState> security_;
    LoginHandler& handler_;
    GMainContext* const context_;
    const Offer offer_;
    Handshake handshake_;
    std::optional<Connection> connection_;
    std::shared_ptr<ChannelTls> tls_; // during and after its handshake
    std::unique_ptr<auth::Layer> layer_;
    Step when_drained_ = nullptr;
    Timer delay_; // of a refusal
    std::string dname_;
    bool handling_ = false; // of input
    bool stopped_ = false;
};

} // namespace qio::vnc
