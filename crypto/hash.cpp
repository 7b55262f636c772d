#include "crypto/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <utility>

#include "base/check.h"

namespace edict::crypto {

struct Sha256::Impl {
    EVP_MD_CTX* context = EVP_MD_CTX_new();

    Impl() {
        EDICT_CHECK(context != nullptr);
        EDICT_CHECK(EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
    }
    ~Impl() { EVP_MD_CTX_free(context); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::add(base::ByteView bytes) {
    EDICT_CHECK(EVP_DigestUpdate(impl_->context, bytes.data(), bytes.size()) == 1);
    return *this;
}

Hash Sha256::finish() {
    Hash hash;
    unsigned int size = 0;
    EDICT_CHECK(EVP_DigestFinal_ex(impl_->context, hash.bytes.data(), &size) == 1);
    EDICT_CHECK(size == hash.bytes.size());
    return hash;
}

Hash sha256(base::ByteView bytes) {
    // Looked up once: a fetch for each digest costs more than hashing a short message.
    static const EVP_MD* const ALGORITHM = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    Hash hash;
    unsigned int size = 0;
    EDICT_CHECK(
        EVP_Digest(bytes.data(), bytes.size(), hash.bytes.data(), &size, ALGORITHM, nullptr) == 1);
    EDICT_CHECK(size == hash.bytes.size());
    return hash;
}

Hash hmac_sha256(base::ByteView key, base::ByteView bytes) {
    // OpenSSL takes a null key for "the key of the call before", so an empty one needs an address.
    static constexpr std::uint8_t EMPTY = 0;
    Hash hash;
    unsigned int size = 0;
    const unsigned char* made =
        HMAC(EVP_sha256(), key.empty() ? &EMPTY : key.data(), static_cast<int>(key.size()),
             bytes.data(), bytes.size(), hash.bytes.data(), &size);
    EDICT_CHECK(made != nullptr && size == hash.bytes.size());
    return hash;
}

base::Result<Hash> hash_from_hex(std::string_view hex) {
    const base::Result<base::Bytes> bytes = base::from_hex(hex);
    if (!bytes) return base::error_of(bytes);
    Hash hash;
    if (bytes->size() != hash.bytes.size()) {
        return base::input_error("a hash has 64 hexadecimal digits, not " +
                                 std::to_string(hex.size()));
    }
    std::memcpy(hash.bytes.data(), bytes->data(), bytes->size());
    return hash;
}

}  // namespace edict::crypto
