// Duties: the queue and what bearers owe against a plain model; stories told in the language.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "cli/pipeline.h"
#include "compiler/lower/lower.h"
#include "compiler/source/render.h"
#include "tests/support/map_state.h"
#include "vm/call/duties.h"
#include "vm/runtime/interpreter.h"

namespace edict {
namespace {

using call::Duty;
using call::DutyStatus;

Duty duty_of(const std::string& bearer, std::uint8_t argument, std::int64_t deadline) {
    Duty duty;
    duty.regulation = "rules";
    duty.bearer = value::party_named(bearer);
    duty.module = "hub";
    duty.action = "report";
    duty.arguments = {base::Bytes{argument}, std::nullopt};
    duty.deadline_ms = deadline;
    return duty;
}

TEST(DutyBook, KeepsWhatAPlainListKeeps) {
    std::mt19937_64 random(3);
    MapState state;
    struct Known {
        Duty duty;
        DutyStatus status;
        bool queued;
    };
    std::map<crypto::Hash, Known> model;
    std::int64_t now = 0;
    std::size_t discharged = 0, breached = 0;
    for (int round = 0; round < 3'000; ++round) {
        call::DutyBook::Writes writes;
        call::DutyBook book(state, writes);
        const std::string bearer = std::string("p") + char('0' + random() % 5);
        const auto argument = static_cast<std::uint8_t>(random() % 3);
        if (random() % 2 == 0) {
            const Duty duty =
                duty_of(bearer, argument, now + 1 + static_cast<std::int64_t>(random() % 200));
            ASSERT_TRUE(book.create(duty));
            model[call::identity(duty)] = {duty, DutyStatus::open, true};
        } else if (random() % 2 == 0) {
            book.discharge({"hub", "report", {{argument}, {7, 7}}, value::party_named(bearer)});
            for (auto& [id, known] : model) {
                const bool fits = known.status == DutyStatus::open &&
                                  known.duty.bearer == value::party_named(bearer) &&
                                  known.duty.arguments[0] == base::Bytes{argument};
                if (!fits) continue;
                known.status = DutyStatus::discharged;
                ++discharged;
            }
        } else {
            now += static_cast<std::int64_t>(random() % 40);
            std::int64_t last = -1;
            while (const auto due = book.take_due(now)) {
                Known& known = model.at(due->duty);
                ASSERT_GE(known.duty.deadline_ms, last) << "oldest first";
                ASSERT_LE(known.duty.deadline_ms, now);
                last = known.duty.deadline_ms;
                if (book.find(due->duty)->status != DutyStatus::open) continue;
                known.status = DutyStatus::breached;
                book.close(due->duty, known.duty);
                book.set(due->duty, {known.duty, DutyStatus::breached, {}});
                ++breached;
            }
            for (const auto& [id, known] : model) {
                ASSERT_TRUE(known.status != DutyStatus::open || known.duty.deadline_ms > now);
            }
        }
        state.apply(writes);
        for (const auto& [id, known] : model) {
            const auto bytes = state.get(call::duty_place(id));
            ASSERT_TRUE(bytes.has_value());
            ASSERT_EQ(call::decode_duty(*bytes)->status, known.status);
        }
    }
    EXPECT_GT(discharged, 100u);
    EXPECT_GT(breached, 100u);
}

TEST(DutyBook, RefusesOneDutyTooMany) {
    MapState state;
    call::DutyBook::Writes writes;
    call::DutyBook book(state, writes);
    for (std::size_t i = 0; i < call::MAX_OPEN_DUTIES; ++i)
        ASSERT_TRUE(book.create(duty_of("ann", 0, static_cast<std::int64_t>(i))));
    EXPECT_TRUE(book.create(duty_of("ann", 0, 0))) << "an equal one is merged";
    EXPECT_FALSE(book.create(duty_of("ann", 0, -1)));
    EXPECT_TRUE(book.create(duty_of("bob", 0, -1)));
}

TEST(DutyBook, DamagedBytesAreAnError) {
    Duty duty = duty_of("ann", 1, 5);
    duty.remedy = Duty::Remedy{"hub", "bar", {1, 2}};
    const base::Bytes whole = call::encode({duty, DutyStatus::remedy_failed, "why"});
    const auto read = call::decode_duty(whole);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->duty, duty);
    EXPECT_EQ(read->why, "why");
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(call::decode_duty(base::ByteView(whole).first(size)).has_value()) << size;
    base::Bytes longer = whole;
    longer.push_back(0);
    EXPECT_FALSE(call::decode_duty(longer).has_value());
}

constexpr const char* HUB = R"(
contract hub version 1.0.0
  zone +08:00
  regulators office
role nurse, office, bank
store holders: Map<Text, Set<Party, 4>> default {}
store until: Map<Text, Date>
store stopped: Map<Party, Int> default 0
action share(name: Text, to: Party) by nurse { }
action report(name: Text, note: Text) by anyone { }
action hold(name: Text, by: Set<Party, 4>) by nurse { holders[name] = by }
action stop(party: Party) by duty { stopped[party] += 1 }
action refuse(party: Party) by duty { fail "not today" }
)";

