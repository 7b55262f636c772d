// solo: one validator. It orders what its pool holds, one open height at a time (W = 1), and its
// own signature is the certificate.
#pragma once

#include "chain/consensus/protocol.h"

namespace edict::consensus {

// Proposes in `epoch`, from the height that Started names.
[[nodiscard]] std::unique_ptr<Protocol> make_solo(ledger::Epoch epoch);

}  // namespace edict::consensus
