// Machine: what the simulated node executes batches with. `SmallMachine` is a ledger of nonces, for
// speed; `ExecutorMachine` is the real executor on the simulated store.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "chain/executor/executor.h"
#include "chain/ledger/block.h"
#include "chain/store/key_value.h"

namespace edict::sim {

// What execution of a height gives; kept until commit or the next execute.
struct Outcome {
    ledger::Header header;
    std::vector<ledger::Transaction> executed;  // what had an effect, in its order
    // Of the small machine: what the register of each call held before it.
    std::vector<std::pair<ledger::Hash, std::uint64_t>> saw{};
};

// Each call of the small machine puts its own number into one register and answers with the number
// that stood there.
inline constexpr std::size_t REGISTERS = 3;
[[nodiscard]] std::size_t register_of(const ledger::Hash& call);
[[nodiscard]] std::uint64_t number_of(const ledger::Hash& call);  // never 0, which is the first

class Machine {
public:
    virtual ~Machine() = default;
    [[nodiscard]] virtual ledger::Height applied() const = 0;
    [[nodiscard]] virtual std::optional<ledger::Header> header(ledger::Height height) const = 0;
    [[nodiscard]] virtual std::optional<ledger::Certificate> certificate(
        ledger::Height height) const = 0;
    [[nodiscard]] virtual std::optional<ledger::Batch> batch(ledger::Height height) const = 0;
    [[nodiscard]] virtual std::optional<ledger::Transaction> find(
        const ledger::Hash& transaction) const = 0;
    [[nodiscard]] virtual ledger::Nonce next_nonce(const ledger::PartyId& party) const = 0;
    // Whether the batch may be voted for; the block time is the caller's to check.
    [[nodiscard]] virtual bool check(const ledger::Batch& batch,
                                     const ledger::Body& body) const = 0;
    [[nodiscard]] virtual Outcome execute(const ledger::Batch& batch, const ledger::Body& body) = 0;
    virtual void commit() = 0;  // what was executed last; synced
    virtual void store_certificate(ledger::Height height, const ledger::Certificate& c) = 0;
    // When an idle chain must propose an empty batch; none: never.
    [[nodiscard]] virtual std::optional<std::int64_t> next_wakeup() const = 0;
};

inline constexpr std::int64_t GENESIS_MS = 1'767'225'600'000;  // 2026-01-01

// `deadlines_ms` are block times at which a duty falls due.
[[nodiscard]] std::unique_ptr<Machine> make_small_machine(store::KeyValue& store,
                                                          const ledger::Hash& chain_id,
                                                          std::vector<std::int64_t> deadlines_ms);
// `genesis` and `engine` must outlive the machine.
[[nodiscard]] std::unique_ptr<Machine> make_executor_machine(store::KeyValue& store,
                                                             const ledger::Genesis& genesis,
                                                             runtime::Engine& engine);

}  // namespace edict::sim
