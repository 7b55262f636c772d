#include "chain/executor/signatures.h"

namespace edict::executor {

bool Signatures::valid(const ledger::Transaction& transaction, const ledger::Hash& hash,
                       const ledger::PublicKey& key) {
    // The hash covers the signature; with the key beside it, it stands for the whole question.
    base::Writer question;
    write(question, hash);
    write(question, key);
    const ledger::Hash remembered = crypto::sha256(question.out());
    {
        const std::scoped_lock lock(mutex_);
        if (valid_.contains(remembered)) return true;
    }
    const auto begun = std::chrono::steady_clock::now();
    const bool is_valid = ledger::verify_signature(transaction, key);
    const auto spent = std::chrono::steady_clock::now() - begun;
    const std::scoped_lock lock(mutex_);
    spent_ += spent;
    ++checked_;
    if (is_valid && valid_.insert(remembered).second) {
        oldest_.push_back(remembered);
        if (oldest_.size() > MAX_REMEMBERED) {
            valid_.erase(oldest_.front());
            oldest_.pop_front();
        }
    }
    return is_valid;
}

std::uint64_t Signatures::spent_us() const {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(spent_).count());
}

std::size_t Signatures::checked() const {
    const std::scoped_lock lock(mutex_);
    return checked_;
}

}  // namespace edict::executor
