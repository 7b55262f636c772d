// Commitments: a hash that tells nothing of its value until somebody shows the value and the salt.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "crypto/hash.h"
#include "value/value.h"

namespace edict::value {

// What is hashed begins with its use, so that no other hash can be passed off as a commitment.
inline constexpr std::string_view COMMITMENT_DOMAIN = "edict commitment";
inline constexpr std::uint32_t COMMITMENT_SALT_BYTES = 32;

using Salt = std::array<std::uint8_t, COMMITMENT_SALT_BYTES>;

// What `opens(commitment, value, salt)` of the language asks for: SHA-256 over the domain, the salt
// and the value, in canonical bytes, each after its length as four bytes.
[[nodiscard]] crypto::Hash commitment_of(const Value& value, const Type& type, const Salt& salt);

}  // namespace edict::value
