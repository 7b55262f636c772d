#include "chain/consensus/pbft/replica.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace edict::consensus::pbft {

Replica::Replica(const Config& config, const Authority& authority)
    : rules_(rules_of(config, authority)), peers_(config.validators) {}

Update Replica::step(const Event& event) {
    out_ = {};
    dirty_ = false;
    if (!halted_) {
        std::visit([this](const auto& known) { on(known); }, event);
        settle();
    }
    // While it abstains, what it promised before (or that this is lost) is what must stay on disk.
    if (dirty_ && !abstaining_ && !rules_.config.flaws.sends_before_persist) {
        VoteRecord record{rules_.config.epoch, view_,         changing_, certified_, opening_,
                          std::nullopt,        slot_.prepared};
        if (slot_.ballot.voted) record.accepted = slot_.ballot.proposal;
        out_.persist = encode(record);
    }
    return std::move(out_);
}

void Replica::settle() {
    bool moved = true;
    while (moved && !halted_) {
        moved = replay_early();
        moved |= try_join() || try_new_view();
        moved |= try_ask() || try_prepare() || try_commit() || try_deliver();
        moved |= try_block() || try_certify();
    }
    if (halted_) return;
    try_propose();
    try_fetch(false);
    set_timers();
}

// ---- start --------------------------------------------------------------------------------------

void Replica::on(const Started& started) {
    const Anchor& anchor = rules_.config.anchor;
    applied_ = started.applied;
    certified_ = {started.last_certified, started.certificate};
    if (started.applied == anchor.height && started.header == anchor.header) {
        certified_ = {started.last_applied, std::nullopt};
        // What waits for this height to be certified need not wait for more.
        if (!started.certified) out_.certify.push_back({applied_, {started.header, {}}});
    }
    if (applied_.value > certified_height().value + 1 || applied_ < certified_height()) {
        halt(
            fmt::format("the data end at height {}, certified is height {}: at most one height "
                        "may lack its certificate; restore this node from a backup",
                        applied_.value, certified_height().value));
        return;
    }
    abstaining_ = started.votes_lost && !rules_.config.flaws.votes_after_loss;
    std::optional<VoteRecord> record;
    if (!started.persisted.empty()) {
        base::Result<VoteRecord> decoded = decode<VoteRecord>(started.persisted);
        if (!decoded) {
            halt("the votes of this validator are damaged: " + decoded.error().message);
            return;
        }
        if (decoded->epoch > rules_.config.epoch) {
            halt(fmt::format("this validator has voted in epoch {}; it was started in epoch {}",
                             decoded->epoch.value, rules_.config.epoch.value));
            return;
        }
        if (decoded->epoch == rules_.config.epoch) record = *std::move(decoded);
    }
    if (record && record->certified.header.height > certified_height()) {
        const CertifiedHeader& known = record->certified;
        if (known.header.height > applied_) {
            abstaining_ = true;  // the data are older than the votes
        } else if (!rules_.config.flaws.forgets_certified && known.certificate) {
            certified_ = known;  // its certificate was stored, but not synced
            out_.certify.push_back({applied_, *known.certificate});
        }
    }
    slot_ = fresh_slot({certified_height().value + 1});
    if (applied_ == slot_.height) {
        slot_.executed = true;
        slot_.header = started.header;
        slot_.fields = started.last_applied;
        out_.sign.push_back({applied_, started.header});
    }
    if (record) restore(*record);
    end_abstention();
    send(status());
    if (changing_ && may_vote()) {
        peers_[self()].change = own_view_change();
        send(*peers_[self()].change);
    }
}

// What it promised before it stopped: the view, the vote in it and the prepared proof.
void Replica::restore(const VoteRecord& record) {
    view_ = record.view;
    changing_ = record.changing;
    if (!rules_.config.flaws.forgets_opening) opening_ = record.opening;
    if (record.prepared && record.prepared->batch.height == slot_.height) {
        slot_.prepared = record.prepared;
    }
    if (changing_ || !record.accepted || record.accepted->view != view_ ||
        record.accepted->batch.height != slot_.height) {
        return;
    }
    accept_proposal(*record.accepted, false);
    Ballot& ballot = slot_.ballot;
    ballot.voted = true;
    if (!is_primary()) {
        ballot.prepares[self()] = {
            ballot.batch,
            rules_.authority.sign_vote(signed_bytes(vote(Phase::prepare, *ballot.proposal)))};
    }
    if (slot_.prepared && slot_.prepared->view == view_) {
        ballot.commit_sent = true;
        ballot.commits[self()] = ballot.batch;
    }
}

