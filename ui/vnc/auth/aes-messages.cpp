// The messages of RSA-AES: a length, AES-EAX, and a code that proves both.
#include "ui/vnc/auth/aes-messages.hpp"

#include "ui/vnc/auth/compare.hpp"

namespace qio::vnc::auth {

namespace {

constexpr std::size_t length_bytes = 2;

std::uint8_t* octets(std::byte* bytes) {
    return reinterpret_cast<std::uint8_t*>(bytes);
}
const std::uint8_t* octets(const std::byte* bytes) {
    return reinterpret_cast<const std::uint8_t*>(bytes);
}

} // namespace

AesMessages::AesMessages(ByteView key) {
    if (key.size() == AES128_KEY_SIZE)
        aes128_set_encrypt_key(&cipher_.emplace<aes128_ctx>(), octets(key.data()));
    else
        aes256_set_encrypt_key(&cipher_.emplace<aes256_ctx>(), octets(key.data()));
    eax_set_key(&key_, cipher(), function());
}

const void* AesMessages::cipher() const {
    return std::visit([](const auto& context) -> const void* { return &context; },
                      cipher_);
}

nettle_cipher_func* AesMessages::function() const {
    return std::holds_alternative<aes128_ctx>(cipher_)
               ? reinterpret_cast<nettle_cipher_func*>(&aes128_encrypt)
               : reinterpret_cast<nettle_cipher_func*>(&aes256_encrypt);
}

void AesMessages::begin(ByteView length) {
    eax_set_nonce(&message_, &key_, cipher(), function(), counter_.size(),
                  counter_.data());
    for (auto& byte : counter_)
        if (++byte != 0)
            break;
    eax_update(&message_, &key_, cipher(), function(), length.size(),
               octets(length.data()));
}

AesMessages::Code AesMessages::finish() {
    Code code;
    eax_digest(&message_, &key_, cipher(), function(), code.size(), code.data());
    return code;
}

void AesMessages::seal(ByteView text, Bytes& out) {
    const auto at = out.size();
    ByteWriter(out).put(std::uint16_t(text.size())).put_zeros(text.size());
    begin(ByteView(out).subspan(at, length_bytes));
    eax_encrypt(&message_, &key_, cipher(), function(), text.size(),
                octets(out.data() + at + length_bytes), octets(text.data()));
    const auto code = finish();
    ByteWriter(out).put_bytes(std::as_bytes(std::span(code)));
}

Result<std::optional<Bytes>> AesMessages::open(ByteReader& in) {
    ByteReader whole = in;
    const auto length = whole.take_bytes(length_bytes);
    if (!length)
        return std::nullopt;
    const std::size_t size = load_be<std::uint16_t>(length->data());
    if (size > max_aes_message)
        return Error{ErrorKind::limit, 0, "an encrypted message above 8192 bytes"};
    const auto sealed = whole.take_bytes(size);
    const auto code = sealed ? whole.take_bytes(EAX_DIGEST_SIZE) : std::nullopt;
    if (!code)
        return std::nullopt;
    in = whole;
    begin(*length);
    Bytes text(size);
    eax_decrypt(&message_, &key_, cipher(), function(), size, octets(text.data()),
                octets(sealed->data()));
    const auto expected = finish();
    if (!equal_secrets(*code, std::as_bytes(std::span(expected))))
        return Error{ErrorKind::protocol, 0, "an encrypted message is not the client's"};
    return text;
}

Result<void> AesLayer::encode(ByteView plain, Bytes& out) {
    ours_.seal(plain, out);
    return {};
}

Result<std::size_t> AesLayer::decode(ByteView in, Bytes& out) {
    ByteReader reader(in);
    while (const auto text = QIO_TRY(theirs_.open(reader)))
        ByteWriter(out).put_bytes(*text);
    return in.size() - reader.remaining();
}

} // namespace qio::vnc::auth
