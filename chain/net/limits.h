// Every limit of the connections between validators.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "chain/ledger/limits.h"

namespace edict::net {

inline constexpr std::uint16_t PROTOCOL_VERSION = 1;  // of hello and frames

// Payloads of frames. A consensus message is at most 8 MiB, a call a transaction and its length.
inline constexpr std::size_t MAX_CONSENSUS_BYTES = 8 << 20;
inline constexpr std::size_t MAX_CALLS_BYTES = 4 << 20;  // at least one transaction fits
inline constexpr std::size_t MAX_WANT_BYTES = 32 * ledger::MAX_BATCH_TRANSACTIONS;
inline constexpr std::size_t MAX_BODIES_BYTES = 4 << 20;  // at least one transaction fits
static_assert(MAX_CALLS_BYTES > ledger::MAX_TRANSACTION_BYTES);

// What waits for one peer; beyond it the oldest go.
inline constexpr std::size_t MAX_QUEUED_FRAMES = 4096;
inline constexpr std::size_t MAX_QUEUED_BYTES = 32 << 20;
inline constexpr std::size_t WRITE_BYTES = 256 << 10;  // small frames that are written together

// Connections whose other end has not shown who it is. One more, and the oldest of them goes.
inline constexpr std::size_t MAX_UNKNOWN = 32;
inline constexpr std::size_t MAX_HOST_BYTES = 253;

struct Timing {
    std::chrono::milliseconds connect{3000};    // connect, TLS and hello, each step
    std::chrono::milliseconds stall{10'000};    // a write that takes so long ends the connection
    std::chrono::milliseconds ping{2000};       // at least so often something is sent
    std::chrono::milliseconds silence{15'000};  // nothing for so long ends the connection
    std::chrono::milliseconds first_retry{100};
    std::chrono::milliseconds last_retry{3000};
    std::chrono::milliseconds same_notice{
        30'000};  // between two notices of one kind about one peer
};

}  // namespace edict::net
