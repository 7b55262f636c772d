// What a structure must keep beyond the bounds of its fields. Each function returns what is broken,
// or nothing. Only the sources of this folder include it.
#pragma once

#include <string>

#include "chain/ledger/block.h"
#include "chain/ledger/deploy.h"
#include "chain/ledger/proof.h"

namespace edict::ledger {

template <typename T>
[[nodiscard]] std::string broken_rule(const T&) {
    return {};
}
[[nodiscard]] std::string broken_rule(const ValidatorSet& set);
[[nodiscard]] std::string broken_rule(const Party& party);
[[nodiscard]] std::string broken_rule(const ChainLimits& limits);
[[nodiscard]] std::string broken_rule(const Genesis& genesis);
[[nodiscard]] std::string broken_rule(const Batch& batch);
[[nodiscard]] std::string broken_rule(const Header& header);
[[nodiscard]] std::string broken_rule(const Certificate& certificate);
[[nodiscard]] std::string broken_rule(const ShownValue& value);
[[nodiscard]] std::string broken_rule(const RegulationAnswer& answer);
[[nodiscard]] std::string broken_rule(const DecisionRecord& decision);
[[nodiscard]] std::string broken_rule(const Receipt& receipt);
[[nodiscard]] std::string broken_rule(const SourceFile& file);
[[nodiscard]] std::string broken_rule(const ModuleBundle& bundle);
[[nodiscard]] std::string broken_rule(const Attestation& attestation);
[[nodiscard]] std::string broken_rule(const merkle::TreeProof& proof);
[[nodiscard]] std::string broken_rule(const Proof& proof);

}  // namespace edict::ledger
