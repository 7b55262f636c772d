// Fields of state, deploy set and proof (see fields.h, which includes this).
#pragma once

#include "chain/ledger/fields.h"

namespace edict::ledger {

template <>
inline constexpr About ABOUT<StatePlace> = {
    "StatePlace", "A place in the state. SHA-256 of its bytes is the key in the state tree.",
    MAX_STATE_KEY_BYTES + 1024};
template <typename V, Is<StatePlace> T>
void fields(V& visit, T& x) {
    visit("module", x.module, Name{}, "a name, never a hash");
    visit("name", x.name, Name{}, "the declared name of the store");
    visit("key", x.key, Most{MAX_STATE_KEY_BYTES}, "canonical bytes; empty for a single value");
}

template <>
inline constexpr About ABOUT<StateValue> = {
    "StateValue", "What stands at a place. SHA-256 of its bytes is the value in the state tree.",
    value::MAX_VALUE_BYTES + 64};
template <typename V, Is<StateValue> T>
void fields(V& visit, T& x) {
    visit("schema", x.schema, None{},
          "number of its type: the first four bytes of the SHA-256 of its canonical bytes; 0 for "
          "what the "
          "chain keeps itself");
    visit("bytes", x.bytes, Most{value::MAX_VALUE_BYTES}, "canonical bytes");
}

template <>
inline constexpr About ABOUT<SourceFile> = {"SourceFile", "A source as it was written.", 0};
template <typename V, Is<SourceFile> T>
void fields(V& visit, T& x) {
    visit("name", x.name, Utf8{MAX_FILE_NAME_BYTES},
          "relative, with '/', without '.' or '..' parts");
    visit("text", x.text, Utf8{MAX_BUNDLE_BYTES}, "");
}

template <>
inline constexpr About ABOUT<ModuleBundle> = {
    "ModuleBundle", "A set to be deployed, with the sources that compile to exactly these bytes.",
    MAX_BUNDLE_BYTES};
template <typename V, Is<ModuleBundle> T>
void fields(V& visit, T& x) {
    visit("modules", x.modules, Each<Most>{MAX_BUNDLE_MODULES, {MAX_BUNDLE_BYTES}}, "at least one");
    visit("sources", x.sources, Most{MAX_BUNDLE_SOURCES}, "ascending by name, each once");
}

template <>
inline constexpr About ABOUT<Endorsement> = {
    "Endorsement", "A regulator agrees that a pending set comes into force.", 64};
template <typename V, Is<Endorsement> T>
void fields(V& visit, T& x) {
    visit("bundle", x.bundle, None{}, "hash of the ModuleBundle");
    visit("set_in_force", x.set_in_force, None{}, "identity of the set that it would change");
}

template <>
inline constexpr About ABOUT<Attestation> = {
    "Attestation", "What one validator's verifier found out about a pending set.",
    MAX_FINDING_BYTES + 32 * MAX_BUNDLE_MODULES + 1024};
template <typename V, Is<Attestation> T>
void fields(V& visit, T& x) {
    visit("bundle", x.bundle, None{}, "hash of the ModuleBundle");
    visit("set_in_force", x.set_in_force, None{}, "identity of the set it was verified against");
    visit("modules", x.modules, Most{MAX_BUNDLE_MODULES}, "their hashes, in the bundle's order");
    visit("verifier_version", x.verifier_version, Name{}, "");
    visit("verdict", x.verdict, None{}, "");
    visit("finding", x.finding, Utf8{MAX_FINDING_BYTES}, "what blocks; empty if passed");
}

template <>
inline constexpr About ABOUT<merkle::TreeLeaf> = {"TreeLeaf", "A leaf of the state tree.", 0};
template <typename V, Is<merkle::TreeLeaf> T>
void fields(V& visit, T& x) {
    visit("key", x.key, None{}, "hash of a StatePlace");
    visit("value", x.value, None{}, "hash of a StateValue");
}

template <>
inline constexpr About ABOUT<merkle::TreeProof> = {
    "TreeProof", "The way from the root of the state tree to where a key is or would be.", 0};
template <typename V, Is<merkle::TreeProof> T>
void fields(V& visit, T& x) {
    visit("present", x.present, Most{MAX_TREE_DEPTH}, "for each level: the sibling is not empty");
    visit("siblings", x.siblings, Most{MAX_TREE_DEPTH}, "those that are not empty, from the root");
    visit("end", x.end, None{}, "in a proof of absence: the other leaf that stands there");
}

template <>
inline constexpr About ABOUT<HeaderClaim> = {"HeaderClaim", "The header stands as it is.", 0};
template <typename V, Is<HeaderClaim> T>
void fields(V&, T&) {}

template <>
inline constexpr About ABOUT<LeafClaim> = {"LeafClaim", "A leaf is in the log of the header.", 0};
template <typename V, Is<LeafClaim> T>
void fields(V& visit, T& x) {
    visit("leaf", x.leaf, None{}, "");
    visit("position", x.position, None{}, "in the log, from 0");
    visit("path", x.path, Most{MAX_LOG_PATH}, "from the leaf to the root");
}

template <>
inline constexpr About ABOUT<ReceiptClaim> = {
    "ReceiptClaim", "A transaction was executed at the header's height, with this receipt.", 0};
template <typename V, Is<ReceiptClaim> T>
void fields(V& visit, T& x) {
    visit("transaction", x.transaction, None{}, "");
    visit("receipt", x.receipt, None{}, "");
    visit("count", x.count, None{}, "of receipts at that height");
    visit("path", x.path, Most{MAX_LOG_PATH}, "from the receipt to the receipts root");
}

template <>
inline constexpr About ABOUT<ValueClaim> = {"ValueClaim",
                                            "A place holds a value in the state of the header.", 0};
template <typename V, Is<ValueClaim> T>
void fields(V& visit, T& x) {
    visit("place", x.place, None{}, "");
    visit("value", x.value, None{}, "");
    visit("path", x.path, None{}, "");
}

template <>
inline constexpr About ABOUT<AbsenceClaim> = {
    "AbsenceClaim", "A place holds nothing in the state of the header.", 0};
template <typename V, Is<AbsenceClaim> T>
void fields(V& visit, T& x) {
    visit("place", x.place, None{}, "");
    visit("path", x.path, None{}, "");
}

template <>
inline constexpr About ABOUT<ConsistencyClaim> = {
    "ConsistencyClaim", "The log of the header begins with the log of an older header.", 0};
template <typename V, Is<ConsistencyClaim> T>
void fields(V& visit, T& x) {
    visit("older", x.older, None{}, "");
    visit("certificate", x.certificate, None{}, "of the older header");
    visit("path", x.path, Most{MAX_LOG_PATH},
          "empty if the older log is empty or the logs are equal");
}

template <>
inline constexpr About ABOUT<EpochLink> = {
    "EpochLink", "The certified header at which the validator set changed.", 0};
template <typename V, Is<EpochLink> T>
void fields(V& visit, T& x) {
    visit("header", x.header, None{}, "");
    visit("certificate", x.certificate, None{}, "by the set before");
    visit("next", x.next, None{}, "the set that the header's next_validators names");
}

template <>
inline constexpr About ABOUT<Proof> = {
    "Proof", "What a third party checks without a node, trusting only genesis.", MAX_PROOF_BYTES};
template <typename V, Is<Proof> T>
void fields(V& visit, T& x) {
    visit("version", x.version, None{}, "of the format: 1");
    visit("epochs", x.epochs, Most{MAX_EPOCH_LINKS},
          "ascending by height, from genesis to the header");
    visit("header", x.header, None{}, "");
    visit("certificate", x.certificate, None{}, "of the header");
    visit("claim", x.claim, None{}, "what is proved about the header");
}

}  // namespace edict::ledger
