// What pure and reading operations yield, also without value: the table reads like opcodes.def.
#include <set>

#include "tests/unit/runtime_cases.h"
#include "tests/unit/runtime_support.h"

namespace edict::runtime::test {

const std::vector<ValueCase>& value_cases() {
    static const std::vector<ValueCase> cases = [] {
        std::vector<ValueCase> all = {
            {"a constant", "#0", "constant r0 c0|ret r0 x1", "7"},
            {"a constant of every scalar kind", "#1 #3 #6",
             "constant r0 c5|constant r1 c11|constant r2 c9|ret r0 x3", "true 2026-02-01 middle"},
            {"move copies a value", "#0 #0", "constant r0 c0|move r1 r0|ret r1 x1", "7"},
            {"move copies the lack of a value", "#0 #0", "unknown r0|move r1 r0|ret r1 x1", "?"},
            {"and is Kleene's", "#1 #1 #1 #1 #1 #1",
             "constant r0 c5|constant r1 c6|unknown r2|logical_and r3 r0 r2|logical_and r4 r2 r1|"
             "logical_and r5 r0 r0|ret r3 x3",
             "? false true"},
            {"or is Kleene's", "#1 #1 #1 #1 #1 #1",
             "constant r0 c5|constant r1 c6|unknown r2|logical_or r3 r2 r0|logical_or r4 r2 r1|"
             "logical_or r5 r1 r1|ret r3 x3",
             "true ? false"},
            {"implies is Kleene's", "#1 #1 #1 #1 #1 #1 #1",
             "constant r0 c5|constant r1 c6|unknown r2|logical_implies r3 r1 r2|"
             "logical_implies r4 r2 r0|logical_implies r5 r0 r2|logical_implies r6 r0 r1|ret r3 x4",
             "true true ? false"},
            {"not is Kleene's", "#1 #1 #1 #1",
             "constant r0 c5|unknown r1|logical_not r2 r0|logical_not r3 r1|ret r2 x2", "false ?"},
            {"addition", "#0 #0 #0 #0",
             "constant r0 c0|constant r1 c1|constant r3 c3|add r2 r0 r1|add r3 r3 r0|ret r2 x2",
             "5 ?"},
            {"addition without an operand", "#0 #0 #0",
             "constant r0 c0|unknown r1|add r2 r0 r1|ret r2 x1", "?"},
            {"subtraction", "#0 #0 #0 #0",
             "constant r0 c0|constant r1 c1|constant r3 c4|subtract r2 r0 r1|subtract r3 r3 r0|ret "
             "r2 "
             "x2",
             "9 ?"},
            {"multiplication", "#0 #0 #0 #0",
             "constant r0 c0|constant r1 c1|constant r3 c3|multiply r2 r0 r1|multiply r3 r3 r0|ret "
             "r2 "
             "x2",
             "-14 ?"},
            {"division rounds toward zero", "#0 #0 #0 #0",
             "constant r0 c0|constant r1 c1|divide r2 r0 r1|divide r3 r1 r0|ret r2 x2", "-3 0"},
            {"division by zero and past the largest Int", "#0 #0 #0 #0 #0 #0",
             "constant r0 c0|constant r1 c2|constant r2 c4|constant r3 c17|divide r4 r0 r1|"
             "divide r5 r2 r3|ret r4 x2",
             "? ?"},
            {"the remainder has the sign of the dividend", "#0 #0 #0 #0",
             "constant r0 c0|constant r1 c1|remainder r2 r0 r1|remainder r3 r1 r0|ret r2 x2",
             "1 -2"},
            {"remainder of zero and of the least Int by -1", "#0 #0 #0 #0 #0 #0",
             "constant r0 c0|constant r1 c2|constant r2 c4|constant r3 c17|remainder r4 r0 r1|"
             "remainder r5 r2 r3|ret r4 x2",
             "? ?"},
            {"equality of scalars", "#0 #0 #1 #1 #1",
             "constant r0 c0|constant r1 c1|equal r2 r0 r1|equal r3 r0 r0|not_equal r4 r0 r1|ret "
             "r2 x3",
             "false true true"},
            {"equality of texts", "#2 #2 #1 #1 #2 #1",
             "constant r0 c7|constant r1 c8|equal r2 r0 r1|not_equal r3 r0 r1|unknown r4|"
             "not_equal r5 r4 r0|ret r2 x2",
             "false true"},
            {"equality of records by their fields", "#0 #2 #7 #7 #1",
             "constant r0 c0|constant r1 c7|make_record r2 r0 x2|make_record r3 r0 x2|equal r4 r2 "
             "r3|"
             "ret r4 x1",
             "true"},
            {"equality without an operand", "#2 #2 #1 #1",
             "constant r0 c7|unknown r1|equal r2 r0 r1|not_equal r3 r1 r0|ret r2 x2", "? ?"},
            {"order of Int", "#0 #0 #1 #1",
             "constant r0 c0|constant r1 c1|less r2 r1 r0|less_equal r3 r0 r1|ret r2 x2",
             "true false"},
            {"order of equals and of the unknown", "#0 #0 #1 #1 #1 #1",
             "constant r0 c0|unknown r1|less r2 r0 r0|less_equal r3 r0 r0|less r4 r0 r1|"
             "less_equal r5 r1 r0|ret r2 x4",
             "false true ? ?"},
            {"order of enum members and dates", "#6 #6 #3 #3 #1 #1",
             "constant r0 c10|constant r1 c9|constant r2 c11|today r3|less r4 r1 r0|"
             "less_equal r5 r2 r3|ret r4 x2",
             "true false"},
            {"narrow keeps to the range", "#0 #0 #11 #11",
             "constant r0 c0|constant r1 c1|narrow r2 r0|narrow r3 r1|ret r2 x2", "7 ?"},
            {"narrow keeps to the capacity of texts and sets", "#2 #2 #14 #14 #9 #9 #12 #12",
             "constant r0 c7|constant r1 c8|narrow r2 r0|narrow r3 r1|constant r4 c12|constant r5 "
             "c13|"
             "narrow r6 r4|narrow r7 r5|ret r2 x2",
             "\"abc\" ?"},
            {"narrow of a set looks at every element", "#9 #9 #12 #12 #0",
             "constant r4 c3|constant r0 c12|make_set r1 r4 x1|narrow r2 r0|narrow r3 r1|ret r2 x2",
             "? ?"},
            {"narrow of what has no value", "#0 #11", "unknown r0|narrow r1 r0|ret r1 x1", "?"},
            {"is_known always has a value", "#0 #0 #1 #1",
             "constant r0 c0|unknown r1|is_known r2 r0|is_known r3 r1|ret r2 x2", "true false"},
            {"or_else", "#0 #0 #0 #0 #0",
             "constant r0 c0|unknown r1|or_else r2 r0 r1|or_else r3 r1 r0|or_else r4 r1 r1|ret r2 "
             "x3",
             "7 7 ?"},
            {"strict_with", "#0 #0 #0 #0",
             "constant r0 c0|unknown r1|strict_with r2 r0 r0|strict_with r3 r0 r1|ret r2 x2",
             "7 ?"},
            {"choose takes one of two", "#1 #1 #1 #0 #0 #0 #0",
             "constant r0 c5|constant r1 c6|unknown r2|constant r3 c0|constant r4 c1|constant r5 "
             "c1|"
             "constant r6 c1|choose r4 r0 r3|choose r5 r1 r3|choose r6 r2 r3|ret r4 x3",
             "7 -2 ?"},
            {"choose looks only at what it takes", "#1 #1 #0 #0 #0",
             "constant r0 c5|constant r1 c6|constant r2 c0|unknown r3|unknown r4|choose r3 r0 r2|"
             "choose r2 r1 r4|move r4 r3|move r3 r2|ret r3 x2",
             "7 7"},
            {"wrap and unwrap", "#0 #8 #0 #8 #0 #0",
             "constant r0 c0|wrap r1 r0|unwrap r2 r1|constant r3 c15|unwrap r4 r3|"
             "move r3 r1|move r5 r4|move r4 r2|ret r4 x2",
             "7 4"},
            {"unwrap of absent, wrap of nothing", "#8 #0 #0 #8 #8 #0",
             "constant r0 c14|unwrap r1 r0|unknown r2|wrap r3 r2|unknown r4|unwrap r5 r4|ret r1 x3",
             "? ? ?"},
            {"field", "#7 #0 #2 #7 #0",
             "constant r0 c16|field r1 r0 .0|field r2 r0 .1|unknown r3|field r4 r3 .0|ret r1 x2",
             "1 \"one\""},
            {"set_field leaves the old record as it was", "#7 #7 #0 #0",
             "constant r0 c16|move r1 r0|constant r2 c0|set_field r1 .0 r2|field r3 r0 .0|"
             "field r2 r1 .0|ret r2 x2",
             "7 1"},
            {"set_field without the field", "#7 #0",
             "constant r0 c16|unknown r1|set_field r0 .0 r1|ret r0 x1", "?"},
            {"make_record of a tuple", "#0 #2 #10 #0",
             "constant r0 c0|constant r1 c7|make_record r2 r0 x2|field r3 r2 .0|ret r3 x1", "7"},
            {"make_record without a field", "#0 #2 #7",
             "constant r0 c0|unknown r1|make_record r2 r0 x2|ret r2 x1", "?"},
            {"make_set sorts and merges", "#0 #0 #0 #9",
             "constant r0 c0|constant r1 c1|constant r2 c0|make_set r3 r0 x3|ret r3 x1",
             "{ -2, 7 }"},
            {"make_set past its capacity", "#2 #2 #2 #2 #13 #2",
             "constant r0 c7|constant r1 c8|constant r2 c18|format r3 r0 x2|make_set r4 r0 x4|ret "
             "r4 "
             "x1",
             "?"},
            {"make_set without an element's value", "#0 #9",
             "unknown r0|make_set r1 r0 x1|ret r1 x1", "?"},
            {"the empty set", "#9 #0", "make_set r0 r0 x0|count r1 r0|ret r1 x1", "0"},
            {"contains", "#0 #9 #1 #0 #1 #2 #13 #1",
             "constant r0 c1|constant r1 c12|contains r2 r0 r1|unknown r3|contains r4 r3 r1|"
             "constant r5 c7|constant r6 c19|contains r7 r5 r6|ret r2 x1",
             "false"},
            {"contains finds texts", "#2 #13 #1 #1 #0 #9",
             "constant r0 c7|make_set r1 r0 x1|contains r2 r0 r1|unknown r1|contains r3 r0 r1|"
             "constant r4 c0|make_set r5 r4 x1|ret r2 x2",
             "true ?"},
            {"set_unite", "#9 #9 #9 #9 #9",
             "constant r0 c12|constant r1 c13|set_unite r2 r0 r1|unknown r3|set_unite r4 r0 r3|ret "
             "r2 "
             "x3",
             "{ 1, 2, 3, 5 } ? ?"},
            {"set_unite past its capacity", "#9 #9 #0 #9 #9",
             "constant r0 c12|constant r1 c13|constant r2 c0|set_unite r3 r0 r1|make_set r4 r2 x1|"
             "set_unite r4 r3 r4|ret r4 x1",
             "?"},
            {"set_subtract and set_intersect", "#9 #9 #9 #9",
             "constant r0 c12|constant r1 c13|set_subtract r2 r0 r1|set_intersect r3 r0 r1|ret r2 "
             "x2",
             "{ 1, 3 } { 2 }"},
            {"count", "#9 #0 #9 #0", "constant r0 c12|count r1 r0|unknown r2|count r3 r2|ret r1 x1",
             "3"},
            {"hash of lengths and canonical bytes", "#2 #5 #2 #5",
             "constant r0 c7|hash r1 r0 x1|unknown r2|hash r3 r2 x1|ret r1 x1",
             // SHA-256 of 00000007 00000003 "abc"
             "d39d535b3875a4b56ccf5304433b2c85e4aad9c2537dfc6b25aba12eb0c3ccb3"},
            {"hash without a value", "#2 #5", "unknown r0|hash r1 r0 x1|ret r1 x1", "?"},
            {"who and when", "#3 #4 #4 #1", "today r0|caller r1|signer r2|equal r3 r1 r2|ret r3 x1",
             "false"},
            {"today is the host's", "#3", "today r0|ret r0 x1", "2024-10-04"},
            {"has_role", "#4 #2 #1 #4 #1 #4 #1",
             "caller r0|constant r1 c8|has_role r2 r0 r1|signer r3|has_role r4 r3 r1|unknown r5|"
             "has_role r6 r5 r1|ret r2 x1",
             "true"},
            {"has_role of an unknown party", "#4 #2 #1",
             "unknown r0|constant r1 c8|has_role r2 r0 r1|ret r2 x1", "?"},
            {"duties of a party", "#4 #1 #1 #4 #1",
             "caller r0|open_duty r1 r0 a0|breached_duty r2 r0 a0|unknown r3|open_duty r4 r3 a0|"
             "ret r1 x2",
             "true false"},
            {"duties of an unknown party", "#4 #1 #1",
             "unknown r0|open_duty r1 r0 a0|breached_duty r2 r0 a0|ret r1 x2", "? ?"},
            {"reads of a single store", "#0 #0 #0",
             "read_now r0 s0 _|read_before r1 s0 _|read_after r2 s0 _|ret r0 x3", "42 42 42"},
            {"reads of a map", "#2 #2 #0 #0 #2 #0",
             "constant r0 c7|constant r1 c8|read_now r2 s1 r0|read_before r3 s1 r1|unknown r4|"
             "read_after r5 s1 r4|ret r2 x2",
             "5 ?"},
            {"format puts texts together", "#2 #0 #2 #2",
             "constant r0 c7|constant r1 c0|unknown r2|format r3 r0 x3|ret r3 x1", "\"abc7?\""},
            {"format is cut to the capacity", "#2 #2 #2",
             "constant r0 c18|constant r1 c7|format r2 r0 x2|ret r2 x1", "\"0123456789abcdef\""},
            {"for_each walks in ascending order", "#9 #0 #0 #0 #0",
             "constant r0 c12|constant r2 c2|constant r3 c0|for_each r1 r0 @end|multiply r4 r2 r3|"
             "add r2 r4 r1|end:|next @3|ret r2 x1",
             "66"},
            {"for_each without a set makes no round", "#9 #0 #0",
             "unknown r0|constant r2 c0|for_each r1 r0 @end|move r2 r1|end:|next @2|ret r2 x1",
             "7"},
            {"for_each over the empty set makes no round", "#9 #0 #0",
             "make_set r0 r0 x0|constant r2 c0|for_each r1 r0 @end|move r2 r1|end:|next @2|ret r2 "
             "x1",
             "7"},
            {"loops inside loops", "#9 #9 #0 #0 #0 #0",
             "constant r0 c12|constant r1 c13|constant r4 c2|for_each r2 r0 @out|for_each r3 r1 "
             "@in|"
             "multiply r5 r2 r3|add r4 r4 r5|in:|next @4|out:|next @3|ret r4 x1",
             "42"},
            {"a loop walks over the set as it was", "#9 #0 #0",
             "constant r0 c12|constant r2 c2|for_each r1 r0 @end|unknown r0|add r2 r2 r1|end:|next "
             "@2|"
             "ret r2 x1",
             "6"},
        };
        all.insert(all.end(), computed_cases().begin(), computed_cases().end());
        return all;
    }();
    return cases;
}

namespace {

std::string lines(std::string code) {
    for (char& c : code) c = c == '|' ? '\n' : c;
    return code + "\n";
}

std::string shown(const bytecode::Module& module,
                  const std::vector<std::optional<value::Value>>& values) {
    const bytecode::Function& function = module.functions[0];
    std::string text;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) text += ' ';
        const std::size_t reg = function.code.back().b + i;
        text +=
            values[i] ? value::to_text(*values[i], *module.types[function.registers[reg]]) : "?";
    }
    return text;
}

