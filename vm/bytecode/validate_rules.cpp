#include "vm/bytecode/validate_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "vm/bytecode/limits.h"

namespace edict::bytecode {

std::string name_problem(std::string_view name, bool dots) {
    if (name.empty()) return "a name is empty";
    if (name.size() > value::MAX_NAME_BYTES) {
        return fmt::format("a name of {} bytes; at most {} are allowed", name.size(),
                           value::MAX_NAME_BYTES);
    }
    if (!value::is_canonical_text(name)) return "a name is not canonical text";
    bool part_is_empty = true;  // between dots
    for (const char c : name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                            (c >= '0' && c <= '9') || (static_cast<unsigned char>(c) & 0x80) != 0;
        if (!letter && !(dots && c == '.' && !part_is_empty)) {
            return fmt::format("`{}` is no name", name);
        }
        part_is_empty = c == '.';
    }
    return part_is_empty ? fmt::format("`{}` is no name", name) : std::string();
}

std::string text_problem(std::string_view text) {
    if (text.size() > MAX_TEXT_BYTES) {
        return fmt::format("a text of {} bytes; at most {} are allowed", text.size(),
                           MAX_TEXT_BYTES);
    }
    return value::is_canonical_text(text) ? "" : "a text is not canonical";
}

std::string function_problem(const Module& module, FunctionIndex index, FunctionKind kind,
                             const std::vector<TypeIndex>& parameters, TypeRelations& relations) {
    if (index >= module.functions.size()) return fmt::format("there is no function {}", index);
    const Function& function = module.functions[index];
    if (function.kind != kind) return fmt::format("function {} is of another kind", index);
    const bool same = function.parameters == parameters.size() &&
                      std::equal(parameters.begin(), parameters.end(), function.registers.begin(),
                                 [&](TypeIndex a, TypeIndex b) {
                                     return relations.same(*module.types[a], *module.types[b]);
                                 });
    return same ? "" : fmt::format("function {} takes other parameters", index);
}

std::string message_problem(const Module& module, const std::optional<MessageTemplate>& message,
                            const std::vector<TypeIndex>& parameters, TypeRelations& relations) {
    if (!message) return {};
    for (const std::string& text : message->texts) {
        if (std::string problem = text_problem(text); !problem.empty()) return problem;
    }
    std::size_t values = 0;
    if (message->values) {
        std::string problem = function_problem(module, *message->values, FunctionKind::message,
                                               parameters, relations);
        if (!problem.empty()) return problem;
        values = module.functions[*message->values].code.back().c;
    }
    return message->texts.size() == values + 1
               ? ""
               : fmt::format("a message of {} texts around {} values", message->texts.size(),
                             values);
}

std::string result_problem(const Module& module, const Function& function,
                           const std::optional<TypeIndex>& result, TypeRelations& relations) {
    for (const Instruction& in : function.code) {
        if (in.op != Opcode::ret) continue;
        if (in.c != (result ? 1 : 0)) return result ? "it returns no value" : "it returns a value";
        if (result && in.b >= function.registers.size()) return "it returns no register";
        if (result &&
            !relations.same(*module.types[function.registers[in.b]], *module.types[*result])) {
            return "it returns a value of another type";
        }
    }
    return {};
}

namespace {

using ActionName = std::pair<std::string_view, std::string_view>;

class RuleCheck {
public:
    RuleCheck(const Module& module, TypeRelations& relations)
        : module_(module), relations_(relations) {}

    [[nodiscard]] base::Status run();

private:
    [[nodiscard]] std::string governed();
    [[nodiscard]] std::string defaults() const;
    [[nodiscard]] std::string source_problem(const SourceDecl& source) const;
    [[nodiscard]] std::string rule_problem(std::size_t at) const;
    [[nodiscard]] std::string body_problem(const RuleDecl& rule, const RuleBody& body) const;
    [[nodiscard]] std::string citations_problem(const std::vector<CitationRef>& cites) const;
    [[nodiscard]] std::string overrides_problem() const;
    [[nodiscard]] std::string duty_problem(const DutyTerms& duty,
                                           const std::vector<TypeIndex>& parameters) const;
    [[nodiscard]] std::string values_problem(const std::optional<FunctionIndex>& function,
                                             const std::vector<const value::Type*>& types,
                                             const std::vector<TypeIndex>& parameters) const;
    [[nodiscard]] std::string observer_problem(const ObserverDecl& observer) const;

