#include "vm/call/link.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "vm/bytecode/cost.h"
#include "vm/bytecode/limits.h"
#include "vm/bytecode/schema.h"

namespace edict::call {

using bytecode::Module;

const Module* LinkedSet::find(std::string_view module) const {
    const auto at = std::lower_bound(
        modules.begin(), modules.end(), module,
        [](const auto& candidate, std::string_view name) { return candidate->name < name; });
    return at != modules.end() && (*at)->name == module ? at->get() : nullptr;
}

const LinkedAction* LinkedSet::find(std::string_view module, std::string_view action) const {
    const auto at = actions.find({std::string(module), std::string(action)});
    return at == actions.end() ? nullptr : &at->second;
}

const LinkedStore* LinkedSet::find_store(std::string_view module, std::string_view store) const {
    const auto at = std::ranges::find_if(stores, [&](const LinkedStore& candidate) {
        return candidate.store == store && candidate.module == module;
    });
    return at == stores.end() ? nullptr : &*at;
}

crypto::Hash LinkedSet::identity() const {
    base::Writer out;
    out.count(modules.size());
    for (std::size_t i = 0; i < modules.size(); ++i) {
        out.text(modules[i]->name);
        crypto::write(out, hashes[i]);
    }
    return crypto::sha256(out.out());
}

namespace {

constexpr std::uint64_t ROLE_CHECK_COST = 64;
constexpr std::uint64_t DUTY_COST = 256;             // making one, and its place in the queue
constexpr std::uint64_t WORKING_DAY_COST = 4;        // counting one, with the days off between
constexpr std::uint64_t CALENDAR_READ_COST = 512;    // of one published year
constexpr std::uint64_t YEAR_OF_WORKING_DAYS = 132;  // with all the days off that may be published
constexpr std::uint64_t RULE_COST = 8;               // window, exceptions and overrides of one rule

// Costs saturate below this, so that sums cannot overflow.
using bytecode::saturating_add;
using bytecode::saturating_multiply;

class Linker {
public:
    explicit Linker(std::vector<std::shared_ptr<const Module>> modules) {
        set_.modules = std::move(modules);
    }

    base::Result<LinkedSet> link() {
        using Step = base::Status (Linker::*)();
        for (const Step step : {&Linker::sort, &Linker::check_imports, &Linker::gather_stores,
                                &Linker::gather_actions, &Linker::govern, &Linker::add_bounds}) {
            if (base::Status status = (this->*step)(); !status) return base::error_of(status);
        }
        return std::move(set_);
    }

private:
    std::size_t index_of(std::string_view name) const {
        for (std::size_t i = 0; i < set_.modules.size(); ++i) {
            if (set_.modules[i]->name == name) return i;
        }
        return set_.modules.size();
    }
    static bool same(const Module& a, bytecode::TypeIndex in_a, const Module& b,
                     bytecode::TypeIndex in_b) {
        return value::same_type(*a.types[in_a], *b.types[in_b]);
    }
    static std::vector<bytecode::TypeIndex> list_of(
        const std::optional<bytecode::TypeIndex>& type) {
        return type ? std::vector{*type} : std::vector<bytecode::TypeIndex>();
    }
    static bool same(const Module& a, const std::vector<bytecode::TypeIndex>& in_a, const Module& b,
                     const std::vector<bytecode::TypeIndex>& in_b) {
        return std::equal(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(),
                          [&](auto left, auto right) { return same(a, left, b, right); });
    }

    base::Status sort();
    base::Status check_imports();
    base::Status gather_stores();
    base::Status known_stores();
    base::Status known_store(std::string_view module, std::string_view store, value::TypeRef key,
                             value::TypeRef held, std::string_view why, std::uint32_t& index);
    base::Status resolve_stores(std::size_t module);
    base::Status gather_actions();
    base::Status govern();
    base::Status govern_by(std::uint32_t regulation);
    base::Status check_callees(const Module& module) const;
    base::Status check_duty(const Module& regulation, const bytecode::RuleBody& body);
    base::Status add_bounds();
    base::Status add_bounds_of(std::size_t module);
    base::Status add_callees(LinkedAction& linked, const std::vector<bytecode::CalleeBound>& calls);
    void add_rules(LinkedAction& linked) const;
    [[nodiscard]] std::uint64_t cost_of(std::size_t module, bytecode::FunctionIndex function) const;

