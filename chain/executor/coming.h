// What comes into being with a set of modules: the initial data of stores that were not there
// before, and whether the invariants of the set hold of them.
#pragma once

#include "chain/executor/registry.h"
#include "vm/call/stored.h"

namespace edict::executor {

// The initial data of the stores that the set in force lacks: an upgrade changes none that is
// there.
[[nodiscard]] call::Writes coming_values(const Admissible& set, const call::LinkedSet& current);

// An invariant over the keys of a store that is there already is not looked at: a chain does not
// list what its stores hold. The error names the invariant and the key.
[[nodiscard]] base::Status check_coming(const Admissible& set, const call::LinkedSet& current,
                                        const call::StateView& state, runtime::Engine& engine);

}  // namespace edict::executor
