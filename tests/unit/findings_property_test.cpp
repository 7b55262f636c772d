// The verifier against trying every call: small generated regulations, whose facts are few enough.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/unit/findings_support.h"
#include "vm/call/call.h"

namespace edict::findings {
namespace {

constexpr const char* CONTRACT = R"(
contract small version 1.0.0
  zone +00:00
  regulators office
role office
enum Purpose { care, research, trade }
action act(a: Bool, b: Bool, n: Int 0..4, p: Purpose) by anyone { }
)";

class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}

    std::string regulation() {
        std::string text =
            "regulation rules version 1.0.0 governs small\n  zone +00:00\n  default ";
        text += any({"permit", "forbid", "silent", "silent"}) + "\n";
        const std::size_t rules = 1 + pick(5);
        for (std::size_t i = 0; i < rules; ++i) {
            text += "rule r" + std::to_string(i) + "\n";
            if (i > 0 && pick(3) == 0) text += "  overrides r" + std::to_string(pick(i)) + "\n";
            text += "  on act when " + condition(2) + ": ";
            const std::size_t norm = pick(5);
            text += norm < 2 ? "permit" : norm < 4 ? "forbid" : "require " + condition(1);
            text += "\n";
            if (pick(4) == 0) text += "  unless " + condition(1) + "\n";
        }
        return text;
    }

private:
    std::string condition(int depth) {
        switch (depth == 0 ? pick(6) : pick(10)) {
            case 0:
                return any({"a", "b", "not a", "not b"});
            case 1:
                return "n is " + any({"", "not "}) + std::to_string(pick(5));
            case 2:
                return "p is " + any({"", "not "}) + any({"care", "research", "trade"});
            case 3:
                return "n is " + any({"at least ", "less than "}) + std::to_string(pick(5));
            case 4:  // in error where n is 0
                return "12 / n is at least " + std::to_string(pick(14));
            case 5:
                return "n * n - 3 is " + any({"at most ", "more than "}) + std::to_string(pick(14));
            case 6:
            case 7:
                return "(" + condition(depth - 1) + " and " + condition(depth - 1) + ")";
            case 8:
                return "(" + condition(depth - 1) + " or " + condition(depth - 1) + ")";
            default:
                return "not (" + condition(depth - 1) + ")";
        }
    }
    std::size_t pick(std::size_t n) { return random_() % n; }
    std::string any(std::initializer_list<const char*> words) {
        return *(words.begin() + pick(words.size()));
    }
    std::mt19937 random_;
};

// What holds of some call, found by making all of them.
struct Truths {
    std::set<std::pair<std::string, std::string>> conflicts;  // permit, forbid
    bool gap = false;
    std::set<std::string> active, in_error;
};

class EmptyState final : public call::StateView {
public:
    [[nodiscard]] std::optional<base::Bytes> get(const call::StateKey&) const override {
        return std::nullopt;
    }
};

void note(const check::Module& regulation, const call::Decision& decision, Truths& truths) {
    truths.gap |= decision.gap;
    const call::RuleBits& bits = decision.answers.at(0).bits;
    for (std::size_t i = 0; i < regulation.rules.size(); ++i) {
        const check::Rule& rule = regulation.rules[i];
        const std::string name = "rules." + rule.name;
        if (bits.active[i]) truths.active.insert(name);
        if (bits.error[i]) truths.in_error.insert(name);
        if (rule.norm != check::Norm::permit || !bits.effective[i]) continue;
        for (std::size_t j = 0; j < regulation.rules.size(); ++j) {
            if (regulation.rules[j].norm != check::Norm::forbid || !bits.effective[j]) continue;
            truths.conflicts.emplace(name, "rules." + regulation.rules[j].name);
        }
    }
}

Truths try_every_call(const cli::Compilation& made) {
    Truths truths;
    const check::Module* regulation = nullptr;
    for (const check::Module& module : made.program->modules) {
        if (module.name == "rules") regulation = &module;
    }
    runtime::Interpreter engine;
    const EmptyState state;
    for (int code = 0; code < 2 * 2 * 5 * 3; ++code) {
        call::Call call;
        call.module = "small";
        call.action = "act";
        call.caller = call.signer = value::party_named("ann");
        call.arguments = {{code % 2 == 1},
                          {code / 2 % 2 == 1},
                          {std::int64_t{code / 4 % 5}},
                          {value::EnumMember{static_cast<std::uint32_t>(code / 20)}}};
        const auto result = call::run_call(*made.linked, state, call, {1'767'225'600'000}, engine);
        EXPECT_EQ(result.decisions.size(), 1u) << result.reason;
        if (result.decisions.size() == 1) note(*regulation, result.decisions[0], truths);
    }
    return truths;
}

TEST(Verifier, AgreesWithTryingEveryCall) {
    std::size_t conflicts = 0, gaps = 0, errors = 0, never = 0;
    for (unsigned seed = 0; seed < 300; ++seed) {
        Generator generator(seed);
        const std::string text = generator.regulation();
        const Verified verified = verify_texts({CONTRACT, text});
        ASSERT_TRUE(verified.made.linked) << text;
        const Truths truths = try_every_call(verified.made);
        const std::string shown = text + verified.text();

        ASSERT_TRUE(verified.all(Kind::unknown).empty()) << shown;
        std::set<std::pair<std::string, std::string>> found;
        for (const Finding& finding : verified.all(Kind::conflict)) {
            found.emplace(finding.rules.at(0), finding.rules.at(1));
        }
        ASSERT_EQ(found, truths.conflicts) << shown;
        ASSERT_EQ(!verified.all(Kind::gap).empty(), truths.gap) << shown;
        std::set<std::string> in_error;
        for (const Finding& finding : verified.all(Kind::rule_error)) {
            in_error.insert(finding.rules.at(0));
        }
        // An error that comes from a rule that overrides is reported of that rule.
        for (const std::string& rule : in_error)
            ASSERT_TRUE(truths.in_error.contains(rule)) << shown;
        ASSERT_EQ(in_error.empty(), truths.in_error.empty()) << shown;
        for (const Finding& finding : verified.all(Kind::self_conflict)) {
            if (finding.message.find("scope") == std::string::npos) continue;
            ASSERT_FALSE(truths.active.contains(finding.rules.at(0))) << shown;
            ++never;
        }
        conflicts += found.size();
        gaps += truths.gap ? 1 : 0;
        errors += in_error.size();
    }
    // The generator must reach what it is there to test.
    EXPECT_GT(conflicts, 50u);
    EXPECT_GT(gaps, 50u);
    EXPECT_GT(errors, 50u);
    EXPECT_GT(never, 10u);
}

}  // namespace
}  // namespace edict::findings
