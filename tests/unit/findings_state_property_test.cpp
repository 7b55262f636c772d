// The verifier against trying every call from every state: what holds of some call must be found or
// be said to be unknown. Stores, sets, roles, and actions that write, branch, loop and fail.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/support/map_state.h"
#include "tests/unit/findings_support.h"
#include "vm/call/call.h"

namespace edict::findings {
namespace {

class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}

    std::string contract() {
        std::string text = R"(
contract small version 1.0.0
  zone +00:00
  regulators office
role office
store held: Map<Int 0..1, Int 0..2>
store limit: Int 0..2 default 1
action act(k: Int 0..1, n: Int 0..2, s: Set<Int 0..1, 2>) by anyone {
)";
        for (std::size_t i = 0, count = pick(4); i < count; ++i) text += statement(2);
        return text + "}\n";
    }

    std::string regulation() {
        std::string text =
            "regulation rules version 1.0.0 governs small\n  zone +00:00\n  default ";
        text += any({"permit", "forbid", "silent", "silent"}) + "\n";
        for (std::size_t i = 0, count = 2 + pick(3); i < count; ++i) {
            text += "rule r" + std::to_string(i) + "\n";
            if (i > 0 && pick(4) == 0) text += "  overrides r" + std::to_string(pick(i)) + "\n";
            text += "  on act when " + condition(1) + ": ";
            const std::size_t norm = pick(5);
            text += norm < 2 ? "permit" : norm < 4 ? "forbid" : "require " + condition(1);
            text += "\n";
            if (pick(4) == 0) text += "  unless " + condition(0) + "\n";
        }
        return text;
    }

private:
    std::string number() { return std::to_string(pick(3)); }

    std::string statement(int depth) {
        const std::string id = std::to_string(++locals_);
        switch (pick(depth > 0 ? 9 : 6)) {
            case 0:
                return "  held[" + any({"k", "1 - k", "0"}) + "] = " + any({"n", "limit", "1"}) +
                       "\n";
            case 1:
                return "  limit = " + any({"n", "2", "1 + k"}) + "\n";
            case 2:
                return "  limit += k\n";
            case 3:
                return "  remove held[k]\n";
            case 4:
                return "  let v" + id + " = held[k] else fail \"nothing\"\n  limit = v" + id + "\n";
            case 5:
                return "  if n == limit { fail \"equal\" }\n";
            case 6:
            case 7:
                return "  if " + any({"n > 0", "k in s", "held[k] is known", "count(s) == 1"}) +
                       " {\n" + statement(depth - 1) + "  } else {\n" + statement(depth - 1) +
                       "  }\n";
            default:
                return "  for x" + id + " in " + any({"s", "{ k }"}) + " { held[x" + id +
                       "] = " + any({"n", "x" + id, "2"}) + " }\n";
        }
    }
    std::string condition(int depth) {
        const std::string when = any({"before", "after"});
        const std::string x = "x" + std::to_string(++locals_);
        switch (pick(depth == 0 ? 9 : 12)) {
            case 0:
                return when + "(held[k]) is known";
            case 1:
                return when + "(held[" + any({"k", "1", "n"}) + "]) is at least " + number();
            case 2:
                return "after(limit) is " + any({"more than", "less than", ""}) + " before(limit)";
            case 3:
                return any({"every", "some"}) + " " + x + " in s satisfies " + x + " is " +
                       any({"less than n", "not k", "at least 1"});
            case 4:
                return any({"every", "some"}) + " " + x + " in s satisfies " + when + "(held[" + x +
                       "]) is " + number();
            case 5:
                return "count(s) is " + any({"at least ", "less than ", ""}) + number();
            case 6:
                return any({"k", "n"}) + " is " + any({"", "not "}) + "in s";
            case 7:
                return any({"has_role(caller, office)", "not has_role(caller, office)"});
            case 8:
                return "(" + when + "(held[k]) else 0) + n is " + any({"more than ", "at most "}) +
                       number();
            case 9:
                return "(" + condition(0) + " and " + condition(0) + ")";
            case 10:
                return "(" + condition(0) + " or " + condition(0) + ")";
            default:
                return "not (" + condition(0) + ")";
        }
    }
    std::size_t pick(std::size_t n) { return random_() % n; }
    std::string any(std::initializer_list<const char*> words) {
        return *(words.begin() + pick(words.size()));
    }
    std::string any(std::initializer_list<std::string> words) {
        return *(words.begin() + pick(words.size()));
    }
    std::mt19937 random_;
    int locals_ = 0;
};

struct Truths {
    std::set<std::pair<std::string, std::string>> conflicts;
    bool gap = false;
    std::set<std::string> active;
    bool error = false;
};

