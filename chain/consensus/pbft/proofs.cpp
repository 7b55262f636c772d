#include "chain/consensus/pbft/proofs.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "chain/consensus/pbft/codec.h"
#include "chain/ledger/quorum.h"

namespace edict::consensus::pbft {

namespace {

// W: how many heights may be open above the last certified one.
constexpr std::uint64_t OPEN_HEIGHTS = 1;

Height certified_height(const ViewChange& change) { return change.certified.header.height; }

}  // namespace

Rules rules_of(const Config& config, const Authority& authority) {
    EDICT_CHECK(config.validators >= 1 && config.validators <= ledger::MAX_VALIDATORS);
    EDICT_CHECK(config.self < config.validators);
    constexpr auto PBFT = ledger::ProtocolKind::pbft;
    Rules rules{config, ledger::faults_tolerated(PBFT, config.validators),
                ledger::quorum(PBFT, config.validators), authority};
    if (config.flaws.weak_quorum) rules.quorum = rules.faults + 1;
    return rules;
}

ValidatorIndex primary_of(const Rules& rules, View view) {
    return static_cast<ValidatorIndex>(view.value % rules.config.validators);
}

bool is_valid(const Rules& rules, ValidatorIndex signer, const Vote& vote,
              const Signature& signature) {
    return signer < rules.config.validators && vote.epoch == rules.config.epoch &&
           rules.authority.verify_vote(signer, signed_bytes(vote), signature);
}

bool is_valid(const Rules& rules, const PreparedProof& proof) {
    const ValidatorIndex primary = primary_of(rules, proof.view);
    if (proof.prepares.size() + 1 < rules.quorum) return false;
    Vote vote{Phase::pre_prepare, proof.batch.epoch, proof.view, proof.batch.height,
              ledger::hash_of(proof.batch)};
    if (!is_valid(rules, primary, vote, proof.proposal)) return false;
    vote.phase = Phase::prepare;
    return std::ranges::all_of(proof.prepares, [&](const PrepareSignature& prepare) {
        return prepare.validator != primary &&
               is_valid(rules, prepare.validator, vote, prepare.signature);
    });
}

bool is_valid(const Rules& rules, const CertifiedHeader& certified) {
    const Hash hash = ledger::hash_of(certified.header);
    const Anchor& anchor = rules.config.anchor;
    if (certified.header.height == anchor.height && hash == anchor.header) return true;
    if (!certified.certificate || certified.certificate->header != hash) return false;
    const std::vector<ledger::HeaderSignature>& signatures = certified.certificate->signatures;
    if (signatures.size() < rules.quorum) return false;
    return std::ranges::all_of(signatures, [&](const ledger::HeaderSignature& signature) {
        return signature.validator < rules.config.validators &&
               rules.authority.verify_header(hash, signature);
    });
}

bool is_valid(const Rules& rules, const ViewChange& change) {
    if (change.epoch != rules.config.epoch || change.sender >= rules.config.validators) {
        return false;
    }
    if (change.prepared) {
        const PreparedProof& proof = *change.prepared;
        if (proof.batch.height.value != certified_height(change).value + 1 ||
            proof.view >= change.view) {
            return false;
        }
    }
    if (!rules.authority.verify_vote(change.sender, signed_bytes(change), change.signature)) {
        return false;
    }
    return is_valid(rules, change.certified) &&
           (!change.prepared || is_valid(rules, *change.prepared));
}

ledger::Batch opening_of(const Rules& rules, const std::vector<ViewChange>& changes) {
    Height base{0};
    for (const ViewChange& change : changes) base = std::max(base, certified_height(change));
    const PreparedProof* chosen = nullptr;
    for (const ViewChange& change : changes) {
        if (certified_height(change) != base || !change.prepared) continue;
        const bool is_later = chosen == nullptr || (rules.config.flaws.oldest_prepared
                                                        ? change.prepared->view < chosen->view
                                                        : change.prepared->view > chosen->view);
        if (is_later) chosen = &*change.prepared;
    }
    if (chosen != nullptr) return chosen->batch;
    return null_request(rules.config.epoch, {base.value + 1});
}

// A view change whose sender was further behind than the open heights is not counted: the sender
// syncs and sends a newer one. Without this, a view change from before a replica lost its votes
// could be used against what it votes for afterwards.
std::vector<ViewChange> choose_changes(const Rules& rules, std::vector<ViewChange> changes) {
    Height base{0};
    for (const ViewChange& change : changes) base = std::max(base, certified_height(change));
    if (!rules.config.flaws.takes_stale_changes) {
        std::erase_if(changes, [&](const ViewChange& change) {
            return certified_height(change).value + OPEN_HEIGHTS < base.value;
        });
    }
    std::vector<std::size_t> order(changes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::ranges::greater(),
                             [&](std::size_t i) { return certified_height(changes[i]); });
    if (order.size() > rules.quorum) order.resize(rules.quorum);
    std::ranges::sort(order, {}, [&](std::size_t i) { return changes[i].sender; });
    std::vector<ViewChange> chosen;
    for (const std::size_t i : order) chosen.push_back(std::move(changes[i]));
    return chosen;
}

bool is_valid(const Rules& rules, const NewView& view) {
    if (view.epoch != rules.config.epoch || view.view_changes.size() < rules.quorum) return false;
    if (choose_changes(rules, view.view_changes).size() != view.view_changes.size()) return false;
    for (const ViewChange& change : view.view_changes) {
        if (change.view != view.view) return false;
        if (!rules.config.flaws.trusts_new_view && !is_valid(rules, change)) return false;
    }
    const ledger::Batch opening = opening_of(rules, view.view_changes);
    return is_valid(
        rules, primary_of(rules, view.view),
        {Phase::pre_prepare, view.epoch, view.view, opening.height, ledger::hash_of(opening)},
        view.proposal);
}

ledger::Batch null_request(Epoch epoch, Height height) { return {epoch, height, 0, {}}; }

bool is_null(const ledger::Batch& batch) {
    return batch.proposed_time_ms == 0 && batch.transactions.empty();
}

bool is_valid(const Rules& rules, const Evidence& evidence) {
    Vote other = evidence.second;
    other.batch = evidence.first.batch;
    return other == evidence.first && evidence.first.batch != evidence.second.batch &&
           is_valid(rules, evidence.validator, evidence.first, evidence.first_signature) &&
           is_valid(rules, evidence.validator, evidence.second, evidence.second_signature);
}

}  // namespace edict::consensus::pbft
