// What the executor does around the registry's actions: whether a bundle may become pending, who
// must endorse it, and the set in force after one is activated. Pure over the modules given.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "chain/ledger/deploy.h"
#include "vm/call/link.h"

namespace edict::executor {

inline constexpr std::string_view REGISTRY = "std.registry";

// (contract, role): a party with the role endorses for the contract.
using Needs = std::set<std::pair<std::string, std::string>>;

struct Admissible {
    std::vector<std::shared_ptr<const bytecode::Module>> modules;  // of the bundle, validated
    call::LinkedSet in_force;                                      // as it would be
    Needs needs;
};

// `current` is the set in force. The error says which module stands in the way and why: it does not
// validate or link, its version does not rise, a store of the old version is gone, or the new one
// does not say how its values are read, a contract that names regulators loses them, the name is
// reserved, it would tell the chain personal data.
[[nodiscard]] base::Result<Admissible> examine_bundle(const ledger::ModuleBundle& bundle,
                                                      const call::LinkedSet& current);

// The needs as the registry's type writes them, and back from an argument of `deploy`.
[[nodiscard]] value::Value to_value(const Needs& needs);
[[nodiscard]] Needs needs_from(const value::Value& value);

}  // namespace edict::executor
