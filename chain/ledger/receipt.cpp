#include "chain/ledger/receipt.h"

#include "chain/ledger/codec.h"

namespace edict::ledger {

Hash hash_of(const Receipt& receipt) { return crypto::sha256(encode(receipt)); }

ShownValue shown(ByteView canonical_bytes) {
    if (canonical_bytes.size() <= MAX_SHOWN_BYTES) {
        return {ShownAs::bytes, Bytes(canonical_bytes.begin(), canonical_bytes.end())};
    }
    const Hash hash = crypto::sha256(canonical_bytes);
    return {ShownAs::hash, Bytes(hash.bytes.begin(), hash.bytes.end())};
}

std::string bounded_reason(std::string reason) {
    static constexpr std::string_view CUT = "…";
    if (reason.size() <= MAX_REASON_BYTES) return reason;
    std::size_t size = MAX_REASON_BYTES - CUT.size();
    // A byte 10xxxxxx continues the character before it.
    while (size > 0 && (static_cast<std::uint8_t>(reason[size]) & 0xC0) == 0x80) --size;
    return reason.substr(0, size).append(CUT);
}

}  // namespace edict::ledger
