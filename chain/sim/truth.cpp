#include "chain/sim/truth.h"

#include <fmt/format.h>

#include <set>

#include "chain/ledger/quorum.h"

namespace edict::sim {

Truth::Truth(std::size_t validators)
    : quorum_(ledger::quorum(ledger::ProtocolKind::pbft, validators)) {}

void Truth::violation(std::string what) {
    if (!violated_) violated_ = std::move(what);
}

void Truth::executed(const Seat& seat, const ledger::Batch& batch, const Outcome& outcome) {
    const Height height = outcome.header.height;
    Fact fact{ledger::hash_of(outcome.header), {}};
    for (const ledger::Transaction& transaction : outcome.executed) {
        fact.executed.push_back(ledger::hash_of(transaction));
    }
    if (batch.height != height) violation("a batch was executed at another height than its own");
    const auto [known, is_new] = facts_.emplace(height, fact);
    if (!is_new) {
        if (known->second.executed != fact.executed) {
            violation(fmt::format("seat {} executed another batch at height {}", seat.index(),
                                  height.value));
        } else if (known->second.header != fact.header) {
            violation(
                fmt::format("seat {} has another header at height {}", seat.index(), height.value));
        }
        return;
    }
    if (const auto below = facts_.find({height.value - 1});
        below != facts_.end() && below->second.header != outcome.header.previous) {
        violation(
            fmt::format("the header of height {} does not follow the one below it", height.value));
    }
    for (std::size_t i = 0; i < fact.executed.size(); ++i) {
        const ledger::Transaction& transaction = outcome.executed[i];
        effects_.emplace(fact.executed[i], height);
        if (!nonces_.emplace(std::pair(transaction.sender, transaction.nonce), fact.executed[i])
                 .second) {
            violation(fmt::format("nonce {} of a sender had two effects, the second at height {}",
                                  transaction.nonce.value, height.value));
        }
    }
}

void Truth::certified(const Seat& seat, const ledger::Header& header,
                      const ledger::Certificate& certificate) {
    const Hash hash = ledger::hash_of(header);
    const std::optional<Hash> known = header_at(header.height);
    if (known && *known != hash) {
        violation(fmt::format("seat {} holds a certificate for another header at height {}",
                              seat.index(), header.height.value));
    }
    if (certificate.signatures.empty() && header.height == seat.config().anchor.height) return;
    certified_ = std::max(certified_, header.height);
    std::set<ValidatorIndex> signers;
    for (const ledger::HeaderSignature& signature : certificate.signatures) {
        signers.insert(signature.validator);
    }
    if (signers.size() < quorum_ || certificate.header != hash) {
        violation(fmt::format("seat {} took {} signatures for a certificate of height {}",
                              seat.index(), signers.size(), header.height.value));
    }
}

void Truth::resumed(Height anchor) {
    if (certified_ > anchor) {
        violation(fmt::format("an epoch begins from height {}; certified was height {}",
                              anchor.value, certified_.value));
    }
    for (auto fact = facts_.upper_bound(anchor); fact != facts_.end(); fact = facts_.erase(fact)) {
        for (const Hash& transaction : fact->second.executed) effects_.erase(transaction);
    }
    std::erase_if(nonces_, [this](const auto& one) { return !effects_.contains(one.second); });
}

void Truth::acknowledged(const Hash& transaction) {
    const std::optional<Height> height = height_of(transaction);
    if (!height) {
        violation("a call was acknowledged that no correct replica executed");
        return;
    }
    acknowledged_.emplace(transaction, *height);
}

void Truth::examine(const Seat& seat, Height at_least) {
    const Machine& machine = seat.machine();
    const Height applied = machine.applied();
    if (applied < at_least) {
        violation(fmt::format("seat {} has {} heights on disk and had executed {}", seat.index(),
                              applied.value, at_least.value));
    }
    for (const auto& [height, fact] : facts_) {
        if (height > applied) break;
        const std::optional<ledger::Header> header = machine.header(height);
        if (!header || ledger::hash_of(*header) != fact.header) {
            violation(fmt::format("seat {} has another header on disk at height {}", seat.index(),
                                  height.value));
        }
    }
    for (const auto& [transaction, height] : acknowledged_) {
        if (height <= applied && !machine.find(transaction)) {
            violation(fmt::format("seat {} has lost an acknowledged call of height {}",
                                  seat.index(), height.value));
        }
    }
}

std::optional<Height> Truth::height_of(const Hash& transaction) const {
    const auto found = effects_.find(transaction);
    if (found == effects_.end()) return std::nullopt;
    return found->second;
}

std::size_t Truth::effects_at(Height height) const {
    const auto found = facts_.find(height);
    return found == facts_.end() ? 0 : found->second.executed.size();
}

Height Truth::highest() const { return facts_.empty() ? Height{0} : facts_.rbegin()->first; }

std::optional<Hash> Truth::header_at(Height height) const {
    const auto found = facts_.find(height);
    if (found == facts_.end()) return std::nullopt;
    return found->second.header;
}

}  // namespace edict::sim