void note(const check::Module& regulation, const call::Decision& decision, Truths& truths) {
    truths.gap |= decision.gap;
    const call::RuleBits& bits = decision.answers.at(0).bits;
    for (std::size_t i = 0; i < regulation.rules.size(); ++i) {
        const std::string name = "rules." + regulation.rules[i].name;
        if (bits.active[i]) truths.active.insert(name);
        truths.error |= bits.error[i];
        if (regulation.rules[i].norm != check::Norm::permit || !bits.effective[i]) continue;
        for (std::size_t j = 0; j < regulation.rules.size(); ++j) {
            if (regulation.rules[j].norm != check::Norm::forbid || !bits.effective[j]) continue;
            truths.conflicts.emplace(name, "rules." + regulation.rules[j].name);
        }
    }
}

base::Bytes bytes_of(std::int64_t number, std::int64_t high) {
    return value::to_bytes({number}, *value::integer_range(0, high).value());
}

// Absent, or 0 to 2.
void fill(MapState& state, const char* store, base::Bytes key, int code) {
    if (code > 0) state.values[{"small", store, std::move(key)}] = bytes_of(code - 1, 2);
}

MapState state_of(int code, const value::PartyId& caller) {
    MapState state;
    fill(state, "held", bytes_of(0, 1), code % 4);
    fill(state, "held", bytes_of(1, 1), code / 4 % 4);
    fill(state, "limit", {}, code / 16 % 4);
    if (code / 64 == 1) {
        const auto text = value::text_type(128).value();
        const auto key = value::tuple_type({value::party_type(), text}).value();
        const value::Value at{value::Record{{{caller}, {std::string("office")}}}};
        state.values[{std::string(call::ROLES_MODULE), std::string(call::ROLES_STORE),
                      value::to_bytes(at, *key)}] = value::to_bytes({true}, *value::boolean_type());
    }
    return state;
}

Truths try_everything(const cli::Compilation& made) {
    Truths truths;
    const check::Module* regulation = nullptr;
    for (const check::Module& module : made.program->modules) {
        if (module.name == "rules") regulation = &module;
    }
    runtime::Interpreter engine;
    call::Call call;
    call.module = "small";
    call.action = "act";
    call.caller = call.signer = value::party_named("ann");
    for (int before = 0; before < 128; ++before) {
        const MapState state = state_of(before, call.caller);
        for (int code = 0; code < 2 * 3 * 4; ++code) {
            std::vector<value::Value> elements;
            if (code / 6 % 2 == 1) elements.push_back({std::int64_t{0}});
            if (code / 12 == 1) elements.push_back({std::int64_t{1}});
            call.arguments = {{std::int64_t{code % 2}},
                              {std::int64_t{code / 2 % 3}},
                              {value::make_set(std::move(elements))}};
            const auto result =
                call::run_call(*made.linked, state, call, {1'767'225'600'000}, engine);
            if (!result.decisions.empty()) note(*regulation, result.decisions[0], truths);
        }
    }
    return truths;
}

TEST(Verifier, MissesNothingThatSomeStateAndCallShow) {
    std::size_t conflicts = 0, gaps = 0, errors = 0, unknown = 0, regulations = 0;
    for (unsigned seed = 0; seed < 48; ++seed) {
        Generator generator(seed);
        const std::string contract = generator.contract(), text = generator.regulation();
        const Verified verified = verify_texts({contract, text});
        if (!verified.made.linked) continue;
        ++regulations;
        const Truths truths = try_everything(verified.made);
        const std::string shown =
            "seed " + std::to_string(seed) + "\n" + contract + text + verified.text();

        std::set<std::pair<std::string, std::string>> found, open;
        for (const Finding& finding : verified.report.findings) {
            if (finding.rules.size() != 2) continue;
            auto& into = finding.kind == Kind::unknown ? open : found;
            into.emplace(finding.rules[0], finding.rules[1]);
        }
        for (const auto& pair : truths.conflicts) {
            ASSERT_TRUE(found.contains(pair) || open.contains(pair))
                << pair.first << " " << pair.second << "\n"
                << shown;
        }
        for (const auto& pair : found) ASSERT_TRUE(truths.conflicts.contains(pair)) << shown;
        const bool settled = verified.all(Kind::unknown).empty();
        unknown += settled ? 0 : 1;
        if (settled) {
            ASSERT_EQ(!verified.all(Kind::gap).empty(), truths.gap) << shown;
            ASSERT_EQ(!verified.all(Kind::rule_error).empty(), truths.error) << shown;
        }
        for (const Finding& finding : verified.all(Kind::self_conflict)) {
            if (finding.message.find("scope") == std::string::npos) continue;
            ASSERT_FALSE(truths.active.contains(finding.rules.at(0))) << shown;
        }
        ASSERT_EQ(shown.find("internal error"), std::string::npos) << shown;
        conflicts += found.size();
        gaps += truths.gap ? 1 : 0;
        errors += truths.error ? 1 : 0;
    }
    EXPECT_GT(regulations, 40u);
    EXPECT_GT(conflicts, 10u);
    EXPECT_GT(gaps, 8u);
    EXPECT_GT(errors, 10u);
    EXPECT_LT(unknown, regulations / 4);
}

}  // namespace
}  // namespace edict::findings
