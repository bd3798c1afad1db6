// RSA-AES: keys agreed on with RSA, then name and password under AES.
#include "ui/vnc/auth/rsa-aes.hpp"

#include <nettle/sha1.h>

#include "io/base/random.hpp"
#include "ui/vnc/auth/compare.hpp"

namespace qio::vnc::auth {

namespace {

Error broken(const char* what) {
    return {ErrorKind::protocol, 0, what};
}

template <class Context, auto init, auto update, auto digest, std::size_t size>
Bytes hash_of(ByteView first, ByteView second) {
    Context context;
    init(&context);
    for (const auto part : {first, second})
        update(&context, part.size(), reinterpret_cast<const std::uint8_t*>(part.data()));
    Bytes result(size);
    digest(&context, size, reinterpret_cast<std::uint8_t*>(result.data()));
    return result;
}

} // namespace

std::string RsaAes::name() const {
    std::string name = result_is_inside() ? "ra2" : "ra2ne";
    return options_.bits == RsaAesOptions::Bits::aes256 ? name + "-256" : name;
}

std::size_t RsaAes::random_bytes() const {
    return options_.bits == RsaAesOptions::Bits::aes256 ? AES256_KEY_SIZE
                                                        : AES128_KEY_SIZE;
}

/// SHA-1 for AES-128, SHA-256 for AES-256.
Bytes RsaAes::hash(ByteView first, ByteView second) const {
    if (options_.bits == RsaAesOptions::Bits::aes256)
        return hash_of<sha256_ctx, sha256_init, sha256_update, sha256_digest,
                       SHA256_DIGEST_SIZE>(first, second);
    return hash_of<sha1_ctx, sha1_init, sha1_update, sha1_digest, SHA1_DIGEST_SIZE>(
        first, second);
}

Result<Outcome> RsaAes::start(Bytes& out) {
    ByteWriter(out).put_bytes(key_->wire());
    return NeedMore();
}

Result<Outcome> RsaAes::advance(ByteReader& in, EpochSeconds now, Bytes& out) {
    if (state_ == State::key && QIO_TRY(client_key_.take(in))) {
        random_.resize(random_bytes());
        fill_random(random_);
        ByteWriter(out)
            .put(std::uint16_t(client_key_.size()))
            .put_bytes(client_key_.encrypt(random_));
        state_ = State::random;
    }
    if (state_ == State::random)
        QIO_TRY(take_random(in, out));
    if (state_ == State::hash)
        QIO_TRY(take_hash(in, out));
    if (state_ == State::credentials)
        return take_credentials(in, now);
    return NeedMore();
}

Result<Outcome> RsaAes::take_random(ByteReader& in, Bytes& out) {
    ByteReader whole = in;
    const auto length = whole.take<std::uint16_t>();
    if (!length)
        return NeedMore();
    if (*length != key_->size())
        return broken("the client's random number is not encrypted with our key");
    const auto cipher = whole.take_bytes(*length);
    if (!cipher)
        return NeedMore();
    in = whole;
    auto random = key_->decrypt(*cipher, random_bytes());
    // What cannot be decrypted goes on as another number, so that the padding is not told
    // from the rest: the hash then fails.
    if (!random) {
        random.emplace(random_bytes());
        fill_random(*random);
    }
    agree(*random);
    ours_->seal(hash(key_->wire(), client_key_.wire()), out);
    state_ = State::hash;
    return NeedMore();
}

void RsaAes::agree(ByteView client_random) {
    const auto theirs = hash(random_, client_random);
    const auto ours = hash(client_random, random_);
    theirs_.emplace(ByteView(theirs).first(random_bytes()));
    ours_.emplace(ByteView(ours).first(random_bytes()));
}

Result<Outcome> RsaAes::take_hash(ByteReader& in, Bytes& out) {
    const auto message = QIO_TRY(theirs_->open(in));
    if (!message)
        return NeedMore();
    if (!equal_secrets(*message, hash(client_key_.wire(), key_->wire())))
        return broken("the client saw other keys than we did");
    const std::byte what{std::uint8_t(options_.credentials)};
    ours_->seal({&what, 1}, out);
    state_ = State::credentials;
    return NeedMore();
}

Result<Outcome> RsaAes::take_credentials(ByteReader& in, EpochSeconds now) {
    const auto message = QIO_TRY(theirs_->open(in));
    if (!message)
        return NeedMore();
    state_ = State::done;
    ByteReader reader(*message);
    const auto user = reader.take_bytes(reader.take<std::uint8_t>().value_or(0));
    const auto length = reader.take<std::uint8_t>();
    const auto password = length ? reader.take_bytes(*length) : std::nullopt;
    if (!user || !password || reader.remaining() != 0)
        return broken("malformed user name and password");
    if (options_.credentials == RsaAesOptions::Credentials::password)
        return decide(as_text(*password), now);
    Ask ask{std::string(as_text(*user)), std::string(as_text(*password))};
    if (ask.user.empty() || ask.user.contains('\0') || ask.password.contains('\0'))
        return Refused("no user name, or a NUL in it or in the password");
    return ask;
}

Outcome RsaAes::decide(std::string_view password, EpochSeconds now) const {
    const auto passwords = passwords_();
    const bool is_control = equal_secrets(password, passwords.control);
    const bool is_view_only = equal_secrets(password, passwords.view_only);
    if (passwords.have_expired(now))
        return Refused("the password has expired");
    if (is_control && !passwords.control.empty())
        return Accepted();
    if (is_view_only && !passwords.view_only.empty())
        return Accepted({.user = {}, .view_only = true});
    return Refused("wrong password");
}

std::unique_ptr<Layer> RsaAes::take_layer() {
    if (options_.session == RsaAesOptions::Session::clear || !ours_)
        return nullptr;
    return std::make_unique<AesLayer>(*ours_, *theirs_);
}

} // namespace qio::vnc::auth
