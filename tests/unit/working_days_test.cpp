// Deadlines in working days: counted against a plain model; provisional where no days are
// published, and dated again when they are; legal time of actions that are dated; delegates;
// questions about duties. Stories are told in the language.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>
#include <set>

#include "cli/pipeline.h"
#include "compiler/lower/lower.h"
#include "compiler/source/render.h"
#include "vm/bytecode/limits.h"
#include "vm/call/case.h"
#include "vm/call/duties.h"
#include "vm/call/working_days.h"
#include "vm/runtime/interpreter.h"

namespace edict {
namespace {

std::int32_t day(int year, unsigned month, unsigned of_month) {
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{of_month}};
    return static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count());
}

call::PublishedYear golden_week() {
    call::PublishedYear made;
    for (unsigned d = 1; d <= 8; ++d) {
        if (d != 4 && d != 5) made.off.push_back(day(2025, 10, d));
    }
    made.worked = {day(2025, 9, 28), day(2025, 10, 11)};
    return made;
}

TEST(WorkingDays, AreThoseThatAnOfficeHasPublished) {
    const call::Published published = [](std::int32_t year) {
        return year == 2025 ? std::optional(golden_week()) : std::nullopt;
    };
    const auto after = [&](std::int32_t from, std::uint32_t count) {
        return call::working_days_after({from}, count, published);
    };
    EXPECT_EQ(after(day(2025, 9, 26), 0).day, day(2025, 9, 26));
    // Friday; the Sunday after it is worked.
    EXPECT_EQ(after(day(2025, 9, 26), 1).day, day(2025, 9, 28));
    EXPECT_EQ(after(day(2025, 9, 26), 3).day, day(2025, 9, 30));
    // Over the holidays, the 4th and 5th being a weekend; the 11th is a Saturday that is worked.
    EXPECT_EQ(after(day(2025, 9, 30), 1).day, day(2025, 10, 9));
    EXPECT_EQ(after(day(2025, 9, 30), 3).day, day(2025, 10, 11));
    EXPECT_EQ(after(day(2025, 9, 30), 4).day, day(2025, 10, 13));
    EXPECT_FALSE(after(day(2025, 9, 30), 4).waits_for);
    // Up to the last day of the year nothing is provisional; 2025-12-31 is a Wednesday.
    EXPECT_FALSE(after(day(2025, 12, 30), 1).waits_for);
    EXPECT_EQ(after(day(2025, 12, 31), 1).day, day(2026, 1, 1));
    EXPECT_EQ(after(day(2025, 12, 31), 1).waits_for, 2026);
}

TEST(WorkingDays, AgreeWithAPlainCount) {
    std::mt19937_64 random(20260201);
    const auto below = [&](std::size_t n) { return random() % n; };
    for (int round = 0; round < 200; ++round) {
        std::map<std::int32_t, call::PublishedYear> years;
        std::set<std::int32_t> off, worked;
        for (const int year : {2023, 2024, 2025}) {
            if (below(4) == 0) continue;
            call::PublishedYear& made = years[year];
            for (std::int32_t d = day(year, 1, 1); d <= day(year, 12, 31); ++d) {
                const std::size_t drawn = below(12);
                const bool weekend = ((d + 3) % 7) >= 5;
                if (drawn == 0 && !weekend) off.insert(d), made.off.push_back(d);
                if (drawn == 1 && weekend) worked.insert(d), made.worked.push_back(d);
            }
        }
        const std::int32_t from = day(2023, 1, 1) + static_cast<std::int32_t>(below(1'200));
        const auto count = static_cast<std::uint32_t>(below(120));
        std::int32_t at = from;
        std::optional<std::int32_t> first_open;
        for (std::uint32_t left = count; left > 0;) {
            ++at;
            const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{at}}};
            const int year = static_cast<int>(date.year());
            const bool weekend = ((at + 3) % 7) >= 5;
            const bool works = weekend ? worked.contains(at) : !off.contains(at);
            if (!years.contains(year) && !first_open) first_open = year;
            if (works) --left;
        }
        const call::WorkingDeadline end =
            call::working_days_after({from}, count, [&](std::int32_t year) {
                const auto found = years.find(year);
                return found == years.end() ? std::nullopt : std::optional(found->second);
            });
        ASSERT_EQ(end.day, at);
        ASSERT_EQ(end.waits_for, first_open);
    }
}

TEST(WorkingDays, EndWithTheCalendarAndNotBefore) {
    const auto nothing = [](std::int32_t) { return std::optional<call::PublishedYear>(); };
    const call::WorkingDeadline end =
        call::working_days_after(value::LAST_DATE, bytecode::MAX_WORKING_DAYS, nothing);
    EXPECT_EQ(end.day, std::int64_t{value::LAST_DATE.days} + bytecode::MAX_WORKING_DAYS / 5 * 7);
}

