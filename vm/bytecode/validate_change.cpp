#include "vm/bytecode/validate_change.h"

#include <fmt/format.h>

#include <set>

#include "vm/bytecode/limits.h"
#include "vm/bytecode/schema.h"
#include "vm/bytecode/validate_rules.h"

namespace edict::bytecode {

namespace {

class ChangeCheck {
public:
    ChangeCheck(const Module& module, TypeRelations& relations)
        : module_(module), relations_(relations) {}

    base::Status run() {
        std::set<std::string_view> names;
        for (const InvariantDecl& one : module_.invariants) {
            std::string problem = name_problem(one.name, false);
            if (problem.empty() && !names.insert(one.name).second)
                problem = "another invariant has this name";
            if (problem.empty()) problem = invariant(one);
            if (!problem.empty())
                return base::input_error(fmt::format("invariant {}: {}", one.name, problem));
        }
        std::string problem = initial();
        if (!problem.empty()) return base::input_error("initial data: " + problem);
        problem = history();
        if (!problem.empty()) return base::input_error("schema history: " + problem);
        return {};
    }

private:
    // What the function of an invariant may do: look at stores, and nowhere else.
    [[nodiscard]] static bool speaks_of_stores(const Function& function) {
        for (const Instruction& in : function.code) {
            switch (in.op) {
                case Opcode::today:
                case Opcode::now:
                case Opcode::caller:
                case Opcode::signer:
                case Opcode::has_role:
                case Opcode::open_duty:
                case Opcode::breached_duty:
                    return false;
                default:
                    break;
            }
        }
        return true;
    }

    std::string invariant(const InvariantDecl& one) {
        std::vector<TypeIndex> parameters;
        if (one.over) {
            if (*one.over >= module_.store_table.size()) return "it is about no store";
            const std::optional<TypeIndex>& key = module_.store_table[*one.over].key;
            if (!key) return "it is about the keys of a store that has none";
            parameters = {*key};
            if (one.condition < module_.functions.size() &&
                module_.functions[one.condition].parameters > 1)
                parameters = parts_of(*key);
        }
        std::string problem =
            function_problem(module_, one.condition, FunctionKind::rule, parameters, relations_);
        if (problem.empty() && !speaks_of_stores(module_.functions[one.condition]))
            problem = "it asks for more than stores";
        for (const CitationRef& citation : one.cites) {
            if (problem.empty() && citation.source >= module_.sources.size())
                problem = "a citation of no source";
            if (problem.empty()) problem = text_problem(citation.place);
        }
        if (!problem.empty() || !one.because) return problem;
        return message_problem(module_, one.because, parameters, relations_);
    }

    // The types of a tuple's parts; the table has each, since a function takes them.
    std::vector<TypeIndex> parts_of(TypeIndex key) {
        std::vector<TypeIndex> all;
        if (module_.types[key]->kind != value::Kind::tuple) return all;
        for (const value::TypeRef& part : module_.types[key]->parts) {
            for (std::size_t i = 0; i < module_.types.size(); ++i) {
                if (!relations_.same(*module_.types[i], *part)) continue;
                all.push_back(static_cast<TypeIndex>(i));
                break;
            }
        }
        return all;
    }

    // Whether a constant is there and of the type; else why not.
    [[nodiscard]] std::string constant(std::uint32_t index, const value::Type& type) {
        if (index >= module_.constants.size()) return "there is no such constant";
        const Constant& found = module_.constants[index];
        return relations_.same(*module_.types[found.type], type) ? "" : "a value of another type";
    }

    std::string initial() {
        for (const InitialOrigin& origin : module_.origins) {
            if (std::string problem = text_problem(origin.title); !problem.empty()) return problem;
        }
        std::set<std::pair<std::uint16_t, base::Bytes>> seen;
        for (const InitialValue& one : module_.initial) {
            if (one.store >= module_.stores.size()) return "a value of no store";
            const StoreDecl& store = module_.stores[one.store];
            if (one.key.has_value() != store.key.has_value())
                return fmt::format("store {}: a key too many or too few", store.name);
            std::string problem = constant(one.value, *module_.types[store.value]);
            if (problem.empty() && one.key)
                problem = constant(*one.key, *module_.types[*store.key]);
            if (problem.empty() && one.origin && *one.origin >= module_.origins.size())
                problem = "it comes from nowhere";
            if (!problem.empty()) return fmt::format("store {}: {}", store.name, problem);
            base::Bytes key;
            if (one.key) {
                key =
                    value::to_bytes(module_.constants[*one.key].value, *module_.types[*store.key]);
            }
            if (!seen.emplace(one.store, std::move(key)).second)
                return fmt::format("store {}: two values of one key", store.name);
        }
        return {};
    }

