// Byzantine: a protocol that runs a correct replica inside and misbehaves towards the others: it
// proposes one batch to some and another to others, votes for both, signs headers that nobody
// executed, leaves proofs out, replays and garbles. It signs as itself. Only for tests.
#pragma once

#include <memory>

#include "chain/consensus/authority.h"

namespace edict::tests {

// `authority` must outlive it; `validators` is their number, `self` its own index.
[[nodiscard]] std::unique_ptr<consensus::Protocol> make_byzantine(
    std::unique_ptr<consensus::Protocol> inside, const consensus::Authority& authority,
    consensus::ValidatorIndex self, std::size_t validators, std::uint64_t seed);

}  // namespace edict::tests