constexpr const char* HUB = R"(
contract hub version 1.0.0
  zone +08:00
  regulators office
role nurse, office, calendar_office
store until: Map<Text, Date>
store stopped: Map<Party, Int> default 0
store booked_on: Map<Text, Date>
action share(name: Text, to: Party) by nurse { }
action report(name: Text, note: Text) by anyone { }
action book(name: Text, booked: Time) by nurse dated by booked within 5 days { booked_on[name] = today }
action stop(party: Party) by duty { stopped[party] += 1 }
)";

// What is wrong with the story, or "".
std::string told(const std::string& rules, const std::string& steps) {
    auto made = cli::compile_texts(
        {{"hub.edict", HUB},
         {"rules.edict",
          "regulation rules version 1.0.0 governs hub\n  zone +08:00\n"
          "use std.calendar\nuse std.membership\ndefault permit\n" +
              rules +
              "\ntest \"story\" {\n"
              "  parties ann: nurse, bob, cid, eve: office and calendar_office and "
              "membership_office\n" +
              steps + "\n}\n"}});
    if (!made) return made.error().message;
    if (made->diagnostics.has_errors())
        return source::render(made->diagnostics, made->sources, source::Form::human);
    const check::Module& module = made->program->at(*made->program->find("rules"));
    call::Case story = lower::to_case(*made->program, module.tests.at(0));
    // Bytes have no literal: the key with which bob and cid are registered.
    for (const char* name : {"bob", "cid"}) {
        const value::Value key{value::party_named(name)};
        const call::CaseGiven registered{"std.membership", "keys", key, {base::Bytes(32)}};
        story.steps.insert(story.steps.begin(), {0, registered});
    }
    runtime::Interpreter engine;
    std::string wrong;
    for (const call::CaseFailure& failure : call::run_case(*made->linked, story, engine).failures)
        wrong += failure.message + "\n";
    return wrong;
}

const std::string TELL =
    "rule tell on share: to must report(name, any) within 5 working days else stop(to)\n";

TEST(WorkingDays, OfADutyEndWithTheLastOfThem) {
    EXPECT_EQ(told(TELL, R"(
  at 2025-09-01
  call publish(2025, { 2025-10-01, 2025-10-02, 2025-10-03, 2025-10-06, 2025-10-07, 2025-10-08 },
               { 2025-09-28, 2025-10-11 }) by eve
  expect committed
  at 2025-09-29 09:00
  call share("a", bob) by ann
  at 2025-10-11 23:59
  expect duty bob must report("a", "x")
  at 2025-10-13 00:00
  expect duty bob must report("a", "x")
  at 2025-10-14 00:00
  expect breach by tell
  expect stopped[bob] == 1
)"),
              "");
}

TEST(WorkingDays, PastWhatIsPublishedAreProvisional) {
    // Monday 29 December 2025: Monday to Friday would end on 5 January; with 1 and 2 January off
    // and Sunday 4 January worked it is the 6th.
    EXPECT_EQ(told(TELL, R"(
  at 2025-01-02
  call publish(2025, {}, {}) by eve
  at 2025-12-29 09:00
  call share("later", bob) by ann
  at 2026-01-05 12:00
  call publish(2026, { 2026-01-01, 2026-01-02 }, { 2026-01-04 }) by eve
  at 2026-01-06 23:59
  expect duty bob must report("later", "x")
  at 2026-01-07 00:00
  expect breach by tell
)"),
              "");
    // Dated again to a day that comes sooner: two weekends are worked.
    EXPECT_EQ(told(TELL, R"(
  at 2025-01-02
  call publish(2025, {}, {}) by eve
  at 2025-12-31 09:00
  call share("sooner", bob) by ann
  call publish(2026, {}, { 2026-01-03, 2026-01-04 }) by eve
  at 2026-01-05 23:59
  expect duty bob must report("sooner", "x")
  at 2026-01-06 00:00
  expect breach by tell
)"),
              "");
    // Never published: Monday to Friday stand.
    EXPECT_EQ(told(TELL, R"(
  at 2026-03-02 09:00
  call share("never", bob) by ann
  at 2026-03-09 23:59
  expect duty bob must report("never", "x")
  at 2026-03-10 00:00
  expect breach by tell
)"),
              "");
    // A duty that waits for an earlier year, which nobody publishes, holds up no other.
    EXPECT_EQ(told(TELL, R"(
  at 2024-12-31 09:00
  call share("earlier", cid) by ann
  at 2025-12-31 09:00
  call share("sooner", bob) by ann
  call publish(2026, {}, { 2026-01-03, 2026-01-04 }) by eve
  at 2026-01-06 00:00
  expect stopped[bob] == 1
)"),
              "");
    // So with days that are given.
    EXPECT_EQ(told(TELL, R"(
  at 2025-12-31 09:00
  call share("sooner", bob) by ann
  given days_worked[2026] = { 2026-01-03, 2026-01-04 }
  given days_off[2026] = {}
  at 2026-01-06 00:00
  expect stopped[bob] == 1
)"),
              "");
    // What was fulfilled is not dated again.
    EXPECT_EQ(told(TELL, R"(
  at 2026-03-02 09:00
  call share("done", bob) by ann
  call report("done", "x") by bob
  call publish(2026, { 2026-03-03 }, {}) by eve
  at 2026-05-01
  expect no duty
  expect stopped[bob] == 0
)"),
              "");
}

