// The signers of a simulated set: a keyed checksum, as quick as the simulation needs it, or real
// Ed25519 keys made from the seed. Both are deterministic.
#pragma once

#include <memory>
#include <vector>

#include "chain/consensus/authority.h"

namespace edict::sim {

class SimSigner : public consensus::Authority {
public:
    [[nodiscard]] virtual ledger::Signature sign_header(const ledger::Hash& header) const = 0;
};

// One for each validator. The checksum is nobody's secret: a simulated attacker forges nothing
// because it does not try to, and signs only as itself.
[[nodiscard]] std::vector<std::unique_ptr<SimSigner>> checksum_signers(std::uint64_t seed,
                                                                       std::size_t validators);
[[nodiscard]] std::vector<std::unique_ptr<SimSigner>> ed25519_signers(std::uint64_t seed,
                                                                      std::size_t validators,
                                                                      const ledger::Hash& chain_id);

}  // namespace edict::sim
