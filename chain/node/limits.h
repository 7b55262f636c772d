// Every limit of the node.
#pragma once

#include <chrono>
#include <cstddef>

namespace edict::node {

// Proofs are made against the last certified header; how long a reader waits for one.
inline constexpr std::chrono::milliseconds CERTIFICATE_WAIT{2000};
// How long the admission worker waits for the receipt of its own call before it tries again.
inline constexpr std::chrono::milliseconds ATTEST_WAIT{10'000};

}  // namespace edict::node
