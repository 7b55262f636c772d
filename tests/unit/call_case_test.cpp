// A Case tells what was expected and what happened, in an officer's words.
#include "tests/unit/call_support.h"
#include "vm/call/case.h"

namespace edict::call::test {

namespace {

Case story(std::vector<decltype(CaseStep::node)> steps) {
    Case made;
    made.name = "a story";
    made.parties = {{"xiyuan", {"hospital"}}, {"guangan", {}}};
    for (auto& step : steps) made.steps.push_back({0, std::move(step)});
    return made;
}

std::vector<std::string> failures(const Case& told) {
    World world({HUB, DESK, CAP});
    std::vector<std::string> messages;
    for (const CaseFailure& failure : run_case(world.set, told, world.engine).failures) {
        messages.push_back(std::to_string(failure.step) + ": " + failure.message);
    }
    return messages;
}

CaseCall share(std::int64_t n, const std::string& by = "xiyuan") {
    return {"hub", "share", {party("guangan"), number(n)}, by};
}
CaseExpect expect(Outcome outcome) { return {outcome, std::nullopt, false, std::nullopt}; }

TEST(Case, that_goes_as_expected_reports_nothing) {
    EXPECT_EQ(failures(story({
                  CaseStore{"hub", "sent", party("guangan"), number(0)},
                  share(60),
                  expect(Outcome::committed),
                  CaseExpect{Outcome::committed, std::nullopt, true, std::nullopt},
                  CaseStore{"hub", "sent", party("guangan"), number(60)},
                  share(60),
                  CaseExpect{Outcome::forbidden, "cap.yearly_cap", false, std::nullopt},
                  CaseStore{"hub", "sent", party("guangan"), number(60)},
                  share(13),
                  CaseExpect{Outcome::failed, std::nullopt, false, "13 is not shared"},
                  share(1, "guangan"),
                  expect(Outcome::refused),
                  CaseCall{"hub", "forget", {party("guangan")}, "xiyuan"},
                  CaseExpect{Outcome::forbidden, std::nullopt, true, std::nullopt},
                  CaseStore{"hub", "level", text("pbc"), std::nullopt},
                  CaseGiven{"hub", "level", text("pbc"), number(5)},
                  CaseStore{"hub", "level", text("pbc"), number(5)},
              })),
              std::vector<std::string>{});
}

TEST(Case, says_what_happened_instead) {
    EXPECT_EQ(
        failures(story({
            CaseGiven{"hub", "sent", party("guangan"), number(99)},
            share(1),
            expect(Outcome::forbidden),
            share(1),
            expect(Outcome::committed),
            CaseExpect{Outcome::forbidden, "cap.other", false, std::nullopt},
            CaseExpect{Outcome::forbidden, std::nullopt, true, std::nullopt},
            share(13),
            CaseExpect{Outcome::failed, std::nullopt, false, "no luck"},
            CaseStore{"hub", "sent", party("guangan"), number(99)},
            CaseStore{"hub", "level", text("pbc"), number(1)},
        })),
        (std::vector<std::string>{
            "2: expected forbidden, but the call was committed by the default of cap",
            "4: expected committed, but the call was forbidden by cap.yearly_cap (PIPL art 40)",
            "5: expected forbidden by cap.other, but the call was forbidden by cap.yearly_cap "
            "(PIPL "
            "art 40)",
            "6: expected forbidden by default, but the call was forbidden by cap.yearly_cap (PIPL "
            "art 40)",
            "8: expected it to say \"no luck\", but it said \"13 is not shared\"",
            "9: expected hub.sent[guangan] to be 99, but it is 100",
            "10: expected hub.level[\"pbc\"] to be 1, but it is absent",
        }));
}

TEST(Case, says_what_cannot_be_asked) {
    EXPECT_EQ(failures(story({
                           expect(Outcome::committed),
                           CaseGiven{"hub", "none", std::nullopt, number(1)},
                           CaseGiven{"hub", "sent", std::nullopt, number(1)},
                           CaseGiven{"desk", "relayed", number(1), number(1)},
                           CaseGiven{"hub", "level", text(std::string(65, 'x')), number(1)},
                           CaseGiven{"hub", "level", text("x"), text("y")},
                       }))
                  .size(),
              6U);
}

TEST(Case, time_moves_and_calls_are_kept_in_order) {
    World world(
        {HUB, with(CAP, "rule yearly_cap require", "rule yearly_cap require until 1970-01-02")});
    const Case told = story({share(100), share(1), CaseAt{86'400'000}, share(1)});
    const CaseReport report = run_case(world.set, told, world.engine);
    ASSERT_EQ(report.calls.size(), 3U);
    EXPECT_EQ(report.calls[0].outcome, Outcome::committed);
    EXPECT_EQ(report.calls[1].outcome, Outcome::forbidden);
    EXPECT_EQ(report.calls[2].outcome, Outcome::committed);
}

}  // namespace

}  // namespace edict::call::test
