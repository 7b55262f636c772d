// Every limit of the node.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace edict::node {

// Proofs are made against the last certified header; how long a reader waits for one.
inline constexpr std::chrono::milliseconds CERTIFICATE_WAIT{2000};
// How long the admission worker waits for the receipt of its own call before it tries again.
inline constexpr std::chrono::milliseconds ATTEST_WAIT{10'000};

// Messages of the protocol from one peer that wait to be read; one more waits in its connection.
inline constexpr std::size_t MAX_INBOX_MESSAGES = 256;
inline constexpr std::size_t MAX_INBOX_BYTES = 16 << 20;

// How often calls that wait are told to others again, and missing transactions asked for again.
inline constexpr std::chrono::milliseconds TICK{400};
inline constexpr std::size_t TOLD_AGAIN = 64;  // calls at each tick, the oldest

// What one peer may cost this node in each window; what is more is dropped and counted.
inline constexpr std::chrono::milliseconds PEER_WINDOW{1000};
inline constexpr std::uint64_t MAX_BAD_CALLS = 500;  // calls of no sender or with no good signature
inline constexpr std::uint64_t MAX_WANTED = 50'000;  // transactions that it asks for
inline constexpr std::uint64_t MAX_SENT_HEIGHTS = 2000;
// Messages that no correct validator sends: each may cost hundreds of signature checks.
inline constexpr std::uint64_t MAX_BAD_MESSAGES = 20;

inline constexpr std::size_t MAX_EVIDENCE = 1000;  // proofs of misdeeds that are kept

}  // namespace edict::node
