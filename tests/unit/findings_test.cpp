// One finding of each kind, its absence, and what is said when a question cannot be settled.
#include <gtest/gtest.h>

#include "tests/unit/findings_support.h"

namespace edict::findings {
namespace {

constexpr const char* HUB = R"(
contract hub version 1.0.0
  zone +08:00
  regulators office

role hospital, office, ministry, doctor_on_duty
enum Level ordered { public, internal, personal, genetic }
enum Purpose { care, research, marketing }
record Dataset { owner: Party, level: Level, subjects: Int 0..10_000_000, until: Date? }

store datasets: Map<Text, Dataset>
store exported: Map<Party, Int 0..1_000_000_000> default 0
store columns_of: Map<Text, Set<Text, 32>> default {}
store last: Map<(Party, Text), Date>

action share(dataset: Text, to: Party, purpose: Purpose, columns: Set<Text, 32>) by hospital, doctor_on_duty {
  let d = datasets[dataset] else fail "unknown dataset {dataset}"
  exported[to] += d.subjects
  for column in columns { last[(to, column)] = today }
}
)";

std::string rules(const std::string& more) {
    return "regulation rules version 1.0.0 governs hub\n  zone +08:00\n"
           "source ACT rank law in force from 2024-01-01 \"Act\"\n" +
           more;
}

Verified verify_rules(const std::string& more) { return verify_texts({HUB, rules(more)}); }

TEST(Findings, NothingIsFoundInSoundRules) {
    const Verified verified = verify_rules(R"(
default forbid share
rule research
  on share when purpose is research and (datasets[dataset].until else 2000-01-01) is at least today: permit
rule genetic
  overrides research
  on share when datasets[dataset].level is at least genetic: forbid
assert never permitted share when purpose is marketing
)");
    EXPECT_TRUE(verified.report.findings.empty()) << verified.text();
    EXPECT_EQ(verified.report.proved.rules_can_apply, 2u);
    EXPECT_EQ(verified.report.proved.assertions_hold, 1u);
    EXPECT_EQ(verified.report.proved.actions_without_gap, 1u);
}

TEST(Findings, WhereRestrictionsComeFirstTheMeetingIsANote) {
    const std::string two = R"(
rule research
  on share when purpose is research: permit
rule genetic
  on share when datasets[dataset].level is genetic: forbid
)";
    const Verified plain = verify_rules("default forbid share\n" + two);
    EXPECT_EQ(plain.all(Kind::conflict).size(), 1u) << plain.text();
    const Verified ordered = verify_rules("order restrictions first\ndefault forbid share\n" + two);
    EXPECT_TRUE(ordered.all(Kind::conflict).empty()) << ordered.text();
    const auto found = ordered.all(Kind::overlap);
    ASSERT_EQ(found.size(), 1u) << ordered.text();
    EXPECT_FALSE(found[0].blocks);
    EXPECT_TRUE(found[0].witness.has_value());
    EXPECT_FALSE(ordered.report.has_blocking());
}

TEST(Findings, ARightConflictsWithARequirement) {
    const std::string rest = R"(
rule few
  on share: require count(columns) is at most 3
)";
    const std::string scope = " on share when purpose is research: permit";
    const Verified plain = verify_rules("default forbid share\nrule research" + scope + rest);
    EXPECT_TRUE(plain.all(Kind::conflict).empty()) << plain.text();
    const Verified right =
        verify_rules("default forbid share\nrule research" + scope + " as of right" + rest);
    ASSERT_EQ(right.all(Kind::conflict).size(), 1u) << right.text();
}

TEST(Findings, ARightConflictsWithAnotherRegulation) {
    const std::string first =
        rules("default silent\nrule own on share when purpose is care: permit");
    const std::string second = R"(regulation house version 1.0.0 governs hub
default silent
rule closed on share when count(columns) is at least 20: forbid
)";
    const Verified plain = verify_texts({HUB, first, second});
    EXPECT_TRUE(plain.all(Kind::conflict).empty()) << plain.text();
    const Verified right = verify_texts({HUB, first + " as of right", second});
    const auto found = right.all(Kind::conflict);
    ASSERT_EQ(found.size(), 1u) << right.text();
    EXPECT_EQ(found[0].rules, (std::vector<std::string>{"rules.own", "house.closed"}));
    EXPECT_TRUE(found[0].witness.has_value());
    const Verified apart =
        verify_texts({HUB, first + " as of right",
                      "regulation house version 1.0.0 governs hub\ndefault silent\n"
                      "rule closed on share when purpose is marketing: forbid\n"});
    EXPECT_TRUE(apart.all(Kind::conflict).empty()) << apart.text();
}

