#include "vm/bytecode/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "vm/bytecode/cost.h"
#include "vm/bytecode/limits.h"
#include "vm/bytecode/personal.h"
#include "vm/bytecode/validate_change.h"
#include "vm/bytecode/validate_code.h"
#include "vm/bytecode/validate_rules.h"

namespace edict::bytecode {

namespace {

class ModuleCheck {
public:
    explicit ModuleCheck(const Module& module) : module_(module) {}

    [[nodiscard]] base::Status run();

private:
    // Each returns what is wrong, or nothing.
    [[nodiscard]] std::string sizes() const;
    [[nodiscard]] std::string header() const;
    [[nodiscard]] std::string types() const;
    [[nodiscard]] std::string constants() const;
    [[nodiscard]] std::string imports();
    [[nodiscard]] std::string names() const;
    [[nodiscard]] std::string events() const;
    [[nodiscard]] std::string stores();
    [[nodiscard]] std::string store_table();
    [[nodiscard]] std::string own_store_problem(const StoreUse& use, const StoreDecl& own);
    [[nodiscard]] std::string callees() const;
    [[nodiscard]] std::string actions();
    [[nodiscard]] std::string action_problem(const ActionDecl& action);

    [[nodiscard]] bool is_type(TypeIndex type) const { return type < module_.types.size(); }
    [[nodiscard]] bool are_types(const std::vector<TypeIndex>& types) const {
        return std::all_of(types.begin(), types.end(), [&](TypeIndex t) { return is_type(t); });
    }
    [[nodiscard]] bool is_result(const std::optional<TypeIndex>& type) const {
        return !type || is_type(*type);
    }
    [[nodiscard]] bool same(TypeIndex a, TypeIndex b) {
        return relations_.same(*module_.types[a], *module_.types[b]);
    }

