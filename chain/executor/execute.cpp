// One height: each transaction of the batch in order, on the state as its predecessors left it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "chain/executor/coming.h"
#include "chain/executor/impl.h"
#include "chain/executor/limits.h"
#include "chain/executor/receipts.h"
#include "chain/executor/registry.h"
#include "chain/ledger/codec.h"
#include "vm/call/duties.h"

namespace edict::executor {

namespace {

call::CallResult failed(std::string reason) {
    call::CallResult result;
    result.outcome = call::Outcome::failed;
    result.reason = std::move(reason);
    return result;
}

call::CallResult refused(std::string reason) {
    call::CallResult result;
    result.outcome = call::Outcome::refused;
    result.reason = std::move(reason);
    return result;
}

struct Allowance {  // of one party, in one window of block time
    std::uint64_t window = 0;
    std::uint64_t used = 0;
};

class Run {
public:
    Run(Executor::Impl& owner, const ledger::Batch& batch, Executed& executed)
        : owner_(owner), state_(owner.store), executed_(executed) {
        executed_.batch = batch;
        executed_.in_force = owner.in_force;
        executed_.header.time_ms = owner.last_header.time_ms + 1;
        if (batch.proposed_time_ms > executed_.header.time_ms) {
            executed_.header.time_ms = batch.proposed_time_ms;
        }
    }

    void run_due();
    void add(const ledger::Transaction& transaction);
    [[nodiscard]] const WorkingState& state() const { return state_; }

private:
    [[nodiscard]] Allowance allowance_of(const ledger::PartyId& party) const;
    void charge(const ledger::PartyId& party, std::uint64_t cost);
    [[nodiscard]] call::CallResult run(const ledger::Transaction& transaction, std::uint64_t& cost);
    [[nodiscard]] call::CallResult run_registry(const call::Call& call);
    [[nodiscard]] base::Status check_deploy(const call::Call& call) const;
    [[nodiscard]] base::Status check_not_lapsed(const ledger::Hash& set) const;
    [[nodiscard]] base::Status activate(const ledger::Hash& set, call::CallResult& result);
    [[nodiscard]] std::optional<ledger::ModuleBundle> bundle_of(const ledger::Hash& set) const;

