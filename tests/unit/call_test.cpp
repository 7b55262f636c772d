// The one meaning of a call: roles, action, rules, outcome, inner calls, views of the state.
#include "tests/unit/call_support.h"

namespace edict::call::test {

namespace {

using bytecode::Answer;

World governed() {
    World world({HUB, DESK, CAP});
    world.grant(value::party_named("xiyuan"), "hospital");
    world.grant(value::party_of_module("desk"), "hospital");
    return world;
}

TEST(Call, that_is_permitted_writes_and_emits) {
    World world = governed();
    const CallResult result = world.call("hub", "share", {party("guangan"), number(60)});
    EXPECT_EQ(result.outcome, Outcome::committed);
    EXPECT_EQ(result.reason, "");
    EXPECT_EQ(world.sent("guangan"), 60);
    ASSERT_EQ(result.events.size(), 1U);
    EXPECT_EQ(result.events[0].module, "hub");
    EXPECT_EQ(result.events[0].event, "Shared");
    base::Bytes fields = value::to_bytes(party("guangan"), *value::party_type());
    const base::Bytes n = value::to_bytes(number(60), *value::integer_type());
    fields.insert(fields.end(), n.begin(), n.end());
    EXPECT_EQ(result.events[0].fields, fields);
    ASSERT_EQ(result.decisions.size(), 1U);
    EXPECT_TRUE(result.decisions[0].passed);
    EXPECT_TRUE(result.decisions[0].answers[0].by_default);
    EXPECT_EQ(result.cost, world.set.find("hub", "share")->cost);
}

TEST(Call, that_is_forbidden_leaves_nothing_but_its_decision) {
    World world = governed();
    (void)world.call("hub", "share", {party("guangan"), number(60)});
    const CallResult result = world.call("hub", "share", {party("guangan"), number(60)});
    EXPECT_EQ(result.outcome, Outcome::forbidden);
    EXPECT_TRUE(result.writes.empty());
    EXPECT_TRUE(result.events.empty());
    EXPECT_EQ(world.sent("guangan"), 60);
    ASSERT_EQ(result.decisions.size(), 1U);
    const RegulationAnswer& answer = result.decisions[0].answers[0];
    EXPECT_EQ(answer.answer, Answer::forbidden);
    EXPECT_EQ(answer.bits.violated, std::vector<bool>{true});
    ASSERT_EQ(answer.deciding.size(), 1U);
    // What the message shows: the state before, and the argument.
    ASSERT_EQ(answer.deciding[0].shown.size(), 2U);
    EXPECT_EQ(std::get<std::int64_t>(answer.deciding[0].shown[0]->data), 60);
    EXPECT_EQ(std::get<std::int64_t>(answer.deciding[0].shown[1]->data), 60);
}

TEST(Call, that_fails_says_why_and_no_rule_runs) {
    World world = governed();
    const CallResult result = world.call("hub", "share", {party("guangan"), number(13)});
    EXPECT_EQ(result.outcome, Outcome::failed);
    EXPECT_EQ(result.reason, "13 is not shared");
    EXPECT_TRUE(result.decisions.empty());
    EXPECT_TRUE(result.writes.empty());
}

TEST(Call, of_an_action_that_needs_what_is_absent_fails) {
    World world = governed();
    const CallResult result = world.call("hub", "raise", {text("pbc")});
    EXPECT_EQ(result.outcome, Outcome::failed);
    EXPECT_EQ(result.reason,
              "what would be written to store hub.level has no value: a key or an optional is "
              "absent, or a number or a set is out of its range");
}

struct Refusal {
    std::string module, action;
    std::vector<value::Value> arguments;
    std::string by;
    std::string reason;
};

TEST(Call, is_refused_before_it_runs) {
    const std::vector<Refusal> refusals = {
        {"hut", "share", {}, "xiyuan", "there is no module hut in force"},
        {"hub", "shave", {}, "xiyuan", "hub has no action shave"},
        {"hub", "share", {party("a")}, "xiyuan", "hub.share takes 2 arguments (to, n), not 1"},
        {"hub", "share", {party("a"), number(101)}, "xiyuan", "argument n: "},
        {"hub", "share", {number(1), number(1)}, "xiyuan", "argument to: "},
        {"hub",
         "share",
         {party("a"), number(1)},
         "nobody",
         "hub.share may be called by hospital, clinic only, and the caller has no such role"},
    };
    World world = governed();
    for (const Refusal& refusal : refusals) {
        SCOPED_TRACE(refusal.reason);
        const CallResult result =
            world.call(refusal.module, refusal.action, refusal.arguments, refusal.by);
        EXPECT_EQ(result.outcome, Outcome::refused);
        EXPECT_EQ(result.reason.substr(0, refusal.reason.size()), refusal.reason);
        EXPECT_TRUE(result.decisions.empty());
        EXPECT_TRUE(result.writes.empty());
    }
}

TEST(Call, any_of_the_roles_is_enough) {
    World world = governed();
    world.grant(value::party_named("kleinik"), "clinic");
    EXPECT_EQ(world.call("hub", "share", {party("a"), number(1)}, "kleinik").outcome,
              Outcome::committed);
}

TEST(Call, that_no_regulation_speaks_about_is_a_gap) {
    World world = governed();
    const CallResult silent = world.call("hub", "forget", {party("a")});
    EXPECT_EQ(silent.outcome, Outcome::forbidden);
    EXPECT_TRUE(silent.decisions[0].gap);
    EXPECT_EQ(silent.decisions[0].answers.size(), 1U);
    World with_level = governed();
    with_level.state
        .values[{"hub", "level", value::to_bytes(text("pbc"), **value::text_type(64))}] =
        value::to_bytes(number(1), *value::integer_type());
    const CallResult unnamed = with_level.call("hub", "raise", {text("pbc")});
    EXPECT_EQ(unnamed.outcome, Outcome::forbidden);
    EXPECT_TRUE(unnamed.decisions[0].gap);
    EXPECT_TRUE(unnamed.decisions[0].answers.empty());
}

TEST(Call, of_a_contract_that_names_regulators_and_is_governed_by_none_is_forbidden) {
    World world({HUB});
    const CallResult result = world.call("hub", "forget", {party("a")});
    EXPECT_EQ(result.outcome, Outcome::forbidden);
    EXPECT_TRUE(result.decisions[0].gap);
}

TEST(Call, of_a_contract_with_regulators_none_passes_on_its_role_alone) {
    World world({with(HUB, "regulator office\n", "")});
    const CallResult result = world.call("hub", "forget", {party("a")});
    EXPECT_EQ(result.outcome, Outcome::committed);
    EXPECT_TRUE(result.decisions[0].answers.empty());
    EXPECT_FALSE(result.decisions[0].gap);
}

TEST(Call, removal_is_a_write_without_bytes) {
    World world({with(HUB, "regulator office\n", "")});
    world.grant(value::party_named("xiyuan"), "hospital");
    (void)world.call("hub", "share", {party("a"), number(5)});
    const CallResult result = world.call("hub", "forget", {party("a")});
    ASSERT_EQ(result.writes.size(), 1U);
    EXPECT_FALSE(result.writes.begin()->second.has_value());
    EXPECT_EQ(world.sent("a"), std::nullopt);
}

TEST(Call, inner_is_governed_where_it_returns) {
    World world = governed();
    const CallResult result = world.call("desk", "relay", {party("a"), number(40)});
    EXPECT_EQ(result.outcome, Outcome::committed);
    ASSERT_EQ(result.decisions.size(), 2U);
    EXPECT_EQ(result.decisions[0].module, "hub");
    EXPECT_EQ(result.decisions[1].module, "desk");
    EXPECT_EQ(world.sent("a"), 40);
    EXPECT_EQ(world.read("desk", "relayed"), 40);
}

TEST(Call, inner_forbidden_forbids_the_whole) {
    World world = governed();
    // The first inner call takes it to 60, the second to 120.
    const CallResult result = world.call("desk", "twice", {party("a"), number(60)});
    EXPECT_EQ(result.outcome, Outcome::forbidden);
    ASSERT_EQ(result.decisions.size(), 2U);
    EXPECT_TRUE(result.decisions[0].passed);
    EXPECT_FALSE(result.decisions[1].passed);
    // `before` of the second inner call is after the first.
    EXPECT_EQ(std::get<std::int64_t>(result.decisions[1].answers[0].deciding[0].shown[0]->data),
              60);
    EXPECT_EQ(world.sent("a"), std::nullopt);
}

TEST(Call, inner_failure_fails_the_whole) {
    World world = governed();
    const CallResult result = world.call("desk", "relay", {party("a"), number(13)});
    EXPECT_EQ(result.outcome, Outcome::failed);
    EXPECT_EQ(result.reason, "13 is not shared");
    EXPECT_TRUE(result.writes.empty());
}

TEST(Call, inner_caller_is_the_calling_module) {
    World world({HUB, DESK, CAP});
    world.grant(value::party_named("xiyuan"), "hospital");
    const CallResult result = world.call("desk", "relay", {party("a"), number(1)});
    EXPECT_EQ(result.outcome, Outcome::failed);
    EXPECT_EQ(result.reason,
              "hub.share refused the call from desk: hub.share may be called by hospital, clinic "
              "only, and the caller has no such role");
}

TEST(Call, an_empty_failure_text_is_still_a_failure) {
    World world({with(with(HUB, "\"13 is not shared\"", "\"\""), "regulator office\n", "")});
    world.grant(value::party_named("xiyuan"), "hospital");
    const CallResult result = world.call("hub", "share", {party("a"), number(13)});
    EXPECT_EQ(result.outcome, Outcome::failed);
    EXPECT_EQ(result.reason, "");
}

TEST(Call, the_stricter_regulation_prevails) {
    const std::string strict =
        with(with(with(CAP, "regulation cap", "regulation strict"), "default hub share permitted",
                  "default hub share forbidden"),
             "condition f0", "condition f0");
    World world({HUB, CAP, strict});
    world.grant(value::party_named("xiyuan"), "hospital");
    const CallResult result = world.call("hub", "share", {party("a"), number(1)});
    EXPECT_EQ(result.outcome, Outcome::forbidden);
    ASSERT_EQ(result.decisions[0].answers.size(), 2U);
    EXPECT_EQ(result.decisions[0].answers[0].regulation, "cap");
    EXPECT_EQ(result.decisions[0].answers[0].answer, Answer::permitted);
    EXPECT_EQ(result.decisions[0].answers[1].answer, Answer::forbidden);
}

TEST(Call, one_permission_and_silence_pass) {
    const std::string quiet = with(with(CAP, "regulation cap", "regulation quiet"),
                                   "default hub share permitted", "default hub share silent");
    World world({HUB, CAP, quiet});
    world.grant(value::party_named("xiyuan"), "hospital");
    EXPECT_EQ(world.call("hub", "share", {party("a"), number(1)}).outcome, Outcome::committed);
}

TEST(Call, windows_follow_the_day_in_the_zone_of_the_regulation) {
    const std::string dated =
        with(with(CAP, "regulation cap 1.0.0", "regulation cap 1.0.0 zone 480"),
             "rule yearly_cap require", "rule yearly_cap require from 2026-01-01 until 2027-01-01");
    const std::int64_t begin = value::start_of_day_ms(*value::date_from_text("2026-01-01"), 480);
    const std::int64_t end = value::start_of_day_ms(*value::date_from_text("2027-01-01"), 480);
    const std::vector<std::pair<std::int64_t, Outcome>> moments = {
        {begin - 1, Outcome::committed},
        {begin, Outcome::forbidden},
        {end - 1, Outcome::forbidden},
        {end, Outcome::committed},
    };
    for (const auto& [time_ms, outcome] : moments) {
        World world({HUB, dated});
        world.grant(value::party_named("xiyuan"), "hospital");
        (void)world.call("hub", "share", {party("a"), number(100)});
        world.time_ms = time_ms;
        EXPECT_EQ(world.call("hub", "share", {party("a"), number(1)}).outcome, outcome) << time_ms;
    }
}

TEST(Call, a_stored_value_of_another_type_fails_the_call) {
    World world = governed();
    world.state.values[{"hub", "sent", value::to_bytes(party("a"), *value::party_type())}] = {1, 2,
                                                                                              3};
    const CallResult result = world.call("hub", "share", {party("a"), number(1)});
    EXPECT_EQ(result.outcome, Outcome::failed);
    EXPECT_NE(result.reason.find("a stored value of hub.sent cannot be read as Int"),
              std::string::npos)
        << result.reason;
    EXPECT_TRUE(result.writes.empty());
}

// A contract that keeps roles itself, as membership does, and a regulation that asks for them.
constexpr const char* MEMBERSHIP = R"(contract std.membership 1.0.0
regulator office
type Party
type Text(128)
type Tuple(#0,#1)
type Bool
type Text(8)
const #3 true
const #1 "boss"
const #4 "not yet"
store roles #2 #3
use std.membership roles #2 #3
function action 1 #0 #1 #2 #3 #4
constant r1 c1
has_role r3 r0 r1
jump_unless r3 @free
constant r4 c2
fail r4
free:
make_record r2 r0 x2
constant r3 c0
write_store r3 s0 r2
has_role r3 r0 r1
jump_unless r3 @lost
ret r0 x0
lost:
constant r4 c2
fail r4
ret r0 x0
action make_boss f0 party:#0
)";
constexpr const char* NO_BOSS_YET = R"(regulation order 1.0.0
import std.membership HASH(std.membership)
type Party
type Text(128)
type Bool
const #1 "boss"
function rule 1 #0 #1 #2
constant r1 c0
has_role r2 r0 r1
ret r2 x1
governs std.membership
governed std.membership make_boss #0
rule no_second_time forbid
on std.membership make_boss scope f0
default std.membership make_boss permitted
)";

TEST(Call, roles_are_read_now_in_actions_and_before_in_rules) {
    World world({MEMBERSHIP, NO_BOSS_YET});
    EXPECT_EQ(world.call("std.membership", "make_boss", {party("a")}).outcome, Outcome::committed);
    // The state holds it now, so the action itself notices.
    EXPECT_EQ(world.call("std.membership", "make_boss", {party("a")}).reason, "not yet");
}

}  // namespace

}  // namespace edict::call::test