// ---- timers -------------------------------------------------------------------------------------

void Replica::on(const Waiting& waiting) {
    nothing_ = false;
    std::optional<Wait> now;
    if (waiting.oldest || waiting.due) now = Wait{waiting.oldest.value_or(Hash{}), waiting.due};
    // TOCS 2.3.5: the timer runs for one request until that one is executed.
    if (now != waiting_ && !changing_) restart_view_timer_ = true;
    waiting_ = now;
}

void Replica::on(const TimerFired& fired) {
    if (fired.timer == TimerKind::resend) {
        resend();
        const Timing& timing = rules_.config.timing;
        resend_in_ms_ = is_busy() ? std::min(resend_in_ms_ * 2, timing.idle_ms) : timing.idle_ms;
        out_.timers.push_back({TimerKind::resend, resend_in_ms_});
        return;
    }
    view_timer_ = false;
    if (!changing_ && is_catching_up()) return;  // it is late itself
    if (!may_vote() || rules_.config.flaws.never_changes_view) return;
    if (doublings_ < MAX_DOUBLINGS && !rules_.config.flaws.constant_timeout) ++doublings_;
    start_view_change({view_.value + 1});
}

bool Replica::is_busy() const {
    return changing_ || waiting_ || slot_.ballot.proposal || slot_.executed || may_be_behind();
}

// TOCS 2.3.5: the timer runs while a request waits, and in a view change from when a quorum asks
// for this view or a later one; it is doubled each time it fires.
void Replica::set_timers() {
    const auto asks = [this](const Peer& peer) {
        return peer.change && peer.change->view >= view_;
    };
    const bool is_open = waiting_ || slot_.ballot.proposal || slot_.executed;
    const bool wanted =
        may_vote() &&
        (changing_ ? std::cmp_greater_equal(std::ranges::count_if(peers_, asks), rules_.quorum)
                   : is_open);
    const Timing& timing = rules_.config.timing;
    if (wanted && (!view_timer_ || restart_view_timer_)) {
        out_.timers.push_back({TimerKind::view, timing.view_timeout_ms << doublings_});
    } else if (!wanted && view_timer_) {
        out_.timers.push_back({TimerKind::view, std::nullopt});
    }
    view_timer_ = wanted;
    restart_view_timer_ = false;
    const bool busy = is_busy();
    // Steady progress puts it off no further than the first delay.
    if (resend_in_ms_ == 0 || (busy && !was_busy_ && resend_in_ms_ > timing.resend_ms)) {
        resend_in_ms_ = timing.resend_ms;
        out_.timers.push_back({TimerKind::resend, resend_in_ms_});
    }
    was_busy_ = busy;
}

// Everything that a peer may still lack.
void Replica::resend() {
    for (Peer& peer : peers_) {
        peer.told_status = peer.told_view = false;
        peer.verified_changes = 0;
    }
    send(status());
    Ballot& ballot = slot_.ballot;
    if (changing_ && may_vote()) {
        peers_[self()].change = own_view_change();
        send(*peers_[self()].change);
    }
    if (!changing_ && ballot.proposal && ballot.voted) {
        if (is_primary()) {
            if (new_view_ && opening_->height == slot_.height) send(*new_view_);
            send(*ballot.proposal);
        } else if (const auto& own = ballot.prepares[self()]) {
            send(Prepare{rules_.config.epoch, view_, slot_.height, ballot.batch,
                         ballot.proposal->signature, own->signature});
        }
        if (ballot.commit_sent) {
            send(Commit{rules_.config.epoch, view_, slot_.height, ballot.batch});
        }
    }
    if (const auto& own = slot_.header_votes[self()]) send(*own);
    end_fetching();
    try_fetch(true);
}

