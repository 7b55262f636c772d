// What others sent, examined: pure functions of the message and of what all replicas of an epoch
// know.
#pragma once

#include "chain/consensus/pbft/messages.h"
#include "chain/consensus/pbft/pbft.h"

namespace edict::consensus::pbft {

struct Rules {
    Config config;
    std::size_t faults = 0;  // f
    std::size_t quorum = 1;  // q
    const Authority& authority;
};
[[nodiscard]] Rules rules_of(const Config& config, const Authority& authority);

[[nodiscard]] ValidatorIndex primary_of(const Rules& rules, View view);
[[nodiscard]] bool is_valid(const Rules& rules, ValidatorIndex signer, const Vote& vote,
                            const Signature& signature);
// TOCS 2.3.2: a pre-prepare and prepares of others, together a quorum.
[[nodiscard]] bool is_valid(const Rules& rules, const PreparedProof& proof);
// TOCS 2.3.3: a stable checkpoint.
[[nodiscard]] bool is_valid(const Rules& rules, const CertifiedHeader& certified);
// TOCS 2.3.4. The sender is who signed.
[[nodiscard]] bool is_valid(const Rules& rules, const ViewChange& change);
// What any new view with these view changes must begin with: the batch above the highest certified
// height, prepared in the highest view, or else the null request. Not empty.
[[nodiscard]] ledger::Batch opening_of(const Rules& rules, const std::vector<ViewChange>& changes);
// Those of `changes` that a new view may rest on together (see the source); fewer than a quorum:
// there is no new view yet. Ascending by sender.
[[nodiscard]] std::vector<ViewChange> choose_changes(const Rules& rules,
                                                     std::vector<ViewChange> changes);
[[nodiscard]] bool is_valid(const Rules& rules, const NewView& view);

// The batch of a height at which nothing was asked for.
[[nodiscard]] ledger::Batch null_request(Epoch epoch, Height height);
[[nodiscard]] bool is_null(const ledger::Batch& batch);

// Ok: the two signed votes contradict each other.
[[nodiscard]] bool is_valid(const Rules& rules, const Evidence& evidence);

}  // namespace edict::consensus::pbft
