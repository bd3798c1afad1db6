// SASL (security type 20, and inside VeNCrypt), with cyrus-sasl.
#include "ui/vnc/auth/sasl.hpp"

#include <sasl/sasl.h>

#include <algorithm>

namespace qio::vnc::auth {

namespace {

void dispose(sasl_conn_t* connection) {
    sasl_dispose(&connection);
}
using Connection = std::shared_ptr<sasl_conn_t>;

constexpr unsigned max_sasl_buffer = 8192;
constexpr unsigned no_limit_ssf = 100000;

Error broken(std::string message) {
    return {ErrorKind::protocol, 0, std::move(message)};
}

Error failed(const char* what, int status) {
    return {ErrorKind::io, 0,
            std::string(what) + ": " + sasl_errstring(status, nullptr, nullptr)};
}

bool needs_layer(const Way& way) {
    return !way.encrypted && !way.is_local;
}

sasl_security_properties_t properties_for(const Way& way) {
    sasl_security_properties_t properties{};
    properties.maxbufsize = max_sasl_buffer;
    properties.security_flags = SASL_SEC_NOANONYMOUS;
    if (needs_layer(way)) {
        properties.min_ssf = min_sasl_ssf;
        properties.max_ssf = no_limit_ssf;
    }
    // Anonymous TLS may end at somebody in between.
    if (needs_layer(way) || way.anonymous)
        properties.security_flags |= SASL_SEC_NOPLAINTEXT;
    return properties;
}

/// Once for the process. The library goes on to use the name it was given.
int initialise(const std::string& application) {
    static const std::string name = application;
    static const int status = sasl_server_init(nullptr, name.c_str());
    return status;
}

/// Seals with the keys that the exchange has agreed on.
class SaslLayer final : public Layer {
public:
    explicit SaslLayer(Connection connection) : connection_(std::move(connection)) {
        const void* value = nullptr;
        if (sasl_getprop(connection_.get(), SASL_MAXOUTBUF, &value) == SASL_OK && value)
            max_plain_ = std::clamp<std::size_t>(*static_cast<const unsigned*>(value), 1,
                                                 max_sasl_buffer);
    }

    std::size_t max_plain() const override { return max_plain_; }

    Result<void> encode(ByteView plain, Bytes& out) override {
        const char* sealed = nullptr;
        unsigned length = 0;
        const int status =
            sasl_encode(connection_.get(), reinterpret_cast<const char*>(plain.data()),
                        unsigned(plain.size()), &sealed, &length);
        if (status != SASL_OK)
            return failed("SASL could not encode", status);
        ByteWriter(out).put_bytes(as_bytes({sealed, length}));
        return {};
    }

    /// The library keeps what is no whole packet yet.
    Result<std::size_t> decode(ByteView in, Bytes& out) override {
        const char* opened = nullptr;
        unsigned length = 0;
        const int status =
            sasl_decode(connection_.get(), reinterpret_cast<const char*>(in.data()),
                        unsigned(in.size()), &opened, &length);
        if (status != SASL_OK)
            return broken("what the client sent is not encoded as agreed");
        ByteWriter(out).put_bytes(as_bytes({opened, length}));
        return in.size();
    }

private:
    const Connection connection_;
    std::size_t max_plain_ = max_sasl_buffer;
};

class Sasl final : public Authenticator {
public:
    Sasl(Connection connection, const SaslOptions& options, const Way& way)
        : connection_(std::move(connection)), options_(options), way_(way) {}

    std::string name() const override { return "sasl"; }
    Result<Outcome> start(Bytes& out) override;
    Result<Outcome> advance(ByteReader& in, EpochSeconds now, Bytes& out) override;
    std::unique_ptr<Layer> take_layer() override;
    bool always_tells_reason() const override { return true; }

private:
    enum class State : std::uint8_t { mechanism, first_data, more_data, done };

    Result<bool> take_mechanism(ByteReader& in);
    Result<Outcome> take_data(ByteReader& in, Bytes& out);
    Result<Outcome> answer(int status, const char* data, unsigned length, Bytes& out);
    Result<Outcome> finish();
    bool is_offered(std::string_view name) const;
    unsigned ssf() const;

