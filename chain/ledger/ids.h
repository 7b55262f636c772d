// The quantities of the ledger.
#pragma once

#include <cstdint>

#include "base/strong.h"

namespace edict::ledger {

using Height = base::Strong<struct HeightTag, std::uint64_t>;  // delivered batches; genesis is 0
using Nonce = base::Strong<struct NonceTag, std::uint64_t>;    // of a sender; the first call has 1
using Epoch = base::Strong<struct EpochTag, std::uint64_t>;    // of the validator set, from 0
using Cost = base::Strong<struct CostTag, std::uint64_t>;      // units of vm/bytecode/opcodes.def

}  // namespace edict::ledger