    LinkedSet set_;
    std::vector<std::size_t> order_;  // of the modules: after all that they import
    std::map<std::pair<std::string, std::string>, std::uint32_t> store_index_;
    std::map<const LinkedAction*, std::size_t> depth_;
};

base::Status Linker::sort() {
    std::sort(set_.modules.begin(), set_.modules.end(),
              [](const auto& a, const auto& b) { return a->name < b->name; });
    for (std::size_t i = 0; i < set_.modules.size(); ++i) {
        if (i > 0 && set_.modules[i - 1]->name == set_.modules[i]->name) {
            return base::input_error(
                fmt::format("two modules of the set are called {}", set_.modules[i]->name));
        }
        set_.hashes.push_back(bytecode::identity(*set_.modules[i]));
    }
    return {};
}

base::Status Linker::check_imports() {
    const std::size_t count = set_.modules.size();
    std::vector<std::vector<std::size_t>> imported_by(count);
    std::vector<std::size_t> missing(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
        for (const bytecode::Import& import : set_.modules[i]->imports) {
            const std::string& name = set_.modules[i]->name;
            const std::size_t target = index_of(import.module);
            if (target == count) {
                return base::input_error(
                    fmt::format("{} uses {}, which is not in the set", name, import.module));
            }
            if (set_.hashes[target] != import.hash) {
                return base::input_error(
                    fmt::format("{} was built against another version of {}: build it again with "
                                "the one of this set",
                                name, import.module));
            }
            imported_by[target].push_back(i);
            ++missing[i];
        }
        if (missing[i] == 0) order_.push_back(i);
    }
    for (std::size_t done = 0; done < order_.size(); ++done) {
        for (const std::size_t user : imported_by[order_[done]]) {
            if (--missing[user] == 0) order_.push_back(user);
        }
    }
    if (order_.size() == count) return {};
    const auto left = std::find_if(missing.begin(), missing.end(), [](auto n) { return n > 0; });
    const auto at = static_cast<std::size_t>(left - missing.begin());
    return base::input_error(
        fmt::format("{} uses itself through its imports", set_.modules[at]->name));
}

base::Status Linker::gather_stores() {
    for (const auto& module : set_.modules) {
        for (std::size_t i = 0; i < module->stores.size(); ++i) {
            const bytecode::StoreDecl& store = module->stores[i];
            store_index_[{module->name, store.name}] =
                static_cast<std::uint32_t>(set_.stores.size());
            LinkedStore linked{module->name, store.name,
                               store.key ? module->types[*store.key] : nullptr,
                               module->types[store.value], std::nullopt};
            if (store.initial) linked.initial = module->constants[*store.initial].value;
            if (const auto* older = bytecode::older_types(*module, i)) {
                for (const bytecode::TypeIndex type : *older)
                    linked.older.push_back(module->types[type]);
                linked.conversion_cost = bytecode::conversion_cost(*module, i);
            }
            set_.stores.push_back(std::move(linked));
        }
    }
    if (base::Status status = known_stores(); !status) return status;
    for (LinkedStore& store : set_.stores) {
        for (const value::TypeRef& type : store.older)
            store.numbers.push_back(bytecode::type_number(*type));
        store.numbers.push_back(bytecode::type_number(*store.value));
    }
    set_.store_of.resize(set_.modules.size());
    for (std::size_t i = 0; i < set_.modules.size(); ++i) {
        if (base::Status status = resolve_stores(i); !status) return status;
    }
    return {};
}

// A store that the machine reads itself: it is there in every set, and of that type.
base::Status Linker::known_store(std::string_view module, std::string_view store,
                                 value::TypeRef key, value::TypeRef held, std::string_view why,
                                 std::uint32_t& index) {
    const auto [at, is_new] = store_index_.try_emplace(
        {std::string(module), std::string(store)}, static_cast<std::uint32_t>(set_.stores.size()));
    index = at->second;
    if (is_new) {
        set_.stores.push_back({std::string(module), std::string(store), std::move(key),
                               std::move(held), std::nullopt});
        return {};
    }
    const LinkedStore& found = set_.stores[index];
    if (found.key && value::same_type(*found.key, *key) && value::same_type(*found.value, *held))
        return {};
    return base::input_error(fmt::format("{}.{} must be a Map<{}, {}>, since {} there", module,
                                         store, value::to_text(*key), value::to_text(*held), why));
}

base::Status Linker::known_stores() {
    const value::TypeRef name = *value::text_type(value::MAX_NAME_BYTES);
    const value::TypeRef party = value::party_type();
    const value::TypeRef year = *value::integer_range(1, 9'999);
    const value::TypeRef days = *value::set_type(value::date_type(), MAX_PUBLISHED_DAYS);
    constexpr std::string_view PUBLISHED = "working days are read";
    constexpr std::string_view DELEGATES = "delegates are read";
    struct Known {
        std::string_view module, store;
        value::TypeRef key, held;
        std::string_view why;
        std::uint32_t& index;
    };
    const Known all[] = {
        {ROLES_MODULE, ROLES_STORE, *value::tuple_type({party, name}), value::boolean_type(),
         "roles are read", set_.roles_store},
        {CALENDAR_MODULE, DAYS_OFF_STORE, year, days, PUBLISHED, set_.days_off_store},
        {CALENDAR_MODULE, DAYS_WORKED_STORE, year, days, PUBLISHED, set_.days_worked_store},
        {ROLES_MODULE, PRINCIPALS_STORE, *value::tuple_type({party, name, name}),
         *value::set_type(party, MAX_PRINCIPALS), DELEGATES, set_.principals_store},
        {ROLES_MODULE, DELEGATED_STORE, *value::tuple_type({party, party, name, name}),
         value::date_type(), DELEGATES, set_.delegated_store},
    };
    for (const Known& one : all) {
        if (base::Status status =
                known_store(one.module, one.store, one.key, one.held, one.why, one.index);
            !status)
            return status;
    }
    return {};
}

base::Status Linker::resolve_stores(std::size_t index) {
    const Module& module = *set_.modules[index];
    for (const bytecode::StoreUse& use : module.store_table) {
        const auto at = store_index_.find({use.module, use.store});
        if (at == store_index_.end()) {
            return base::input_error(fmt::format("{} reads {}.{}, which is not there", module.name,
                                                 use.module, use.store));
        }
        const LinkedStore& store = set_.stores[at->second];
        const bool same_key = use.key.has_value() == (store.key != nullptr) &&
                              (!use.key || value::same_type(*module.types[*use.key], *store.key));
        const bool same_initial = use.initial.has_value() == store.initial.has_value() &&
                                  (!use.initial || *use.initial == *store.initial);
        if (!same_key || !same_initial ||
            !value::same_type(*module.types[use.value], *store.value)) {
            return base::input_error(
                fmt::format("{} was built for another type or default of {}.{}", module.name,
                            use.module, use.store));
        }
        set_.store_of[index].push_back(at->second);
    }
    return {};
}

base::Status Linker::gather_actions() {
    for (std::size_t i = 0; i < set_.modules.size(); ++i) {
        const Module& module = *set_.modules[i];
        for (std::size_t j = 0; j < module.actions.size(); ++j) {
            LinkedAction& linked = set_.actions[{module.name, module.actions[j].name}];
            linked.module = static_cast<std::uint32_t>(i);
            linked.action = static_cast<std::uint32_t>(j);
            linked.must_be_governed = !module.regulators.empty() && !module.actions[j].by_duty;
        }
    }
    for (const auto& module : set_.modules) {
        if (base::Status status = check_callees(*module); !status) return status;
    }
    return {};
}

base::Status Linker::check_callees(const Module& module) const {
    for (const bytecode::Callee& callee : module.callees) {
        const LinkedAction* target = set_.find(callee.module, callee.action);
        if (target == nullptr) {
            return base::input_error(fmt::format("{} calls {}.{}, which is not there", module.name,
                                                 callee.module, callee.action));
        }
        const Module& owner = *set_.modules[target->module];
        const bytecode::ActionDecl& action = owner.actions[target->action];
        if (!same(module, callee.parameters, owner, action.parameters) ||
            !same(module, list_of(callee.result), owner, list_of(action.result))) {
            return base::input_error(
                fmt::format("{} was built for other parameters, or another result, of {}.{}",
                            module.name, callee.module, callee.action));
        }
    }
    return {};
}

base::Status Linker::govern() {
    for (std::uint32_t i = 0; i < set_.modules.size(); ++i) {
        if (set_.modules[i]->kind != bytecode::ModuleKind::regulation) continue;
        if (base::Status status = govern_by(i); !status) return status;
    }
    return {};
}

base::Status Linker::govern_by(std::uint32_t index) {
    const Module& regulation = *set_.modules[index];
    for (const std::string& name : regulation.governs) {
        const Module* governed = set_.find(name);
        if (governed == nullptr) {
            return base::input_error(
                fmt::format("{} governs {}, which is not in the set", regulation.name, name));
        }
        if (governed->kind == bytecode::ModuleKind::contract && governed->regulators.empty()) {
            return base::input_error(
                fmt::format("{} governs {}, whose `regulators none` lets nobody govern it",
                            regulation.name, name));
        }
    }
    std::map<std::pair<std::string, std::string>, GovernedBy> by_action;
    for (const bytecode::GovernedAction& governed : regulation.governed_actions) {
        const LinkedAction* target = set_.find(governed.contract, governed.action);
        if (target == nullptr) {
            return base::input_error(fmt::format("{} has rules for {}.{}, which is not there",
                                                 regulation.name, governed.contract,
                                                 governed.action));
        }
        const Module& owner = *set_.modules[target->module];
        const bytecode::ActionDecl& action = owner.actions[target->action];
        if (!same(regulation, governed.parameters, owner, action.parameters) ||
            !same(regulation, list_of(governed.result), owner, list_of(action.result))) {
            return base::input_error(
                fmt::format("{} was built for other parameters, or another result, of {}.{}",
                            regulation.name, governed.contract, governed.action));
        }
        by_action[{governed.contract, governed.action}].regulation = index;
    }
    for (const bytecode::DefaultDecl& line : regulation.defaults) {
        by_action.at({line.contract, line.action}).default_answer = line.answer;
    }
    for (std::uint32_t rule = 0; rule < regulation.rules.size(); ++rule) {
        for (std::uint32_t body = 0; body < regulation.rules[rule].bodies.size(); ++body) {
            const bytecode::RuleBody& about = regulation.rules[rule].bodies[body];
            by_action.at({about.contract, about.action}).rules.push_back({rule, body, {}});
        }
    }
    for (std::uint32_t i = 0; i < regulation.observers.size(); ++i) {
        const bytecode::ObserverDecl& observer = regulation.observers[i];
        GovernedBy& governed = by_action.at({observer.contract, observer.action});
        (observer.on_forbidden ? governed.on_forbidden : governed.observers).push_back(i);
    }
    for (const bytecode::RuleDecl& rule : regulation.rules) {
        for (const bytecode::RuleBody& body : rule.bodies) {
            if (base::Status status = check_duty(regulation, body); !status) return status;
        }
    }
    for (auto& [name, governed] : by_action) {
        order_rules(regulation, governed);
        set_.actions.at(name).governed_by.push_back(std::move(governed));
    }
    return {};
}

base::Status Linker::check_duty(const Module& regulation, const bytecode::RuleBody& body) {
    if (!body.duty) return {};
    const bytecode::Callee& owed = regulation.callees[body.duty->callee];
    LinkedAction& action = set_.actions.at({owed.module, owed.action});
    const auto by_duty = [&](const LinkedAction& linked) {
        return set_.modules[linked.module]->actions[linked.action].by_duty;
    };
    if (by_duty(action)) {
        return base::input_error(fmt::format("{} has a duty to call {}.{}, which nobody may call",
                                             regulation.name, owed.module, owed.action));
    }
    if (!body.duty->role.empty()) {
        std::vector<std::string>& roles = action.owed_by_roles;
        const auto at = std::lower_bound(roles.begin(), roles.end(), body.duty->role);
        if (at == roles.end() || *at != body.duty->role) roles.insert(at, body.duty->role);
    }
    if (!body.duty->remedy) return {};
    const bytecode::Callee& remedy = regulation.callees[body.duty->remedy->callee];
    if (by_duty(set_.actions.at({remedy.module, remedy.action}))) return {};
    return base::input_error(fmt::format("{} would run {}.{} at a breach, which is not by duty",
                                         regulation.name, remedy.module, remedy.action));
}

base::Status Linker::add_bounds() {
    for (const std::size_t module : order_) {
        if (base::Status status = add_bounds_of(module); !status) return status;
    }
    return {};
}

base::Status Linker::add_bounds_of(std::size_t index) {
    const Module& module = *set_.modules[index];
    const std::vector<std::uint64_t> memory = bytecode::memory_of_types(module);
    for (const bytecode::ActionDecl& action : module.actions) {
        LinkedAction& linked = set_.actions.at({module.name, action.name});
        const bytecode::Function& code = module.functions[action.code];
        linked.cost.value =
            saturating_add(cost_of(index, action.code), action.by_roles.size() * ROLE_CHECK_COST);
        for (const std::uint16_t use : action.reads) {
            const bytecode::StoreUse& store = module.store_table[use];
            linked.reads.push_back(store.module + "." + store.store);
        }
        for (const std::uint16_t use : action.writes) {
            const bytecode::StoreUse& store = module.store_table[use];
            linked.writes.push_back(store.module + "." + store.store);
        }
        add_rules(linked);
        if (base::Status status =
                add_callees(linked, bytecode::bounds_of(module, code, memory).calls);
            !status)
            return status;
        for (auto* names : {&linked.reads, &linked.writes}) {
            std::sort(names->begin(), names->end());
            names->erase(std::unique(names->begin(), names->end()), names->end());
        }
        if (linked.cost.value > bytecode::MAX_CALL_COST) {
            return base::input_error(
                fmt::format("a call of {}.{} may cost {} units with its rules and inner calls; at "
                            "most {} are allowed",
                            module.name, action.name, linked.cost.value, bytecode::MAX_CALL_COST));
        }
    }
    return {};
}

base::Status Linker::add_callees(LinkedAction& linked,
                                 const std::vector<bytecode::CalleeBound>& calls) {
    const Module& module = *set_.modules[linked.module];
    std::size_t depth = 1;
    for (const bytecode::CalleeBound& bound : calls) {
        const bytecode::Callee& callee = module.callees[bound.callee];
        // It stands in an imported module, whose bounds are complete.
        const LinkedAction& target = set_.actions.at({callee.module, callee.action});
        linked.cost.value =
            saturating_add(linked.cost.value, saturating_multiply(target.cost.value, bound.times));
        linked.reads.insert(linked.reads.end(), target.reads.begin(), target.reads.end());
        linked.writes.insert(linked.writes.end(), target.writes.begin(), target.writes.end());
        depth = std::max(depth, depth_.at(&target) + 1);
    }
    depth_[&linked] = depth;
    if (depth <= bytecode::MAX_CALL_DEPTH) return {};
    return base::input_error(fmt::format("{}.{} calls actions inside actions more than {} deep",
                                         module.name, module.actions[linked.action].name,
                                         bytecode::MAX_CALL_DEPTH));
}

// With what it may take to read values that older versions stored.
std::uint64_t Linker::cost_of(std::size_t index, bytecode::FunctionIndex function) const {
    const Module& module = *set_.modules[index];
    std::uint64_t cost = module.functions[function].cost;
    const auto converts = [&](std::uint32_t store) {
        return set_.stores[store].conversion_cost > 0;
    };
    if (std::ranges::none_of(set_.store_of[index], converts)) return cost;
    const auto memory = bytecode::memory_of_types(module);
    for (const bytecode::StoreBound& read :
         bytecode::bounds_of(module, module.functions[function], memory).reads) {
        const std::uint64_t one = set_.stores[set_.store_of[index][read.use]].conversion_cost;
        cost = saturating_add(cost, saturating_multiply(one, read.times));
    }
    return cost;
}

void Linker::add_rules(LinkedAction& linked) const {
    for (const GovernedBy& governed : linked.governed_by) {
        const Module& regulation = *set_.modules[governed.regulation];
        const auto add = [&](const std::optional<bytecode::FunctionIndex>& function) {
            if (!function) return;
            linked.cost.value =
                saturating_add(linked.cost.value, cost_of(governed.regulation, *function));
        };
        for (const auto* observers : {&governed.observers, &governed.on_forbidden}) {
            for (const std::uint32_t observer : *observers) {
                const bytecode::FunctionIndex code = regulation.observers[observer].code;
                add(code);
                const bytecode::Effects effects = bytecode::effects_of(regulation.functions[code]);
                const auto name_of = [&](std::uint16_t use) {
                    const bytecode::StoreUse& store = regulation.store_table[use];
                    return store.module + "." + store.store;
                };
                for (const std::uint16_t use : effects.reads) linked.reads.push_back(name_of(use));
                for (const std::uint16_t use : effects.writes)
                    linked.writes.push_back(name_of(use));
            }
        }
        for (const GovernedBy::Rule& rule : governed.rules) {
            const bytecode::RuleBody& body = regulation.rules[rule.rule].bodies[rule.body];
            linked.cost.value = saturating_add(linked.cost.value, RULE_COST);
            add(body.scope);
            add(body.condition);
            if (body.duty) {
                add(body.duty->values);
                if (body.duty->remedy) add(body.duty->remedy->arguments);
                if (body.duty->unit == bytecode::DutyUnit::working_days) {
                    const std::uint64_t days = body.duty->amount;
                    const std::uint64_t years = days / YEAR_OF_WORKING_DAYS + 2;
                    linked.cost.value = saturating_add(
                        linked.cost.value, days * WORKING_DAY_COST + years * CALENDAR_READ_COST);
                    for (const std::string_view store : {DAYS_OFF_STORE, DAYS_WORKED_STORE})
                        linked.reads.push_back(fmt::format("{}.{}", CALENDAR_MODULE, store));
                }
                std::uint64_t bearers = 1;
                if (body.duty->bearer == bytecode::Bearer::every) {
                    const bytecode::Function& values = regulation.functions[*body.duty->values];
                    bearers = regulation.types[values.registers[values.code.back().b]]->capacity;
                }
                linked.cost.value =
                    saturating_add(linked.cost.value, saturating_multiply(bearers, DUTY_COST));
            }
            add(body.condition);  // once more, to name the elements that fail
            for (const bytecode::ExceptionDecl& exception : body.exceptions) {
                add(exception.condition);
            }
            if (body.because) add(body.because->values);
        }
    }
}

}  // namespace

base::Result<LinkedSet> link(std::vector<std::shared_ptr<const Module>> modules) {
    return Linker(std::move(modules)).link();
}

}  // namespace edict::call
