#include "chain/node/gathering.h"

#include "chain/ledger/limits.h"

namespace edict::node {

bool Gathering::begin(const std::vector<ledger::Hash>& batch) {
    if (batch_ == batch) return false;
    clear();
    batch_ = batch;
    return true;
}

void Gathering::lack(std::set<ledger::Hash> missing) {
    std::erase_if(missing, [this](const ledger::Hash& hash) { return came_.contains(hash); });
    missing_ = is_too_large_ ? std::set<ledger::Hash>{} : std::move(missing);
}

bool Gathering::take(const ledger::Hash& hash, const ledger::Transaction& transaction) {
    if (missing_.erase(hash) == 0) return false;
    came_.emplace(hash, transaction);
    bytes_ += transaction.arguments.size();
    if (bytes_ > ledger::MAX_BODY_BYTES) {
        is_too_large_ = true;
        missing_.clear();
        came_.clear();
    }
    return true;
}

std::optional<ledger::Transaction> Gathering::find(const ledger::Hash& hash) const {
    const auto found = came_.find(hash);
    return found == came_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace edict::node
