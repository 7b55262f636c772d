#include "chain/ledger/rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace edict::ledger {

namespace {

// Whether two elements have the same `key`.
template <typename T, typename Key>
bool repeats(const std::vector<T>& elements, Key key) {
    std::vector<const T*> sorted;
    for (const T& element : elements) sorted.push_back(&element);
    const auto by_key = [&key](const T* element) -> decltype(auto) {
        return std::invoke(key, *element);
    };
    std::ranges::sort(sorted, {}, by_key);
    return std::ranges::adjacent_find(sorted, {}, by_key) != sorted.end();
}

// Whether each element's key is above the key of the one before it.
template <typename T, typename Key>
bool ascends(const std::vector<T>& elements, Key key) {
    return std::ranges::adjacent_find(elements, std::ranges::greater_equal(), key) ==
           elements.end();
}

std::string wrong_version(std::uint16_t version) {
    if (version == FORMAT_VERSION) return {};
    return fmt::format("format version {}; this program knows version {}", version, FORMAT_VERSION);
}

bool is_safe_path(std::string_view name) {
    if (name.empty() || name.find_first_of(std::string_view("\\:\0", 3)) != name.npos) return false;
    while (true) {
        const std::size_t slash = name.find('/');
        const std::string_view part = name.substr(0, slash);
        if (part.empty() || part == "." || part == "..") return false;
        if (slash == name.npos) return true;
        name.remove_prefix(slash + 1);
    }
}

}  // namespace

std::string broken_rule(const ValidatorSet& set) {
    if (set.validators.empty()) return "there is no validator";
    if (set.protocol == ProtocolKind::solo && set.validators.size() != 1) {
        return fmt::format("solo has one validator, not {}", set.validators.size());
    }
    if (repeats(set.validators, &Validator::name)) return "two validators have one name";
    if (repeats(set.validators, &Validator::consensus_key)) {
        return "two validators have one consensus key";
    }
    return {};
}

std::string broken_rule(const Party& party) {
    if (repeats(party.roles, std::identity())) {
        return fmt::format("party {} has a role twice", party.name);
    }
    if (repeats(party.attributes, &PartyAttribute::name)) {
        return fmt::format("party {} has an attribute twice", party.name);
    }
    return {};
}

std::string broken_rule(const ChainLimits& limits) {
    if (limits.batch_transactions == 0 || limits.batch_transactions > MAX_BATCH_TRANSACTIONS) {
        return fmt::format("batch_transactions is {}; 1 to {} are allowed",
                           limits.batch_transactions, MAX_BATCH_TRANSACTIONS);
    }
    if (limits.batch_bytes < MAX_TRANSACTION_BYTES || limits.batch_bytes > MAX_BODY_BYTES) {
        return fmt::format("batch_bytes is {}; {} to {} are allowed", limits.batch_bytes,
                           MAX_TRANSACTION_BYTES, MAX_BODY_BYTES);
    }
    if (limits.open_heights == 0) return "open_heights is 0; at least 1 is needed";
    if (limits.allowance_window_ms == 0) return "allowance_window_ms is 0";
    return {};
}

std::string broken_rule(const Genesis& genesis) {
    if (std::string wrong = wrong_version(genesis.version); !wrong.empty()) return wrong;
    if (genesis.time_ms < 0) return "time_ms is before 1970";
    if (genesis.endorsements == 0) return "endorsements is 0; at least 1 is needed";
    if (repeats(genesis.parties, &Party::name)) return "two parties have one name";
    if (repeats(genesis.parties, &Party::id)) return "two parties have one id";
    if (repeats(genesis.parties, &Party::key)) return "two parties have one key";
    return {};
}

std::string broken_rule(const Batch& batch) {
    if (batch.proposed_time_ms < 0) return "proposed_time_ms is before 1970";
    if (repeats(batch.transactions, std::identity())) return "a transaction is named twice";
    return {};
}

std::string broken_rule(const Header& header) { return wrong_version(header.version); }

std::string broken_rule(const Certificate& certificate) {
    if (ascends(certificate.signatures, &HeaderSignature::validator)) return {};
    return "the signatures are not ascending by validator, each once";
}

std::string broken_rule(const ShownValue& value) {
    if (value.as == ShownAs::none && !value.bytes.empty()) return "no value has no bytes";
    if (value.as == ShownAs::hash && value.bytes.size() != 32) return "a hash has 32 bytes";
    return {};
}

std::string broken_rule(const RegulationAnswer& answer) {
    const std::size_t rules = answer.active.size();
    if (answer.effective.size() != rules || answer.violated.size() != rules ||
        answer.error.size() != rules) {
        return fmt::format("the bit sets of {} differ in length", answer.module);
    }
    for (const DecidingRule& deciding : answer.deciding) {
        if (deciding.rule >= rules) {
            return fmt::format("{} has {} rules; rule {} cannot decide", answer.module, rules,
                               deciding.rule);
        }
    }
    return {};
}

std::string broken_rule(const DecisionRecord& decision) {
    if (ascends(decision.answers, &RegulationAnswer::module)) return {};
    return "the answers are not ascending by module, each once";
}

std::string broken_rule(const Receipt& receipt) {
    const bool ended = receipt.outcome == Outcome::failed || receipt.outcome == Outcome::refused;
    if (!ended && !receipt.reason.empty()) return "only failed and refused have a reason";
    if (receipt.outcome == Outcome::committed) return {};
    if (!receipt.events.empty() || !receipt.duties.empty() || !receipt.result.empty()) {
        return "only a committed call has a result, events or duties";
    }
    return {};
}

std::string broken_rule(const SourceFile& file) {
    if (is_safe_path(file.name)) return {};
    return fmt::format("'{}' is not a relative path without '.' and '..'", file.name);
}

std::string broken_rule(const ModuleBundle& bundle) {
    if (bundle.modules.empty()) return "there is no module";
    if (ascends(bundle.sources, &SourceFile::name)) return {};
    return "the sources are not ascending by name, each once";
}

std::string broken_rule(const Attestation& attestation) {
    if (attestation.verdict != Verdict::passed || attestation.finding.empty()) return {};
    return "a verdict that passed has no finding";
}

std::string broken_rule(const merkle::TreeProof& proof) {
    const auto present = std::ranges::count(proof.present, true);
    if (static_cast<std::size_t>(present) == proof.siblings.size()) return {};
    return "there is not one hash for each sibling that is present";
}

std::string broken_rule(const Proof& proof) {
    if (std::string wrong = wrong_version(proof.version); !wrong.empty()) return wrong;
    if (ascends(proof.epochs, [](const EpochLink& link) { return link.header.height; })) return {};
    return "the epochs are not ascending by height";
}

}  // namespace edict::ledger
