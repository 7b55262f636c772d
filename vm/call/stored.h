// What stands in the state: the values that a module puts there when its stores come into being,
// and how a value is read that an older version of its module stored.
#pragma once

#include <map>
#include <optional>

#include "vm/call/call.h"

namespace edict::call {

// The initial data of a module, each in its place.
using Writes = std::map<StateKey, std::optional<base::Bytes>>;
[[nodiscard]] Writes initial_data(const bytecode::Module& module);

// A stored value as one of the type that the store has now. `schema` is the number of the type that
// it was stored as; none: the one that the store has now. The error says why it cannot be read.
[[nodiscard]] base::Result<value::Value> read_stored(const LinkedSet& set, const LinkedStore& store,
                                                     base::ByteView bytes,
                                                     std::optional<std::uint32_t> schema,
                                                     runtime::Engine& engine);

}  // namespace edict::call
