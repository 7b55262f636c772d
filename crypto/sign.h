// Ed25519 (RFC 8032) by libsodium, with domain separation: a signature made for one purpose on one
// chain is worth nothing for another purpose or chain.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/hash.h"

namespace edict::crypto {

struct PublicKey {
    std::array<std::uint8_t, 32> bytes{};
    friend auto operator<=>(const PublicKey&, const PublicKey&) = default;
    friend bool operator==(const PublicKey&, const PublicKey&) = default;
    [[nodiscard]] std::string hex() const { return base::to_hex(bytes); }
};

struct Signature {
    std::array<std::uint8_t, 64> bytes{};
    friend bool operator==(const Signature&, const Signature&) = default;
};

// The 32-byte seed is the secret; it is wiped when the object goes.
class SecretKey {
public:
    [[nodiscard]] static SecretKey generate();
    [[nodiscard]] static SecretKey from_seed(const std::array<std::uint8_t, 32>& seed);
    ~SecretKey();
    SecretKey(const SecretKey&) = default;
    SecretKey& operator=(const SecretKey&) = default;

    [[nodiscard]] const PublicKey& public_key() const { return public_key_; }
    [[nodiscard]] std::array<std::uint8_t, 32> seed() const;

private:
    friend Signature sign(const SecretKey&, std::string_view, const Hash&, base::ByteView);
    SecretKey() = default;

    std::array<std::uint8_t, 64> secret_{};
    PublicKey public_key_;
};

// What a signature is for. Each tag appears in exactly one place of the ledger format.
namespace domain {
inline constexpr std::string_view TRANSACTION = "edict/transaction/1";
inline constexpr std::string_view HEADER = "edict/header/1";
inline constexpr std::string_view CHECKPOINT = "edict/checkpoint/1";
inline constexpr std::string_view VOTE = "edict/vote/1";  // of a protocol, in one epoch
}  // namespace domain

[[nodiscard]] Signature sign(const SecretKey& key, std::string_view domain, const Hash& chain_id,
                             base::ByteView message);
[[nodiscard]] bool verify(const PublicKey& key, std::string_view domain, const Hash& chain_id,
                          base::ByteView message, const Signature& signature);

// Bytes from the operating system's generator.
void random_bytes(std::span<std::uint8_t> out);

void write(base::Writer& out, const PublicKey& key);
void write(base::Writer& out, const Signature& signature);
[[nodiscard]] PublicKey read_public_key(base::Reader& in);
[[nodiscard]] Signature read_signature(base::Reader& in);

}  // namespace edict::crypto
