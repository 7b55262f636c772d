// Byzantine: a protocol that runs a replica with some of the known flaws inside, those that do not
// stop itself, and misbehaves towards the others: it proposes one batch to some and another to
// others, votes for both, signs headers that nobody executed, leaves proofs out, replays and
// garbles. It signs as itself. Only for tests.
#pragma once

#include <memory>

#include "chain/consensus/pbft/pbft.h"

namespace edict::tests {

// `authority` must outlive it. The seed chooses the flaws as well.
[[nodiscard]] std::unique_ptr<consensus::Protocol> make_byzantine(
    consensus::pbft::Config config, const consensus::Authority& authority, std::uint64_t seed);

}  // namespace edict::tests