    const Connection connection_;
    const SaslOptions options_;
    const Way way_;
    State state_ = State::mechanism;
    std::string mechanisms_; // with a comma at both ends
    std::string mechanism_;
};

Result<Outcome> Sasl::start(Bytes& out) {
    const char* list = nullptr;
    unsigned length = 0;
    const int status =
        sasl_listmech(connection_.get(), nullptr, "", ",", "", &list, &length, nullptr);
    if (status != SASL_OK)
        return failed("SASL has no mechanism for this connection", status);
    const std::string_view names(list, length);
    if (names.empty())
        return broken("SASL has no mechanism for this connection");
    mechanisms_ = std::string(",").append(names).append(",");
    ByteWriter(out).put(std::uint32_t(names.size())).put_bytes(as_bytes(names));
    return NeedMore();
}

Result<Outcome> Sasl::advance(ByteReader& in, EpochSeconds, Bytes& out) {
    if (state_ == State::mechanism && !QIO_TRY(take_mechanism(in)))
        return NeedMore();
    return take_data(in, out);
}

bool Sasl::is_offered(std::string_view name) const {
    return name.find_first_of(std::string_view(",\0", 2)) == name.npos &&
           mechanisms_.contains(std::string(",").append(name).append(","));
}

Result<bool> Sasl::take_mechanism(ByteReader& in) {
    ByteReader whole = in;
    const auto length = whole.take<std::uint32_t>();
    if (!length)
        return false;
    if (*length == 0 || *length > max_mechanism_bytes)
        return broken("a SASL mechanism's name of " + std::to_string(*length) + " bytes");
    const auto name = whole.take_bytes(*length);
    if (!name)
        return false;
    in = whole;
    if (!is_offered(as_text(*name)))
        return broken("the client chose a SASL mechanism that was not offered");
    mechanism_ = as_text(*name);
    state_ = State::first_data;
    return true;
}

Result<Outcome> Sasl::take_data(ByteReader& in, Bytes& out) {
    ByteReader whole = in;
    const auto length = whole.take<std::uint32_t>();
    if (!length)
        return NeedMore();
    if (*length > max_sasl_bytes)
        return Error{ErrorKind::limit, 0, "SASL data above 1 MiB"};
    auto data = whole.take_bytes(*length);
    if (!data)
        return NeedMore();
    in = whole;
    // A length of 0 is no data, which is another thing than empty data; all else ends in
    // a NUL that is not part of it.
    const char* text = nullptr;
    if (!data->empty()) {
        if (data->back() != std::byte{0})
            return broken("SASL data without its NUL");
        text = as_text(*data).data();
        data = data->first(data->size() - 1);
    }
    const char* reply = nullptr;
    unsigned reply_length = 0;
    const auto count = unsigned(data->size());
    const int status =
        state_ == State::first_data
            ? sasl_server_start(connection_.get(), mechanism_.c_str(), text, count,
                                &reply, &reply_length)
            : sasl_server_step(connection_.get(), text, count, &reply, &reply_length);
    return answer(status, reply, reply_length, out);
}

/// The same for the first and for later data: a mechanism may be done at once.
Result<Outcome> Sasl::answer(int status, const char* data, unsigned length, Bytes& out) {
    if (status != SASL_OK && status != SASL_CONTINUE) {
        state_ = State::done;
        return Refused(std::string("SASL: ") + sasl_errstring(status, nullptr, nullptr),
                       Refused::Answer::none);
    }
    if (length >= max_sasl_bytes)
        return Error{ErrorKind::limit, 0, "SASL data of ours above 1 MiB"};
    ByteWriter writer(out);
    if (data)
        writer.put(std::uint32_t(length + 1))
            .put_bytes(as_bytes({data, length}))
            .put_zeros(1);
    else
        writer.put(std::uint32_t(0));
    writer.put(std::uint8_t(status == SASL_OK));
    state_ = status == SASL_OK ? State::done : State::more_data;
    if (status == SASL_CONTINUE)
        return NeedMore();
    return finish();
}

unsigned Sasl::ssf() const {
    const void* value = nullptr;
    if (sasl_getprop(connection_.get(), SASL_SSF, &value) != SASL_OK || !value)
        return 0;
    return *static_cast<const sasl_ssf_t*>(value);
}

Result<Outcome> Sasl::finish() {
    if (needs_layer(way_) && ssf() < min_sasl_ssf)
        return Refused("the SASL mechanism brings no encryption");
    const void* value = nullptr;
    if (sasl_getprop(connection_.get(), SASL_USERNAME, &value) != SASL_OK || !value)
        return Refused("the SASL mechanism knows no user name");
    const std::string user = static_cast<const char*>(value);
    if (options_.authorize) {
        const auto allowed = options_.authorize(user);
        if (!allowed || !*allowed)
            return Refused("user '" + user + "' is not authorized");
    }
    return Accepted({.user = user});
}

std::unique_ptr<Layer> Sasl::take_layer() {
    if (state_ != State::done || ssf() == 0)
        return nullptr;
    return std::make_unique<SaslLayer>(connection_);
}

} // namespace

bool has_sasl() {
    return true;
}

Result<std::unique_ptr<Authenticator>> make_sasl(const SaslOptions& options,
                                                 const Way& way) {
    if (const int status = initialise(options.application); status != SASL_OK)
        return failed("SASL could not begin", status);
    const auto address = [](const std::string& text) {
        return text.empty() ? nullptr : text.c_str();
    };
    sasl_conn_t* raw = nullptr;
    int status = sasl_server_new("vnc", nullptr, nullptr, address(way.local),
                                 address(way.remote), nullptr, SASL_SUCCESS_DATA, &raw);
    if (status != SASL_OK)
        return failed("SASL could not begin", status);
    Connection connection(raw, dispose);
    // With an external strength the library lets passwords through, whoever holds the
    // other end.
    if (way.encrypted && !way.anonymous) {
        const sasl_ssf_t external = way.key_bits;
        status = sasl_setprop(raw, SASL_SSF_EXTERNAL, &external);
        if (status != SASL_OK)
            return failed("SASL external strength", status);
    }
    const auto properties = properties_for(way);
    status = sasl_setprop(raw, SASL_SEC_PROPS, &properties);
    if (status != SASL_OK)
        return failed("SASL security properties", status);
    return std::make_unique<Sasl>(std::move(connection), options, way);
}

} // namespace qio::vnc::auth
