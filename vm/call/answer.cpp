// The answer of one regulation (3-language design, section 5): three-valued from the first line to
// the last, so that what is not known resolves against permission.
#include <algorithm>

#include "base/check.h"
#include "vm/call/call.h"

namespace edict::call {

using bytecode::Norm;
using runtime::Truth;

namespace {

Truth negate(Truth truth) {
    if (truth == Truth::error) return truth;
    return truth == Truth::yes ? Truth::no : Truth::yes;
}

Truth both(Truth a, Truth b) {
    if (a == Truth::no || b == Truth::no) return Truth::no;
    return a == Truth::error || b == Truth::error ? Truth::error : Truth::yes;
}

// What the rules are found to be, beside GovernedBy::rules.
struct Findings {
    std::vector<Truth> active, effective, violated;
};

Findings find(const bytecode::Module& regulation, const GovernedBy& governed, value::Date today,
              const std::vector<RuleFacts>& facts) {
    const std::size_t count = governed.rules.size();
    Findings found{std::vector<Truth>(count, Truth::no), std::vector<Truth>(count, Truth::no),
                   std::vector<Truth>(count, Truth::no)};
    for (const std::uint32_t i : governed.order) {
        const bytecode::RuleDecl& rule = regulation.rules[governed.rules[i].rule];
        found.active[i] = in_force(rule, today) ? facts[i].scope : Truth::no;
        Truth effective = found.active[i];
        for (const Truth exception : facts[i].exceptions) {
            effective = both(effective, negate(exception));
        }
        for (const std::uint32_t stronger : governed.rules[i].overridden_by) {
            effective = both(effective, negate(found.effective[stronger]));
        }
        found.effective[i] = effective;
        if (rule.norm == Norm::require) {
            found.violated[i] = both(effective, negate(facts[i].condition));
        }
    }
    return found;
}

// What a rule says against the call: a forbid that is effective, a require that is violated.
Truth objection(Norm norm, Truth effective, Truth violated, Truth condition) {
    if (norm == Norm::forbid) return effective;
    // Nobody can owe what cannot be told.
    if (norm == Norm::duty)
        return both(effective, condition == Truth::error ? Truth::error : Truth::no);
    return norm == Norm::require ? violated : Truth::no;
}

// Who intends that restrictions come first intends no less that rights are rights: a permit as of
// right conflicts all the same.
void find_conflict(const bytecode::Module& regulation, const GovernedBy& governed,
                   const Findings& found, RegulationAnswer& answer) {
    bool permits = false, permits_as_of_right = false, forbids = false, is_violated = false;
    for (std::size_t i = 0; i < governed.rules.size(); ++i) {
        const bytecode::RuleDecl& rule = regulation.rules[governed.rules[i].rule];
        const bool effective = found.effective[i] == Truth::yes;
        permits |= rule.norm == Norm::permit && effective;
        permits_as_of_right |= rule.norm == Norm::permit && rule.as_of_right && effective;
        forbids |= rule.norm == Norm::forbid && effective;
        is_violated |= found.violated[i] == Truth::yes;
    }
    const bool right = permits_as_of_right && (forbids || is_violated);
    const bool meets = permits && forbids;
    answer.conflict = right || (meets && !regulation.restrictions_first);
    answer.overlap = meets && !answer.conflict;
}

RuleBits bits_of(const bytecode::Module& regulation, const GovernedBy& governed,
                 const Findings& found, const std::vector<RuleFacts>& facts) {
    const std::vector<bool> none(regulation.rules.size(), false);
    RuleBits bits{none, none, none, none};
    for (std::size_t i = 0; i < governed.rules.size(); ++i) {
        const std::uint32_t rule = governed.rules[i].rule;
        bits.active[rule] = found.active[i] == Truth::yes;
        bits.effective[rule] = found.effective[i] == Truth::yes;
        bits.violated[rule] = found.violated[i] == Truth::yes;
        const bool untold = regulation.rules[rule].norm == Norm::duty &&
                            found.effective[i] != Truth::no && facts[i].condition == Truth::error;
        bits.error[rule] =
            found.effective[i] == Truth::error || found.violated[i] == Truth::error || untold;
    }
    return bits;
}

}  // namespace

bool in_force(const bytecode::RuleDecl& rule, value::Date day) {
    return (!rule.from || *rule.from <= day) && (!rule.until || day < *rule.until);
}

void order_rules(const bytecode::Module& regulation, GovernedBy& governed) {
    const std::size_t count = governed.rules.size();
    std::vector<std::uint32_t> place(regulation.rules.size(),
                                     0);  // in `rules`, plus 1; 0: not there
    for (std::size_t i = 0; i < count; ++i) {
        place[governed.rules[i].rule] = static_cast<std::uint32_t>(i + 1);
        governed.rules[i].overridden_by.clear();
    }
    std::vector<std::uint32_t> waiting_for(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
        for (const std::uint16_t weaker : regulation.rules[governed.rules[i].rule].overrides) {
            if (place[weaker] == 0) continue;
            governed.rules[place[weaker] - 1].overridden_by.push_back(
                static_cast<std::uint32_t>(i));
            ++waiting_for[place[weaker] - 1];
        }
    }
    governed.order.clear();
    for (std::size_t i = 0; i < count; ++i) {
        if (waiting_for[i] == 0) governed.order.push_back(static_cast<std::uint32_t>(i));
    }
    for (std::size_t done = 0; done < governed.order.size(); ++done) {
        const std::uint32_t rule = governed.rules[governed.order[done]].rule;
        for (const std::uint16_t weaker : regulation.rules[rule].overrides) {
            if (place[weaker] == 0) continue;
            if (--waiting_for[place[weaker] - 1] == 0) governed.order.push_back(place[weaker] - 1);
        }
    }
    EDICT_CHECK(governed.order.size() == count);
}

void forbid_by_observers(RegulationAnswer& answer, std::vector<FailedObserver> failed) {
    if (failed.empty()) return;
    // Rules that forbid stay the reason too; those that would permit are none.
    if (answer.answer != bytecode::Answer::forbidden || answer.by_default) answer.deciding.clear();
    answer.answer = bytecode::Answer::forbidden;
    answer.by_default = false;
    answer.failed_observers = std::move(failed);
}

void compare_answers(const std::vector<const bytecode::Module*>& regulations,
                     std::vector<RegulationAnswer>& answers) {
    EDICT_CHECK(regulations.size() == answers.size());
    const auto some = [&](std::size_t at, auto&& holds) {
        const std::vector<bytecode::RuleDecl>& rules = regulations[at]->rules;
        for (std::size_t i = 0; i < rules.size(); ++i) {
            if (holds(rules[i], answers[at].bits, i)) return true;
        }
        return false;
    };
    std::vector<bool> denies;
    for (std::size_t at = 0; at < answers.size(); ++at) {
        // Every rule that forbids is among those that decide.
        const RegulationAnswer& answer = answers[at];
        const bool by_rule = std::ranges::any_of(answer.deciding, [&](const Deciding& one) {
            return answer.bits.violated[one.rule] ||
                   (regulations[at]->rules[one.rule].norm == Norm::forbid &&
                    answer.bits.effective[one.rule]);
        });
        denies.push_back(answer.answer == bytecode::Answer::forbidden &&
                         (answer.by_default || by_rule));
    }
    const auto count = std::count(denies.begin(), denies.end(), true);
    for (std::size_t at = 0; at < answers.size(); ++at) {
        const bool others = count > (denies[at] ? 1 : 0);
        answers[at].right_denied =
            others && some(at, [](const auto& rule, const RuleBits& bits, std::size_t i) {
                return rule.as_of_right && bits.effective[i];
            });
    }
}

RegulationAnswer answer_of(const bytecode::Module& regulation, const GovernedBy& governed,
                           value::Date today, const std::vector<RuleFacts>& facts) {
    EDICT_CHECK(facts.size() == governed.rules.size());
    EDICT_CHECK(governed.order.size() == governed.rules.size());
    const Findings found = find(regulation, governed, today, facts);

    RegulationAnswer answer;
    answer.regulation = regulation.name;
    answer.bits = bits_of(regulation, governed, found, facts);
    find_conflict(regulation, governed, found, answer);

    std::vector<Deciding> against, in_favour;
    for (std::size_t i = 0; i < governed.rules.size(); ++i) {
        const std::uint32_t rule = governed.rules[i].rule;
        const Norm norm = regulation.rules[rule].norm;
        if (objection(norm, found.effective[i], found.violated[i], facts[i].condition) !=
            Truth::no) {
            against.push_back({rule, {}, {}});
        } else if (norm == Norm::permit && found.effective[i] == Truth::yes) {
            in_favour.push_back({rule, {}, {}});
        }
    }
    if (!against.empty()) {
        answer.answer = bytecode::Answer::forbidden;
        answer.deciding = std::move(against);
    } else if (!in_favour.empty()) {
        answer.answer = bytecode::Answer::permitted;
        answer.deciding = std::move(in_favour);
    } else {
        answer.answer = governed.default_answer;
        answer.by_default = true;
    }
    return answer;
}

}  // namespace edict::call
