// Gathering: the transactions of one batch that this node lacks, as peers send them.
#pragma once

#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "chain/ledger/transaction.h"

namespace edict::node {

class Gathering {
public:
    // Forgets what was gathered for another batch. True: it did, nobody was asked for this one yet.
    bool begin(const std::vector<ledger::Hash>& batch);
    // What is lacking at this moment; what came is not.
    void lack(std::set<ledger::Hash> missing);
    // True: it was missing. More than a batch may hold is not kept: is_too_large() from then on.
    bool take(const ledger::Hash& hash, const ledger::Transaction& transaction);
    void clear() { *this = {}; }

    [[nodiscard]] std::optional<ledger::Transaction> find(const ledger::Hash& hash) const;
    [[nodiscard]] const std::set<ledger::Hash>& missing() const { return missing_; }
    [[nodiscard]] bool is_too_large() const { return is_too_large_; }

private:
    std::vector<ledger::Hash> batch_;
    std::set<ledger::Hash> missing_;
    std::unordered_map<ledger::Hash, ledger::Transaction> came_;
    std::size_t bytes_ = 0;  // of arguments
    bool is_too_large_ = false;
};

}  // namespace edict::node