// ---- messages -----------------------------------------------------------------------------------

void Replica::on(const Received& received) {
    if (received.from >= rules_.config.validators || received.from == self()) return;
    const base::Result<Message> message = decode<Message>(received.message);
    if (!message) return refuse(received.from, Unused::unreadable);
    take(received.from, *message);
}

void Replica::take(ValidatorIndex from, const Message& message) {
    std::visit([&](const auto& payload) { take(from, payload); }, message.payload);
}

bool Replica::is_current(ValidatorIndex from, Epoch epoch, View view, Height height,
                         const Payload& payload) {
    if (epoch != rules_.config.epoch) {
        refuse(from, Unused::other_epoch);
        return false;
    }
    if (height > slot_.height) {
        note_certified(from, {height.value - 1});
        if (height.value == slot_.height.value + 1) keep_early(from, payload);
        return false;
    }
    if (height < slot_.height) {
        refuse(from, Unused::old);
        tell_status(from);
        return false;
    }
    if (view > view_ || (view == view_ && changing_)) {
        keep_early(from, payload);
        return false;
    }
    if (view == view_ || rules_.config.flaws.accepts_stale_view) return true;
    refuse(from, Unused::old);
    return false;
}

void Replica::keep_early(ValidatorIndex from, const Payload& payload) {
    std::deque<Payload>& kept = peers_[from].early;
    if (std::ranges::find(kept, payload) != kept.end()) return;
    kept.push_back(payload);
    if (kept.size() > MAX_EARLY_MESSAGES) kept.pop_front();
}

bool Replica::replay_early() {
    if (!replay_) return false;
    replay_ = false;
    for (ValidatorIndex from = 0; from < peers_.size(); ++from) {
        std::deque<Payload> kept;
        kept.swap(peers_[from].early);
        for (const Payload& payload : kept) take(from, Message{payload});
    }
    return true;
}

// ---- small things -------------------------------------------------------------------------------

void Replica::send(const Payload& payload, std::optional<ValidatorIndex> to) {
    if (rules_.config.validators > 1) out_.send.push_back({to, encode(Message{payload})});
}

void Replica::halt(std::string why) {
    halted_ = true;
    out_.halt = std::move(why);
    out_.timers.push_back({TimerKind::view, std::nullopt});
    out_.timers.push_back({TimerKind::resend, std::nullopt});
}

void Replica::halt_elsewhere(Height height) {
    halt(
        fmt::format("height {} was certified with another header than it has here: this node has "
                    "executed something else; restore it from a backup",
                    height.value));
}

void Replica::accuse(const Evidence& evidence) {
    auto& last = peers_[evidence.validator].accused;
    const std::pair slot{evidence.first.view, evidence.first.height};
    if (last == slot) return;
    last = slot;
    out_.misdeeds.push_back({evidence.validator, encode(evidence)});
}

Replica::Ballot Replica::fresh_ballot() const {
    Ballot ballot;
    ballot.prepares.resize(rules_.config.validators);
    ballot.commits.resize(rules_.config.validators);
    return ballot;
}

Replica::Slot Replica::fresh_slot(Height height) const {
    Slot slot;
    slot.height = height;
    slot.ballot = fresh_ballot();
    slot.header_votes.resize(rules_.config.validators);
    return slot;
}

Standing Replica::standing() const {
    const auto heard =
        std::ranges::count_if(peers_, [](const Peer& peer) { return peer.applied.has_value(); });
    return {view_.value,  primary_of(rules_, view_),
            changing_,    abstaining_,
            is_behind(1), std::cmp_greater_equal(heard + 1, rules_.quorum)};
}

Status Replica::status() const {
    return {rules_.config.epoch, view_, changing_, applied_, certified_height()};
}

Vote Replica::vote(Phase phase, const PrePrepare& proposal) const {
    return {phase, proposal.batch.epoch, proposal.view, proposal.batch.height,
            ledger::hash_of(proposal.batch)};
}

std::unique_ptr<Protocol> make_pbft(const Config& config, const Authority& authority) {
    return std::make_unique<Replica>(config, authority);
}

}  // namespace edict::consensus::pbft
