#include "vm/call/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"

namespace edict::call {

using bytecode::Answer;
using bytecode::Norm;
using value::Kind;

std::string_view to_text(Outcome outcome) {
    switch (outcome) {
        case Outcome::committed:
            return "committed";
        case Outcome::forbidden:
            return "forbidden";
        case Outcome::failed:
            return "failed";
        case Outcome::refused:
            return "refused";
    }
    EDICT_CHECK(false);
}

std::string_view to_text(Answer answer) {
    switch (answer) {
        case Answer::permitted:
            return "permitted";
        case Answer::forbidden:
            return "forbidden";
        case Answer::silent:
            return "silent";
    }
    EDICT_CHECK(false);
}

std::string_view to_text(Norm norm) {
    switch (norm) {
        case Norm::permit:
            return "permit";
        case Norm::forbid:
            return "forbid";
        case Norm::require:
            return "require";
        case Norm::duty:
            return "duty";
    }
    EDICT_CHECK(false);
}

std::string shown_text(const value::Value& value, const value::Type& type, const PartyText& names) {
    if (type.kind == Kind::text) return std::get<std::string>(value.data);
    if (type.kind == Kind::party && names) {
        if (std::optional<std::string> name = names(std::get<value::PartyId>(value.data)))
            return *name;
    }
    if (type.kind == Kind::optional) {
        const auto& element = std::get<value::Optional>(value.data).element;
        if (!element.empty()) return shown_text(element[0], *type.parts[0], names);
    }
    if (type.kind == Kind::set) {
        const auto& elements = std::get<value::Set>(value.data).elements;
        std::vector<std::string> texts;
        for (const value::Value& element : elements) {
            texts.push_back(shown_text(element, *type.parts[0], names));
        }
        return texts.empty() ? "{}" : fmt::format("{{ {} }}", fmt::join(texts, ", "));
    }
    return value::to_text(value, type);
}

namespace {

const GovernedBy* governed_by(const LinkedSet& set, const Decision& decision,
                              std::string_view regulation) {
    const LinkedAction* action = set.find(decision.module, decision.action);
    if (action == nullptr) return nullptr;
    for (const GovernedBy& governed : action->governed_by) {
        if (set.modules[governed.regulation]->name == regulation) return &governed;
    }
    return nullptr;
}

}  // namespace

std::string message_text(const bytecode::Module& module, const bytecode::MessageTemplate& message,
                         const std::vector<std::optional<value::Value>>& shown,
                         const PartyText& names) {
    std::string text = message.texts[0];
    if (!message.values) return text;
    const bytecode::Function& function = module.functions[*message.values];
    const bytecode::Instruction& ret = function.code.back();
    for (std::size_t i = 0; i < ret.c && i < shown.size(); ++i) {
        const value::Type& type = *module.types[function.registers[ret.b + i]];
        text += shown[i] ? shown_text(*shown[i], type, names) : "?";
        text += message.texts[i + 1];
    }
    return text;
}

namespace {

// The type of the elements that a condition's only outer loop walks over.
const value::Type* element_type(const bytecode::Module& module,
                                const bytecode::Function& function) {
    for (const bytecode::Instruction& in : function.code) {
        if (in.op != bytecode::Opcode::for_each) continue;
        return module.types[function.registers[in.a]].get();
    }
    return nullptr;
}

ExplainedRule explain_rule(const bytecode::Module& regulation, const GovernedBy& governed,
                           const RegulationAnswer& answer, const Deciding& deciding,
                           const PartyText& names) {
    const bytecode::RuleDecl& rule = regulation.rules[deciding.rule];
    ExplainedRule explained;
    explained.regulation = regulation.name;
    explained.rule = rule.name;
    explained.norm = rule.norm;
    explained.as_of_right = rule.as_of_right;
    explained.in_doubt = answer.bits.error[deciding.rule];
    for (const bytecode::CitationRef& citation : rule.cites) {
        const std::string& source = regulation.sources[citation.source].name;
        explained.citations.push_back(
            citation.place.empty() ? source : fmt::format("{} {}", source, citation.place));
    }
    for (const GovernedBy::Rule& at : governed.rules) {
        if (at.rule != deciding.rule) continue;
        const bytecode::RuleBody& body = rule.bodies[at.body];
        if (body.because) {
            explained.message = message_text(regulation, *body.because, deciding.shown, names);
        }
        if (!body.condition || deciding.failing.empty()) continue;
        const value::Type* type = element_type(regulation, regulation.functions[*body.condition]);
        for (const value::Value& element : deciding.failing) {
            explained.failing.push_back(shown_text(element, *type, names));
        }
    }
    return explained;
}

std::string rules_in_short(const ExplainedAnswer& answer) {
    std::vector<std::string> names;
    for (const ExplainedRule& rule : answer.deciding) {
        names.push_back(rule.citations.empty()
                            ? fmt::format("{}.{}", rule.regulation, rule.rule)
                            : fmt::format("{}.{} ({})", rule.regulation, rule.rule,
                                          fmt::join(rule.citations, ", ")));
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string answer_lines(const ExplainedAnswer& answer) {
    std::string text = fmt::format("  {} answers {}{}\n", answer.regulation, to_text(answer.answer),
                                   answer.by_default ? " by default" : "");
    for (const ExplainedRule& rule : answer.deciding) {
        text += fmt::format("    {}{} {}\n", to_text(rule.norm),
                            rule.as_of_right ? " as of right" : "", sentence(rule));
    }
    for (const ExplainedObserver& observer : answer.observers) {
        text += fmt::format("    {} {}: {}\n", observer.name,
                            observer.on_forbidden ? "could not count this forbidden call"
                                                  : "could not take note of the call",
                            observer.why);
    }
    if (answer.conflict) {
        text +=
            "    conflict: rules that permit and rules that forbid are both effective; the "
            "stricter prevails\n";
    }
    if (answer.overlap) {
        text += "    overlap: what is permitted is restricted too; the restriction comes first\n";
    }
    if (answer.right_denied) {
        text += "    conflict: this is permitted as of right, and another regulation forbids it\n";
    }
    return text;
}

// "owed: bob must hub.report("a", any) until the end of 2026-03-09 (rules.tell)".
std::string duty_line(const LinkedSet& set, const CreatedDuty& created, const PartyText& names) {
    const Duty& duty = created.duty;
    std::string who = "any " + duty.role;
    if (duty.bearer) {
        const std::optional<std::string> name = names ? names(*duty.bearer) : std::nullopt;
        who = name.value_or(duty.bearer->hex());
    }
    const bytecode::Module& regulation = *set.find(duty.regulation);
    const LinkedAction& action = *set.find(duty.module, duty.action);
    const bytecode::Module& module = *set.modules[action.module];
    std::vector<std::string> arguments;
    for (std::size_t i = 0; i < duty.arguments.size(); ++i) {
        const value::Type& type = *module.types[module.actions[action.action].parameters[i]];
        std::string text = "any";
        if (duty.arguments[i]) {
            const auto given = value::from_bytes(*duty.arguments[i], type);
            text = given ? shown_text(*given, type, names) : "?";
        }
        arguments.push_back(std::move(text));
    }
    const int zone = regulation.zone_minutes.value_or(0);
    const value::Date last = value::day_of(duty.deadline_ms - 1, zone);
    const bool whole_day =
        value::start_of_day_ms(last, zone) + value::MS_OF_DAY == duty.deadline_ms;
    const std::string until =
        whole_day ? "the end of " + value::to_text({last}, *value::date_type())
                  : value::to_text({value::Time{duty.deadline_ms - 1}}, *value::time_type());
    std::string text = fmt::format("owed: {} must {}.{}({}) until {} ({}.{})", who, duty.module,
                                   duty.action, fmt::join(arguments, ", "), until, duty.regulation,
                                   regulation.rules[duty.rule].name);
    if (created.waits_for) {
        text += fmt::format("; provisional until the working days of {} are published",
                            *created.waits_for);
    }
    if (created.in_doubt) text += "; in doubt: a condition of this rule has no value";
    return text + "\n";
}

}  // namespace

std::vector<ExplainedAnswer> explain(const LinkedSet& set, const Decision& decision,
                                     const PartyText& names) {
    std::vector<ExplainedAnswer> all;
    for (const RegulationAnswer& answer : decision.answers) {
        const bytecode::Module* regulation = set.find(answer.regulation);
        const GovernedBy* governed = governed_by(set, decision, answer.regulation);
        if (regulation == nullptr || governed == nullptr) continue;
        ExplainedAnswer& explained = all.emplace_back();
        explained.regulation = answer.regulation;
        explained.answer = answer.answer;
        explained.by_default = answer.by_default;
        explained.conflict = answer.conflict;
        explained.overlap = answer.overlap;
        explained.right_denied = answer.right_denied;
        for (const FailedObserver& failed : answer.failed_observers) {
            const bytecode::ObserverDecl& observer = regulation->observers[failed.observer];
            explained.observers.push_back({observer.name, failed.why, observer.on_forbidden});
        }
        for (const Deciding& deciding : answer.deciding) {
            explained.deciding.push_back(
                explain_rule(*regulation, *governed, answer, deciding, names));
        }
    }
    return all;
}

std::string sentence(const ExplainedRule& rule) {
    std::string text = fmt::format("{}.{}", rule.regulation, rule.rule);
    if (!rule.citations.empty()) text += fmt::format(" ({})", fmt::join(rule.citations, ", "));
    if (!rule.message.empty()) text += ": " + rule.message;
    if (!rule.failing.empty()) {
        text += fmt::format(" [not met by {}]", fmt::join(rule.failing, ", "));
    }
    if (rule.in_doubt) text += " [in doubt: a condition of this rule has no value]";
    return text;
}

std::string explanation(const LinkedSet& set, const CallResult& result, const PartyText& names) {
    std::string text = fmt::format("{}{}{}\n", to_text(result.outcome),
                                   result.reason.empty() ? "" : ": ", result.reason);
    for (const Decision& decision : result.decisions) {
        text += fmt::format("{}.{} {}\n", decision.module, decision.action,
                            decision.passed ? "may be called" : "is forbidden");
        for (const ExplainedAnswer& answer : explain(set, decision, names)) {
            text += answer_lines(answer);
        }
        if (decision.gap) {
            text += decision.answers.empty() ? "  no regulation in force governs this action\n"
                                             : "  no regulation says anything about this call\n";
        }
        if (decision.passed && decision.answers.empty()) {
            text += "  nothing governs it: the role of the caller is enough\n";
        }
    }
    for (const CreatedDuty& duty : result.duties) text += duty_line(set, duty, names);
    return text;
}

std::string summary(const LinkedSet& set, const CallResult& result, const PartyText& names) {
    std::string text(to_text(result.outcome));
    if (!result.reason.empty()) return text + ": " + result.reason;
    if (result.decisions.empty()) return text;
    const Decision& last = result.decisions.back();
    if (last.gap) return text + ", since no regulation in force says anything about this call";
    const Answer wanted = last.passed ? Answer::permitted : Answer::forbidden;
    std::vector<std::string> reasons;
    for (const ExplainedAnswer& answer : explain(set, last, names)) {
        if (answer.answer != wanted) continue;
        for (const ExplainedObserver& observer : answer.observers) {
            if (observer.on_forbidden) continue;
            reasons.push_back(fmt::format("{}.{}, which could not take note of it",
                                          answer.regulation, observer.name));
        }
        if (!answer.by_default && answer.deciding.empty()) continue;
        reasons.push_back(answer.by_default ? fmt::format("the default of {}", answer.regulation)
                                            : rules_in_short(answer));
    }
    if (reasons.empty()) return text;
    return fmt::format("{} by {}", text, fmt::join(reasons, ", "));
}

}  // namespace edict::call
