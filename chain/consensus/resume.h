// Resume: a quorum of validators agrees to leave an epoch and to go on in the next one from a
// header (its anchor). For when fewer than a quorum may vote: the votes of more than f are lost.
//
//     bytes    = format u16 (1), epoch u64, height u64, header 32 bytes, count u32, then for each
//                signature, ascending by validator: validator u16, signature 64 bytes
//     signed   = the byte 2, epoch u64, height u64, header 32 bytes, in the domain of votes
//
// Who signs for an epoch never again votes in one before it, and signs no other anchor for it.
#pragma once

#include <vector>

#include "chain/consensus/protocol.h"

namespace edict::consensus {

struct Resume {
    ledger::Epoch epoch;  // the new one, at least 1
    ledger::Height height;
    ledger::Hash header;
    std::vector<ledger::HeaderSignature> signatures;  // ascending by validator
    friend bool operator==(const Resume&, const Resume&) = default;
};

[[nodiscard]] base::Bytes encode(const Resume& resume);
// Accepts exactly what encode() makes.
[[nodiscard]] base::Result<Resume> decode_resume(base::ByteView bytes);

// Adds the signature of a validator, in its place.
void sign(Resume& resume, const ledger::Hash& chain_id, ValidatorIndex validator,
          const ledger::SecretKey& key);
// Adds those signatures of `other` that are not here. False: it is about something else.
[[nodiscard]] bool merge(Resume& resume, const Resume& other);
// Ok if every signature is good; the error names the validator.
[[nodiscard]] base::Status check_signatures(const Resume& resume, const ledger::Hash& chain_id,
                                            const ledger::ValidatorSet& set);
// As check_signatures, and a quorum signed.
[[nodiscard]] base::Status check(const Resume& resume, const ledger::Hash& chain_id,
                                 const ledger::ValidatorSet& set);

}  // namespace edict::consensus