TEST(Findings, AnOverrideTakenAwayIsAConflictWithAWitness) {
    const Verified verified = verify_rules(R"(
default forbid share
rule research
  cites ACT "1"
  on share when purpose is research: permit
rule genetic
  cites ACT "2"
  on share when datasets[dataset].level is at least genetic: forbid
  because "dataset {dataset} holds genetic data"
)");
    const auto found = verified.all(Kind::conflict);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    EXPECT_EQ(found[0].rules, (std::vector<std::string>{"rules.research", "rules.genetic"}));
    EXPECT_EQ(found[0].citations, (std::vector<std::string>{"ACT 1", "ACT 2"}));
    EXPECT_EQ(found[0].notes.at(0), "both rules are in force from 2024-01-01");
    ASSERT_TRUE(found[0].witness);
    EXPECT_EQ(found[0].witness->replay.outcome, call::Outcome::forbidden);
    EXPECT_TRUE(verified.report.has_blocking());
    EXPECT_NE(verified.text().find("holds genetic data"), std::string::npos) << verified.text();
}

TEST(Findings, RulesThatAreNeverInForceTogetherDoNotConflict) {
    const Verified verified = verify_rules(R"(
default forbid share
rule early
  effective from 2024-01-01 until 2025-01-01
  on share when purpose is research: permit
rule late
  effective from 2025-01-01
  on share when purpose is research: forbid
)");
    EXPECT_TRUE(verified.report.findings.empty()) << verified.text();
}

TEST(Findings, AScopeThatCanNeverHoldNamesItsContradictoryParts) {
    const Verified verified = verify_rules(R"(
default forbid share
rule never
  on share when purpose is care and count(columns) is more than 2 and purpose is marketing: permit
)");
    const auto found = verified.all(Kind::self_conflict);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    ASSERT_EQ(found[0].places.size(), 3u) << verified.text();
    const auto& sources = verified.made.sources;
    EXPECT_EQ(sources.text(found[0].places[1].span), "purpose is care");
    EXPECT_EQ(sources.text(found[0].places[2].span), "purpose is marketing");
}

TEST(Findings, ARequirementThatCanNeverBeMetIsFound) {
    const Verified verified = verify_rules(R"(
default permit share
rule cap
  on share when purpose is research: require after(exported[to]) is less than 0
)");
    const auto found = verified.all(Kind::self_conflict);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    EXPECT_NE(found[0].message.find("can never be met"), std::string::npos);
}

TEST(Findings, AfterMeansWhatTheActionHasWritten) {
    const Verified verified = verify_rules(R"(
default permit share
rule cap
  on share: require after(exported[to]) is at least before(exported[to])
assert never forbidden share
)");
    EXPECT_TRUE(verified.report.findings.empty()) << verified.text();
}

TEST(Findings, ACallAboutWhichNothingIsSaidIsAGap) {
    const Verified verified = verify_rules(R"(
default silent
rule research
  on share when purpose is research: permit
)");
    const auto found = verified.all(Kind::gap);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    ASSERT_TRUE(found[0].witness);
    EXPECT_TRUE(found[0].witness->replay.decisions.back().gap);
}

TEST(Findings, AnAssertionThatFailsShowsTheCall) {
    const Verified verified = verify_rules(R"(
default permit share
rule no_marketing
  on share when purpose is marketing: forbid
  unless has_role(caller, doctor_on_duty)
assert never permitted share when purpose is marketing
)");
    const auto found = verified.all(Kind::assertion);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    ASSERT_TRUE(found[0].witness);
    EXPECT_EQ(found[0].witness->replay.outcome, call::Outcome::committed);
    const auto& roles = found[0].witness->story.parties.at(0).roles;
    EXPECT_NE(std::find(roles.begin(), roles.end(), "doctor_on_duty"), roles.end());
}

TEST(Findings, AForbidWithoutAValueBlocksAPermitDoesNot) {
    const Verified verified = verify_rules(R"(
default forbid share
rule consented
  on share when purpose is research and datasets[dataset].until is at least today: permit
rule expired
  overrides consented
  on share when purpose is marketing and datasets[dataset].until is less than today: forbid
)");
    const auto found = verified.all(Kind::rule_error);
    ASSERT_EQ(found.size(), 2u) << verified.text();
    EXPECT_EQ(found[0].rules.at(0), "rules.expired");
    EXPECT_TRUE(found[0].blocks);
    EXPECT_EQ(found[1].rules.at(0), "rules.consented");
    EXPECT_FALSE(found[1].blocks);
    EXPECT_EQ(found[0].places.at(0).text, "this may be absent");
}

