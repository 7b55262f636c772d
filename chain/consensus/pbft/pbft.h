// pbft: Byzantine agreement on batches among 1 to 20 validators, of which f = (n - 1) / 3 may do
// anything. docs/CONSENSUS.md follows it section by section:
//
//   M. Castro, B. Liskov, Practical Byzantine Fault Tolerance, OSDI 1999 (cited as OSDI), and
//   Practical Byzantine Fault Tolerance and Proactive Recovery, TOCS 20(4), 2002 (cited as TOCS).
#pragma once

#include <memory>

#include "chain/consensus/authority.h"
#include "chain/consensus/pbft/flaws.h"
#include "chain/consensus/protocol.h"

namespace edict::consensus::pbft {

// The header from which an epoch starts: genesis, or what a quorum of operators agreed to resume
// from. It needs no certificate.
struct Anchor {
    ledger::Height height;
    ledger::Hash header;
};

struct Timing {
    std::int64_t view_timeout_ms = 1000;  // doubled with each view that brings nothing
    std::int64_t resend_ms = 150;         // first delay while something is open; doubled up to idle
    std::int64_t idle_ms = 2000;          // between the signs of life of an idle replica
};

struct Config {
    ledger::Epoch epoch;
    ValidatorIndex self = 0;
    std::size_t validators = 1;  // 1 to 20
    Anchor anchor;
    Timing timing;
    Flaws flaws;  // none outside of tests
};

// `authority` must outlive the protocol.
[[nodiscard]] std::unique_ptr<Protocol> make_pbft(const Config& config, const Authority& authority);

}  // namespace edict::consensus::pbft