TEST(Operations, yield_what_the_table_says) {
    for (const ValueCase& c : value_cases()) {
        SCOPED_TRACE(c.name);
        const bytecode::Module module =
            module_with("function message 0 " + c.registers + "\n" + lines(c.code));
        if (module.functions.empty()) continue;
        LoggingHost host;
        host.state["total"] = {std::int64_t{42}};
        host.state["of[\"abc\"]"] = {std::int64_t{5}};
        Interpreter interpreter;
        EXPECT_EQ(shown(module, interpreter.run_message(module, 0, {}, host)), c.expected);
    }
}

TEST(Operations, every_opcode_is_in_a_table_of_tests) {
    std::set<bytecode::Opcode> seen;
    const auto see = [&](const std::string& kind, const std::string& registers,
                         const std::string& code) {
        const bytecode::Module module =
            module_with("function " + kind + " 0 " + registers + "\n" + lines(code));
        if (module.functions.empty()) return;
        for (const bytecode::Instruction& in : module.functions[0].code) seen.insert(in.op);
    };
    for (const ValueCase& c : value_cases()) see("message", c.registers, c.code);
    for (const ActionCase& c : action_cases()) see("action", c.registers, c.code);
    for (const bytecode::OpcodeInfo& op : bytecode::OPCODES) {
        EXPECT_TRUE(seen.contains(*bytecode::opcode_named(op.name))) << op.name;
    }
}

