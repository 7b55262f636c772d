// SHA-256 (FIPS 180-4), by OpenSSL, which uses the processor's instructions.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>

#include "base/codec.h"

namespace edict::crypto {

// The 32 bytes of a SHA-256.
struct Hash {
    std::array<std::uint8_t, 32> bytes{};

    friend auto operator<=>(const Hash&, const Hash&) = default;
    friend bool operator==(const Hash&, const Hash&) = default;
    [[nodiscard]] std::string hex() const { return base::to_hex(bytes); }
};

[[nodiscard]] base::Result<Hash> hash_from_hex(std::string_view hex);

// A hash that is fed piece by piece.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    Sha256& add(base::ByteView bytes);
    [[nodiscard]] Hash finish();  // once

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

[[nodiscard]] Hash sha256(base::ByteView bytes);
// HMAC-SHA-256 (RFC 2104): a hash that only the holder of `key` can make.
[[nodiscard]] Hash hmac_sha256(base::ByteView key, base::ByteView bytes);

inline void write(base::Writer& out, const Hash& hash) { out.raw(hash.bytes); }
[[nodiscard]] inline Hash read_hash(base::Reader& in) {
    Hash hash;
    const base::ByteView bytes = in.raw(hash.bytes.size());
    if (bytes.size() == hash.bytes.size())
        std::memcpy(hash.bytes.data(), bytes.data(), bytes.size());
    return hash;
}

}  // namespace edict::crypto

template <>
struct std::hash<edict::crypto::Hash> {
    std::size_t operator()(const edict::crypto::Hash& digest) const noexcept {
        std::size_t prefix = 0;
        std::memcpy(&prefix, digest.bytes.data(), sizeof prefix);
        return prefix;
    }
};
