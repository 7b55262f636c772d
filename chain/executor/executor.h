// Executor: applies ordered batches to the state. It knows calls, nonces, allowances, receipts and
// roots; it knows nothing of how batches are ordered. One thread executes; committed state may be
// read from others through the const functions.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "chain/executor/state.h"
#include "chain/ledger/block.h"
#include "chain/ledger/deploy.h"
#include "chain/ledger/proof.h"
#include "chain/merkle/log.h"
#include "chain/store/key_value.h"
#include "vm/call/call.h"
#include "vm/call/duties.h"

namespace edict::executor {

// A height that was executed and not yet committed.
struct Executed {
    ledger::Batch batch;
    ledger::Header header;
    std::vector<ledger::Transaction> transactions;  // what ran; what leaves no trace is not here
    std::vector<ledger::Receipt> receipts;          // one for each
    store::WriteBatch writes;
    std::shared_ptr<const call::LinkedSet> in_force;  // after this height
    merkle::LogEdge log;
    merkle::TreeRoot tree;
    std::uint64_t seal_us = 0;  // of the execution: hashing, for figures
};

// Where a transaction ended.
struct Found {
    ledger::Transaction transaction;
    ledger::Receipt receipt;
};

class Executor {
public:
    // Opens the state in `store`, or makes it from genesis if the store is empty. The error says
    // what is wrong: another chain's data, modules that do not link. `engine` and `store` must
    // outlive the executor.
    [[nodiscard]] static base::Result<std::unique_ptr<Executor>> open(
        store::KeyValue& store, const ledger::Genesis& genesis, runtime::Engine& engine);
    ~Executor();

    [[nodiscard]] const ledger::Genesis& genesis() const;
    [[nodiscard]] const ledger::Hash& chain_id() const;
    [[nodiscard]] ledger::Height last_applied() const;
    [[nodiscard]] ledger::Header last_header() const;
    [[nodiscard]] std::shared_ptr<const call::LinkedSet> in_force() const;

    // Whether the pool may take it: signature, chain, expiry, a registered sender, a nonce that is
    // next or at most MAX_NONCE_AHEAD ahead. The error says what is wrong and what is allowed; it
    // is of the kind `unknown` if the nonce is too far ahead, so that the call may be taken later.
    [[nodiscard]] base::Status check_transaction(const ledger::Transaction& transaction) const;
    // From `waiting`, in their order: what can run in the next batch, within its limits.
    [[nodiscard]] std::vector<ledger::Transaction> propose(
        std::span<const ledger::Transaction> waiting) const;
    // Whether a batch may be voted for: each transaction would pass when it runs in this order.
    [[nodiscard]] base::Status check_proposal(const ledger::Batch& batch,
                                              const ledger::Body& body) const;

    // Runs the batch of the next height; signatures must have been checked. Nothing is stored.
    [[nodiscard]] Executed execute(const ledger::Batch& batch, const ledger::Body& body);
    // One atomic, synced batch.
    void commit(Executed executed);
    // Not synced: the next height's commit does that, and a node whose last height lacks its
    // certificate asks for it again at the start.
    void store_certificate(ledger::Height height, const ledger::Certificate& certificate);

    // What a call would do on the committed state at `time_ms`; nothing is kept.
    [[nodiscard]] call::CallResult dry_run(const call::Call& call, std::int64_t time_ms) const;

    // ---- what is stored ----
    [[nodiscard]] ledger::Nonce last_nonce(const ledger::PartyId& party) const;
    [[nodiscard]] std::optional<ledger::StateValue> read(const ledger::StatePlace& place) const;
    // What `read` gave for a store of a module in force, as one of the type that it has now.
    [[nodiscard]] base::Result<value::Value> as_now(const ledger::StatePlace& place,
                                                    const ledger::StateValue& stored) const;
    [[nodiscard]] std::optional<ledger::Header> header(ledger::Height height) const;
    [[nodiscard]] std::optional<ledger::Certificate> certificate(ledger::Height height) const;
    [[nodiscard]] std::optional<ledger::Batch> batch(ledger::Height height) const;
    [[nodiscard]] std::vector<ledger::Receipt> receipts(ledger::Height height) const;
    [[nodiscard]] std::optional<Found> find(const ledger::Hash& transaction) const;
    // A transaction that stood in a batch and left no trace when the batch ran. It is kept for
    // those who execute the batch later.
    [[nodiscard]] std::optional<ledger::Transaction> skipped(const ledger::Hash& hash) const;
    [[nodiscard]] std::optional<base::Bytes> module(const ledger::Hash& hash) const;
    // The sources that a set in force or pending was deployed with.
    [[nodiscard]] std::optional<ledger::ModuleBundle> bundle(const ledger::Hash& hash) const;
    // Every bundle that was ever deployed, ascending by hash.
    [[nodiscard]] std::vector<ledger::Hash> bundles() const;
    // The bundle from which a module in force was compiled; none for a module of genesis.
    [[nodiscard]] std::optional<ledger::Hash> bundle_of(std::string_view module) const;
    // The earliest time at which an idle chain must propose an empty batch; none: never.
    [[nodiscard]] std::optional<std::int64_t> next_wakeup() const;
    // A copy of the state in a new directory, while the node runs (store::KeyValue::checkpoint).
    [[nodiscard]] base::Status back_up(const std::string& path) const;
    // Duties of the committed state: one, open or not; the open ones, soonest first, at most so
    // many; those of a bearer, or of whoever holds a role, to call actions that are in force.
    [[nodiscard]] std::optional<call::DutyState> duty(const ledger::Hash& identity) const;
    [[nodiscard]] std::vector<call::ListedDuty> duties(std::size_t most) const;
    [[nodiscard]] std::vector<call::ListedDuty> duties_of(
        const std::optional<ledger::PartyId>& bearer, std::string_view role) const;
    // Since the start of the process: Ed25519 checks of calls, and the time of all threads on them.
    [[nodiscard]] std::uint64_t signatures_checked() const;
    [[nodiscard]] std::uint64_t signatures_us() const;

    // ---- proofs against the last certified header; the error says what is missing ----
    [[nodiscard]] base::Result<ledger::Proof> prove_header(ledger::Height height) const;
    [[nodiscard]] base::Result<ledger::Proof> prove_receipt(const ledger::Hash& transaction) const;
    // Of a transaction's or anchor's leaf: the leaf of this hash.
    [[nodiscard]] base::Result<ledger::Proof> prove_leaf(const ledger::Hash& hash) const;
    // Of a value, or of its absence.
    [[nodiscard]] base::Result<ledger::Proof> prove_state(const ledger::StatePlace& place) const;
    [[nodiscard]] base::Result<ledger::Proof> prove_consistency(ledger::Height older) const;

    struct Impl;  // known to this folder only

private:
    explicit Executor(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace edict::executor
