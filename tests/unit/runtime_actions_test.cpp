// What actions ask of the host, how they branch, and in which words they fail.
#include "tests/unit/runtime_cases.h"
#include "tests/unit/runtime_support.h"
#include "vm/runtime/failing_elements.h"

namespace edict::runtime::test {

namespace {

const std::string NO_VALUE =
    " has no value: a key or an optional is absent, or a number or a set is out of its range";

}  // namespace

const std::vector<ActionCase>& action_cases() {
    static const std::vector<ActionCase> cases = {
        {"write of a single store",
         "#0",
         "constant r0 c0|write_store r0 s0 _|ret r0 x0",
         {"write total = 7"},
         ""},
        {"write of a map",
         "#0 #2",
         "constant r0 c0|constant r1 c7|write_store r0 s1 r1|ret r0 x0",
         {"write of[\"abc\"] = 7"},
         ""},
        {"a scalar key",
         "#0 #1",
         "constant r0 c0|constant r1 c5|write_store r1 s2 r0|ret r0 x0",
         {"write flags[7] = true"},
         ""},
        {"write of what has no value",
         "#0 #2",
         "unknown r0|constant r1 c7|write_store r0 s1 r1|ret r0 x0",
         {},
         "what would be written to store hub.of" + NO_VALUE},
        {"write under a key without value",
         "#0 #2",
         "constant r0 c0|unknown r1|write_store r0 s1 r1|ret r0 x0",
         {},
         "the key of store hub.of" + NO_VALUE},
        {"remove", "#2", "constant r0 c7|remove_key s1 r0|ret r0 x0", {"remove of[\"abc\"]"}, ""},
        {"remove of a key without value",
         "#2",
         "unknown r0|remove_key s1 r0|ret r0 x0",
         {},
         "the key of store hub.of" + NO_VALUE},
        {"emit",
         "#0 #2",
         "constant r0 c0|constant r1 c7|emit e0 r0 x2|ret r0 x0",
         {"emit Noted 7 \"abc\""},
         ""},
        {"emit without a field",
         "#0 #2",
         "constant r0 c0|unknown r1|emit e0 r0 x2|ret r0 x0",
         {},
         "t of event Noted" + NO_VALUE},
        {"a call",
         "#0",
         "constant r0 c0|call_action a0 r0 x1|constant r0 c1|write_store r0 s0 _|ret r0 x0",
         {"call other.act 7", "write total = -2"},
         ""},
        {"a call without an argument",
         "#0",
         "unknown r0|call_action a0 r0 x1|ret r0 x0",
         {},
         "argument 1 of the call of other.act" + NO_VALUE},
        {"fail says its text",
         "#2 #0",
         "constant r0 c7|fail r0|constant r1 c0|write_store r1 s0 _|ret r0 x0",
         {},
         "abc"},
        {"fail without a text",
         "#2",
         "unknown r0|fail r0|ret r0 x0",
         {},
         "the action ended itself, and its message" + NO_VALUE},
        {"jump", "#0", "constant r0 c0|jump @end|write_store r0 s0 _|end:|ret r0 x0", {}, ""},
        {"jump_unless goes on if false",
         "#1 #0",
         "constant r0 c6|constant r1 c0|jump_unless r0 @end|write_store r1 s0 _|end:|ret r0 x0",
         {},
         ""},
        {"jump_unless stays if true",
         "#1 #0",
         "constant r0 c5|constant r1 c0|jump_unless r0 @end|write_store r1 s0 _|end:|ret r0 x0",
         {"write total = 7"},
         ""},
        {"a branch on what has no value",
         "#1",
         "unknown r0|jump_unless r0 @end|end:|ret r0 x0",
         {},
         "a condition of the action" + NO_VALUE},
        {"jump_known",
         "#0 #0",
         "constant r0 c0|unknown r1|jump_known r1 @end|jump_known r0 @end|write_store r0 s0 _|end:|"
         "ret r0 x0",
         {},
         ""},
        {"a loop",
         "#9 #0",
         "constant r0 c13|for_each r1 r0 @end|write_store r1 s0 _|end:|next @1|ret r0 x0",
         {"write total = 2", "write total = 5"},
         ""},
        {"continue",
         "#9 #0 #1 #0",
         "constant r0 c13|constant r3 c0|for_each r1 r0 @end|less r2 r3 r1|jump_unless r2 @end|"
         "write_store r1 s0 _|end:|next @2|write_store r3 s0 _|ret r0 x0",
         {"write total = 7"},
         ""},
        {"a loop over what has no value",
         "#9 #0",
         "constant r1 c0|unknown r0|for_each r1 r0 @end|end:|next @2|write_store r1 s0 _|ret r0 x0",
         {"write total = 7"},
         ""},
        {"a call that returns a value",
         "#0 #0",
         "constant r0 c1|call_action a1 r0 x1|write_store r1 s0 _|ret r0 x0",
         {"call other.ask -2", "write total = 7"},
         ""},
        {"ret inside a loop",
         "#9 #0",
         "constant r0 c13|for_each r1 r0 @end|write_store r1 s0 _|ret r0 x0|end:|next @1|ret r0 x0",
         {"write total = 2"},
         ""},
    };
    return cases;
}

namespace {

std::string lines(std::string code) {
    for (char& c : code) c = c == '|' ? '\n' : c;
    return code + "\n";
}

TEST(Actions, do_what_the_table_says) {
    for (const ActionCase& c : action_cases()) {
        SCOPED_TRACE(c.name);
        const bytecode::Module module =
            module_with("function action 0 " + c.registers + "\n" + lines(c.code));
        if (module.functions.empty()) continue;
        LoggingHost host;
        const ActionEnd end = Interpreter().run_action(module, 0, {}, host);
        EXPECT_EQ(end.failed, !c.failure.empty());
        EXPECT_EQ(end.why, c.failure);
        EXPECT_EQ(host.log, c.log);
    }
}

TEST(Actions, a_failure_names_its_instruction) {
    const bytecode::Module module = module_with(
        "function action 0 #0\nret r0 x0\nfunction action 0 #0 #2\nconstant r0 c0\nconstant r1 c7\n"
        "fail r1\nret r0 x0\n");
    LoggingHost host;
    const ActionEnd end = Interpreter().run_action(module, 1, {}, host);
    EXPECT_EQ(end.function, 1U);
    EXPECT_EQ(end.instruction, 2U);
}

TEST(Actions, return_a_value) {
    const bytecode::Module module = module_with(
        "function action 0 #2\nconstant r0 c7\nret r0 x1\nfunction action 0 #2\nunknown r0\nret "
        "r0 x1\n");
    LoggingHost host;
    const ActionEnd end = Interpreter().run_action(module, 0, {}, host);
    ASSERT_TRUE(end.result.has_value());
    EXPECT_EQ(std::get<std::string>(end.result->data), "abc");
    const ActionEnd none = Interpreter().run_action(module, 1, {}, host);
    EXPECT_TRUE(none.failed);
    EXPECT_EQ(none.why, "what the action returns" + NO_VALUE);
    EXPECT_EQ(none.instruction, 1U);
}

TEST(Actions, an_inner_call_that_ends_ends_the_action_without_words) {
    const bytecode::Module module =
        module_with("function action 0 #0\nconstant r0 c0\ncall_action a0 r0 x1\nret r0 x0\n");
    LoggingHost host;
    host.calls_pass = false;
    const ActionEnd end = Interpreter().run_action(module, 0, {}, host);
    EXPECT_TRUE(end.failed);
    EXPECT_EQ(end.why, "");
}

TEST(FailingElements, in_ascending_order_and_also_those_in_doubt) {
    const bytecode::Module module = module_with(lines(
        "function rule 0 #9 #0 #1 #0 #1|constant r0 c12|constant r2 c5|for_each r1 r0 @end|"
        "constant r3 c1|add r3 r3 r1|divide r3 r1 r3|equal r4 r3 r1|logical_and r2 r4 r2|end:|"
        "next @2|ret r2 x1"));
    LoggingHost host;
    // 1 / -1 is not 1; 2 / 0 has no value; 3 / 1 is 3.
    const std::vector<value::Value> failing = failing_elements(module, 0, {}, host);
    ASSERT_EQ(failing.size(), 2U);
    EXPECT_EQ(std::get<std::int64_t>(failing[0].data), 1);
    EXPECT_EQ(std::get<std::int64_t>(failing[1].data), 2);
}

TEST(FailingElements, none_for_another_form) {
    for (const char* code : {
             "constant r2 c6|ret r2 x1",
             "constant r0 c12|constant r2 c6|for_each r1 r0 @end|logical_or r2 r2 r2|end:|next "
             "@2|ret r2 x1",
             "constant r0 c12|constant r2 c6|for_each r1 r0 @end|logical_and r2 r2 r2|end:|next @2|"
             "logical_not r2 r2|ret r2 x1",
         }) {
        const bytecode::Module module =
            module_with(lines(std::string("function rule 0 #9 #0 #1|") + code));
        LoggingHost host;
        EXPECT_TRUE(failing_elements(module, 0, {}, host).empty()) << code;
    }
}

}  // namespace

}  // namespace edict::runtime::test
