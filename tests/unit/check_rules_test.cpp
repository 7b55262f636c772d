// Rules, windows, defaults and assertions.
#include <gtest/gtest.h>

#include "tests/unit/check_support.h"

namespace edict::check {
namespace {

const std::string HUB = R"(contract hub version 1.0.0
  zone +00:00
  regulators office
role office, nurse
store total: Int default 0
store names: Map<Text, Text>
action share(dataset: Text, n: Int) by nurse { total += n }
action report(dataset: Text) by nurse { }
)";

Checked with_rules(const std::string& rules) {
    return check_texts({HUB, "regulation law version 1.0.0 governs hub\n  zone +00:00\n" + rules});
}

std::string shown(const std::optional<value::Date>& date) {
    return date ? value::to_text(*date) : "open";
}

TEST(CheckRules, TheWindowIsTheEffectiveOneOrThatOfTheLatestSource) {
    const Checked checked = with_rules(R"(default silent
source OLD rank law in force from 2020-01-01 "Old"
source NEW rank law in force from 2024-05-06 "New"
source ANY rank internal "Any"
rule plain on share: forbid
rule cited cites OLD "1", NEW "2", ANY "3" on share: forbid
rule undated cites ANY "3" on share: forbid
rule said cites OLD "1" effective from 2023-01-01 until 2023-02-01 on share: forbid
rule ended cites OLD "1" effective until 2023-02-01 on share: forbid
)");
    ASSERT_TRUE(checked.program) << checked.human();
    const auto window = [&](const char* rule) {
        const Window& found = checked.rule("law", rule).window;
        return shown(found.from) + " to " + shown(found.until);
    };
    EXPECT_EQ(window("plain"), "open to open");
    EXPECT_EQ(window("cited"), "2024-05-06 to open");
    EXPECT_EQ(window("undated"), "open to open");
    EXPECT_EQ(window("said"), "2023-01-01 to 2023-02-01");
    EXPECT_EQ(window("ended"), "open to 2023-02-01");
}

// "a>b c>d": the overrides that `order by` adds.
std::string derived(const std::string& rules) {
    const Checked checked = with_rules("default silent\n" + rules);
    if (!checked.program) return checked.human();
    const Module& law = checked.module("law");
    std::string all;
    for (const Rule& rule : law.rules) {
        for (std::size_t i = rule.written_overrides; i < rule.overrides.size(); ++i) {
            if (!all.empty()) all += " ";
            all += rule.name + ">" + law.rules[rule.overrides[i]].name;
        }
    }
    return all;
}

TEST(CheckRules, AnOrderAddsOverridesBetweenOpposingRules) {
    const std::string sources = R"(
source ACT rank law in force from 2020-01-01
source HOUSE rank internal in force from 2010-01-01
source MEMO rank internal in force from 2022-01-01
source NOTE in force from 2023-01-01
)";
    const std::string rules = sources + R"(
rule right cites ACT "1" on share: permit as of right
rule may cites ACT "2" on share: permit
rule staff cites HOUSE "1" on share: permit
rule never cites ACT "3" on share: forbid
rule closed cites MEMO "1", HOUSE "2" on share: forbid
rule limit cites HOUSE "3" on share: require n is 1
rule other cites HOUSE "4" on report: permit
rule loose cites NOTE "1" on share: forbid
rule bare on share: forbid
)";
    EXPECT_EQ(derived(rules), "");
    EXPECT_EQ(derived("order by rank\n" + rules), "right>closed right>limit never>staff");
    EXPECT_EQ(derived("order by date\n" + rules), "closed>staff");
    EXPECT_EQ(derived("order by rank\norder by date\n" + rules),
              "right>closed right>limit never>staff closed>staff");
    EXPECT_EQ(derived("order by rank internal, law\n" + rules),
              "closed>right closed>may limit>right limit>may")
        << "a plain permit never overrides what a lower rank restricts";
}

TEST(CheckRules, AWrittenOverrideTakesThePlaceOfAnOrder) {
    EXPECT_EQ(derived(R"(order by rank
source ACT rank law
source HOUSE rank internal
rule staff cites HOUSE "1" overrides never on share: permit
rule never cites ACT "3" on share: forbid
)"),
              "");
}

TEST(CheckRules, ACycleThroughAnOrderIsReported) {
    const Checked checked = with_rules(R"(order by rank
default silent
source ACT rank law
source HOUSE rank internal
rule staff cites HOUSE "1" overrides extra on share: permit
rule extra overrides never on share: permit
rule never cites ACT "3" on share: forbid
)");
    EXPECT_EQ(checked.codes(), std::vector<std::string>{"E0404"});
    EXPECT_NE(checked.human().find("`never` by its order overrides `staff`"), std::string::npos)
        << checked.human();
}

