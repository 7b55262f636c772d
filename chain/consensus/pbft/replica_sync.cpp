// Catching up with certified heights, and the abstention of a replica that lost its votes.
#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "chain/consensus/pbft/replica.h"

namespace edict::consensus::pbft {

void Replica::note_certified(ValidatorIndex peer, Height height) {
    peer_certified_[peer] = std::max(peer_certified_[peer], height);
}

bool Replica::is_behind() const {
    return std::ranges::any_of(peer_certified_,
                               [this](Height height) { return height >= slot_.height; });
}

// Once between two resends, so that two replicas never answer each other for ever.
void Replica::tell_status(ValidatorIndex peer) {
    if (told_[peer] || rules_.config.flaws.forgets_certificates) return;
    told_[peer] = true;
    send(status(), peer);
}

void Replica::take(ValidatorIndex from, const Status& message) {
    if (message.epoch != rules_.config.epoch) return refuse(from, Unused::other_epoch);
    note_certified(from, message.certified);
    if (!peer_applied_[from]) peer_applied_[from] = message.applied;
    end_abstention();
    if (message.certified < certified_height()) tell_status(from);
    const bool is_outside =
        message.view < view_ || (message.view == view_ && message.changing && !changing_);
    if (is_outside && new_view_ && !told_[from]) {
        told_[from] = true;
        send(*new_view_, from);
    }
}

// One height away is the usual case of a certificate that is on its way: fetched only when it is
// late (`any`). Two away, or in the middle of catching up: at once.
void Replica::try_fetch(bool any) {
    if (fetching_ || (slot_.delivered && !slot_.executed)) return;
    const std::size_t n = rules_.config.validators;
    const std::uint64_t wanted = slot_.height.value + (any ? 0 : 1);
    for (std::size_t i = 0; i < n; ++i) {
        const auto peer = static_cast<ValidatorIndex>((next_peer_ + i) % n);
        if (peer == self() || peer_certified_[peer].value < wanted) continue;
        next_peer_ = static_cast<ValidatorIndex>((peer + 1) % n);
        fetching_ = peer;
        send(Fetch{slot_.height}, peer);
        return;
    }
}

void Replica::take(ValidatorIndex from, const Fetch& message) {
    if (message.height > certified_height() || rules_.config.flaws.forgets_certificates) return;
    out_.load.push_back({from, message.height});
}

void Replica::on(const Loaded& loaded) {
    const Stored& stored = loaded.stored;
    send(Block{{stored.header, stored.certificate}, stored.batch}, loaded.to);
}

void Replica::take(ValidatorIndex from, const Block& message) {
    if (fetching_ == from) fetching_.reset();
    if (message.certified.header.height != slot_.height) return refuse(from, Unused::old);
    if (!rules_.config.flaws.trusts_blocks && !is_valid(rules_, message.certified)) {
        peer_certified_[from] = {0};  // whatever it says, it cannot show it
        refuse(from, Unused::forged);
        return;
    }
    if (slot_.executed) {
        slot_.block = message;
        return;
    }
    // A batch that was decided here and waits for its transactions is replaced only by itself: its
    // header comes with the certificate then.
    slot_.block = message;
    slot_.block_from = from;
    slot_.delivered = ledger::hash_of(message.batch);
    out_.deliver.push_back({message.batch, ledger::hash_of(message.certified.header)});
}

// A vote of before the loss was for a height of at most W above what was certified then, and of
// those who certified that a correct one is among any n - q + f + 1 others.
void Replica::end_abstention() {
    if (!abstaining_) return;
    std::size_t reports = 0;
    Height highest{0};
    for (const std::optional<Height>& applied : peer_applied_) {
        if (!applied) continue;
        ++reports;
        highest = std::max(highest, *applied);
    }
    const std::size_t needed = rules_.config.validators - rules_.quorum + rules_.faults + 1;
    if (reports < needed || slot_.height.value <= highest.value + 1) return;
    abstaining_ = false;
    dirty_ = true;
}

}  // namespace edict::consensus::pbft
