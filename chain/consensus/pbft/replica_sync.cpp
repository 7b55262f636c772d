// Catching up with certified heights, and the abstention of a replica that lost its votes.
#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "chain/consensus/pbft/replica.h"

namespace edict::consensus::pbft {

void Replica::note_certified(ValidatorIndex peer, Height height) {
    Height& known = peers_[peer].certified;
    known = std::max(known, height);
}

bool Replica::may_be_behind() const {
    return std::ranges::any_of(peers_,
                               [this](const Peer& peer) { return peer.certified >= slot_.height; });
}

// What f of them say may be a lie.
bool Replica::is_behind(std::uint64_t heights) const {
    const auto is_ahead = [&](const Peer& peer) {
        return peer.certified.value >= certified_height().value + heights;
    };
    return std::cmp_greater(std::ranges::count_if(peers_, is_ahead), rules_.faults);
}

// One height is the usual distance between two replicas, and whoever certified the height above the
// open one still has the open one when it starts again.
bool Replica::is_catching_up() const { return is_behind(2); }

// Both once between two resends, so that two replicas never answer each other for ever.
void Replica::tell_status(ValidatorIndex peer) {
    if (peers_[peer].told_status || rules_.config.flaws.forgets_certificates) return;
    peers_[peer].told_status = true;
    send(status(), peer);
}

// What began this view, or what this replica does to begin it.
void Replica::tell_view(ValidatorIndex peer) {
    if (peers_[peer].told_view || !(changing_ ? may_vote() : new_view_.has_value())) return;
    peers_[peer].told_view = true;
    if (changing_) {
        send(own_view_change(), peer);
    } else {
        send(*new_view_, peer);
    }
}

void Replica::take(ValidatorIndex from, const Status& message) {
    if (message.epoch != rules_.config.epoch) return refuse(from, Unused::other_epoch);
    Peer& peer = peers_[from];
    peer.certified = message.certified;  // it may have lost its last certificate
    peer.silent = false;
    if (!peer.applied) peer.applied = message.applied;
    end_abstention();
    if (message.certified < certified_height()) tell_status(from);
    const bool is_outside =
        message.view < view_ || (message.view == view_ && message.changing && !changing_);
    if (is_outside) tell_view(from);
}

// ---- blocks -------------------------------------------------------------------------------------

// One height away is the usual case of a certificate that is on its way: fetched only when it is
// late (`any`). Two away, or in the middle of catching up: at once. One peer after the other is
// asked for some heights; not one that sent nothing or what did not run, while there are others.
void Replica::try_fetch(bool any) {
    if (fetching_ && slot_.height > fetching_->last) fetching_.reset();
    if (fetching_ || (slot_.delivered && !slot_.executed)) return;
    const std::size_t n = rules_.config.validators;
    const std::uint64_t wanted = slot_.height.value + (any ? 0 : 1);
    const auto is_doubted = [this](ValidatorIndex peer) {
        return peers_[peer].spoiled || peers_[peer].silent;
    };
    std::optional<ValidatorIndex> chosen;
    for (std::size_t i = 0; i < n; ++i) {
        const auto peer = static_cast<ValidatorIndex>((next_peer_ + i) % n);
        if (peer == self() || peers_[peer].certified.value < wanted) continue;
        if (!chosen || (is_doubted(*chosen) && !is_doubted(peer))) chosen = peer;
    }
    if (!chosen) return;
    if (is_doubted(*chosen)) {  // no other is left
        for (Peer& peer : peers_) peer.spoiled = peer.silent = false;
    }
    next_peer_ = static_cast<ValidatorIndex>((*chosen + 1) % n);
    const Height last{
        std::min(peers_[*chosen].certified.value, slot_.height.value + MAX_FETCHED_HEIGHTS - 1)};
    fetching_ = {*chosen, last, slot_.height};
    Height& asked = peers_[*chosen].asked;
    asked = std::max(asked, last);
    send(Fetch{slot_.height, last}, *chosen);
}

// At each resend: if nothing came since the last one, another peer is asked.
void Replica::end_fetching() {
    if (fetching_ && fetching_->at_resend != slot_.height) {
        fetching_->at_resend = slot_.height;
        return;
    }
    if (slot_.block && !slot_.executed) {
        if (slot_.block_resends++ == 0) return;  // its transactions are on their way
        slot_.delivered.reset();                 // perhaps another peer's runs
        peers_[slot_.block_from].spoiled = true;
    }
    if (fetching_) peers_[fetching_->peer].silent = true;
    fetching_.reset();
}

void Replica::take(ValidatorIndex from, const Fetch& message) {
    if (rules_.config.flaws.forgets_certificates) return;
    const Height last = std::min(message.last, certified_height());
    for (Height height = message.height; height <= last; ++height.value) {
        out_.load.push_back({from, height});
    }
}

void Replica::on(const Loaded& loaded) {
    const Stored& stored = loaded.stored;
    send(Block{{stored.header, stored.certificate}, stored.batch}, loaded.to);
}

// Only from who was asked, however late, and one at a time: the batch of a block may name
// transactions that nobody has. One that waits for its transactions, or was decided here, is not
// replaced by another.
void Replica::take(ValidatorIndex from, const Block& message) {
    const Height height = message.certified.header.height;
    Peer& peer = peers_[from];
    if (height < slot_.height || height > peer.asked || peer.spoiled ||
        height.value - slot_.height.value >= MAX_FETCHED_HEIGHTS) {
        return refuse(from, Unused::old);
    }
    if (height > slot_.height) {
        if (fetching_ && fetching_->peer == from) {
            ahead_.insert_or_assign(height, std::pair{from, message});
        } else {
            ahead_.try_emplace(height, from, message);
        }
        return;
    }
    const Hash batch = ledger::hash_of(message.batch);
    if (slot_.delivered && !slot_.executed && (slot_.block || *slot_.delivered != batch)) return;
    const ledger::Header& header = message.certified.header;
    const bool continues = header.previous == ledger::hash_of(certified_.header);
    const bool is_abandoned = !continues && header.epoch != rules_.config.epoch;
    const bool is_trusted =
        rules_.config.flaws.trusts_blocks || is_valid(rules_, message.certified);
    if (!is_trusted || is_abandoned) {
        peer.certified = {0};  // whatever it says, it cannot show it
        peer.spoiled = true;
        if (fetching_ && fetching_->peer == from) fetching_.reset();
        refuse(from, is_trusted ? Unused::other_epoch : Unused::forged);
        return;
    }
    // A quorum of this epoch has another history: fetching more cannot end that.
    if (!continues) return halt_elsewhere(certified_height());
    if (slot_.executed) {
        slot_.block = message;
        return;
    }
    slot_.block = message;
    slot_.block_from = from;
    slot_.block_resends = 0;
    slot_.delivered = batch;
    out_.deliver.push_back({message.batch, ledger::hash_of(message.certified.header)});
}

bool Replica::try_block() {
    if (slot_.block || (slot_.delivered && !slot_.executed)) return false;
    const auto next = ahead_.extract(slot_.height);
    if (!next) return false;
    take(next.mapped().first, next.mapped().second);
    return true;
}

// A vote of before the loss was for a height of at most W above what was certified then, and of
// those who certified that a correct one is among any n - q + f + 1 others.
void Replica::end_abstention() {
    if (!abstaining_) return;
    std::size_t reports = 0;
    Height highest{0};
    for (const Peer& peer : peers_) {
        if (!peer.applied) continue;
        ++reports;
        highest = std::max(highest, *peer.applied);
    }
    const std::size_t needed = rules_.config.validators - rules_.quorum + rules_.faults + 1;
    const std::uint64_t slot = slot_.height.value;  // what a peer reported may be any number
    if (reports < needed || slot < 2 || slot - 2 < highest.value) return;
    abstaining_ = false;
    dirty_ = true;
}

}  // namespace edict::consensus::pbft