TEST(Operations, a_rule_is_true_false_or_error) {
    const auto run = [](const std::string& code) {
        const bytecode::Module module = module_with("function rule 0 #1\n" + lines(code));
        LoggingHost host;
        return Interpreter().run_rule(module, 0, {}, host);
    };
    EXPECT_EQ(run("constant r0 c5|ret r0 x1"), Truth::yes);
    EXPECT_EQ(run("constant r0 c6|ret r0 x1"), Truth::no);
    EXPECT_EQ(run("unknown r0|ret r0 x1"), Truth::error);
}

TEST(Operations, parameters_are_the_first_registers) {
    const bytecode::Module module =
        module_with("function message 2 #0 #2 #0\nmove r2 r0\nret r0 x3\n");
    LoggingHost host;
    const auto shown_values =
        Interpreter().run_message(module, 0, {{std::int64_t{3}}, {std::string("x")}}, host);
    EXPECT_EQ(shown(module, shown_values), "3 \"x\" 3");
}

TEST(Operations, many_registers_are_as_good_as_few) {
    std::string registers, code;
    for (int i = 0; i < 200; ++i) {
        registers += "#0 ";
        code +=
            i == 0 ? std::string("constant r0 c0\n") : fmt::format("add r{} r{} r0\n", i, i - 1);
    }
    const bytecode::Module module =
        module_with("function message 0 " + registers + "\n" + code + "ret r199 x1\n");
    LoggingHost host;
    EXPECT_EQ(shown(module, Interpreter().run_message(module, 0, {}, host)), "1400");
}

}  // namespace

}  // namespace edict::runtime::test
