// What is proved of decimals, money, times and sums, and what is said to be unknown.
#include <gtest/gtest.h>

#include "tests/unit/findings_support.h"

namespace edict::findings {
namespace {

constexpr const char* TILL = R"(
contract till version 1.0.0
  zone +08:00
  regulators office

role clerk, office
enum Tag { cash, abroad, new }
store paid: Map<Party, Money<CNY>> default 0 CNY

action pay(to: Party, amount: Money<CNY>, funds: Money, booked: Time, due: Date, parts: List<Int, 4>, tags: Set<Tag, 3>, note: Text) by clerk {
  if amount <= 0 CNY { fail "an amount is more than 0" }
  paid[to] += amount
}
)";

Verified verify_rules(const std::string& more) {
    return verify_texts(
        {TILL, "regulation rules version 1.0.0 governs till\n  zone +08:00\n" + more});
}

void expect_proved(const std::string& more) {
    const Verified verified = verify_rules(more);
    EXPECT_TRUE(verified.report.findings.empty()) << verified.text();
    EXPECT_EQ(verified.report.proved.assertions_hold, 1u);
}

TEST(FindingsOfAmounts, LimitsAreProved) {
    expect_proved(R"(
default permit
rule cap on pay when amount is at least 50_000 CNY: forbid
assert never permitted pay when amount is more than 50_000.01 CNY
)");
    expect_proved(R"(
default permit
rule cap on pay: require after(paid[to]) is at most 100_000 CNY
assert never permitted pay when before(paid[to]) is at least 99_999.5 CNY and amount is more than 0.5 CNY
)");
}

TEST(FindingsOfAmounts, ALimitThatIsMissedHasAWitness) {
    const Verified verified = verify_rules(R"(
default permit
rule cap on pay when amount is more than 50_000 CNY: forbid
assert never permitted pay when amount is at least 50_000 CNY
)");
    const auto found = verified.all(Kind::assertion);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    ASSERT_TRUE(found[0].witness.has_value()) << verified.text();
    EXPECT_NE(verified.text().find("50000 CNY"), std::string::npos) << verified.text();
}

TEST(FindingsOfAmounts, MoneyOfAnotherCurrencyIsAnError) {
    const Verified verified = verify_rules(R"(
default permit
rule cap on pay when funds is at least 50_000 CNY: forbid
)");
    EXPECT_EQ(verified.all(Kind::rule_error).size(), 1u) << verified.text();
    expect_proved(R"(
default permit
rule cap on pay when funds is in CNY and funds is at least 50_000 CNY: forbid
assert never permitted pay when funds is in CNY and funds is at least 60_000 CNY
)");
}

// A sum may pass the end of the calendar, and that is said; the assertion is proved all the same.
TEST(FindingsOfAmounts, TimesAreProved) {
    for (const char* text : {R"(
default permit
rule late on pay when booked is less than now - 5 days: forbid
assert never permitted pay when booked + 6 days is less than now
)",
                             R"(
default permit
rule late on pay when due is less than today + 30 days: forbid
assert never permitted pay when due - today is less than 20 days
)",
                             R"(
default permit
rule later on pay when date_of(booked) is more than due: forbid
assert never permitted pay when booked is at least start_of_day(due) + 24 hours
)"}) {
        const Verified verified = verify_rules(text);
        EXPECT_EQ(verified.report.proved.assertions_hold, 1u) << verified.text();
        for (const Finding& finding : verified.report.findings) {
            EXPECT_EQ(finding.kind, Kind::rule_error) << verified.text();
        }
    }
}

TEST(FindingsOfAmounts, TheCalendarIsProved) {
    expect_proved(R"(
default permit
rule past on pay when year(due) is less than 2026: forbid
assert never permitted pay when due is at most 2025-12-31
)");
    expect_proved(R"(
default permit
rule same_year on pay: require year(due) is year(today)
assert never permitted pay when quarter(due) is 1 and month(due) is at least 4
)");
    expect_proved(R"(
default permit
rule weekend on pay when weekday(due) is at least 6: forbid
assert never permitted pay when end_of_week(due) is due
)");
}

TEST(FindingsOfAmounts, ADayOfTheCalendarIsAWitness) {
    const Verified verified = verify_rules(R"(
default permit
rule leap on pay when month(due) is 2 and day(due) is 29: forbid
assert never forbidden pay
)");
    const auto found = verified.all(Kind::assertion);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    EXPECT_TRUE(found[0].witness.has_value()) << verified.text();
}

TEST(FindingsOfAmounts, WhatIsCountedOverAListedSetIsProved) {
    expect_proved(R"(
default permit
rule risky on pay when at least 2 of t in tags satisfies t is not new: forbid
assert never permitted pay when cash is in tags and abroad is in tags
)");
    expect_proved(R"(
default permit
rule risky on pay when at most 1 of (amount is less than 5 CNY, due is more than today, note is "x"): forbid
assert never permitted pay when amount is at least 5 CNY and due is at most today
)");
}

TEST(FindingsOfAmounts, WhatIsNotEncodedIsNamed) {
    for (const char* condition :
         {"(round half_even to 2 (amount * 0.1)) is more than 5 CNY", "3 in parts",
          "(sum p in parts of p) is more than 3", "note starts with \"x\""}) {
        const Verified verified =
            verify_rules("default permit\nrule cap on pay when not (" + std::string(condition) +
                         "): forbid\nassert never permitted pay when not (" + condition + ")\n");
        // Whatever is found was replayed; else it is said that it is not settled.
        for (const Finding& finding : verified.report.findings) {
            const bool said = finding.kind == Kind::unknown || finding.kind == Kind::rule_error ||
                              finding.witness.has_value();
            EXPECT_TRUE(said) << condition << "\n" << verified.text();
        }
        EXPECT_TRUE(verified.all(Kind::assertion).empty()) << condition << verified.text();
    }
}

}  // namespace
}  // namespace edict::findings
