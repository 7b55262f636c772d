// Fields of genesis and transaction (see fields.h, which includes this).
#pragma once

#include "chain/ledger/fields.h"

namespace edict::ledger {

template <>
inline constexpr About ABOUT<Validator> = {"Validator", "Who signs headers.", 0};
template <typename V, Is<Validator> T>
void fields(V& visit, T& x) {
    visit("name", x.name, Name{}, "distinct in its set");
    visit("consensus_key", x.consensus_key, None{}, "signs headers and votes; distinct in its set");
    visit("tls_key", x.tls_key, None{}, "pinned by peers");
    visit("log_key", x.log_key, None{}, "signs checkpoints of the log");
}

template <>
inline constexpr About ABOUT<ValidatorSet> = {
    "ValidatorSet", "Who certifies headers, and by which quorum. Certificates name them by index.",
    MAX_VALIDATORS * 256};
template <typename V, Is<ValidatorSet> T>
void fields(V& visit, T& x) {
    visit("protocol", x.protocol, None{}, "solo has exactly one validator");
    visit("validators", x.validators, Most{MAX_VALIDATORS}, "at least one");
}

template <>
inline constexpr About ABOUT<PartyAttribute> = {"PartyAttribute", "An attribute of a party.", 0};
template <typename V, Is<PartyAttribute> T>
void fields(V& visit, T& x) {
    visit("name", x.name, Name{}, "as a contract declares it; distinct");
    visit("value", x.value, Most{MAX_ATTRIBUTE_BYTES}, "canonical bytes of its declared type");
}

template <>
inline constexpr About ABOUT<Party> = {"Party", "A party that is registered from the start.", 0};
template <typename V, Is<Party> T>
void fields(V& visit, T& x) {
    visit("name", x.name, Name{}, "distinct");
    visit("id", x.id, None{}, "for ever; distinct");
    visit("key", x.key, None{}, "signs the party's calls; distinct");
    visit("roles", x.roles, Each<Name>{MAX_PARTY_ROLES, {}}, "distinct");
    visit("attributes", x.attributes, Most{MAX_PARTY_ATTRIBUTES}, "");
}

template <>
inline constexpr About ABOUT<ChainLimits> = {
    "ChainLimits", "What all nodes of one chain must agree on to execute alike.", 0};
template <typename V, Is<ChainLimits> T>
void fields(V& visit, T& x) {
    visit("batch_transactions", x.batch_transactions, None{}, "in one batch, at most 10,000");
    visit("batch_bytes", x.batch_bytes, None{}, "of the body of one batch, at most 8 MiB");
    visit("open_heights", x.open_heights, None{}, "delivered heights above the last certified one");
    visit("clock_drift_ms", x.clock_drift_ms, None{}, "between a proposal and a voter's clock");
    visit("allowance", x.allowance, None{}, "cost units of a party for each window");
    visit("allowance_window_ms", x.allowance_window_ms, None{}, "of block time; not zero");
    visit("refused_cost", x.refused_cost, None{}, "the base charge of a refused call");
}

template <>
inline constexpr About ABOUT<Genesis> = {
    "Genesis", "What every node starts from. SHA-256 of its bytes is the chain id.",
    MAX_GENESIS_BYTES};
template <typename V, Is<Genesis> T>
void fields(V& visit, T& x) {
    visit("version", x.version, None{}, "of the format: 1");
    visit("name", x.name, Name{}, "of the chain");
    visit("time_ms", x.time_ms, None{},
          "block time of height 0, milliseconds since 1970; not negative");
    visit("validators", x.validators, None{}, "");
    visit("parties", x.parties, Most{MAX_PARTIES}, "");
    visit("modules", x.modules, Each<Most>{MAX_BUNDLE_MODULES, {MAX_BUNDLE_BYTES}},
          "in force from the start");
    visit("limits", x.limits, None{}, "");
    visit("rules_version", x.rules_version, None{}, "opcodes, costs, limits, Unicode tables");
    visit("endorsements", x.endorsements, None{},
          "regulators of each governed contract that a deploy needs; not zero");
}

template <>
inline constexpr About ABOUT<Transaction> = {"Transaction", "A signed call.",
                                             MAX_TRANSACTION_BYTES};
// What the signature covers: every field but the signature.
template <typename V, Is<Transaction> T>
void signed_fields(V& visit, T& x) {
    visit("chain_id", x.chain_id, None{}, "hash of genesis");
    visit("sender", x.sender, None{}, "");
    visit("nonce", x.nonce, None{}, "the sender's last nonce + 1");
    visit("expiry", x.expiry, None{}, "not executed above this height; at most 1,000 ahead");
    visit("module", x.module, Name{}, "");
    visit("action", x.action, Name{}, "");
    visit("arguments", x.arguments, Most{MAX_ARGUMENT_BYTES},
          "canonical bytes of each argument, in the order of the parameters");
}
template <typename V, Is<Transaction> T>
void fields(V& visit, T& x) {
    signed_fields(visit, x);
    visit("signature", x.signature, None{}, "Ed25519 over the domain, the chain id and all above");
}

}  // namespace edict::ledger
