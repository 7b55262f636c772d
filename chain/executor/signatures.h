// Which signatures were found valid: each is checked once on a node, wherever it is first seen.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <unordered_set>

#include "chain/ledger/transaction.h"

namespace edict::executor {

class Signatures {
public:
    // Whether `key` signed the transaction. Safe from several threads.
    [[nodiscard]] bool valid(const ledger::Transaction& transaction, const ledger::Hash& hash,
                             const ledger::PublicKey& key);
    // Checks made, not found in memory.
    [[nodiscard]] std::size_t checked() const;
    [[nodiscard]] std::uint64_t spent_us() const;  // on them, of all threads together

private:
    static constexpr std::size_t MAX_REMEMBERED = 200'000;

    mutable std::mutex mutex_;
    std::unordered_set<ledger::Hash> valid_;
    std::deque<ledger::Hash> oldest_;
    std::size_t checked_ = 0;
    std::chrono::steady_clock::duration spent_{};
};

}  // namespace edict::executor