TEST(CheckRules, AnOrderStandsOnceInARegulation) {
    EXPECT_EQ(with_rules("default silent\norder by date\norder by date\n").codes(),
              std::vector<std::string>{"E0111"});
    EXPECT_EQ(check_texts({HUB + "order by date\n"}).codes(), std::vector<std::string>{"E0504"});
}

TEST(CheckRules, AReadMeansTheStateBeforeOrAsSaid) {
    const Checked checked = with_rules(R"(default silent
rule r on share when names[dataset] is "x": require after(total) is at most before(total) + n
  unless total is 3 because "never"
)");
    EXPECT_EQ(checked.codes(), std::vector<std::string>{"E0403"});
    const Checked fine = with_rules(R"(default silent
rule r on share when names[dataset] is "x": require after(total) is at most before(total) + n
)");
    ASSERT_TRUE(fine.program) << fine.human();
    const RuleBody& body = fine.rule("law", "r").bodies.at(0);
    EXPECT_EQ(show(*fine.program, *body.scope), "(== (before names p0) \"x\")");
    EXPECT_EQ(show(*fine.program, *body.condition), "(<= (after total) (+ (before total) p1))");
}

TEST(CheckRules, HaveABodyForEachAction) {
    const Checked checked = with_rules(R"(default silent
rule r on share, report when dataset is "x" and (some p in { "a" } satisfies p is dataset): forbid
  because "no {dataset}"
)");
    ASSERT_TRUE(checked.program) << checked.human();
    const Rule& rule = checked.rule("law", "r");
    ASSERT_EQ(rule.bodies.size(), 2u);
    for (const RuleBody& body : rule.bodies) {
        EXPECT_EQ(body.locals.size(), 1u);
        EXPECT_EQ(body.because->values.size(), 1u);
    }
    EXPECT_EQ(checked.program->at(rule.bodies[1].action).name, "report");
}

TEST(CheckRules, AMistakeIsToldOnceForAllActions) {
    const Checked checked = with_rules(
        "default silent\nrule r on share, report when dataset is 1 and nothing: forbid\n");
    EXPECT_EQ(checked.codes(), (std::vector<std::string>{"E0303", "E0201"}));
}

TEST(CheckRules, AMistakeNamesTheCitation) {
    const Checked checked = with_rules(
        "default silent\nsource LAW\nrule r cites LAW \"art 3\" on share when nothing: forbid\n"
        "rule s on share when nothing: forbid\n");
    ASSERT_EQ(checked.codes(), (std::vector<std::string>{"E0201", "E0201"}));
    EXPECT_EQ(checked.diagnostics.list()[0].citation, "LAW art 3");
    EXPECT_EQ(checked.diagnostics.list()[1].citation, "");
}

TEST(CheckRules, OverridesAreIndexesOfTheSameRegulation) {
    const Checked checked = with_rules(R"(default silent
rule a overrides c, b on share: permit
rule b on share: forbid
rule c overrides b on report: forbid
)");
    ASSERT_TRUE(checked.program) << checked.human();
    EXPECT_EQ(checked.rule("law", "a").overrides, (std::vector<std::uint32_t>{2, 1}));
    EXPECT_EQ(checked.rule("law", "c").overrides, std::vector<std::uint32_t>{1});
}

TEST(CheckRules, ANamedDefaultComesBeforeTheBareOne) {
    const Checked checked = with_rules("default forbid\ndefault permit hub.report\n");
    ASSERT_TRUE(checked.program) << checked.human();
    const std::vector<Default>& defaults = checked.module("law").defaults;
    ASSERT_EQ(defaults.size(), 2u);
    EXPECT_EQ(defaults[0].answer, Answer::forbidden);
    EXPECT_EQ(defaults[1].answer, Answer::permitted);
    EXPECT_EQ(checked.program->at(defaults[1].action).name, "report");
}

TEST(CheckRules, AConditionMayHaveNoValue) {
    const Checked checked = with_rules(
        "default silent\nrule r on share when names[dataset] is \"x\": forbid\n"
        "assert never permitted share when names[dataset] is \"y\"\n"
        "assert never forbidden report\n");
    ASSERT_TRUE(checked.program) << checked.human();
    const std::vector<Assertion>& assertions = checked.module("law").assertions;
    ASSERT_EQ(assertions.size(), 2u);
    EXPECT_TRUE(assertions[0].never_permitted);
    EXPECT_FALSE(assertions[1].never_permitted);
    EXPECT_EQ(assertions[1].condition, nullptr);
}

}  // namespace
}  // namespace edict::check