TEST(WorkingDays, AreNotPublishedForAnotherYear) {
    EXPECT_EQ(told(TELL, R"(
  at 2026-03-02
  call publish(2026, { 2027-03-03 }, {}) by eve
  expect failed "2027-03-03 is not a day of 2026"
  call publish(2026, { 2026-03-07 }, {}) by eve
  expect failed "2026-03-07 is at a weekend: it is off already"
  call publish(2026, {}, { 2026-03-06 }) by eve
  expect failed "2026-03-06 is not at a weekend: it is worked already"
  call publish(2026, {}, {}) by ann
  expect refused
)"),
              "");
}

TEST(LegalTime, IsTheParameterThatAnActionIsDatedBy) {
    const std::string rules =
        "rule since effective from 2026-03-01 on book: forbid\n"
        "rule tell on book: caller must report(name, any) within 2 days\n"
        "rule soon on book: caller must report(name, any) within 2 hours\n";
    EXPECT_EQ(told(rules, R"(
  at 2026-03-02 12:00
  call book("now", 2026-03-02 12:00) by ann
  expect forbidden by since
  call book("before the rule", 2026-02-28 23:59) by ann
  expect committed
  expect booked_on["before the rule"] == 2026-02-28
  expect duty ann must report("before the rule", "x")
  call book("later", 2026-03-02 12:01) by ann
  expect refused
  call book("at the edge", 2026-02-25 12:00) by ann
  expect committed
  call book("too old", 2026-02-25 11:59) by ann
  expect refused
  at 2026-03-02 12:01
  expect breach by soon
  at 2026-03-03 00:00
  expect breach by tell
)"),
              "");
}

TEST(Duties, MayBeFulfilledByADelegate) {
    EXPECT_EQ(told(TELL, R"(
  at 2026-03-02 09:00
  given principals[(cid, "hub", "report")] = { bob }
  given delegated_until[(bob, cid, "hub", "report")] = 2026-03-03
  call share("a", bob) by ann
  call share("b", bob) by ann
  call share("c", bob) by ann
  at 2026-03-03 23:00
  call report("a", "for bob") by cid
  call report("b", "for nobody") by eve
  expect duty bob must report("b", "x")
  at 2026-03-04 00:00
  call report("b", "too late") by cid
  expect duty bob must report("b", "x")
  call report("b", "by himself") by bob
  call report("c", "by himself") by bob
  expect no duty
)"),
              "");
    EXPECT_EQ(told(TELL, R"(
  at 2026-03-02 09:00
  call delegate(eve, "hub", "report", 2026-12-31) by bob
  expect failed
  call share("a", bob) by ann
  call share("b", bob) by ann
  call delegate(cid, "hub", "report", 2026-12-31) by bob
  call report("a", "for bob") by cid
  call end_delegation(cid, "hub", "report") by bob
  expect committed
  call report("b", "for nobody") by cid
  expect duty bob must report("b", "x")
  call delegate(bob, "hub", "report", 2026-12-31) by bob
  expect failed "a party needs no delegation to itself"
  call end_delegation(cid, "hub", "report") by bob
  expect failed
)"),
              "");
}

TEST(Duties, MayBeAskedFor) {
    const std::string rules = TELL +
                              "rule one_at_a_time on share when to has open duty report: forbid\n"
                              "rule trusted on share: require not (to has breached duty report)\n";
    EXPECT_EQ(told(rules, R"(
  at 2026-03-02 09:00
  call share("a", bob) by ann
  expect committed
  call share("b", bob) by ann
  expect forbidden by one_at_a_time
  call share("b", cid) by ann
  expect committed
  call report("a", "x") by bob
  call share("b", bob) by ann
  expect committed
  at 2026-04-01
  call share("c", bob) by ann
  expect forbidden by trusted
  call share("c", eve) by ann
  expect committed
)"),
              "");
}

}  // namespace
}  // namespace edict
