// Quorums: how many of n validators must agree, so that any two quorums share a correct one.
#pragma once

#include <cstddef>

#include "chain/ledger/genesis.h"

namespace edict::ledger {

// How many of n may be faulty: Byzantine for pbft, crashed for raft, none for solo.
[[nodiscard]] constexpr std::size_t faults_tolerated(ProtocolKind protocol, std::size_t n) {
    if (n == 0 || protocol == ProtocolKind::solo) return 0;
    return protocol == ProtocolKind::pbft ? (n - 1) / 3 : (n - 1) / 2;
}

// pbft: floor((n + f) / 2) + 1; raft: floor(n / 2) + 1; solo: 1. n is at least 1.
[[nodiscard]] constexpr std::size_t quorum(ProtocolKind protocol, std::size_t n) {
    if (protocol == ProtocolKind::solo) return 1;
    if (protocol == ProtocolKind::raft) return n / 2 + 1;
    return (n + faults_tolerated(protocol, n)) / 2 + 1;
}

[[nodiscard]] inline std::size_t quorum(const ValidatorSet& set) {
    return quorum(set.protocol, set.validators.size());
}

}  // namespace edict::ledger
