// From what run_call found to what a receipt keeps.
#pragma once

#include "chain/ledger/receipt.h"
#include "vm/call/call.h"

namespace edict::executor {

// Fills outcome, reason, decisions, events and the digest of writes; hash, place and cost are the
// caller's.
void record(const call::CallResult& result, const call::LinkedSet& set, ledger::Receipt& receipt);

}  // namespace edict::executor
