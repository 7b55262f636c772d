#include "chain/sim/attacker.h"

#include <algorithm>

#include "chain/consensus/pbft/codec.h"
#include "chain/consensus/pbft/proofs.h"

namespace edict::sim {

namespace {

namespace pbft = consensus::pbft;
using consensus::ValidatorIndex;
using pbft::Phase;
using pbft::Vote;

constexpr std::size_t MAX_KEPT = 64;

Vote vote_of(Phase phase, const pbft::PrePrepare& proposal) {
    return {phase, proposal.batch.epoch, proposal.view, proposal.batch.height,
            ledger::hash_of(proposal.batch)};
}

template <typename T>
void turn(T& number, Random& random) {
    switch (random.below(3)) {
        case 0:
            ++number.value;
            break;
        case 1:
            if (number.value > 0) --number.value;
            break;
        default:
            number.value += random.below(100);
    }
}

}  // namespace

Attacker::Attacker(Style style, std::uint64_t seed, ValidatorIndex self, std::size_t validators,
                   const SimSigner& signer)
    : style_(style),
      random_(seed),
      self_(self),
      validators_(validators),
      signer_(signer),
      favoured_(validators) {}

Style Attacker::now() {
    return style_ == Style::all ? static_cast<Style>(random_.below(4)) : style_;
}

void Attacker::send(ValidatorIndex to, const base::Bytes& bytes, const Emit& emit) {
    if (sent_.size() < MAX_KEPT) {
        sent_.push_back(bytes);
    } else {
        sent_[random_.below(MAX_KEPT)] = bytes;
    }
    base::Result<Message> message = pbft::decode<Message>(bytes);
    if (!message) return;
    switch (now()) {
        case Style::silent:
            if (random_.percent(style_ == Style::silent ? 95 : 50)) return;
            break;
        case Style::equivocator:
            equivocate(to, *message);
            break;
        case Style::mutator:
            if (random_.percent(30)) turn_numbers(*message);
            if (random_.percent(20)) emit(to, sent_[random_.below(sent_.size())]);
            if (random_.percent(10)) {
                base::Bytes broken = pbft::encode(*message);
                broken[random_.below(broken.size())] ^=
                    static_cast<std::uint8_t>(1U << random_.below(8));
                emit(to, std::move(broken));
                return;
            }
            break;
        case Style::liar:
        case Style::all:
            lie(*message);
            break;
    }
    emit(to, pbft::encode(*message));
}

// It votes for whatever the other one votes for.
void Attacker::saw(ValidatorIndex from, const base::Bytes& bytes, const Emit& emit) {
    if (style_ != Style::equivocator && style_ != Style::all) return;
    const base::Result<Message> message = pbft::decode<Message>(bytes);
    if (!message) return;
    Vote vote;
    Proposal proposal;
    if (const auto* proposed = std::get_if<pbft::PrePrepare>(&message->payload)) {
        vote = vote_of(Phase::prepare, *proposed);
        proposal = {vote.batch, proposed->signature};
    } else if (const auto* prepare = std::get_if<pbft::Prepare>(&message->payload)) {
        vote = {Phase::prepare, prepare->epoch, prepare->view, prepare->height, prepare->batch};
        proposal = {vote.batch, prepare->proposal};
    } else {
        return;
    }
    favoured_[from] = {vote, proposal};
    if (vote.view.value % validators_ != self_) {
        emit(from, pbft::encode(Message{pbft::Prepare{
                       vote.epoch, vote.view, vote.height, vote.batch, proposal.signature,
                       signer_.sign_vote(pbft::signed_bytes(vote))}}));
    }
    emit(from, pbft::encode(Message{pbft::Commit{vote.epoch, vote.view, vote.height, vote.batch}}));
}

// Half of the others are told another batch, and get the votes that go with it.
void Attacker::equivocate(ValidatorIndex to, Message& message) {
    const bool other_side = to % 2 == self_ % 2;
    if (auto* proposed = std::get_if<pbft::PrePrepare>(&message.payload)) {
        if (!other_side || proposed->view.value % validators_ != self_) return;
        if (!proposed->batch.transactions.empty() && random_.percent(50)) {
            proposed->batch.transactions.pop_back();
        }
        proposed->batch.proposed_time_ms += 1;
        sign_again(message);
        return;
    }
    const auto& favoured = favoured_[to];
    if (!favoured) return;
    if (auto* prepare = std::get_if<pbft::Prepare>(&message.payload)) {
        if (prepare->height != favoured->first.height || prepare->view != favoured->first.view) {
            return;
        }
        prepare->batch = favoured->second.batch;
        prepare->proposal = favoured->second.signature;
        sign_again(message);
    } else if (auto* commit = std::get_if<pbft::Commit>(&message.payload)) {
        if (commit->height == favoured->first.height) commit->batch = favoured->second.batch;
    }
}

void Attacker::lie(Message& message) {
    if (auto* change = std::get_if<pbft::ViewChange>(&message.payload)) {
        change->prepared.reset();
    } else if (auto* view = std::get_if<pbft::NewView>(&message.payload)) {
        for (pbft::ViewChange& forged : view->view_changes) {
            if (random_.percent(50)) forged.prepared.reset();
        }
    } else if (auto* header = std::get_if<pbft::HeaderVote>(&message.payload)) {
        if (random_.percent(50)) header->header.bytes[0] ^= 1;
        header->signature = signer_.sign_header(header->header);
        return;
    } else if (auto* block = std::get_if<pbft::Block>(&message.payload)) {
        if (random_.percent(50)) {
            block->batch.proposed_time_ms += 1000;
        } else {  // a whole height of its own
            block->batch.transactions.clear();
            block->certified.header.time_ms += 1;
            const ledger::Hash forged = ledger::hash_of(block->certified.header);
            if (block->certified.certificate) block->certified.certificate->header = forged;
        }
        return;
    } else if (auto* status = std::get_if<pbft::Status>(&message.payload)) {
        turn(status->certified, random_);
        turn(status->applied, random_);
    }
    sign_again(message);
}

void Attacker::turn_numbers(Message& message) {
    std::visit(
        [this](auto& payload) {
            if constexpr (requires { payload.view; }) {
                if (random_.percent(50)) turn(payload.view, random_);
            }
            if constexpr (requires { payload.height; }) {
                if (random_.percent(50)) turn(payload.height, random_);
            }
            if constexpr (requires { payload.epoch; }) {
                if (random_.percent(10)) turn(payload.epoch, random_);
            }
        },
        message.payload);
    sign_again(message);
}

void Attacker::sign_again(Message& message) {
    if (auto* proposed = std::get_if<pbft::PrePrepare>(&message.payload)) {
        proposed->signature =
            signer_.sign_vote(pbft::signed_bytes(vote_of(Phase::pre_prepare, *proposed)));
    } else if (auto* prepare = std::get_if<pbft::Prepare>(&message.payload)) {
        prepare->signature = signer_.sign_vote(pbft::signed_bytes(
            Vote{Phase::prepare, prepare->epoch, prepare->view, prepare->height, prepare->batch}));
    } else if (auto* change = std::get_if<pbft::ViewChange>(&message.payload)) {
        change->signature = signer_.sign_vote(pbft::signed_bytes(*change));
    } else if (auto* view = std::get_if<pbft::NewView>(&message.payload)) {
        if (view->view_changes.empty()) return;
        pbft::Config config;
        config.validators = validators_;
        config.epoch = view->epoch;
        const ledger::Batch opening =
            pbft::opening_of(pbft::rules_of(config, signer_), view->view_changes);
        view->proposal =
            signer_.sign_vote(pbft::signed_bytes(Vote{Phase::pre_prepare, view->epoch, view->view,
                                                      opening.height, ledger::hash_of(opening)}));
    }
}

}  // namespace edict::sim
