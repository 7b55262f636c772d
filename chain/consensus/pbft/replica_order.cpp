// The three phases (TOCS 2.3.2), execution, and the certificate of the header, which is the
// checkpoint (TOCS 2.3.3) of each height.
#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "chain/consensus/pbft/replica.h"

namespace edict::consensus::pbft {

// ---- pre-prepare --------------------------------------------------------------------------------

void Replica::try_propose() {
    if (!is_primary() || changing_ || !may_vote() || proposing_ || nothing_ || !waiting_) return;
    if (slot_.ballot.proposal || slot_.executed || slot_.delivered || is_catching_up()) return;
    if (opening_ && slot_.height <= opening_->height) return;  // the new view fills that slot
    proposing_ = true;
    out_.propose = true;
}

void Replica::on(const Proposed& proposed) {
    proposing_ = false;
    if (!is_primary() || changing_ || !may_vote() || slot_.ballot.proposal || slot_.executed ||
        slot_.delivered || (opening_ && slot_.height <= opening_->height)) {
        return;  // the world has changed since it was asked
    }
    const bool due = waiting_ && waiting_->due;
    if (proposed.transactions.empty() && !due) {
        nothing_ = true;
        return;
    }
    PrePrepare proposal{view_,
                        {rules_.config.epoch, slot_.height,
                         std::max<std::int64_t>(proposed.now_ms, 1), proposed.transactions},
                        {}};
    proposal.signature =
        rules_.authority.sign_vote(signed_bytes(vote(Phase::pre_prepare, proposal)));
    accept_proposal(proposal, true);
    slot_.ballot.asked = slot_.ballot.checked = slot_.ballot.voted = true;
    dirty_ = true;
    send(proposal);
}

void Replica::take(ValidatorIndex from, const PrePrepare& message) {
    if (from != primary_of(rules_, message.view)) return refuse(from, Unused::forged);
    const ledger::Batch& batch = message.batch;
    if (!is_current(from, batch.epoch, message.view, batch.height, message)) return;
    const Vote voted = vote(Phase::pre_prepare, message);
    Ballot& ballot = slot_.ballot;
    if (ballot.proposal && ballot.batch == voted.batch) return;
    if (!is_valid(rules_, from, voted, message.signature)) return refuse(from, Unused::forged);
    if (ballot.proposal) {
        accuse({from, vote(Phase::pre_prepare, *ballot.proposal), ballot.proposal->signature, voted,
                message.signature});
        if (may_vote()) start_view_change({view_.value + 1});
        return;
    }
    const bool is_opening = opening_ && batch.height <= opening_->height;
    if (is_opening && opening_->batch != voted.batch) return;
    if (!is_opening && is_null(batch)) return;  // only a new view may leave a height empty
    accept_proposal(message, !is_opening);
}

void Replica::accept_proposal(const PrePrepare& proposal, bool first) {
    Ballot& ballot = slot_.ballot;
    ballot.proposal = proposal;
    ballot.batch = ledger::hash_of(proposal.batch);
    ballot.first = first;
    if (is_null(proposal.batch)) ballot.asked = ballot.checked = true;
}

bool Replica::try_ask() {
    Ballot& ballot = slot_.ballot;
    if (!ballot.proposal || ballot.asked) return false;
    ballot.asked = true;
    out_.check.push_back({ballot.proposal->batch, ballot.batch, ballot.first});
    return true;
}

// A proposal that is refused gets no vote: the view timer runs and ends its view.
void Replica::on(const Checked& checked) {
    Ballot& ballot = slot_.ballot;
    if (ballot.proposal && ballot.batch == checked.batch && checked.accepted) {
        ballot.checked = true;
    }
}

// ---- prepare and commit -------------------------------------------------------------------------

bool Replica::try_prepare() {
    Ballot& ballot = slot_.ballot;
    if (!ballot.checked || ballot.voted || changing_ || !may_vote()) return false;
    ballot.voted = true;
    dirty_ = true;
    if (is_primary()) return true;  // its proposal is its vote
    const Signature signature =
        rules_.authority.sign_vote(signed_bytes(vote(Phase::prepare, *ballot.proposal)));
    ballot.prepares[self()] = {ballot.batch, signature};
    send(Prepare{rules_.config.epoch, ballot.proposal->view, slot_.height, ballot.batch,
                 ballot.proposal->signature, signature});
    return true;
}

void Replica::take(ValidatorIndex from, const Prepare& message) {
    if (!is_current(from, message.epoch, message.view, message.height, message)) return;
    const ValidatorIndex primary = primary_of(rules_, message.view);
    if (from == primary) return;
    Ballot& ballot = slot_.ballot;
    const Vote voted{Phase::prepare, message.epoch, message.view, message.height, message.batch};
    std::optional<SeenPrepare>& seen = ballot.prepares[from];
    if (seen && seen->batch == message.batch) return;
    if (!is_valid(rules_, from, voted, message.signature)) return refuse(from, Unused::forged);
    if (seen) {
        Vote before = voted;
        before.batch = seen->batch;
        accuse({from, before, seen->signature, voted, message.signature});
        return;
    }
    seen = {message.batch, message.signature};
    if (!ballot.proposal || ballot.batch == message.batch) return;
    Vote proposed = voted;
    proposed.phase = Phase::pre_prepare;
    if (!is_valid(rules_, primary, proposed, message.proposal)) return;
    accuse({primary, vote(Phase::pre_prepare, *ballot.proposal), ballot.proposal->signature,
            proposed, message.proposal});
    // Two proposals for one slot: this view is of no use, unless the proposal is prepared already.
    if (may_vote() && !ballot.commit_sent && primary != self()) {
        start_view_change({view_.value + 1});
    }
}

std::size_t Replica::matching_prepares() const {
    const Ballot& ballot = slot_.ballot;
    std::size_t count = 1;  // the proposal
    for (const std::optional<SeenPrepare>& seen : ballot.prepares) {
        if (seen && (seen->batch == ballot.batch || rules_.config.flaws.ignores_digest)) ++count;
    }
    return count;
}

bool Replica::try_commit() {
    Ballot& ballot = slot_.ballot;
    if (!ballot.voted || ballot.commit_sent || changing_ || !may_vote()) return false;
    if (matching_prepares() < rules_.quorum) return false;
    PreparedProof proof{
        ballot.proposal->view, ballot.proposal->batch, ballot.proposal->signature, {}};
    for (ValidatorIndex i = 0; i < ballot.prepares.size(); ++i) {
        const std::optional<SeenPrepare>& seen = ballot.prepares[i];
        if (!seen || (seen->batch != ballot.batch && !rules_.config.flaws.ignores_digest)) continue;
        if (proof.prepares.size() + 1 < rules_.quorum) {
            proof.prepares.push_back({i, seen->signature});
        }
    }
    slot_.prepared = std::move(proof);
    ballot.commit_sent = true;
    ballot.commits[self()] = ballot.batch;
    dirty_ = true;
    send(Commit{rules_.config.epoch, ballot.proposal->view, slot_.height, ballot.batch});
    return true;
}

void Replica::take(ValidatorIndex from, const Commit& message) {
    if (!is_current(from, message.epoch, message.view, message.height, message)) return;
    slot_.ballot.commits[from] = message.batch;
}

std::size_t Replica::matching_commits() const {
    const Ballot& ballot = slot_.ballot;
    return static_cast<std::size_t>(
        std::ranges::count_if(ballot.commits, [&](const std::optional<Hash>& batch) {
            return batch && (*batch == ballot.batch || rules_.config.flaws.ignores_digest);
        }));
}

// ---- execution and certificate ------------------------------------------------------------------

bool Replica::try_deliver() {
    const Ballot& ballot = slot_.ballot;
    if (!ballot.checked || slot_.executed || slot_.delivered) return false;
    if (matching_commits() < rules_.quorum) return false;
    slot_.delivered = ballot.batch;
    out_.deliver.push_back({ballot.proposal->batch, std::nullopt});
    return true;
}

void Replica::on(const Executed& executed) {
    if (!executed.as_expected) {
        if (slot_.executed || executed.height != slot_.height || !slot_.block) return;
        // The block's batch is not what gives its header: its sender lied about it.
        peers_[slot_.block_from].certified = {0};
        peers_[slot_.block_from].spoiled = true;
        if (fetching_ && fetching_->peer == slot_.block_from) fetching_.reset();
        slot_.block.reset();
        slot_.delivered.reset();
        return;
    }
    EDICT_CHECK(executed.height == slot_.height && !slot_.executed);
    applied_ = executed.height;
    slot_.executed = true;
    slot_.header = executed.header;
    slot_.fields = executed.fields;
    out_.sign.push_back({executed.height, executed.header});
}

void Replica::on(const Signed& done) {
    if (done.height != slot_.height || !slot_.executed) return;  // certified meanwhile
    const HeaderVote vote{slot_.height, slot_.header, done.signature.signature};
    slot_.header_votes[self()] = vote;
    send(vote);
}

void Replica::take(ValidatorIndex from, const HeaderVote& message) {
    if (message.height > slot_.height) {
        note_certified(from, {message.height.value - 1});
        if (message.height.value == slot_.height.value + 1) keep_early(from, message);
        return;
    }
    if (message.height < slot_.height) {
        refuse(from, Unused::old);
        tell_status(from);
        return;
    }
    if (slot_.header_votes[from] == message) return;
    if (!rules_.authority.verify_header(message.header, {from, message.signature})) {
        return refuse(from, Unused::forged);
    }
    slot_.header_votes[from] = message;
}

bool Replica::try_certify() {
    if (!slot_.executed) return false;
    if (slot_.block) {
        const CertifiedHeader certified = slot_.block->certified;
        if (ledger::hash_of(certified.header) != slot_.header) {
            halt_elsewhere(slot_.height);
            return false;
        }
        certify(certified.certificate.value_or(ledger::Certificate{slot_.header, {}}));
        return true;
    }
    ledger::Certificate certificate{slot_.header, {}};
    std::size_t others = 0;
    for (ValidatorIndex i = 0; i < slot_.header_votes.size(); ++i) {
        const std::optional<HeaderVote>& vote = slot_.header_votes[i];
        if (!vote) continue;
        if (vote->header != slot_.header) {
            ++others;
        } else if (certificate.signatures.size() < rules_.quorum) {
            certificate.signatures.push_back({i, vote->signature});
        }
    }
    if (others > rules_.config.validators - rules_.quorum) {
        halt(
            fmt::format("{} of {} validators have another header at height {}: no quorum can "
                        "certify it; compare the nodes before you resume",
                        others, rules_.config.validators, slot_.height.value));
        return false;
    }
    if (certificate.signatures.size() < rules_.quorum) return false;
    certify(certificate);
    return true;
}

void Replica::certify(const ledger::Certificate& certificate) {
    out_.certify.push_back({slot_.height, certificate});
    certified_ = {slot_.fields, certificate};
    if (certificate.signatures.empty()) certified_.certificate.reset();  // of the anchor
    slot_ = fresh_slot({slot_.height.value + 1});
    ahead_.erase(ahead_.begin(), ahead_.lower_bound(slot_.height));
    doublings_ = 0;
    was_busy_ = false;  // resend soon
    replay_ = true;
    end_abstention();
    if (new_view_ && !changing_ && opening_->height == slot_.height) accept_opening();
}

}  // namespace edict::consensus::pbft
