// A copy of a node's state, for its backup and for its return.
#pragma once

#include <string>

#include "base/result.h"
#include "chain/ledger/genesis.h"

namespace edict::cli {

// On stable storage when it returns, and under the name `to` only if it is whole and a state of
// this chain, whose last height is returned. Nothing may run on `from` but a store's checkpoint.
[[nodiscard]] base::Result<ledger::Height> copy_state(const std::string& from,
                                                      const std::string& to,
                                                      const ledger::Genesis& genesis);

}  // namespace edict::cli
