#include "chain/pool/pool.h"

#include <algorithm>

#include "base/check.h"
#include "chain/ledger/codec.h"

namespace edict::pool {

Added Pool::add(ledger::Transaction transaction) {
    const base::Bytes encoded = ledger::encode(transaction);
    const ledger::Hash hash = crypto::sha256(encoded);
    if (by_hash_.contains(hash)) return Added::known;
    if (const auto sender = by_sender_.find(transaction.sender); sender != by_sender_.end()) {
        if (sender->second.contains(transaction.nonce)) return Added::nonce_taken;
        if (sender->second.size() >= MAX_OF_SENDER) return Added::sender_full;
    }
    if (encoded.size() > max_bytes_ || bytes_ > max_bytes_ - encoded.size()) return Added::full;

    const ledger::PartyId sender = transaction.sender;
    const ledger::Nonce nonce = transaction.nonce;
    bytes_ += encoded.size();
    by_hash_[hash] = {sender, nonce};
    by_sender_[sender].emplace(nonce,
                               Entry{std::move(transaction), hash, encoded.size(), ++arrivals_});
    return Added::added;
}

std::vector<ledger::Transaction> Pool::ready(const NextNonce& next, std::size_t max_transactions,
                                             std::size_t max_bytes) const {
    // A sender's transactions take, in the order of their nonces, the turns in which they arrived:
    // nobody gains by sending later nonces first.
    std::vector<std::pair<std::uint64_t, const Entry*>> turns;
    for (const auto& [sender, waiting] : by_sender_) {
        ledger::Nonce wanted = next(sender);
        std::vector<std::uint64_t> arrivals;
        std::vector<const Entry*> run;
        for (const auto& [nonce, entry] : waiting) {
            if (nonce != wanted) {
                if (nonce < wanted) continue;
                break;
            }
            ++wanted.value;
            arrivals.push_back(entry.arrival);
            run.push_back(&entry);
        }
        std::sort(arrivals.begin(), arrivals.end());
        for (std::size_t i = 0; i < run.size(); ++i) turns.emplace_back(arrivals[i], run[i]);
    }
    std::sort(turns.begin(), turns.end());

    std::vector<ledger::Transaction> chosen;
    std::size_t bytes = 0;
    for (const auto& [turn, entry] : turns) {
        if (chosen.size() >= max_transactions || bytes + entry->bytes > max_bytes) break;
        bytes += entry->bytes;
        chosen.push_back(entry->transaction);
    }
    return chosen;
}

const ledger::Transaction* Pool::find(const ledger::Hash& transaction) const {
    const auto found = by_hash_.find(transaction);
    if (found == by_hash_.end()) return nullptr;
    return &by_sender_.at(found->second.sender).at(found->second.nonce).transaction;
}

void Pool::remove(const ledger::Hash& transaction) {
    const auto found = by_hash_.find(transaction);
    if (found == by_hash_.end()) return;
    const At at = found->second;
    erase(at.sender, at.nonce);
}

void Pool::drop_expired(ledger::Height next) {
    std::vector<ledger::Hash> expired;
    for (const auto& [sender, waiting] : by_sender_) {
        for (const auto& [nonce, entry] : waiting) {
            if (entry.transaction.expiry < next) expired.push_back(entry.hash);
        }
    }
    for (const ledger::Hash& hash : expired) remove(hash);
}

void Pool::drop_used(const ledger::PartyId& sender, ledger::Nonce last) {
    const auto found = by_sender_.find(sender);
    if (found == by_sender_.end()) return;
    std::vector<ledger::Nonce> used;
    for (const auto& [nonce, entry] : found->second) {
        if (nonce <= last) used.push_back(nonce);
    }
    for (const ledger::Nonce nonce : used) erase(sender, nonce);
}

void Pool::erase(const ledger::PartyId& sender, ledger::Nonce nonce) {
    const auto found = by_sender_.find(sender);
    EDICT_CHECK(found != by_sender_.end());
    const auto entry = found->second.find(nonce);
    EDICT_CHECK(entry != found->second.end());
    bytes_ -= entry->second.bytes;
    by_hash_.erase(entry->second.hash);
    found->second.erase(entry);
    if (found->second.empty()) by_sender_.erase(found);
}

}  // namespace edict::pool