    [[nodiscard]] static bool is_pure(const Function& function) {
        for (const Instruction& in : function.code) {
            const Opcode op = in.op;
            const bool asks = op == Opcode::today || op == Opcode::now || op == Opcode::caller ||
                              op == Opcode::signer || info(op).effect == Effect::read ||
                              info(op).effect == Effect::write;
            if (asks) return false;
        }
        return true;
    }

    std::string upgrade_problem(const UpgradeDecl& upgrade) {
        for (const TypeIndex type : {upgrade.from, upgrade.to}) {
            if (module_.types[type]->kind != value::Kind::record)
                return "an upgrade of what is no record";
        }
        if (upgrade_of(module_, *module_.types[upgrade.from], *module_.types[upgrade.to]) !=
            &upgrade)
            return "two upgrades of one type";
        if (upgrade.code >= module_.functions.size()) return "an upgrade without code";
        const Function& code = module_.functions[upgrade.code];
        if (code.kind != FunctionKind::message || !is_pure(code))
            return "an upgrade whose code asks for more than the old record";
        const Instruction& ret = code.code.back();
        if (ret.c != 1 ||
            !relations_.fits(*module_.types[code.registers[ret.b]], *module_.types[upgrade.to]))
            return "an upgrade that makes another type";
        return {};
    }

    std::string history() {
        const SchemaHistory& history = module_.history;
        if (history.upgrades.size() > MAX_UPGRADES) return "too many upgrades";
        for (const UpgradeDecl& upgrade : history.upgrades) {
            if (upgrade.from >= module_.types.size() || upgrade.to >= module_.types.size())
                return "an upgrade of an unknown type";
        }
        for (const UpgradeDecl& upgrade : history.upgrades) {
            if (std::string problem = upgrade_problem(upgrade); !problem.empty()) return problem;
        }
        if (history.defaults.size() > MAX_UPGRADES) return "too many defaults of fields";
        for (const FieldDefault& one : history.defaults) {
            if (one.record >= module_.types.size() ||
                module_.types[one.record]->kind != value::Kind::record ||
                one.field >= module_.types[one.record]->fields.size())
                return "a default of no field";
        }
        for (const FieldDefault& one : history.defaults) {
            if (default_of(module_, *module_.types[one.record], one.field) != &one)
                return "two defaults of one field";
            std::string problem =
                constant(one.value, *module_.types[one.record]->fields[one.field].type);
            if (!problem.empty()) return problem;
        }
        std::uint64_t steps = MAX_CONVERSION_STEPS;
        for (std::size_t i = 0; i < history.stores.size(); ++i) {
            const OlderTypes& older = history.stores[i];
            if (older.store >= module_.stores.size()) return "older types of no store";
            if (i > 0 && older.store <= history.stores[i - 1].store)
                return "its stores do not ascend";
            const StoreDecl& store = module_.stores[older.store];
            if (older.types.empty()) return fmt::format("store {} had no other type", store.name);
            std::set<std::uint32_t> numbers{type_number(*module_.types[store.value])};
            for (const TypeIndex type : older.types) {
                if (type >= module_.types.size()) return "an older type that is unknown";
                if (!numbers.insert(type_number(*module_.types[type])).second)
                    return fmt::format("store {}: two of its types have one number", store.name);
                const Conversion found = conversion_of(module_, *module_.types[type],
                                                       *module_.types[store.value], steps);
                if (!found.problem.empty())
                    return fmt::format("store {}: {}", store.name, found.problem);
                if (found.cost > MAX_CONVERSION_COST) {
                    return fmt::format(
                        "store {}: reading an older value can cost {} units; at most {} are "
                        "allowed",
                        store.name, found.cost, MAX_CONVERSION_COST);
                }
            }
        }
        return {};
    }

    const Module& module_;
    TypeRelations& relations_;
};

}  // namespace

base::Status validate_change(const Module& module, TypeRelations& relations) {
    return ChangeCheck(module, relations).run();
}

}  // namespace edict::bytecode
