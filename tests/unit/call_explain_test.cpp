// Why a call ended as it did: rule, citation, message, elements.
#include "tests/unit/call_support.h"
#include "vm/call/explain.h"

namespace edict::call::test {

namespace {

// A contract whose publish(columns) is governed by a rule about every column.
constexpr const char* PRESS = R"(contract press 1.0.0
regulator office
type Text(16)
type Set(#0,4)
type Party
function action 2 #1 #2
ret r0 x0
action publish f0 columns:#1 to:#2
)";
constexpr const char* COLUMNS = R"(regulation columns 1.0.0
import press HASH(press)
type Text(16)
type Set(#0,4)
type Bool
type Party
type Int
const #2 true
const #1 ["age", "sex"]
const #4 "1"
const #4 "0"
const #2 false
; every c in columns satisfies c in { age, sex }
function rule 2 #1 #3 #0 #2 #1 #2
constant r3 c0
constant r4 c1
for_each r2 r0 @end
contains r5 r2 r4
logical_and r3 r3 r5
end:
next @2
ret r3 x1
; shown: to, columns, 1 / 0
function message 2 #1 #3 #3 #1 #4 #4 #4
constant r5 c2
constant r6 c3
move r2 r1
move r3 r0
divide r4 r5 r6
ret r2 x3
; a condition without value
function rule 2 #1 #3 #2
unknown r2
ret r2 x1
governs press
governed press publish #1 #3
source PIPL law "Personal Information Protection Law"
source WARD internal "Ward policy"
rule open_columns require
cites 0 "art 6"
cites 1 "3.2"
on press publish condition f0
because f1 "to " " go " ", " " too many"
rule doubtful forbid
on press publish scope f2
rule free permit
on press publish
default press publish silent
)";

value::Value columns(std::vector<std::string> names) {
    std::vector<value::Value> elements;
    for (std::string& name : names) elements.push_back({std::move(name)});
    return {value::make_set(std::move(elements))};
}

std::optional<std::string> names(const value::PartyId& id) {
    if (id == value::party_named("guangan")) return "guangan";
    return std::nullopt;
}

TEST(Explain, names_rules_citations_messages_and_elements) {
    World world({PRESS, COLUMNS});
    const CallResult result =
        world.call("press", "publish", {columns({"age", "gene", "name"}), party("guangan")});
    EXPECT_EQ(explanation(world.set, result, names),
              "forbidden\n"
              "press.publish is forbidden\n"
              "  columns answers forbidden\n"
              "    require columns.open_columns (PIPL art 6, WARD 3.2): to guangan go { age, gene, "
              "name }, ? too many [not met by gene, name]\n"
              "    forbid columns.doubtful [in doubt: a condition of this rule has no value]\n");
    EXPECT_EQ(summary(world.set, result),
              "forbidden by columns.open_columns (PIPL art 6, WARD 3.2), columns.doubtful");
}

TEST(Explain, names_what_permits) {
    World world({PRESS, with(COLUMNS, "unknown r2", "constant r2 c4")});
    const CallResult result = world.call("press", "publish", {columns({}), party("guangan")});
    EXPECT_EQ(summary(world.set, result), "committed by columns.free");
}

TEST(Explain, tells_a_conflict) {
    World world({PRESS, with(COLUMNS, "unknown r2", "constant r2 c0")});
    const CallResult result = world.call("press", "publish", {columns({"age"}), party("guangan")});
    EXPECT_EQ(explanation(world.set, result),
              "forbidden\n"
              "press.publish is forbidden\n"
              "  columns answers forbidden\n"
              "    forbid columns.doubtful\n"
              "    conflict: rules that permit and rules that forbid are both effective; the "
              "stricter prevails\n");
}

TEST(Explain, tells_gaps_and_roles_and_failures) {
    World ungoverned({HUB});
    EXPECT_EQ(explanation(ungoverned.set, ungoverned.call("hub", "forget", {party("a")})),
              "forbidden\nhub.forget is forbidden\n  no regulation in force governs this action\n");
    World silent({HUB, CAP});
    const CallResult gap = silent.call("hub", "forget", {party("a")});
    EXPECT_EQ(
        explanation(silent.set, gap),
        "forbidden\nhub.forget is forbidden\n  cap answers silent by default\n  no regulation "
        "says anything about this call\n");
    EXPECT_EQ(summary(silent.set, gap),
              "forbidden, since no regulation in force says anything about this call");
    World free({with(HUB, "regulator office\n", "")});
    EXPECT_EQ(
        explanation(free.set, free.call("hub", "forget", {party("a")})),
        "committed\nhub.forget may be called\n  nothing governs it: the role of the caller is "
        "enough\n");
    free.grant(value::party_named("xiyuan"), "clinic");
    EXPECT_EQ(explanation(free.set, free.call("hub", "share", {party("a"), number(13)})),
              "failed: 13 is not shared\n");
}

}  // namespace

}  // namespace edict::call::test