    const Module& module_;
    TypeRelations relations_;
    std::set<std::string_view> imported_;
    std::map<std::string_view, const StoreDecl*> own_stores_;
};

// The first name that is no name or stands twice; `what` says what they name.
template <typename Names>
std::string names_problem(const Names& names, std::string_view what, bool dots) {
    std::set<std::string_view> seen;
    for (const std::string& name : names) {
        if (std::string problem = name_problem(name, dots); !problem.empty()) {
            return fmt::format("{}: {}", what, problem);
        }
        if (!seen.insert(name).second) return fmt::format("{} {} stands twice", what, name);
    }
    return {};
}

std::string ModuleCheck::sizes() const {
    const std::pair<std::size_t, std::size_t> within[] = {
        {module_.imports.size(), MAX_DECLARATIONS},
        {module_.types.size(), MAX_TYPES},
        {module_.constants.size(), MAX_CONSTANTS},
        {module_.regulators.size(), MAX_DECLARATIONS},
        {module_.roles.size(), MAX_DECLARATIONS},
        {module_.events.size(), MAX_DECLARATIONS},
        {module_.stores.size(), MAX_DECLARATIONS},
        {module_.store_table.size(), MAX_DECLARATIONS},
        {module_.callees.size(), MAX_DECLARATIONS},
        {module_.functions.size(), MAX_FUNCTIONS},
        {module_.actions.size(), MAX_DECLARATIONS},
        {module_.governs.size(), MAX_DECLARATIONS},
        {module_.sources.size(), MAX_DECLARATIONS},
        {module_.rules.size(), MAX_RULES},
        {module_.observers.size(), MAX_DECLARATIONS},
        {module_.defaults.size(), MAX_DECLARATIONS},
        {module_.governed_actions.size(), MAX_DECLARATIONS},
        {module_.invariants.size(), MAX_DECLARATIONS},
        {module_.origins.size(), MAX_DECLARATIONS},
        {module_.initial.size(), MAX_INITIAL_VALUES},
        {module_.history.stores.size(), MAX_DECLARATIONS},
        {module_.personal.size(), MAX_DECLARATIONS},
    };
    for (const auto& [size, most] : within) {
        if (size > most)
            return fmt::format("a table of {} entries; at most {} are allowed", size, most);
    }
    return {};
}

std::string ModuleCheck::header() const {
    if (std::string problem = name_problem(module_.name, true); !problem.empty()) return problem;
    if (module_.zone_minutes && std::abs(*module_.zone_minutes) > MAX_ZONE_MINUTES) {
        return "its zone is more than 18 hours from UTC";
    }
    const bool is_contract = module_.kind == ModuleKind::contract;
    const bool has_rules = !module_.governs.empty() || !module_.governed_actions.empty() ||
                           !module_.sources.empty() || !module_.observers.empty() ||
                           !module_.rules.empty() || !module_.defaults.empty();
    if (is_contract && has_rules) return "a contract with tables of a regulation";
    if (is_contract && module_.restrictions_first)
        return "a contract whose restrictions come first";
    if (!is_contract && !module_.regulators.empty()) return "a regulation that names regulators";
    return {};
}

std::string ModuleCheck::types() const {
    base::Writer out;
    for (const value::TypeRef& type : module_.types) {
        if (type == nullptr) return "a type is missing";
        value::write(out, *type);
        if (out.out().size() > MAX_TYPE_TABLE_BYTES) {
            return fmt::format("its types take more than {} bytes", MAX_TYPE_TABLE_BYTES);
        }
    }
    return {};
}

std::string ModuleCheck::constants() const {
    for (std::size_t i = 0; i < module_.constants.size(); ++i) {
        const Constant& constant = module_.constants[i];
        if (!is_type(constant.type)) return fmt::format("constant {} is of an unknown type", i);
        const base::Status status = value::check(constant.value, *module_.types[constant.type]);
        if (!status) return fmt::format("constant {}: {}", i, status.error().message);
    }
    return {};
}

std::string ModuleCheck::imports() {
    std::vector<std::string> names;
    for (const Import& import : module_.imports) names.push_back(import.module);
    if (std::string problem = names_problem(names, "import", true); !problem.empty())
        return problem;
    for (const Import& import : module_.imports) imported_.insert(import.module);
    if (imported_.contains(module_.name)) return "it imports itself";
    if (std::string problem = names_problem(module_.governs, "governed module", true);
        !problem.empty()) {
        return problem;
    }
    for (const std::string& governed : module_.governs) {
        if (!imported_.contains(governed)) {
            return fmt::format("it governs {} and does not import it", governed);
        }
    }
    return {};
}

std::string ModuleCheck::names() const {
    std::string problem = names_problem(module_.regulators, "regulator", false);
    if (problem.empty()) problem = names_problem(module_.roles, "role", false);
    return problem;
}

std::string ModuleCheck::events() const {
    std::vector<std::string> names;
    for (const EventDecl& event : module_.events) {
        names.push_back(event.name);
        std::string problem = names_problem(event.field_names, "field", false);
        if (problem.empty() && event.fields.size() > MAX_PARAMETERS) problem = "too many fields";
        if (problem.empty() && event.field_names.size() != event.fields.size()) {
            problem = "not as many names as fields";
        }
        if (problem.empty() && !are_types(event.fields)) problem = "a field of an unknown type";
        if (!problem.empty()) return fmt::format("event {}: {}", event.name, problem);
    }
    return names_problem(names, "event", false);
}

std::string ModuleCheck::stores() {
    std::vector<std::string> names;
    for (const StoreDecl& store : module_.stores) {
        names.push_back(store.name);
        own_stores_[store.name] = &store;
        if (!is_type(store.value) || (store.key && !is_type(*store.key))) {
            return fmt::format("store {} is of an unknown type", store.name);
        }
        if (!store.initial) continue;
        if (*store.initial >= module_.constants.size() ||
            !relations_.fits(*module_.types[module_.constants[*store.initial].type],
                             *module_.types[store.value])) {
            return fmt::format("the default of store {} is not one of its values", store.name);
        }
    }
    return names_problem(names, "store", false);
}

std::string ModuleCheck::own_store_problem(const StoreUse& use, const StoreDecl& own) {
    const bool same_key =
        use.key.has_value() == own.key.has_value() && (!use.key || same(*use.key, *own.key));
    const bool same_initial =
        use.initial.has_value() == own.initial.has_value() &&
        (!use.initial || *use.initial == module_.constants[*own.initial].value);
    return same_key && same(use.value, own.value) && same_initial
               ? ""
               : "it differs from its declaration";
}

std::string ModuleCheck::store_table() {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const StoreUse& use : module_.store_table) {
        const auto where = [&](std::string_view what) {
            return fmt::format("store {}.{}: {}", use.module, use.store, what);
        };
        if (!seen.insert({use.module, use.store}).second) return where("it is in the table twice");
        if (!is_type(use.value) || (use.key && !is_type(*use.key))) return where("an unknown type");
        if (use.initial) {
            const base::Status status = value::check(*use.initial, *module_.types[use.value]);
            if (!status) return where(status.error().message);
        }
        if (use.module == module_.name) {
            const auto own = own_stores_.find(use.store);
            if (own == own_stores_.end()) return where("it is not declared");
            if (std::string problem = own_store_problem(use, *own->second); !problem.empty()) {
                return where(problem);
            }
            continue;
        }
        if (!imported_.contains(use.module)) return where("its module is not imported");
        if (std::string problem = name_problem(use.store, false); !problem.empty())
            return where(problem);
    }
    return {};
}

std::string ModuleCheck::callees() const {
    for (const Callee& callee : module_.callees) {
        std::string problem = name_problem(callee.action, false);
        // Of this module itself one may be asked about, or owed; code does not call it.
        if (problem.empty() && callee.module != module_.name && !imported_.contains(callee.module))
            problem = "its module is not imported";
        if (problem.empty() && callee.parameters.size() > MAX_PARAMETERS)
            problem = "too many parameters";
        if (problem.empty() && !(are_types(callee.parameters) && is_result(callee.result)))
            problem = "an unknown type";
        if (!problem.empty())
            return fmt::format("callee {}.{}: {}", callee.module, callee.action, problem);
    }
    for (const GovernedAction& governed : module_.governed_actions) {
        std::string problem = name_problem(governed.action, false);
        if (problem.empty() && governed.parameters.size() > MAX_PARAMETERS)
            problem = "too many parameters";
        if (problem.empty() && !(are_types(governed.parameters) && is_result(governed.result)))
            problem = "an unknown type";
        if (!problem.empty()) {
            return fmt::format("governed action {}.{}: {}", governed.contract, governed.action,
                               problem);
        }
    }
    return {};
}

std::string ModuleCheck::action_problem(const ActionDecl& action) {
    std::string problem = names_problem(action.parameter_names, "parameter", false);
    if (!problem.empty()) return problem;
    problem = names_problem(action.by_roles, "role", false);
    if (!problem.empty()) return problem;
    if (action.parameters.size() > MAX_PARAMETERS) {
        return fmt::format("{} parameters; at most {} are allowed", action.parameters.size(),
                           MAX_PARAMETERS);
    }
    if (action.parameter_names.size() != action.parameters.size()) {
        return "not as many names as parameters";
    }
    if (!are_types(action.parameters)) return "a parameter of an unknown type";
    if (!is_result(action.result)) return "a result of an unknown type";
    if (action.by_duty && !action.by_roles.empty()) return "by duty and by a role";
    if (action.dated) {
        const Dated& dated = *action.dated;
        if (action.by_duty) return "by duty and dated by a parameter";
        if (dated.parameter >= action.parameters.size() ||
            module_.types[action.parameters[dated.parameter]]->kind != value::Kind::time) {
            return "dated by what is no Time among its parameters";
        }
        if (dated.days > MAX_DATED_DAYS) return "dated by too distant a time";
    }
    problem =
        function_problem(module_, action.code, FunctionKind::action, action.parameters, relations_);
    if (!problem.empty()) return problem;
    problem = result_problem(module_, module_.functions[action.code], action.result, relations_);
    if (!problem.empty()) return problem;
    const Effects effects = effects_of(module_.functions[action.code]);
    if (effects.reads != action.reads || effects.writes != action.writes) {
        return "what it says that it reads and writes is not what its code does";
    }
    return {};
}

std::string ModuleCheck::actions() {
    std::vector<std::string> names;
    for (const ActionDecl& action : module_.actions) {
        names.push_back(action.name);
        if (std::string problem = action_problem(action); !problem.empty()) {
            return fmt::format("action {}: {}", action.name, problem);
        }
    }
    return names_problem(names, "action", false);
}

base::Status ModuleCheck::run() {
    using Step = std::string (*)(ModuleCheck&);
    static constexpr Step steps[] = {
        [](ModuleCheck& c) { return c.sizes(); },
        [](ModuleCheck& c) { return c.header(); },
        [](ModuleCheck& c) { return c.types(); },
        [](ModuleCheck& c) { return c.constants(); },
        [](ModuleCheck& c) { return c.imports(); },
        [](ModuleCheck& c) { return c.names(); },
        [](ModuleCheck& c) { return c.events(); },
        [](ModuleCheck& c) { return c.stores(); },
        [](ModuleCheck& c) { return c.store_table(); },
        [](ModuleCheck& c) { return c.callees(); },
    };
    for (const Step step : steps) {
        if (std::string problem = step(*this); !problem.empty()) {
            return base::input_error(std::move(problem));
        }
    }
    const std::vector<std::uint64_t> memory = memory_of_types(module_);
    for (std::size_t i = 0; i < module_.functions.size(); ++i) {
        base::Status status = validate_code(module_, module_.functions[i], memory, relations_);
        if (!status) return base::in_context(fmt::format("function {}", i), status.error());
    }
    if (std::string problem = actions(); !problem.empty())
        return base::input_error(std::move(problem));
    if (base::Status status = validate_rules(module_, relations_); !status) return status;
    if (base::Status status = validate_change(module_, relations_); !status) return status;
    if (std::string problem = personal_problem(module_); !problem.empty())
        return base::input_error(std::move(problem));
    if (encode(module_).size() > MAX_MODULE_BYTES) {
        return base::input_error(fmt::format("it takes more than {} bytes", MAX_MODULE_BYTES));
    }
    return {};
}

}  // namespace

base::Status validate(const Module& module) {
    base::Status status = ModuleCheck(module).run();
    if (status) return status;
    return base::in_context(
        fmt::format("module {}",
                    value::is_canonical_text(module.name) ? std::string_view(module.name) : "?"),
        status.error());
}

}  // namespace edict::bytecode
