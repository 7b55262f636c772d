// Invariants: conditions over stores that hold in every state. Calls do not pay for them: they are
// proved beforehand, and looked at where a whole state is at hand.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "vm/call/call.h"
#include "vm/call/explain.h"

namespace edict::call {

struct BrokenInvariant {
    std::string module;
    std::uint32_t invariant = 0;    // index into Module::invariants
    std::vector<value::Value> key;  // the key, or its parts, for which it does not hold
    bool in_error = false;          // it has no value, which is not good enough
    std::vector<std::optional<value::Value>> shown;  // of its message
};

// Every key that a store holds a value for, as canonical bytes.
using KeysOf = std::function<std::vector<base::Bytes>(const LinkedStore& store)>;

[[nodiscard]] bool has_invariants(const LinkedSet& set);
// Those that do not hold in the state, each once, for its first key; `wanted` (null: all) chooses.
[[nodiscard]] std::vector<BrokenInvariant> broken_invariants(
    const LinkedSet& set, const StateView& state, const KeysOf& keys_of, runtime::Engine& engine,
    const std::function<bool(const bytecode::Module&, const bytecode::InvariantDecl&)>& wanted =
        nullptr);

// "hub.never_over_cap does not hold for to = guangan: more than the cap".
[[nodiscard]] std::string to_text(const LinkedSet& set, const BrokenInvariant& broken,
                                  const PartyText& names = nullptr);

}  // namespace edict::call
