// State keys and values: where everything that influences execution stands in the state tree.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "chain/ledger/genesis.h"

namespace edict::ledger {

// A place in the state. Names, never a module hash or an index, so that an upgrade moves nothing.
struct StatePlace {
    std::string module;
    std::string name;  // the declared name of the store
    Bytes key;         // canonical bytes of the key; empty for a single value
    friend auto operator<=>(const StatePlace&, const StatePlace&) = default;
};

struct StateValue {
    std::uint32_t schema = 0;  // the number of its type; 0 for what the chain keeps itself
    Bytes bytes;               // canonical
    friend bool operator==(const StateValue&, const StateValue&) = default;
};

// The key in the state tree: SHA-256 of the canonical bytes of the place.
[[nodiscard]] Hash state_key(const StatePlace& place);
// The hash of a value in the state tree: SHA-256 of its canonical bytes.
[[nodiscard]] Hash state_value_hash(const StateValue& value);

// The digest in a receipt: SHA-256 over count and, ascending by key and each once, state key, and
// whether it was removed or the hash of the value written.
using StateWrite = std::pair<Hash, std::optional<Hash>>;
[[nodiscard]] Hash writes_digest(std::span<const StateWrite> writes);

}  // namespace edict::ledger