    const Module& module_;
    TypeRelations& relations_;
    std::map<ActionName, const GovernedAction*> governed_;
};

std::string RuleCheck::governed() {
    const std::set<std::string_view> governs(module_.governs.begin(), module_.governs.end());
    for (const GovernedAction& action : module_.governed_actions) {
        if (!governs.contains(action.contract)) {
            return fmt::format("{} is not among the modules that it governs", action.contract);
        }
        if (!governed_.try_emplace({action.contract, action.action}, &action).second) {
            return fmt::format("{}.{} is governed twice", action.contract, action.action);
        }
    }
    return {};
}

std::string RuleCheck::defaults() const {
    std::set<ActionName> seen;
    for (const DefaultDecl& line : module_.defaults) {
        if (!governed_.contains({line.contract, line.action})) {
            return fmt::format("a default for {}.{}, which is not governed", line.contract,
                               line.action);
        }
        if (!seen.insert({line.contract, line.action}).second) {
            return fmt::format("two defaults for {}.{}", line.contract, line.action);
        }
    }
    for (const auto& [name, action] : governed_) {
        if (!seen.contains(name)) {
            return fmt::format("no default for {}.{}", action->contract, action->action);
        }
    }
    return {};
}

std::string RuleCheck::source_problem(const SourceDecl& source) const {
    std::string problem = name_problem(source.name, false);
    if (problem.empty() && !source.rank.empty()) problem = name_problem(source.rank, false);
    if (!problem.empty()) return problem;
    if (source.in_force_from) {
        const value::Value date{*source.in_force_from};
        if (!value::check(date, *value::date_type())) return "a date outside the calendar";
    }
    return text_problem(source.title);
}

std::string RuleCheck::citations_problem(const std::vector<CitationRef>& cites) const {
    for (const CitationRef& citation : cites) {
        if (citation.source >= module_.sources.size()) return "a citation of no source";
        if (std::string problem = text_problem(citation.place); !problem.empty()) return problem;
    }
    return {};
}

std::string RuleCheck::body_problem(const RuleDecl& rule, const RuleBody& body) const {
    const auto action = governed_.find({body.contract, body.action});
    if (action == governed_.end()) {
        return fmt::format("it names {}.{}, which is not governed", body.contract, body.action);
    }
    const std::vector<TypeIndex> parameters = action->second->facts();
    const auto check = [&](FunctionIndex index) {
        return function_problem(module_, index, FunctionKind::rule, parameters, relations_);
    };
    if (body.duty.has_value() != (rule.norm == Norm::duty)) {
        return "a duty has its terms, and nothing else has";
    }
    if (body.duty) {
        std::string problem = duty_problem(*body.duty, parameters);
        if (!problem.empty()) return problem;
    }
    if (body.condition.has_value() != (rule.norm == Norm::require)) {
        return "a require has a condition, and nothing else has";
    }
    for (const std::optional<FunctionIndex>& index : {body.scope, body.condition}) {
        if (!index) continue;
        if (std::string problem = check(*index); !problem.empty()) return problem;
    }
    for (const ExceptionDecl& exception : body.exceptions) {
        std::string problem = check(exception.condition);
        if (problem.empty())
            problem = message_problem(module_, exception.because, parameters, relations_);
        if (problem.empty()) problem = citations_problem(exception.cites);
        if (!problem.empty()) return problem;
    }
    return message_problem(module_, body.because, parameters, relations_);
}

std::string RuleCheck::rule_problem(std::size_t at) const {
    const RuleDecl& rule = module_.rules[at];
    for (const std::optional<value::Date>& date : {rule.from, rule.until}) {
        if (date && !value::check({*date}, *value::date_type()))
            return "a date outside the calendar";
    }
    if (rule.from && rule.until && !(*rule.from < *rule.until)) return "its window is empty";
    if (rule.as_of_right && rule.norm != Norm::permit) return "only a permit may be as of right";
    std::set<std::uint16_t> overridden;
    for (const std::uint16_t weaker : rule.overrides) {
        if (weaker >= module_.rules.size()) return "it overrides no rule";
        if (!overridden.insert(weaker).second) return "it overrides a rule twice";
        if ((module_.rules[weaker].norm == Norm::duty) != (rule.norm == Norm::duty))
            return "a duty and another norm override each other";
    }
    if (std::string problem = citations_problem(rule.cites); !problem.empty()) return problem;
    std::set<ActionName> named;
    for (const RuleBody& body : rule.bodies) {
        if (!named.insert({body.contract, body.action}).second) {
            return fmt::format("it names {}.{} twice", body.contract, body.action);
        }
        if (std::string problem = body_problem(rule, body); !problem.empty()) return problem;
    }
    return {};
}

// Whether the function returns just values of these types; none if there are none.
std::string RuleCheck::values_problem(const std::optional<FunctionIndex>& function,
                                      const std::vector<const value::Type*>& types,
                                      const std::vector<TypeIndex>& parameters) const {
    if (function.has_value() == types.empty()) return "a duty whose values are not its own";
    if (!function) return {};
    std::string problem =
        function_problem(module_, *function, FunctionKind::message, parameters, relations_);
    if (!problem.empty()) return problem;
    const Function& code = module_.functions[*function];
    const Instruction& ret = code.code.back();
    if (ret.c != types.size()) return "a duty with not as many values as it needs";
    for (std::size_t i = 0; i < types.size(); ++i) {
        if (!relations_.fits(*module_.types[code.registers[ret.b + i]], *types[i]))
            return "a value of a duty of another type";
    }
    return {};
}

std::string RuleCheck::duty_problem(const DutyTerms& duty,
                                    const std::vector<TypeIndex>& parameters) const {
    if (duty.callee >= module_.callees.size()) return "a duty to call no action";
    const Callee& callee = module_.callees[duty.callee];
    if (duty.any.size() != callee.parameters.size()) return "a duty with other arguments";
    const bool working = duty.unit == DutyUnit::working_days;
    if (duty.amount > (working ? MAX_WORKING_DAYS : MAX_DUTY_AMOUNT))
        return "a duty with too distant a deadline";
    if ((duty.bearer == Bearer::role) == duty.role.empty()) return "a duty of nobody";
    if (!duty.role.empty()) {
        if (std::string problem = name_problem(duty.role, false); !problem.empty()) return problem;
    }
    std::vector<const value::Type*> types;
    const value::TypeRef party = value::party_type(), date = value::date_type();
    const Function* values = duty.values && *duty.values < module_.functions.size()
                                 ? &module_.functions[*duty.values]
                                 : nullptr;
    if (duty.bearer == Bearer::every) {
        if (values == nullptr || values->code.empty() || values->code.back().c == 0)
            return "a duty of nobody";
        const std::size_t first = values->code.back().b;
        if (first >= values->registers.size()) return "a duty of nobody";
        const value::Type& set = *module_.types[values->registers[first]];
        if (set.kind != value::Kind::set || set.parts[0]->kind != value::Kind::party)
            return "a duty whose bearers are no set of parties";
        types.push_back(&set);
    } else if (duty.bearer == Bearer::party) {
        types.push_back(party.get());
    }
    for (std::size_t i = 0; i < duty.any.size(); ++i) {
        if (!duty.any[i]) types.push_back(module_.types[callee.parameters[i]].get());
    }
    if (duty.after) types.push_back(date.get());
    std::string problem = values_problem(duty.values, types, parameters);
    if (!problem.empty() || !duty.remedy) return problem;
    if (duty.remedy->callee >= module_.callees.size()) return "a remedy that is no action";
    const std::string& governed = module_.callees[duty.remedy->callee].module;
    if (std::find(module_.governs.begin(), module_.governs.end(), governed) ==
        module_.governs.end()) {
        return "a remedy of a module that it does not govern";
    }
    types.clear();
    for (const TypeIndex type : module_.callees[duty.remedy->callee].parameters)
        types.push_back(module_.types[type].get());
    return values_problem(duty.remedy->arguments, types, parameters);
}

std::string RuleCheck::observer_problem(const ObserverDecl& observer) const {
    std::string problem = name_problem(observer.name, false);
    if (!problem.empty()) return problem;
    const auto action = governed_.find({observer.contract, observer.action});
    if (action == governed_.end()) {
        return fmt::format("it names {}.{}, which is not governed", observer.contract,
                           observer.action);
    }
    problem = function_problem(module_, observer.code, FunctionKind::action,
                               action->second->facts(), relations_);
    if (problem.empty()) {
        problem =
            result_problem(module_, module_.functions[observer.code], std::nullopt, relations_);
    }
    if (!problem.empty()) return problem;
    // Code writes no store of another module: that is checked with the code.
    for (const Instruction& in : module_.functions[observer.code].code) {
        if (in.op == Opcode::emit || in.op == Opcode::call_action)
            return "it does more than keep stores";
    }
    return {};
}

// Takes away rules that nothing left overrides, until none is left: Kahn's order.
std::string RuleCheck::overrides_problem() const {
    std::vector<std::uint32_t> overridden(module_.rules.size(), 0);
    for (const RuleDecl& rule : module_.rules) {
        for (const std::uint16_t weaker : rule.overrides) ++overridden[weaker];
    }
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < overridden.size(); ++i) {
        if (overridden[i] == 0) order.push_back(i);
    }
    for (std::size_t done = 0; done < order.size(); ++done) {
        for (const std::uint16_t weaker : module_.rules[order[done]].overrides) {
            if (--overridden[weaker] == 0) order.push_back(weaker);
        }
    }
    if (order.size() == module_.rules.size()) return {};
    const auto at =
        std::find_if(overridden.begin(), overridden.end(), [](auto n) { return n > 0; });
    return fmt::format("rule {} overrides itself, through others or directly",
                       module_.rules[static_cast<std::size_t>(at - overridden.begin())].name);
}

base::Status RuleCheck::run() {
    std::string problem = governed();
    if (problem.empty()) problem = defaults();
    if (!problem.empty()) return base::input_error(std::move(problem));
    for (const SourceDecl& source : module_.sources) {
        problem = source_problem(source);
        if (!problem.empty())
            return base::input_error(fmt::format("source {}: {}", source.name, problem));
    }
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < module_.rules.size(); ++i) {
        problem = name_problem(module_.rules[i].name, false);
        if (problem.empty() && !names.insert(module_.rules[i].name).second) {
            problem = "another rule has this name";
        }
        if (problem.empty()) problem = rule_problem(i);
        if (!problem.empty()) {
            return base::input_error(fmt::format("rule {}: {}", module_.rules[i].name, problem));
        }
    }
    problem = overrides_problem();
    if (!problem.empty()) return base::input_error(std::move(problem));
    std::set<std::tuple<std::string_view, std::string_view, std::string_view>> observed;
    for (const ObserverDecl& observer : module_.observers) {
        problem = observer_problem(observer);
        if (problem.empty() &&
            !observed.insert({observer.name, observer.contract, observer.action}).second) {
            problem = "it observes an action twice";
        }
        if (!problem.empty())
            return base::input_error(fmt::format("observer {}: {}", observer.name, problem));
    }
    return {};
}

}  // namespace

base::Status validate_rules(const Module& module, TypeRelations& relations) {
    return RuleCheck(module, relations).run();
}

}  // namespace edict::bytecode
