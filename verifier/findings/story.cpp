// Witnesses in the officer's words.
#include <fmt/format.h>

#include <map>

#include "verifier/findings/render.h"

namespace edict::findings {

namespace {

using Names = std::map<value::PartyId, std::string>;

std::string text_of(const value::Value& value, const value::Type& type, const Names& names);

std::string list_of(const std::vector<value::Value>& values, const value::Type& element,
                    const Names& names) {
    std::string text;
    for (const value::Value& value : values) {
        text += (text.empty() ? " " : ", ") + text_of(value, element, names);
    }
    return "{" + text + (text.empty() ? "}" : " }");
}

std::string record_of(const value::Record& record, const value::Type& type, const Names& names) {
    std::string text;
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
        if (!text.empty()) text += ", ";
        if (type.kind == value::Kind::tuple) {
            text += text_of(record.fields[i], *type.parts[i], names);
        } else {
            text +=
                type.fields[i].name + ": " + text_of(record.fields[i], *type.fields[i].type, names);
        }
    }
    if (type.kind == value::Kind::tuple) return "(" + text + ")";
    return type.name.substr(type.name.rfind('.') + 1) + " { " + text + " }";
}

// As value::to_text, with parties by their names.
std::string text_of(const value::Value& value, const value::Type& type, const Names& names) {
    switch (type.kind) {
        case value::Kind::party: {
            const auto found = names.find(std::get<value::PartyId>(value.data));
            return found != names.end() ? found->second : value::to_text(value, type);
        }
        case value::Kind::record:
        case value::Kind::tuple:
            return record_of(std::get<value::Record>(value.data), type, names);
        case value::Kind::optional: {
            const auto& element = std::get<value::Optional>(value.data).element;
            return element.empty() ? "absent" : text_of(element[0], *type.parts[0], names);
        }
        case value::Kind::set:
            return list_of(std::get<value::Set>(value.data).elements, *type.parts[0], names);
        default:
            return value::to_text(value, type);
    }
}

Names names_of(const call::Case& story) {
    Names names;
    for (const call::CaseParty& party : story.parties) {
        names.emplace(value::party_named(party.name), party.name);
    }
    return names;
}

const check::Store* find_store(const check::Program& program, const std::string& module,
                               const std::string& name) {
    for (const check::Module& candidate : program.modules) {
        if (candidate.name != module) continue;
        for (const check::Store& store : candidate.stores) {
            if (store.name == name) return &store;
        }
    }
    return nullptr;
}

const check::Action* find_action(const check::Program& program, const std::string& module,
                                 const std::string& name) {
    for (const check::Module& candidate : program.modules) {
        if (candidate.name != module) continue;
        for (const check::Action& action : candidate.actions) {
            if (action.name == name) return &action;
        }
    }
    return nullptr;
}

const check::Module* find_module(const check::Program& program, const std::string& name) {
    for (const check::Module& module : program.modules) {
        if (module.name == name) return &module;
    }
    return nullptr;
}

const char* word(call::Outcome outcome) {
    constexpr const char* words[] = {"committed", "forbidden", "failed", "refused"};
    return words[static_cast<std::size_t>(outcome)];
}

const char* word(bytecode::Answer answer) {
    constexpr const char* words[] = {"permitted", "forbidden", "silent"};
    return words[static_cast<std::size_t>(answer)];
}

struct StoryLine {
    const check::Program& program;
    const Names& names;

