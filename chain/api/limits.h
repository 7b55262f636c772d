// Every limit of the HTTP API.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "chain/ledger/limits.h"

namespace edict::api {

inline constexpr std::uint16_t DEFAULT_PORT = 7411;
// A transaction in hexadecimal inside JSON, or the arguments of a dry run.
inline constexpr std::size_t MAX_REQUEST_BYTES = 2 * ledger::MAX_TRANSACTION_BYTES + (64 << 10);
inline constexpr std::size_t MAX_PATH_BYTES = 512;  // without the query
inline constexpr std::size_t THREADS = 24;
inline constexpr std::ptrdiff_t MAX_CONNECTIONS = 128;   // open at once; further ones wait
inline constexpr std::size_t MAX_WAITING_REQUESTS = 12;  // that hold a thread until it comes
inline constexpr std::chrono::milliseconds MAX_WAIT{30'000};
// For the whole of a request, the whole of an answer, and the time between two of them.
inline constexpr std::chrono::seconds REQUEST_TIMEOUT{20};
inline constexpr std::chrono::seconds ANSWER_TIMEOUT{30};
inline constexpr std::chrono::seconds KEEP_ALIVE{2};
inline constexpr std::chrono::seconds STOP_GRACE{2};  // in which a stop lets answers be finished
inline constexpr std::size_t REQUESTS_PER_CONNECTION = 1'000'000;
inline constexpr std::size_t MAX_LISTED_DUTIES = 1'000;        // in one answer
inline constexpr std::uint64_t LOW_DISK_BYTES = 512ULL << 20;  // then health and metrics warn

}  // namespace edict::api
