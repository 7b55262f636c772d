// What older versions stored and what holds in every state, told as simply as possible over the
// typed program. vm/call is compared with it.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>

#include "tests/support/reference.h"

namespace edict::reference {

// A value of an older type of a store of the module, as it is read now; demands that every upgrade
// has a value for it.
[[nodiscard]] value::Value as_now(const check::Program& program, const check::Module& module,
                                  const value::Value& old, const value::Type& from,
                                  const value::Type& to);

// ("module", "invariant") of those that do not hold. `keys_of` gives every key of a store.
[[nodiscard]] std::set<std::pair<std::string, std::string>> broken_invariants(
    const check::Program& program,
    const std::function<Maybe(check::StoreRef, const value::Value* key)>& read,
    const std::function<std::vector<value::Value>(check::StoreRef)>& keys_of);

}  // namespace edict::reference
