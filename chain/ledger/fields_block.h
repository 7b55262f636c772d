// Fields of batch, header, certificate and log leaf (see fields.h, which includes this).
#pragma once

#include "chain/ledger/fields.h"

namespace edict::ledger {

template <>
inline constexpr About ABOUT<Batch> = {"Batch", "What a protocol agrees on.", MAX_BODY_BYTES};
template <typename V, Is<Batch> T>
void fields(V& visit, T& x) {
    visit("epoch", x.epoch, None{}, "of the validator set");
    visit("height", x.height, None{}, "counts delivered batches; the first is 1");
    visit("proposed_time_ms", x.proposed_time_ms, None{},
          "milliseconds since 1970; 0 for a null request");
    visit("transactions", x.transactions, Most{MAX_BATCH_TRANSACTIONS},
          "hashes, distinct, in the order of execution");
}

template <>
inline constexpr About ABOUT<Body> = {"Body", "The transactions that a batch names, in its order.",
                                      MAX_BODY_BYTES};
template <typename V, Is<Body> T>
void fields(V& visit, T& x) {
    visit("transactions", x.transactions, Most{MAX_BATCH_TRANSACTIONS}, "");
}

template <>
inline constexpr About ABOUT<Header> = {
    "Header", "What every node signs after it executed a height. SHA-256 of its bytes is its hash.",
    1024};
template <typename V, Is<Header> T>
void fields(V& visit, T& x) {
    visit("version", x.version, None{}, "of the format: 1");
    visit("chain_id", x.chain_id, None{}, "hash of genesis");
    visit("epoch", x.epoch, None{}, "");
    visit("height", x.height, None{}, "");
    visit("previous", x.previous, None{}, "hash of the header below; zero at height 0");
    visit("time_ms", x.time_ms, None{}, "block time: max(parent + 1, proposed)");
    visit("transactions_root", x.transactions_root, None{},
          "RFC 6962 root over the executed transactions");
    visit("receipts_root", x.receipts_root, None{}, "RFC 6962 root over the receipts");
    visit("state_root", x.state_root, None{}, "root of the state tree");
    visit("log_root", x.log_root, None{}, "RFC 6962 root of the log");
    visit("log_size", x.log_size, None{}, "leaves of the log");
    visit("next_validators", x.next_validators, None{}, "hash of the set of the next height");
    visit("cost", x.cost, None{}, "charged at this height");
    visit("rules_version", x.rules_version, None{}, "opcodes, costs, limits, Unicode tables");
}

template <>
inline constexpr About ABOUT<HeaderSignature> = {
    "HeaderSignature", "One validator's signature over a header's hash.", 128};
template <typename V, Is<HeaderSignature> T>
void fields(V& visit, T& x) {
    visit("validator", x.validator, None{}, "index into the validator set");
    visit("signature", x.signature, None{}, "Ed25519 over the domain, the chain id and the hash");
}

template <>
inline constexpr About ABOUT<Certificate> = {
    "Certificate", "A quorum of signatures over one header. Not part of the header's hash.", 4096};
template <typename V, Is<Certificate> T>
void fields(V& visit, T& x) {
    visit("header", x.header, None{}, "hash of the header");
    visit("signatures", x.signatures, Most{MAX_VALIDATORS}, "ascending by validator, each once");
}

template <>
inline constexpr About ABOUT<LogLeaf> = {"LogLeaf", "An entry of the transparency log.",
                                         MAX_LOG_LEAF_BYTES};
template <typename V, Is<LogLeaf> T>
void fields(V& visit, T& x) {
    visit("kind", x.kind, None{}, "");
    visit("height", x.height, None{}, "");
    visit("index", x.index, None{}, "of the transaction in its height");
    visit("hash", x.hash, None{}, "of the transaction, or of the anchor's event");
}

}  // namespace edict::ledger