    Executor::Impl& owner_;
    WorkingState state_;
    Executed& executed_;
    std::map<ledger::Hash, base::Bytes> deployed_;  // bundles of this height
};

// Before the transactions, on a budget of its own.
void Run::run_due() {
    call::DutyBook::Writes writes;
    (void)call::run_breaches(*executed_.in_force, state_, {executed_.header.time_ms}, owner_.engine,
                             call::BREACHES_PER_BLOCK, writes);
    state_.apply(writes, *executed_.in_force);
}

void Run::add(const ledger::Transaction& transaction) {
    const ledger::Height height = executed_.batch.height;
    if (!owner_.check_envelope(transaction, height, state_)) return;
    if (nonce_in(state_, transaction.sender).value + 1 != transaction.nonce.value) return;

    std::uint64_t cost = owner_.genesis.limits.refused_cost;
    // As it was before: the call may bring other modules into force.
    const std::shared_ptr<const call::LinkedSet> set = executed_.in_force;
    const call::CallResult result = run(transaction, cost);
    // Of a forbidden call only what its counters `on forbidden` wrote is there.
    state_.apply(result.writes, *set);

    base::Writer nonce;
    nonce.u64(transaction.nonce.value);
    state_.put(nonce_place(transaction.sender), nonce.take());
    charge(transaction.sender, cost);

    ledger::Receipt receipt;
    receipt.transaction = ledger::hash_of(transaction);
    receipt.height = height;
    receipt.index = static_cast<std::uint32_t>(executed_.receipts.size());
    receipt.cost.value = cost;
    record(result, *executed_.in_force, receipt);
    executed_.receipts.push_back(std::move(receipt));
    executed_.transactions.push_back(transaction);
}

Allowance Run::allowance_of(const ledger::PartyId& party) const {
    Allowance allowance;
    const std::uint64_t window =
        static_cast<std::uint64_t>(std::max<std::int64_t>(executed_.header.time_ms, 0)) /
        owner_.genesis.limits.allowance_window_ms;
    allowance.window = window;
    const std::optional<base::Bytes> bytes = state_.get(allowance_place(party));
    if (!bytes) return allowance;
    base::Reader in(*bytes);
    const std::uint64_t charged_window = in.u64();
    const std::uint64_t used = in.u64();
    if (charged_window == window) allowance.used = used;
    return allowance;
}

void Run::charge(const ledger::PartyId& party, std::uint64_t cost) {
    const Allowance allowance = allowance_of(party);
    base::Writer out;
    out.u64(allowance.window);
    out.u64(allowance.used + cost);
    state_.put(allowance_place(party), out.take());
}

// `cost` comes as the base charge of a refused call and leaves as what is charged.
call::CallResult Run::run(const ledger::Transaction& transaction, std::uint64_t& cost) {
    // Held here: a call of the registry may replace it.
    const std::shared_ptr<const call::LinkedSet> held = executed_.in_force;
    const call::LinkedSet& set = *held;
    const call::LinkedAction* action = set.find(transaction.module, transaction.action);
    if (action == nullptr) {
        return refused(fmt::format("there is no action {}.{} in force", transaction.module,
                                   transaction.action));
    }
    const bytecode::Module& module = *set.modules[action->module];
    base::Result<std::vector<value::Value>> arguments =
        decode_arguments(module, module.actions[action->action], transaction.arguments);
    if (!arguments) return refused(arguments.error().message);

    const std::uint64_t limit = owner_.genesis.limits.allowance;
    const std::uint64_t used = allowance_of(transaction.sender).used;
    if (action->cost.value > limit || used > limit - action->cost.value) {
        return refused(fmt::format(
            "the call costs {} of an allowance of {} for each {} ms, of which {} is used",
            action->cost.value, limit, owner_.genesis.limits.allowance_window_ms, used));
    }
    const call::Call call{transaction.module, transaction.action, *std::move(arguments),
                          transaction.sender, transaction.sender};
    call::CallResult result =
        call.module == REGISTRY
            ? run_registry(call)
            : call::run_call(set, state_, call, {executed_.header.time_ms}, owner_.engine);
    if (result.outcome != call::Outcome::refused) cost = action->cost.value;
    return result;
}

// The registry's rules stand in its own text; what needs modules in hand is checked here.
call::CallResult Run::run_registry(const call::Call& call) {
    EDICT_CHECK(!call.arguments.empty());
    const ledger::Hash& set = std::get<ledger::Hash>(call.arguments[0].data);
    if (call.action == "deploy") {
        if (const base::Status fits = check_deploy(call); !fits)
            return failed(fits.error().message);
    } else if (const base::Status fresh = check_not_lapsed(set); !fresh) {
        return failed(fresh.error().message);
    }
    call::CallResult result = call::run_call(*executed_.in_force, state_, call,
                                             {executed_.header.time_ms}, owner_.engine);
    if (result.outcome != call::Outcome::committed) return result;
    if (call.action == "deploy") {
        const base::Bytes& bundle = std::get<base::Bytes>(call.arguments[2].data);
        base::Writer height;
        height.u64(executed_.batch.height.value);
        state_.put(deployed_place(set), height.take());
        executed_.writes.put(store::Column::sources, set.bytes, bundle);
        deployed_[set] = bundle;
    }
    const bool activated = std::any_of(
        result.events.begin(), result.events.end(), [](const call::EmittedEvent& event) {
            return event.module == REGISTRY && event.event == "Activated";
        });
    if (activated) {
        if (const base::Status done = activate(set, result); !done) {
            return failed(done.error().message);
        }
    }
    return result;
}

base::Status Run::check_deploy(const call::Call& call) const {
    const base::Bytes& bytes = std::get<base::Bytes>(call.arguments[2].data);
    const base::Result<ledger::ModuleBundle> bundle = ledger::decode<ledger::ModuleBundle>(bytes);
    if (!bundle) return base::in_context("the bundle", bundle.error());
    if (ledger::hash_of(*bundle) != std::get<ledger::Hash>(call.arguments[0].data)) {
        return base::input_error("the bundle does not hash to the set that is named");
    }
    const base::Result<Admissible> admissible = examine_bundle(*bundle, *executed_.in_force);
    if (!admissible) return base::error_of(admissible);
    if (needs_from(call.arguments[1]) != admissible->needs) {
        return base::input_error(
            "the endorsements that the call names are not those that the set needs");
    }
    return check_coming(*admissible, *executed_.in_force, state_, owner_.engine);
}

base::Status Run::check_not_lapsed(const ledger::Hash& set) const {
    const std::optional<base::Bytes> bytes = state_.get(deployed_place(set));
    if (!bytes) return {};  // the registry says that no such set is pending
    base::Reader in(*bytes);
    const std::uint64_t height = in.u64();
    if (executed_.batch.height.value - height <= PENDING_SET_HEIGHTS) return {};
    return base::input_error(
        fmt::format("the set has lapsed: it was deployed at height {}, more than {} heights ago; "
                    "deploy it again",
                    height, PENDING_SET_HEIGHTS));
}

std::optional<ledger::ModuleBundle> Run::bundle_of(const ledger::Hash& set) const {
    if (const auto here = deployed_.find(set); here != deployed_.end()) {
        base::Result<ledger::ModuleBundle> bundle =
            ledger::decode<ledger::ModuleBundle>(here->second);
        EDICT_CHECK(bundle.has_value());
        return *std::move(bundle);
    }
    return read_record<ledger::ModuleBundle>(owner_.store, store::Column::sources, set.bytes);
}

// The modules of the set come into force with the next transaction.
base::Status Run::activate(const ledger::Hash& set, call::CallResult& result) {
    const std::optional<ledger::ModuleBundle> bundle = bundle_of(set);
    EDICT_CHECK(bundle.has_value());
    base::Result<Admissible> admissible = examine_bundle(*bundle, *executed_.in_force);
    if (!admissible)
        return base::in_context("the set does not fit what is in force now", admissible.error());
    const call::LinkedSet& current = *executed_.in_force;
    if (const base::Status right = check_coming(*admissible, current, state_, owner_.engine);
        !right)
        return right;
    state_.apply(coming_values(*admissible, current), admissible->in_force);
    for (std::size_t i = 0; i < admissible->modules.size(); ++i) {
        const std::string& name = admissible->modules[i]->name;
        const ledger::Hash hash = ledger::module_hash(bundle->modules[i]);
        executed_.writes.put(store::Column::modules, hash.bytes, bundle->modules[i]);
        state_.put(module_place(name), base::Bytes(hash.bytes.begin(), hash.bytes.end()));
        state_.put(origin_place(name), base::Bytes(set.bytes.begin(), set.bytes.end()));
    }
    const ledger::Hash identity = admissible->in_force.identity();
    result.writes[{std::string(REGISTRY), "in_force", {}}] =
        base::Bytes(identity.bytes.begin(), identity.bytes.end());
    executed_.in_force = std::make_shared<const call::LinkedSet>(std::move(admissible->in_force));
    return {};
}

}  // namespace

base::Result<std::vector<value::Value>> decode_arguments(const bytecode::Module& module,
                                                         const bytecode::ActionDecl& action,
                                                         base::ByteView bytes) {
    base::Reader in(bytes);
    std::vector<value::Value> arguments;
    for (std::size_t i = 0; i < action.parameters.size() && in.ok(); ++i) {
        arguments.push_back(value::decode(in, *module.types[action.parameters[i]]));
        if (!in.ok()) {
            return base::input_error(fmt::format("the argument {} of {}.{}: {}",
                                                 action.parameter_names[i], module.name,
                                                 action.name, in.finish().error().message));
        }
    }
    if (const base::Status read = in.finish(); !read) {
        return base::input_error(fmt::format("the arguments of {}.{}: {}", module.name, action.name,
                                             read.error().message));
    }
    return arguments;
}

Executed Executor::execute(const ledger::Batch& batch, const ledger::Body& body) {
    EDICT_CHECK(batch.height.value == impl_->head.height.value + 1);
    EDICT_CHECK(batch.transactions.size() == body.transactions.size());
    Executed executed;
    const std::scoped_lock lock(impl_->engine_mutex);
    Run run(*impl_, batch, executed);
    run.run_due();
    for (std::size_t i = 0; i < body.transactions.size(); ++i) {
        const std::size_t before = executed.transactions.size();
        run.add(body.transactions[i]);
        if (executed.transactions.size() > before) continue;
        executed.writes.put(store::Column::transactions, skipped_key(batch.transactions[i]),
                            ledger::encode(body.transactions[i]));
    }
    const auto begun = std::chrono::steady_clock::now();
    seal(impl_->store, impl_->genesis, impl_->head, impl_->log, &impl_->last_header, run.state(),
         executed);
    const auto spent = std::chrono::steady_clock::now() - begun;
    executed.seal_us = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(spent).count());
    return executed;
}

}  // namespace edict::executor
