// TLS over any channel.
#include "io/tls/channel-tls.hpp"

#include <utility>

#include "io/tls/drive.hpp"
#include "io/tls/handshake.hpp"
#include "io/tls/record-stream.hpp"

namespace qio {

using namespace tls;

namespace {

Error unusable(const char* message) {
    return {ErrorKind::invalid_argument, 0, message};
}

Error not_open() {
    return unusable("the TLS handshake is not complete");
}

/// RFC 6066 §3: no dot at the end, no address.
std::string without_final_dot(std::string name) {
    if (name.ends_with('.'))
        name.pop_back();
    return name;
}

Result<PeerPolicy> make_policy(const TlsCredentials& credentials,
                               std::shared_ptr<const Authorization> authorization) {
    PeerPolicy policy{.verify = credentials.verify_peer(),
                      .authorization = std::move(authorization)};
    if (!credentials.loaded()->has_certificates())
        policy.verify = VerifyPeer::no;
    if (policy.authorization && policy.verify == VerifyPeer::no)
        return unusable("TLS: an authorization needs a peer that is verified");
    return policy;
}

} // namespace

// ---- making one

Result<std::shared_ptr<ChannelTls>> ChannelTls::client(std::shared_ptr<Channel> transport,
                                                       const TlsCredentials& credentials,
                                                       ClientOptions options) {
    auto policy = QIO_TRY(make_policy(credentials, std::move(options.authorization)));
    const std::string name = without_final_dot(std::move(options.server_name));
    if (name.contains('\0'))
        return unusable("TLS: a server name with a NUL in it");
    if (options.check_name == CheckName::yes)
        policy.name = name;
    if (policy.verify == VerifyPeer::yes && options.check_name == CheckName::yes &&
        name.empty())
        return unusable("TLS: the server's name is needed, to check its certificate");
    SessionSetup setup{.endpoint = Endpoint::client,
                       .alpn = std::move(options.alpn),
                       .resumed = std::move(options.session_data)};
    if (options.send_name == SendName::yes && !g_hostname_is_ip_address(name.c_str()))
        setup.announced_name = name;
    return create(std::move(transport), credentials, setup, std::move(policy),
                  RequireAlpn::no);
}

Result<std::shared_ptr<ChannelTls>> ChannelTls::server(std::shared_ptr<Channel> transport,
                                                       const TlsCredentials& credentials,
                                                       ServerOptions options) {
    auto policy = QIO_TRY(make_policy(credentials, std::move(options.authorization)));
    const SessionSetup setup{.endpoint = Endpoint::server,
                             .alpn = std::move(options.alpn)};
    if (options.require_alpn == RequireAlpn::yes && setup.alpn.empty())
        return unusable("TLS: an application protocol is required, and none is given");
    return create(std::move(transport), credentials, setup, std::move(policy),
                  options.require_alpn);
}

Result<std::shared_ptr<ChannelTls>> ChannelTls::create(std::shared_ptr<Channel> transport,
                                                       const TlsCredentials& credentials,
                                                       const SessionSetup& setup,
                                                       PeerPolicy policy,
                                                       RequireAlpn require_alpn) {
    if (credentials.endpoint() != setup.endpoint)
        return unusable(setup.endpoint == Endpoint::server
                            ? "TLS: the credentials are a client's"
                            : "TLS: the credentials are a server's");
    auto session = QIO_TRY(Session::create(credentials.loaded(), setup));
    std::shared_ptr<ChannelTls> channel(new ChannelTls(std::move(transport)));
    channel->stream_ = std::make_unique<RecordStream>(
        *channel->transport_, std::move(session),
        [self = channel.get()] { self->on_stream_changed(); });
    channel->handshake_ = std::make_unique<Handshake>(*channel->stream_, setup.endpoint,
                                                      std::move(policy), require_alpn);
    return channel;
}

ChannelTls::ChannelTls(std::shared_ptr<Channel> transport)
    : transport_(std::move(transport)) {}

ChannelTls::~ChannelTls() = default;

const SessionInfo& ChannelTls::info() const {
    return handshake_->info();
}

// ---- handshake

void ChannelTls::handshake(const OperationOptions& options, Completion<void> completion) {
    auto task = Task<void>::start(options, std::move(completion));
    if (auto begun = begin_handshake(); !begun)
        return task->fail(std::move(begun).error());
    drive_ = std::make_shared<Drive>(
        *this, *transport_, std::move(task),
        [this](Condition ready) { return handshake_step(ready); },
        [this](const Error& error) { fail(error); });
    const auto drive = drive_;
    drive->start();
}

Result<void> ChannelTls::handshake_wait(const WaitOptions& options) {
    const auto keep = shared_from_this();
    QIO_TRY(begin_handshake());
    for (Condition ready = Condition::none;;) {
        const auto wanted = handshake_step(ready);
        if (wanted && !any(*wanted))
            return {};
        const auto waited = wanted ? wait(*transport_, *wanted, options) : wanted;
        if (!waited) {
            fail(waited.error());
            return waited.error();
        }
        ready = *waited;
    }
}

Result<void> ChannelTls::begin_handshake() {
    if (is_closed())
        return Error{ErrorKind::closed, 0, "the channel is closed"};
    if (state_ != State::fresh)
        return unusable("a second TLS handshake");
    state_ = State::shaking_hands;
    return {};
}

Result<Condition> ChannelTls::handshake_step(Condition ready) {
    const auto wanted = handshake_->step(ready);
    if (is_closed()) // by an authorization
        return Error{ErrorKind::cancelled, 0, "the channel was closed"};
    if (wanted && !any(*wanted))
        open();
    return wanted;
}

void ChannelTls::open() {
    state_ = State::open;
    stream_->begin();
    interest_changed();
}

void ChannelTls::fail(const Error& error) {
    failure_ = error;
    state_ = State::failed;
    interest_changed();
}

Result<void> ChannelTls::check_open() const {
    const State state = state_;
    if (state == State::failed)
        return *failure_;
    if (state != State::open)
        return not_open();
    return {};
}

Result<std::optional<Bytes>> ChannelTls::session_data() const {
    QIO_TRY(check_open());
    return stream_->resumption_data();
}

// ---- reading and writing

IoResult ChannelTls::do_readv(std::span<const iovec> buffers) {
    return do_readv_with(buffers, {});
}

IoResult ChannelTls::do_readv_with(std::span<const iovec> buffers,
                                   const ReadOptions& options) {
    QIO_TRY(check_open());
    return stream_->read(buffers, options.relaxed_eof);
}

IoResult ChannelTls::do_writev(std::span<const iovec> buffers) {
    QIO_TRY(check_open());
    return stream_->write(buffers);
}

Result<std::optional<ZeroCopyOutcome>> ChannelTls::do_flush() {
    if (state_ == State::open && !QIO_TRY(stream_->flush()))
        return std::optional<ZeroCopyOutcome>();
    return transport_->flush();
}

Result<void> ChannelTls::do_set_blocking(Blocking blocking) {
    QIO_TRY(transport_->set_blocking(blocking));
    stream_->set_blocking(blocking);
    return {};
}

bool ChannelTls::do_has_feature(Feature feature) const {
    return (feature == Feature::shutdown || feature == Feature::concurrent_io) &&
           transport_->has_feature(feature);
}

Result<PeerCredentials> ChannelTls::do_peer_credentials() const {
    return transport_->peer_credentials();
}

// ---- waiting

void ChannelTls::on_stream_changed() {
    end_transport();
    interest_changed();
}

Condition ChannelTls::transport_condition(Condition asked) const {
    Condition condition = asked & (Condition::in | Condition::out | Condition::hup);
    if (stream_->is_pending())
        condition |= Condition::out;
    return condition;
}

Interest ChannelTls::do_interest(Condition asked) const {
    const State state = state_;
    if (state == State::failed)
        return {.ready = Condition::hup, .entries = {}};
    if (state != State::open)
        return {};
    Interest interest = transport_->interest(transport_condition(asked));
    if (has(asked, Condition::in) && stream_->is_readable())
        interest.ready |= Condition::in;
    return interest;
}

Condition ChannelTls::do_resolve(Condition asked, Condition events) {
    if (state_ == State::failed)
        return (asked & (Condition::in | Condition::out)) | Condition::hup |
               Condition::err;
    const Condition below = transport_->resolve(transport_condition(asked), events);
    // A failure shows in the next write.
    if (has(below, Condition::out) && stream_->is_pending())
        (void)stream_->flush();
    const bool gone = has(below, Condition::hup | Condition::err);
    Condition ready = Condition::none;
    if (stream_->is_readable() || gone || has(below, Condition::in))
        ready |= asked & Condition::in;
    if (gone || (has(below, Condition::out) && !stream_->is_pending()))
        ready |= asked & Condition::out;
    ready |= below & Condition::err;
    if (!has(ready, Condition::in))
        ready |= below & Condition::hup;
    return ready;
}

// ---- ending

void ChannelTls::bye(const OperationOptions& options, Completion<void> completion) {
    auto task = Task<void>::start(options, std::move(completion));
    if (is_closed())
        return task->fail({ErrorKind::closed, 0, "the channel is closed"});
    if (auto open = check_open(); !open)
        return task->fail(std::move(open).error());
    if (drive_ && !drive_->is_over())
        return task->fail(unusable("a second TLS goodbye"));
    drive_ = std::make_shared<Drive>(
        *this, *transport_, std::move(task), [this](Condition) { return bye_step(); },
        [](const Error&) {});
    const auto drive = drive_;
    drive->start();
}

Result<Condition> ChannelTls::bye_step() {
    QIO_TRY(stream_->say_goodbye());
    const bool has_left = QIO_TRY(stream_->flush());
    return has_left ? Condition::none : Condition::out;
}

Result<void> ChannelTls::do_shutdown(Direction direction) {
    if (state_ != State::open)
        return transport_->shutdown(direction);
    if (direction != Direction::write)
        stream_->relax_ends();
    if (direction != Direction::read) {
        QIO_TRY(stream_->say_goodbye());
        QIO_TRY(stream_->flush());
        ends_transport_ = true;
        end_transport();
    }
    if (direction != Direction::write)
        return transport_->shutdown(Direction::read);
    return {};
}

/// Ends its writing half, if that is due and close_notify has left.
void ChannelTls::end_transport() {
    if (!stream_->is_pending() && ends_transport_.exchange(false))
        (void)transport_->shutdown(Direction::write);
}

Result<void> ChannelTls::do_close() {
    if (const auto drive = std::move(drive_))
        drive->abandon();
    if (state_ == State::open) {
        // A word to the peer if it can leave at once; nobody waits.
        if (stream_->may_block())
            (void)transport_->set_blocking(Blocking::no);
        const auto flushed = stream_->flush();
        if (flushed && *flushed && stream_->say_goodbye())
            (void)stream_->flush();
    }
    return transport_->close();
}

} // namespace qio
