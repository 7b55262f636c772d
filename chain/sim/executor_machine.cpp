#include "base/check.h"
#include "chain/sim/machine.h"

namespace edict::sim {

namespace {

class ExecutorMachine final : public Machine {
public:
    explicit ExecutorMachine(std::unique_ptr<executor::Executor> executor)
        : executor_(std::move(executor)) {}

    ledger::Height applied() const override { return executor_->last_applied(); }
    std::optional<ledger::Header> header(ledger::Height height) const override {
        return executor_->header(height);
    }
    std::optional<ledger::Certificate> certificate(ledger::Height height) const override {
        return executor_->certificate(height);
    }
    std::optional<ledger::Batch> batch(ledger::Height height) const override {
        return executor_->batch(height);
    }
    std::optional<ledger::Transaction> find(const ledger::Hash& transaction) const override {
        std::optional<executor::Found> found = executor_->find(transaction);
        if (!found) return std::nullopt;
        return std::move(found->transaction);
    }
    ledger::Nonce next_nonce(const ledger::PartyId& party) const override {
        return {executor_->last_nonce(party).value + 1};
    }
    bool check(const ledger::Batch& batch, const ledger::Body& body) const override {
        return executor_->check_proposal(batch, body).has_value();
    }
    Outcome execute(const ledger::Batch& batch, const ledger::Body& body) override {
        executed_ = executor_->execute(batch, body);
        return {executed_->header, executed_->transactions};
    }
    void commit() override {
        EDICT_CHECK(executed_.has_value());
        executor_->commit(*std::move(executed_));
        executed_.reset();
    }
    void store_certificate(ledger::Height height, const ledger::Certificate& c) override {
        executor_->store_certificate(height, c);
    }
    std::optional<std::int64_t> next_wakeup() const override { return executor_->next_wakeup(); }

private:
    std::unique_ptr<executor::Executor> executor_;
    std::optional<executor::Executed> executed_;
};

}  // namespace

std::unique_ptr<Machine> make_executor_machine(store::KeyValue& store,
                                               const ledger::Genesis& genesis,
                                               runtime::Engine& engine) {
    auto opened = executor::Executor::open(store, genesis, engine);
    EDICT_CHECK(opened.has_value());
    return std::make_unique<ExecutorMachine>(*std::move(opened));
}

}  // namespace edict::sim
