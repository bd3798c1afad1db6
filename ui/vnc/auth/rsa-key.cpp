// The RSA keys of RSA-AES: the server's pair, and the client's public one.
#include "ui/vnc/auth/rsa-key.hpp"

#include <nettle/bignum.h>

#include "io/base/digest.hpp"
#include "io/base/random.hpp"

namespace qio::vnc::auth {

namespace {

constexpr std::size_t bits_bytes = 4;
constexpr unsigned public_exponent = 65537;

std::uint8_t* octets(std::byte* bytes) {
    return reinterpret_cast<std::uint8_t*>(bytes);
}
const std::uint8_t* octets(const std::byte* bytes) {
    return reinterpret_cast<const std::uint8_t*>(bytes);
}

void random_octets(void*, std::size_t length, std::uint8_t* to) noexcept {
    fill_random({reinterpret_cast<std::byte*>(to), length});
}

class Number {
public:
    explicit Number(ByteView bytes) {
        nettle_mpz_init_set_str_256_u(value_, bytes.size(), octets(bytes.data()));
    }
    Number() { mpz_init(value_); }
    ~Number() { mpz_clear(value_); }
    Number(const Number&) = delete;
    Number& operator=(const Number&) = delete;
    mpz_ptr get() { return value_; }

private:
    mpz_t value_;
};

void append_number(Bytes& out, std::size_t size, const mpz_t number) {
    const auto at = out.size();
    out.resize(at + size);
    nettle_mpz_get_str_256(size, octets(out.data() + at), number);
}

Error unusable(const char* why) {
    return {ErrorKind::protocol, 0, why};
}

} // namespace

// ---- RsaPublicKey

Result<bool> RsaPublicKey::take(ByteReader& in) {
    ByteReader whole = in;
    const auto bits = whole.take<std::uint32_t>();
    if (!bits)
        return false;
    if (*bits < min_rsa_bits || *bits > max_rsa_bits)
        return Error{ErrorKind::limit, 0,
                     "the client's RSA key has " + std::to_string(*bits) + " bits"};
    const std::size_t size = (*bits + 7) / 8;
    const auto numbers = whole.take_bytes(2 * size);
    if (!numbers)
        return false;
    const auto wire = in.rest().first(bits_bytes + numbers->size());
    wire_.assign(wire.begin(), wire.end());
    in = whole;
    QIO_TRY(set(numbers->first(size), numbers->subspan(size)));
    if (mpz_sizeinbase(key_.n, 2) != *bits)
        return unusable("the client's RSA modulus has another length than was said");
    return true;
}

Result<void> RsaPublicKey::set(ByteView modulus, ByteView exponent) {
    nettle_mpz_set_str_256_u(key_.n, modulus.size(), octets(modulus.data()));
    nettle_mpz_set_str_256_u(key_.e, exponent.size(), octets(exponent.data()));
    // A long exponent only costs time.
    if (mpz_even_p(key_.n) || mpz_even_p(key_.e) || mpz_cmp_ui(key_.e, 3) < 0 ||
        mpz_sizeinbase(key_.e, 2) > 64 || !rsa_public_key_prepare(&key_))
        return unusable("the client's RSA key cannot be used");
    return {};
}

Bytes RsaPublicKey::encrypt(ByteView text) const {
    Number cipher;
    Bytes result;
    // The key is odd and long enough, so that only a text that is too long fails.
    if (rsa_encrypt(&key_, nullptr, random_octets, text.size(), octets(text.data()),
                    cipher.get()))
        append_number(result, size(), cipher.get());
    return result;
}

// ---- RsaKeyPair

RsaKeyPair::RsaKeyPair() {
    rsa_public_key_init(&public_);
    rsa_private_key_init(&private_);
}

RsaKeyPair::~RsaKeyPair() {
    rsa_private_key_clear(&private_);
    rsa_public_key_clear(&public_);
}

void RsaKeyPair::remember_wire() {
    ByteWriter(wire_).put(std::uint32_t(mpz_sizeinbase(public_.n, 2)));
    append_number(wire_, public_.size, public_.n);
    append_number(wire_, public_.size, public_.e);
}

std::shared_ptr<const RsaKeyPair> RsaKeyPair::generate(unsigned bits) {
    const std::shared_ptr<RsaKeyPair> pair(new RsaKeyPair);
    mpz_set_ui(pair->public_.e, public_exponent);
    // Fails for sizes and exponents that nobody asks for here.
    (void)rsa_generate_keypair(&pair->public_, &pair->private_, nullptr, random_octets,
                               nullptr, nullptr, bits, 0);
    pair->remember_wire();
    return pair;
}

Result<std::shared_ptr<const RsaKeyPair>> RsaKeyPair::from_pem(std::string_view pem) {
    constexpr std::string_view first = "-----BEGIN RSA PRIVATE KEY-----";
    constexpr std::string_view last = "-----END RSA PRIVATE KEY-----";
    const Error wrong{
        ErrorKind::invalid_argument, 0,
        "not an RSA key of 1024 to 8192 bits, unencrypted, as PKCS#1 in PEM"};
    const auto begin = pem.find(first);
    const auto end = pem.find(last);
    if (begin == pem.npos || end == pem.npos || end < begin + first.size())
        return wrong;
    std::string text(pem.substr(begin + first.size(), end - begin - first.size()));
    std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
    const auto der = base64_decode(text);
    const std::shared_ptr<RsaKeyPair> pair(new RsaKeyPair);
    if (!der ||
        !rsa_keypair_from_der(&pair->public_, &pair->private_, max_rsa_bits, der->size(),
                              octets(der->data())) ||
        mpz_sizeinbase(pair->public_.n, 2) < min_rsa_bits)
        return wrong;
    pair->remember_wire();
    return std::shared_ptr<const RsaKeyPair>(pair);
}

std::optional<Bytes> RsaKeyPair::decrypt(ByteView cipher, std::size_t length) const {
    Number number(cipher);
    if (mpz_cmp(number.get(), public_.n) >= 0)
        return std::nullopt;
    Bytes text(length);
    if (!rsa_sec_decrypt(&public_, &private_, nullptr, random_octets, length,
                         octets(text.data()), number.get()))
        return std::nullopt;
    return text;
}

} // namespace qio::vnc::auth
