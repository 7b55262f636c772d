// From what run_call found to what a receipt keeps.
#pragma once

#include <optional>

#include "chain/ledger/receipt.h"
#include "vm/call/call.h"

namespace edict::executor {

// Fills outcome, reason, decisions, events and the digest of writes; hash, place and cost are the
// caller's.
void record(const call::CallResult& result, const call::LinkedSet& set, ledger::Receipt& receipt);

// The way back, for explanations: outcome, reason and decisions. The regulations that answered must
// be in `set` as the receipt names them; none: one of them is not.
[[nodiscard]] std::optional<call::CallResult> recall(const ledger::Receipt& receipt,
                                                     const call::LinkedSet& set);

}  // namespace edict::executor
