// View changes (TOCS 2.3.4, 2.3.5).
#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "chain/consensus/pbft/replica.h"

namespace edict::consensus::pbft {

ViewChange Replica::own_view_change() const {
    ViewChange change{rules_.config.epoch, view_, self(), certified_, slot_.prepared, {}};
    if (rules_.config.flaws.drops_prepared) change.prepared.reset();
    change.signature = rules_.authority.sign_vote(signed_bytes(change));
    return change;
}

void Replica::start_view_change(View view) {
    EDICT_CHECK(view > view_);
    view_ = view;
    changing_ = true;
    opening_.reset();
    new_view_.reset();
    slot_.ballot = fresh_ballot();
    restart_view_timer_ = true;
    was_busy_ = false;
    dirty_ = true;
    peers_[self()].change = own_view_change();
    send(*peers_[self()].change);
}

void Replica::take(ValidatorIndex from, const ViewChange& message) {
    if (message.epoch != rules_.config.epoch) return refuse(from, Unused::other_epoch);
    if (message.sender != from) return refuse(from, Unused::forged);
    if (message.view < view_ || (message.view == view_ && !changing_)) {
        refuse(from, Unused::old);
        tell_view(from);
        return;
    }
    std::optional<ViewChange>& known = peers_[from].change;
    if (known && (known->view > message.view || *known == message)) return;
    if (++peers_[from].verified_changes > MAX_VERIFIED_CHANGES)
        return refuse(from, Unused::too_many);
    if (!is_valid(rules_, message)) return refuse(from, Unused::forged);
    note_certified(from, message.certified.header.height);
    known = message;
}

// f + 1 replicas cannot all be faulty: join the lowest of the views that they ask for.
bool Replica::try_join() {
    if (!may_vote()) return false;
    std::size_t count = 0;
    std::optional<View> lowest;
    for (const Peer& peer : peers_) {
        const std::optional<ViewChange>& change = peer.change;
        if (!change || change->view <= view_) continue;
        ++count;
        if (!lowest || change->view < *lowest) lowest = change->view;
    }
    if (count <= rules_.faults) return false;
    start_view_change(*lowest);
    return true;
}

bool Replica::try_new_view() {
    if (!changing_ || !is_primary() || !may_vote()) return false;
    std::vector<ViewChange> changes;
    for (const Peer& peer : peers_) {
        if (peer.change && peer.change->view == view_) changes.push_back(*peer.change);
    }
    changes = choose_changes(rules_, std::move(changes));
    if (changes.size() < rules_.quorum) return false;
    const ledger::Batch opening = opening_of(rules_, changes);
    NewView view{rules_.config.epoch, view_, std::move(changes), {}};
    view.proposal = rules_.authority.sign_vote(signed_bytes(Vote{
        Phase::pre_prepare, rules_.config.epoch, view_, opening.height, ledger::hash_of(opening)}));
    send(view);
    enter(view, opening);
    return true;
}

void Replica::take(ValidatorIndex from, const NewView& message) {
    if (message.epoch != rules_.config.epoch) return refuse(from, Unused::other_epoch);
    if (message.view < view_) return refuse(from, Unused::old);
    if (message.view == view_ && !changing_) {
        // Entered already; after a restart the opening may be all that is missing.
        if (new_view_ || slot_.ballot.proposal || !opening_ || opening_->height != slot_.height) {
            return;
        }
    }
    if (!is_valid(rules_, message)) return refuse(from, Unused::forged);
    const ledger::Batch opening = opening_of(rules_, message.view_changes);
    if (message.view == view_ && !changing_ && opening_->batch != ledger::hash_of(opening)) return;
    note_certified(from, {opening.height.value - 1});
    enter(message, opening);
}

void Replica::enter(const NewView& view, const ledger::Batch& opening) {
    view_ = view.view;
    changing_ = false;
    new_view_ = view;
    opening_ = {opening.height, ledger::hash_of(opening)};
    slot_.ballot = fresh_ballot();
    restart_view_timer_ = true;
    was_busy_ = false;
    nothing_ = false;
    replay_ = true;
    dirty_ = true;
    for (Peer& peer : peers_) {
        if (peer.change && peer.change->view <= view_) peer.change.reset();
    }
    for (const ViewChange& change : view.view_changes) {
        const Height height = change.certified.header.height;
        if (change.sender != self()) note_certified(change.sender, height);
    }
    if (opening_->height == slot_.height) accept_opening();
}

void Replica::accept_opening() {
    const ledger::Batch opening = opening_of(rules_, new_view_->view_changes);
    if (slot_.delivered && !slot_.block && *slot_.delivered != opening_->batch) {
        halt(fmt::format("view {} begins with another batch at height {} than was delivered here",
                         view_.value, slot_.height.value));
        return;
    }
    accept_proposal({view_, opening, new_view_->proposal}, false);
}

}  // namespace edict::consensus::pbft