    std::string operator()(const call::CaseGiven& given) const {
        const check::Store* store = find_store(program, given.module, given.store);
        if (store == nullptr) return {};
        const std::string key =
            given.key ? "[" + text_of(*given.key, *store->key, names) + "]" : "";
        return fmt::format("given {}{} = {}", given.store, key,
                           text_of(given.written, *store->value, names));
    }
    std::string operator()(const call::CaseAt& at) const {
        std::int64_t zone = 0;
        for (const check::Module& module : program.modules) {
            if (module.zone_minutes) zone = *module.zone_minutes;
        }
        return "at " + value::to_text(value::day_of(at.time_ms, static_cast<int>(zone)));
    }
    std::string operator()(const call::CaseCall& call) const {
        const check::Action* action = find_action(program, call.module, call.action);
        if (action == nullptr) return {};
        std::string arguments;
        for (std::size_t i = 0; i < call.arguments.size(); ++i) {
            const check::Parameter& parameter = action->parameters[i];
            arguments += fmt::format("{}{}: {}", i == 0 ? "" : ", ", parameter.name,
                                     text_of(call.arguments[i], *parameter.type, names));
        }
        return fmt::format("call {}({}) by {}", call.action, arguments, call.by);
    }
    std::string operator()(const call::CaseExpect& expect) const {
        std::string text = fmt::format("expect {}", word(expect.outcome));
        if (expect.by_rule) text += " by " + expect.by_rule->substr(expect.by_rule->rfind('.') + 1);
        if (expect.by_default) text += " by default";
        if (expect.message) text += fmt::format(" \"{}\"", *expect.message);
        return text;
    }
    std::string operator()(const call::CaseStore&) const { return {}; }
    std::string operator()(const call::CaseDuty&) const { return {}; }
};

std::string message_of(const check::Message& message,
                       const std::vector<std::optional<value::Value>>& shown, const Names& names) {
    std::string text = message.texts.at(0);
    for (std::size_t i = 0; i + 1 < message.texts.size(); ++i) {
        const auto* value = i < shown.size() && shown[i] ? &*shown[i] : nullptr;
        const value::Type& type = *message.values[i]->type;
        if (value == nullptr) {
            text += "?";
        } else if (const auto* plain = std::get_if<std::string>(&value->data)) {
            text += *plain;
        } else {
            text += text_of(*value, type, names);
        }
        text += message.texts[i + 1];
    }
    return text;
}

// One decision, told.
struct Telling {
    const check::Program& program;
    const Names& names;
    const call::Decision& decision;
    const call::RegulationAnswer& answer;
    const check::Module& regulation;

    // "genetic_needs_approval (forbid; HGR art 28): dataset … holds genetic data"
    std::string rule_line(const call::Deciding& deciding) const {
        constexpr const char* norms[] = {"permit", "forbid", "require"};
        const check::Rule& rule = regulation.rules.at(deciding.rule);
        std::string text =
            fmt::format("  {} ({}", rule.name, norms[static_cast<std::size_t>(rule.norm)]);
        for (const check::Citation& citation : rule.cites) {
            text +=
                fmt::format("; {} {}", regulation.sources.at(citation.source).name, citation.place);
        }
        text += answer.bits.error.at(deciding.rule) ? "; in error)" : ")";
        for (const check::RuleBody& body : rule.bodies) {
            const bool is_called = program.at(body.action.module).name == decision.module &&
                                   program.at(body.action).name == decision.action;
            if (is_called && body.because) {
                text += ": " + message_of(*body.because, deciding.shown, names);
            }
        }
        return text;
    }

    void add_to(std::vector<std::string>& lines) const {
        lines.push_back(fmt::format("{} answers {}{}{}", answer.regulation, word(answer.answer),
                                    answer.by_default ? " by default" : "",
                                    answer.conflict ? ", although a rule of it permits" : ""));
        for (std::uint32_t i = 0; i < regulation.rules.size(); ++i) {
            const bool permits = regulation.rules[i].norm == check::Norm::permit;
            if (answer.conflict && permits && answer.bits.effective.at(i)) {
                lines.push_back(rule_line({i, {}, {}}));
            }
        }
        for (const call::Deciding& deciding : answer.deciding) {
            lines.push_back(rule_line(deciding));
        }
    }
};

}  // namespace

std::vector<std::string> story_lines(const call::Case& story, const check::Program& program) {
    const Names names = names_of(story);
    std::vector<std::string> lines;
    std::string parties;
    for (const call::CaseParty& party : story.parties) {
        parties += (parties.empty() ? "" : ", ") + party.name;
        for (std::size_t i = 0; i < party.roles.size(); ++i) {
            parties += (i == 0 ? ": " : " and ") + party.roles[i];
        }
    }
    if (!parties.empty()) lines.push_back("parties " + parties);
    for (const call::CaseStep& step : story.steps) {
        std::string line = std::visit(StoryLine{program, names}, step.node);
        if (!line.empty()) lines.push_back(std::move(line));
    }
    return lines;
}

std::vector<std::string> replay_lines(const Witness& witness, const check::Program& program) {
    const Names names = names_of(witness.story);
    const call::CallResult& result = witness.replay;
    std::vector<std::string> lines{word(result.outcome)};
    if (!result.reason.empty()) lines[0] += ": " + result.reason;
    for (const call::Decision& decision : result.decisions) {
        if (decision.gap) lines.push_back("no regulation answers: a gap");
        for (const call::RegulationAnswer& answer : decision.answers) {
            const check::Module* regulation = find_module(program, answer.regulation);
            if (regulation == nullptr) continue;
            Telling{program, names, decision, answer, *regulation}.add_to(lines);
        }
    }
    return lines;
}

}  // namespace edict::findings
