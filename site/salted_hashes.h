// Salted hashes of records. A record's hash is SHA-256(salt ‖ canonical record), its salt is
// HMAC-SHA-256(secret, "edict/record/1" ‖ index of the record): without the site's secret nobody
// can try values until a hash fits, and equal records have different hashes. The root is that of
// the RFC 6962 tree whose leaves are the record hashes.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/codec.h"
#include "crypto/hash.h"

namespace edict::site {

// 32 random bytes that never leave the site.
struct Secret {
    std::array<std::uint8_t, 32> bytes{};

    [[nodiscard]] static Secret generate();
};

[[nodiscard]] crypto::Hash record_hash(const Secret& secret, std::uint64_t index,
                                       base::ByteView record);
[[nodiscard]] std::vector<crypto::Hash> record_hashes(const Secret& secret,
                                                      std::span<const base::Bytes> records);
[[nodiscard]] crypto::Hash root_of(std::span<const crypto::Hash> record_hashes);

}  // namespace edict::site