// What is wrong with the story, or "".
std::string told(const std::string& rules, const std::string& steps) {
    auto made =
        cli::compile_texts({{"hub.edict", HUB},
                            {"rules.edict",
                             "regulation rules version 1.0.0 governs hub\n  zone +08:00\n"
                             "default permit\n" +
                                 rules +
                                 "\ntest \"story\" {\n"
                                 "  parties ann: nurse, bob, cid: bank, dan: bank, eve: office\n" +
                                 steps + "\n}\n"}});
    if (!made) return made.error().message;
    if (made->diagnostics.has_errors())
        return source::render(made->diagnostics, made->sources, source::Form::human);
    const check::Module& module = made->program->at(*made->program->find("rules"));
    const call::Case story = lower::to_case(*made->program, module.tests.at(0));
    runtime::Interpreter engine;
    std::string wrong;
    for (const call::CaseFailure& failure : call::run_case(*made->linked, story, engine).failures)
        wrong += failure.message + "\n";
    return wrong;
}

const std::string TELL =
    "rule tell on share: to must report(name, any) within 5 days else stop(to)\n";

TEST(Duties, AreFulfilledByOneMatchingCallOfTheBearer) {
    EXPECT_EQ(told(TELL, R"(
  at 2026-03-01 09:00
  call share("a", bob) by ann
  call share("a", bob) by ann
  call share("b", bob) by ann
  expect duty bob must report("a", "x")
  call report("a", "by another") by cid
  expect duty bob must report("a", "x")
  call report("a", "done") by bob
  call report("b", "done") by bob
  expect no duty
  at 2026-05-01
  expect stopped[bob] == 0
)"),
              "");
}

TEST(Duties, OfDaysEndWithTheLastDayInTheZone) {
    EXPECT_EQ(told(TELL, R"(
  at 2026-03-01 09:00
  call share("a", bob) by ann
  at 2026-03-06 23:59
  expect duty bob must report("a", "x")
  at 2026-03-07 00:00
  expect breach by tell
  expect no duty
  expect stopped[bob] == 1
)"),
              "");
}

TEST(Duties, OfHoursEndAfterTheInstant) {
    const std::string rule = "rule tell on share: to must report(name, any) within 24 hours\n";
    EXPECT_EQ(told(rule, R"(
  at 2026-03-01 09:00
  call share("a", bob) by ann
  at 2026-03-02 09:00
  expect duty bob must report("a", "x")
  at 2026-03-02 09:01
  expect breach
)"),
              "");
}

TEST(Duties, MayCountFromADate) {
    const std::string rule =
        "rule tell on share: to must report(name, any) within 1 day after until[name]\n";
    EXPECT_EQ(told(rule, R"(
  at 2026-03-01
  call share("a", bob) by ann
  expect forbidden by tell
  given until["a"] = 2026-06-01
  call share("a", bob) by ann
  at 2026-06-02 23:59
  expect duty bob must report("a", "x")
  at 2026-06-03
  expect breach
)"),
              "");
}

TEST(Duties, MayFallToARoleOrToEachOfASet) {
    EXPECT_EQ(told("rule tell on share: any bank must report(name, any) within 5 days\n", R"(
  at 2026-03-01
  call share("a", bob) by ann
  call report("a", "no role") by bob
  at 2026-03-02
  call report("a", "in time") by dan
  expect no duty
)"),
              "");
    EXPECT_EQ(told("rule tell on share: every p in holders[name] must report(name, \"gone\") "
                   "within 5 days\n",
                   R"(
  at 2026-03-01
  call hold("a", { bob, cid }) by ann
  call share("a", dan) by ann
  call report("a", "other") by bob
  expect duty bob must report("a", "gone")
  call report("a", "gone") by bob
  expect duty cid must report("a", "gone")
  call report("a", "gone") by cid
  expect no duty
)"),
              "");
}

TEST(Duties, OfACallThatDoesNotCommitAreNotMade) {
    EXPECT_EQ(told(TELL + "rule never on share when name is \"x\": forbid\n", R"(
  at 2026-03-01
  call share("x", bob) by ann
  expect forbidden by never
  expect no duty
)"),
              "");
}

TEST(Duties, YieldToOtherDutiesAndToExceptions) {
    EXPECT_EQ(
        told("rule tell on share: to must report(name, any) within 5 days unless name is \"x\"\n"
             "rule soon overrides tell on share when name is \"y\":\n"
             "  to must report(name, \"soon\") within 1 day\n",
             R"(
  at 2026-03-01
  call share("x", bob) by ann
  expect no duty
  call share("y", bob) by ann
  call report("y", "soon") by bob
  expect no duty
)"),
        "");
}

TEST(Duties, WhoseRemedyFailsSayWhy) {
    const std::string text =
        told("rule tell on share: to must report(name, any) within 5 days else refuse(to)\n", R"(
  at 2026-03-01
  call share("a", bob) by ann
  at 2026-04-01
  expect breach
  expect duty bob must report("a", "x")
)");
    EXPECT_NE(text.find("breached, and what it says for that case failed"), std::string::npos)
        << text;
}

TEST(Duties, ActionsByDutyAreCalledByNobody) {
    EXPECT_EQ(told("", R"(
  call stop(bob) by eve
  expect refused
  expect stopped[bob] == 0
)"),
              "");
}

}  // namespace
}  // namespace edict
