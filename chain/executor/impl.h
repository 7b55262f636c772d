// The executor's own state, shared by the files of this folder only.
#pragma once

#include <memory>
#include <mutex>

#include "chain/executor/executor.h"
#include "chain/executor/records.h"
#include "chain/executor/signatures.h"

namespace edict::executor {

struct Executor::Impl {
    store::KeyValue& store;
    runtime::Engine& engine;
    ledger::Genesis genesis;
    ledger::Hash chain_id;
    mutable Signatures signatures;

    // The engine runs one function at a time.
    mutable std::mutex engine_mutex;
    // Guards what follows: written by commit, read from any thread.
    mutable std::mutex mutex;
    Head head;
    ledger::Header last_header;
    merkle::LogEdge log;
    std::shared_ptr<const call::LinkedSet> in_force;

    Impl(store::KeyValue& store_, runtime::Engine& engine_, ledger::Genesis genesis_)
        : store(store_), engine(engine_), genesis(std::move(genesis_)) {}

    // The key that a party signs with, as the working state has it; none: not registered.
    [[nodiscard]] static std::optional<ledger::PublicKey> key_of(const WorkingState& state,
                                                                 const ledger::PartyId& party);
    // Why the transaction leaves no trace at `height`, if so; `last` is its sender's last nonce.
    [[nodiscard]] base::Status check_envelope(const ledger::Transaction& transaction,
                                              ledger::Height height,
                                              const WorkingState& state) const;
};

[[nodiscard]] ledger::Nonce nonce_in(const WorkingState& state, const ledger::PartyId& party);

// Fills the state of height 0: parties, roles, keys, modules, the registry's own stores.
[[nodiscard]] base::Result<std::shared_ptr<const call::LinkedSet>> write_genesis(
    const ledger::Genesis& genesis, WorkingState& state, store::WriteBatch& batch);

// Adds to `executed` what a height leaves behind: state tree, log, roots, records. `executed` has
// batch, transactions, receipts and in_force; `previous` is the header below, none for height 0.
void seal(const store::KeyValue& store, const ledger::Genesis& genesis, const Head& head,
          const merkle::LogEdge& log, const ledger::Header* previous, const WorkingState& state,
          Executed& executed);

// The arguments of a call from canonical bytes; the error names the parameter.
[[nodiscard]] base::Result<std::vector<value::Value>> decode_arguments(
    const bytecode::Module& module, const bytecode::ActionDecl& action, base::ByteView bytes);

}  // namespace edict::executor