TEST(Findings, ExceptionsThatLackTheSameValueAreOneNote) {
    const Verified verified = verify_rules(R"(
default permit share
rule research_only
  on share: forbid
  unless datasets[dataset].until is 2026-01-01
  unless datasets[dataset].until is at least today and purpose is research
)");
    const auto found = verified.all(Kind::rule_error);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    EXPECT_FALSE(found[0].blocks);
    EXPECT_EQ(found[0].places.at(0).text, "this may be absent");
    EXPECT_EQ(found[0].places.back().text, "and here");
}

TEST(Findings, AKeyThatTheActionHasCheckedIsNotAbsent) {
    const Verified verified = verify_rules(R"(
default permit share
rule genetic
  on share when datasets[dataset].level is at least genetic: forbid
)");
    EXPECT_TRUE(verified.report.findings.empty()) << verified.text();
}

TEST(Findings, WhatIsSaidOfEveryElementIsProved) {
    const Verified verified = verify_rules(R"(
default forbid share
rule released
  on share when every c in columns satisfies c is in columns_of[dataset]: permit
rule withheld
  on share when some c in columns satisfies c is not in columns_of[dataset]: forbid
rule named
  on share when "name" is in columns: forbid
assert never permitted share when "name" is in columns
)");
    const auto found = verified.all(Kind::conflict);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    EXPECT_EQ(found[0].rules.at(1), "rules.named");
    ASSERT_TRUE(verified.all(Kind::unknown).empty()) << verified.text();
}

TEST(Findings, ASetMayBeAsLargeAsItsTypeAllows) {
    const Verified verified = verify_rules(R"(
default permit share
rule few
  on share when count(columns) is more than 32: forbid
rule several
  on share when count(columns) is more than 5: forbid
assert never forbidden share
)");
    ASSERT_EQ(verified.all(Kind::self_conflict).size(), 1u) << verified.text();
    const auto found = verified.all(Kind::assertion);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    EXPECT_EQ(found[0].witness->story.steps.size(), 4u) << verified.text();
}

TEST(Findings, WhatDependsOnALoopIsUnknownAndSaysSo) {
    const Verified verified = verify_rules(R"(
default permit share
rule fresh
  on share when after(last[(to, "name")]) is known: forbid
rule strange
  on share when purpose is care: require after(last[(to, "name")]) else today is not 1999-01-01
assert never forbidden share when purpose is care
)");
    const auto found = verified.all(Kind::unknown);
    for (const Finding& finding : found) {
        EXPECT_NE(finding.notes.at(0).find("the loop"), std::string::npos) << verified.text();
    }
}

TEST(Findings, AContractThatNothingGovernsIsNotedAndDoesNotBlock) {
    const Verified verified = verify_texts({HUB});
    ASSERT_EQ(verified.all(Kind::ungoverned).size(), 1u) << verified.text();
    EXPECT_FALSE(verified.report.has_blocking());
}

TEST(Findings, OneConflictOverTwoActionsIsOneFinding) {
    const Verified verified = verify_texts({R"(
contract two version 1.0.0
  regulators office
role office
action one(n: Int 0..10) by anyone { }
action other(n: Int 0..10) by anyone { }
)",
                                            R"(
regulation rules version 1.0.0 governs two
  default forbid
rule small
  on one, other when n is less than 5: permit
rule odd
  on one, other when n mod 2 is 1: forbid
)"});
    const auto found = verified.all(Kind::conflict);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    EXPECT_NE(verified.text().find("the same in calls of other"), std::string::npos);
}

TEST(Findings, InnerCallsAreDecidedWhereTheyReturn) {
    const Verified verified = verify_texts({R"(
contract inner version 1.0.0
  regulators office
role office
store total: Int 0..1_000_000 default 0
action add_up(n: Int 0..100) by anyone { total += n }
)",
                                            R"(
contract outer version 1.0.0
  regulators office
use inner
action relay(n: Int 0..100) by anyone { add_up(n) }
)",
                                            R"(
regulation rules version 1.0.0 governs inner, outer
  default permit
rule small
  on add_up when n is more than 50: forbid
assert never permitted relay when n is more than 50
assert never permitted relay when n is more than 40
)"});
    ASSERT_EQ(verified.all(Kind::assertion).size(), 1u) << verified.text();
    EXPECT_EQ(verified.report.proved.assertions_hold, 1u) << verified.text();
}

TEST(Findings, TextsOfBlockingFindingsAreOneLineEach) {
    const Verified verified = verify_rules("default silent\n");
    const auto texts = blocking_texts(verified.report);
    ASSERT_EQ(texts.size(), 1u);
    EXPECT_EQ(texts[0], "V03 hub: no regulation says anything about some calls of share");
}

}  // namespace
}  // namespace edict::findings
