#include "crypto/sign.h"

#include <sodium.h>

#include "base/check.h"

namespace edict::crypto {

namespace {

void start_sodium() {
    static const int STARTED = sodium_init();
    EDICT_CHECK(STARTED >= 0);
}

// Domain and chain id stand before the message, each of known length, so no two inputs share bytes.
base::Bytes signed_bytes(std::string_view domain, const Hash& chain_id, base::ByteView message) {
    base::Writer out;
    out.text(domain);
    write(out, chain_id);
    out.raw(message);
    return out.take();
}

}  // namespace

SecretKey SecretKey::generate() {
    std::array<std::uint8_t, 32> seed{};
    random_bytes(seed);
    SecretKey key = from_seed(seed);
    sodium_memzero(seed.data(), seed.size());
    return key;
}

SecretKey SecretKey::from_seed(const std::array<std::uint8_t, 32>& seed) {
    start_sodium();
    SecretKey key;
    EDICT_CHECK(crypto_sign_seed_keypair(key.public_key_.bytes.data(), key.secret_.data(),
                                         seed.data()) == 0);
    return key;
}

SecretKey::~SecretKey() { sodium_memzero(secret_.data(), secret_.size()); }

std::array<std::uint8_t, 32> SecretKey::seed() const {
    std::array<std::uint8_t, 32> seed{};
    crypto_sign_ed25519_sk_to_seed(seed.data(), secret_.data());
    return seed;
}

Signature sign(const SecretKey& key, std::string_view domain, const Hash& chain_id,
               base::ByteView message) {
    const base::Bytes bytes = signed_bytes(domain, chain_id, message);
    Signature signature;
    EDICT_CHECK(crypto_sign_detached(signature.bytes.data(), nullptr, bytes.data(), bytes.size(),
                                     key.secret_.data()) == 0);
    return signature;
}

bool verify(const PublicKey& key, std::string_view domain, const Hash& chain_id,
            base::ByteView message, const Signature& signature) {
    start_sodium();
    const base::Bytes bytes = signed_bytes(domain, chain_id, message);
    return crypto_sign_verify_detached(signature.bytes.data(), bytes.data(), bytes.size(),
                                       key.bytes.data()) == 0;
}

void random_bytes(std::span<std::uint8_t> out) {
    start_sodium();
    randombytes_buf(out.data(), out.size());
}

void write(base::Writer& out, const PublicKey& key) { out.raw(key.bytes); }
void write(base::Writer& out, const Signature& signature) { out.raw(signature.bytes); }

PublicKey read_public_key(base::Reader& in) {
    PublicKey key;
    const base::ByteView bytes = in.raw(key.bytes.size());
    if (bytes.size() == key.bytes.size()) std::memcpy(key.bytes.data(), bytes.data(), bytes.size());
    return key;
}

Signature read_signature(base::Reader& in) {
    Signature signature;
    const base::ByteView bytes = in.raw(signature.bytes.size());
    if (bytes.size() == signature.bytes.size()) {
        std::memcpy(signature.bytes.data(), bytes.data(), bytes.size());
    }
    return signature;
}

}  // namespace edict::crypto
