// What the validator refuses: each line changes a good module in one place.
#include "tests/unit/bytecode_support.h"

namespace edict::bytecode::test {

namespace {

TEST(Validator, accepts_the_examples) {
    EXPECT_EQ(verdict(made(CONTRACT)), "");
    EXPECT_EQ(verdict(made(REGULATION)), "");
}

struct Change {
    const char* base;
    std::string before, after;  // in the text of `base`
    std::string error;          // after "module NAME: "
};

void expect_errors(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
        SCOPED_TRACE(change.before + " -> " + change.after);
        const base::Result<Module> module =
            assemble(with(change.base, change.before, change.after));
        ASSERT_TRUE(module) << module.error().message;
        const std::string error = verdict(*module);
        const std::size_t colon = error.find(": ");
        EXPECT_EQ(colon == std::string::npos ? error : error.substr(colon + 2), change.error);
    }
}

TEST(Validator, refuses_tables_that_do_not_fit) {
    expect_errors({
        {CONTRACT, "contract hub", "contract h-b", "`h-b` is no name"},
        {CONTRACT, "contract hub", "contract .hub", "`.hub` is no name"},
        {CONTRACT, "zone 480", "zone 1081", "its zone is more than 18 hours from UTC"},
        {CONTRACT, "contract hub 1.2.3", "regulation hub 1.2.3",
         "a regulation that names regulators"},
        {REGULATION, "regulation rules", "contract rules",
         "a contract with tables of a regulation"},
        {CONTRACT, "import other", "import hub", "it imports itself"},
        {REGULATION, "import hub", "import hut", "it governs hub and does not import it"},
        {CONTRACT, "regulator office", "regulator office\nregulator office",
         "regulator office stands twice"},
        {CONTRACT, "role hospital", "role hos.pital", "role: `hos.pital` is no name"},
        {CONTRACT, "event Noted n:#0 t:#2", "event Noted n:#0 n:#2",
         "event Noted: field n stands twice"},
        {CONTRACT, "event Noted n:#0 t:#2", "event Noted n:#0 t:#99",
         "event Noted: a field of an unknown type"},
        {CONTRACT, "store of #2 #0", "store total #2 #0", "store total stands twice"},
        {CONTRACT, "store of #2 #0", "store of #99 #0", "store of is of an unknown type"},
        {CONTRACT, "store total _ #0 c0", "store total _ #0 c1",
         "the default of store total is not one of its values"},
        {CONTRACT, "store total _ #0 c0", "store total _ #0 c9",
         "the default of store total is not one of its values"},
        {CONTRACT, "use hub of #2 #0", "use hub total #2 #0",
         "store hub.total: it is in the table twice"},
        {CONTRACT, "use hub of #2 #0", "use hub off #2 #0", "store hub.off: it is not declared"},
        {CONTRACT, "use hub of #2 #0", "use hub of #2 #1",
         "store hub.of: it differs from its declaration"},
        {CONTRACT, "use hub of #2 #0", "use hub of _ #0",
         "store hub.of: it differs from its declaration"},
        {CONTRACT, "use hub total _ #0 \"7\"", "use hub total _ #0 \"8\"",
         "store hub.total: it differs from its declaration"},
        {CONTRACT, "use other flags", "use another flags",
         "store another.flags: its module is not imported"},
        {CONTRACT, "use other flags #7", "use other flags #77",
         "store other.flags: an unknown type"},
        {CONTRACT, "callee other act", "callee another act",
         "callee another.act: its module is not imported"},
        {CONTRACT, "callee other act #0", "callee other act #90",
         "callee other.act: an unknown type"},
    });
}

TEST(Validator, refuses_actions_that_do_not_fit) {
    const auto error = [](const std::string& before, const std::string& after) {
        return verdict(made(with(CONTRACT, before, after)));
    };
    EXPECT_EQ(error("action share f0 n:#0 t:#2", "action share f0 n:#0 t:#0"),
              "module hub: action share: function 0 takes other parameters");
    EXPECT_EQ(error("action share f0 n:#0 t:#2", "action share f0 n:#0"),
              "module hub: action share: function 0 takes other parameters");
    EXPECT_EQ(error("by clinic", "by hospital"),
              "module hub: action share: role hospital stands twice");
    Module module = made(CONTRACT);
    module.actions[0].code = 1;
    EXPECT_EQ(verdict(module), "module hub: action share: there is no function 1");
    module = made(CONTRACT);
    module.actions[0].reads = {0};
    EXPECT_EQ(
        verdict(module),
        "module hub: action share: what it says that it reads and writes is not what its code "
        "does");
    module = made(CONTRACT);
    module.actions.push_back(module.actions[0]);
    EXPECT_EQ(verdict(module), "module hub: action share stands twice");
    module = made(CONTRACT);
    module.functions[0].cost = 1;
    EXPECT_NE(verdict(module).find("function 0: it says that it costs 1 units; it may cost "),
              std::string::npos);
    module.constants[0].value = {true};
    EXPECT_EQ(verdict(module).substr(0, 23), "module hub: constant 0:");
    module = made(CONTRACT);
    module.types[3] = nullptr;
    EXPECT_EQ(verdict(module), "module hub: a type is missing");
}

TEST(Validator, refuses_flags_of_personal_data_that_name_nothing_or_stand_twice) {
    const auto error = [](const std::string& flags) {
        const std::string before =
            "personal parameter 0 1\npersonal event 0 0\npersonal store 1 0\n";
        const std::string text = verdict(made(with(CONTRACT, before, flags)));
        return text.substr(std::min(text.size(), std::string("module hub: ").size()));
    };
    const std::string nothing = "a flag of personal data names nothing that is there";
    const std::string order = "its flags of personal data are not in their order";
    EXPECT_EQ(error(""), "");
    EXPECT_EQ(error("personal parameter 0 0\npersonal parameter 0 1\n"), "");
    EXPECT_EQ(error("personal event 0 1\npersonal store 0 0\npersonal store 1 0\n"), "");
    EXPECT_EQ(error("personal parameter 0 2\n"), nothing);
    EXPECT_EQ(error("personal parameter 1 0\n"), nothing);
    EXPECT_EQ(error("personal result 0 0\n"), nothing);  // it returns nothing
    EXPECT_EQ(error("personal event 0 2\n"), nothing);
    EXPECT_EQ(error("personal event 1 0\n"), nothing);
    EXPECT_EQ(error("personal store 2 0\n"), nothing);
    EXPECT_EQ(error("personal store 1 1\n"), nothing);
    EXPECT_EQ(error("personal elements 0 0\n"), nothing);  // a contract has no rules
    EXPECT_EQ(error("personal parameter 0 1\npersonal parameter 0 1\n"), order);
    EXPECT_EQ(error("personal parameter 0 1\npersonal parameter 0 0\n"), order);
    EXPECT_EQ(error("personal store 0 0\npersonal event 0 0\n"), order);
    EXPECT_EQ(verdict(made(with(REGULATION, "personal elements 0 0", "personal elements 0 1"))),
              "module rules: " + nothing);
    EXPECT_EQ(verdict(made(with(REGULATION, "personal elements 0 0", "personal elements 3 0"))),
              "module rules: " + nothing);
}

TEST(Validator, refuses_rules_that_do_not_fit) {
    const auto error = [](const std::string& before, const std::string& after) {
        const std::string text = verdict(made(with(REGULATION, before, after)));
        return text.substr(std::min(text.size(), std::string("module rules: ").size()));
    };
    EXPECT_EQ(error("governed hub share", "governed hut share"),
              "hut is not among the modules that it governs");
    EXPECT_EQ(
        error("governed hub share #0 #2", "governed hub share #0 #2\ngoverned hub share #0 #2"),
        "hub.share is governed twice");
    EXPECT_EQ(error("default hub share silent\n", ""), "no default for hub.share");
    EXPECT_EQ(
        error("default hub share silent", "default hub share silent\ndefault hub share silent"),
        "two defaults for hub.share");
    EXPECT_EQ(error("default hub share", "default hub shave"),
              "a default for hub.shave, which is not governed");
    EXPECT_EQ(error("source PIPL", "source P.I.P.L"), "source P.I.P.L: `P.I.P.L` is no name");
    EXPECT_EQ(error("rule second", "rule first"), "rule first: another rule has this name");
    EXPECT_EQ(error("until 2027-01-01", "until 2026-01-01"), "rule first: its window is empty");
    EXPECT_EQ(error("rule second permit right", "rule second forbid right"),
              "rule second: only a permit may be as of right");
    EXPECT_EQ(error("overrides 1", "overrides 9"), "rule first: it overrides no rule");
    EXPECT_EQ(error("overrides 1", "overrides 1\noverrides 1"),
              "rule first: it overrides a rule twice");
    EXPECT_EQ(error("rule second permit right", "rule second permit right\noverrides 0"),
              "rule first overrides itself, through others or directly");
    EXPECT_EQ(error("overrides 1", "overrides 0"),
              "rule first overrides itself, through others or directly");
    EXPECT_EQ(error("cites 0 \"art 40\"", "cites 2 \"art 40\""),
              "rule first: a citation of no source");
    EXPECT_EQ(error("on hub share scope f0 condition f0", "on hub share scope f0"),
              "rule first: a require has a condition, and nothing else has");
    EXPECT_EQ(error("rule second permit right\non hub share",
                    "rule second permit\non hub share condition f0"),
              "rule second: a require has a condition, and nothing else has");
    EXPECT_EQ(error("rule second permit right\non hub share", "rule second permit\non hub shave"),
              "rule second: it names hub.shave, which is not governed");
    EXPECT_EQ(error("scope f0", "scope f1"), "rule first: function 1 is of another kind");
    EXPECT_EQ(error("scope f0", "scope f9"), "rule first: there is no function 9");
    EXPECT_EQ(error("unless f0", "unless f1"), "rule first: function 1 is of another kind");
    EXPECT_EQ(error("because f1 \"a\" \"b\" \"c\"", "because f1 \"a\" \"b\""),
              "rule first: a message of 2 texts around 2 values");
    EXPECT_EQ(error("because _ \"approved\"", "because _"),
              "rule first: a message of 0 texts around 0 values");
    EXPECT_EQ(error("because f1", "because f0"), "rule first: function 0 is of another kind");
    EXPECT_EQ(error("default hub share",
                    "rule fourth permit\non hub share\non hub share\ndefault hub share"),
              "rule fourth: it names hub.share twice");
    EXPECT_EQ(error("rule second permit right", "rule second permit\noverrides 2"),
              "rule second: a duty and another norm override each other");
    EXPECT_EQ(error("rule third duty", "rule third permit"),
              "rule third: a duty has its terms, and nothing else has");
    EXPECT_EQ(error("_ a0 x01", "_ a2 x01"), "rule third: a duty to call no action");
    EXPECT_EQ(error("x01", "x0"), "rule third: a duty with other arguments");
    EXPECT_EQ(error("30 days", "1000001 days"), "rule third: a duty with too distant a deadline");
    EXPECT_EQ(error("must party", "must role"), "rule third: a duty of nobody");
    EXPECT_EQ(error("must party _", "must role clerk"),
              "rule third: a duty with not as many values as it needs");
    EXPECT_EQ(error("must party", "must every"),
              "rule third: a duty whose bearers are no set of parties");
    EXPECT_EQ(error("f3 30 days", "f4 30 days"),
              "rule third: a duty with not as many values as it needs");
    EXPECT_EQ(error("f3 30 days", "f3 30 days after"),
              "rule third: a duty with not as many values as it needs");
    EXPECT_EQ(error("f3 30 days", "f1 30 days"), "rule third: a value of a duty of another type");
    EXPECT_EQ(error("f3 30 days", "_ 30 days"), "rule third: a duty whose values are not its own");
    EXPECT_EQ(error("else a1 f4", "else a2 f4"), "rule third: a remedy that is no action");
    EXPECT_EQ(error("else a1 f4", "else a1 _"), "rule third: a duty whose values are not its own");
    EXPECT_EQ(error("observer seen_each hub share", "observer seen_each hub shave"),
              "observer seen_each: it names hub.shave, which is not governed");
    EXPECT_EQ(error("share f2", "share f1"), "observer seen_each: function 1 is of another kind");
    EXPECT_EQ(error("observer seen_each hub share f2",
                    "observer seen_each hub share f2\nobserver seen_each hub share f2"),
              "observer seen_each: it observes an action twice");
    EXPECT_EQ(error("use rules seen", "use hub seen"),
              "function 2: instruction 0 (write_store): a write to another's store");
    EXPECT_EQ(error("write_store r0 s0 r1\n", "call_action a0 r0 x2\n"),
              "observer seen_each: it does more than keep stores");
}

// Code of an action with registers r0 Int, r1 Text, r2 Bool, r3 Set, r4 Int, r5 Record, r6 Int?.
struct BadCode {
    std::string code;
    std::string error;  // after "function 0: "
};

std::string code_error(const std::string& kind, const std::string& code) {
    std::string text = CONTRACT;
    text.resize(text.find("function"));
    std::string lines = code + "\n";
    for (char& c : lines) c = c == '|' ? '\n' : c;
    const Module module = [&] {
        base::Result<Module> assembled =
            assemble(text + "function " + kind + " 2 #0 #2 #1 #5 #0 #4 #6 #3\n" + lines);
        EXPECT_TRUE(assembled) << assembled.error().message;
        return assembled ? *assembled : Module{};
    }();
    const std::string error = verdict(module);
    const std::string start = "module hub: function 0: ";
    return error.starts_with(start) ? error.substr(start.size()) : error;
}

TEST(Validator, refuses_operands_out_of_range) {
    const std::vector<BadCode> table = {
        {"move r0 r8|ret r0 x0", "instruction 0 (move): there is no register 8"},
        {"move r8 r0|ret r0 x0", "instruction 0 (move): there is no register 8"},
        {"constant r0 c3|ret r0 x0", "instruction 0 (constant): there is no constant 3"},
        {"read_now r0 s3 _|ret r0 x0", "instruction 0 (read_now): there is no store 3"},
        {"read_now r0 s1 r8|ret r0 x0", "instruction 0 (read_now): there is no register 8"},
        {"emit e1 r0 x2|ret r0 x0", "instruction 0 (emit): there is no event 1"},
        {"call_action a1 r0 x1|ret r0 x0", "instruction 0 (call_action): there is no callee 1"},
        {"make_record r5 r7 x2|ret r0 x0",
         "instruction 0 (make_record): registers past the last one"},
        {"make_set r3 r1 x0|ret r0 x0",
         "instruction 0 (make_set): no registers, and yet a first one"},
        {"field r0 r5 .2|ret r0 x0", "instruction 0 (field): there is no such field"},
        {"move r0 r0", "the last instruction is not ret"},
        {"", "the last instruction is not ret"},
    };
    for (const BadCode& row : table)
        EXPECT_EQ(code_error("action", row.code), row.error) << row.code;
}

TEST(Validator, refuses_an_unused_operand_that_is_not_zero) {
    Module module = made(CONTRACT);
    module.functions[0].code.back().a = 1;
    EXPECT_EQ(verdict(module),
              "module hub: function 0: instruction 8 (ret): an unused operand is not zero");
}

TEST(Validator, refuses_control_flow_that_is_not_nested) {
    const std::vector<BadCode> table = {
        {"jump @0|ret r0 x0", "instruction 0 (jump): a jump goes forward only"},
        {"jump @9|ret r0 x0", "instruction 0 (jump): a jump past the end"},
        {"constant r3 c2|for_each r0 r3 @out|jump @out|end:|next @1|out:|ret r0 x0",
         "instruction 1 (for_each): its next is not where it says"},
        {"constant r3 c2|for_each r0 r3 @end|jump @out|end:|next @1|out:|ret r0 x0",
         "instruction 2 (jump): a jump into or out of a loop"},
        {"constant r3 c2|jump @in|for_each r0 r3 @end|in:|move r0 r0|end:|next @2|ret r0 x0",
         "instruction 1 (jump): a jump into or out of a loop"},
        {"next @0|ret r0 x0", "instruction 0 (next): it ends no loop that is open here"},
        {"constant r3 c2|for_each r0 r3 @4|for_each r4 r3 @3|next @2|next @1|ret r0 x0", ""},
        {"constant r3 c2|for_each r0 r3 @3|for_each r4 r3 @4|next @1|next @2|ret r0 x0",
         "instruction 3 (next): it ends no loop that is open here"},
        {"constant r3 c2|for_each r0 r3 @2|ret r0 x0",
         "instruction 1 (for_each): its next is not where it says"},
    };
    for (const BadCode& row : table) {
        const std::string error = code_error("action", row.code);
        if (row.error.empty()) {
            EXPECT_NE(error.find("it says that it costs 0"), std::string::npos) << error;
        } else {
            EXPECT_EQ(error, row.error) << row.code;
        }
    }
}

TEST(Validator, refuses_registers_that_may_be_read_before_they_are_written) {
    const auto unwritten = [](int at, const std::string& op, int reg) {
        return "instruction " + std::to_string(at) + " (" + op + "): register " +
               std::to_string(reg) + " is read before it is written on every path";
    };
    const std::vector<BadCode> table = {
        {"move r0 r4|ret r0 x0", unwritten(0, "move", 4)},
        {"set_field r5 .0 r0|ret r0 x0", unwritten(0, "set_field", 5)},
        {"emit e0 r0 x2|make_record r5 r3 x2|ret r0 x0", ""},
        {"constant r2 c0|ret r0 x0", ""},
        {"less r2 r0 r0|jump_unless r2 @end|constant r4 c0|end:|move r0 r4|ret r0 x0",
         unwritten(3, "move", 4)},
        {"less r2 r0 r0|jump_unless r2 @else|constant r4 c0|jump @end|else:|move r4 r0|end:|move "
         "r0 r4|"
         "ret r0 x0",
         "ok"},
        {"less r2 r0 r0|jump_unless r2 @else|constant r4 c0|jump @end|else:|fail r1|end:|move r0 "
         "r4|"
         "ret r0 x0",
         "ok"},
        {"constant r3 c2|for_each r0 r3 @end|move r4 r0|end:|next @1|move r0 r4|ret r0 x0",
         unwritten(4, "move", 4)},
        {"constant r3 c2|for_each r4 r3 @end|move r0 r4|end:|next @1|ret r0 x0", "ok"},
        {"constant r3 c2|for_each r4 r3 @end|end:|next @1|move r0 r4|ret r0 x0",
         unwritten(3, "move", 4)},
        {"read_now r4 s1 r1|write_store r4 s1 r1|remove_key s1 r1|call_action a0 r4 x1|ret r0 x0",
         "ok"},
        {"jump_known r4 @end|end:|ret r0 x0", unwritten(0, "jump_known", 4)},
        {"ret r0 x0|move r0 r4|ret r0 x0", "ok"},
    };
    for (const BadCode& row : table) {
        if (row.error.empty()) continue;
        const std::string error = code_error("action", row.code);
        if (row.error == "ok") {
            EXPECT_NE(error.find("it says that it costs 0"), std::string::npos)
                << row.code << error;
        } else {
            EXPECT_EQ(error, row.error) << row.code;
        }
    }
}

TEST(Validator, refuses_code_of_the_wrong_kind) {
    EXPECT_EQ(code_error("action", "ret r0 x2"),
              "instruction 0 (ret): an action has one result at most");
    EXPECT_EQ(code_error("rule", "ret r0 x0"),
              "instruction 0 (ret): a rule function has one result, a Bool");
    EXPECT_EQ(code_error("rule", "ret r0 x1"),
              "instruction 0 (ret): a rule function has one result, a Bool");
    EXPECT_EQ(code_error("rule", "write_store r0 s1 r1|ret r0 x1"),
              "instruction 0 (write_store): a rule changes nothing");
    EXPECT_EQ(code_error("rule", "fail r1|ret r0 x1"),
              "instruction 0 (fail): a rule changes nothing");
    EXPECT_EQ(code_error("rule", "jump @1|ret r0 x1"),
              "instruction 0 (jump): rule code has no jumps and one ret, its last");
    EXPECT_EQ(code_error("message", "ret r0 x1|ret r0 x1"),
              "instruction 0 (ret): rule code has no jumps and one ret, its last");
}

TEST(Validator, refuses_operands_of_the_wrong_type) {
    const std::vector<BadCode> table = {
        {"constant r1 c0", "a Int is not always a Text<16>"},
        {"move r1 r0", "a Int is not always a Text<16>"},
        {"logical_and r2 r2 r0", "register 0 is Int, not Bool"},
        {"logical_or r0 r2 r2", "register 0 is Int, not Bool"},
        {"logical_implies r2 r0 r2", "register 0 is Int, not Bool"},
        {"logical_not r2 r0", "register 0 is Int, not Bool"},
        {"add r0 r0 r1", "register 1 is Text<16>, not Int"},
        {"divide r1 r0 r0", "register 1 is Text<16>, not Int"},
        {"equal r2 r0 r1", "Int and Text<16> cannot be compared"},
        {"not_equal r0 r0 r0", "register 0 is Int, not Bool"},
        {"less r2 r1 r1", "only numbers, times and ordered enums have an order"},
        {"less_equal r2 r0 r7", "Int and Level cannot be compared"},
        {"narrow r1 r0", "Int and Text<16> cannot be compared"},
        {"is_known r0 r0", "register 0 is Int, not Bool"},
        {"or_else r0 r0 r1", "a Text<16> is not always a Int"},
        {"or_else r0 r1 r0", "a Text<16> is not always a Int"},
        {"strict_with r0 r1 r0", "a Text<16> is not always a Int"},
        {"choose r0 r0 r0", "register 0 is Int, not Bool"},
        {"choose r0 r2 r1", "a Text<16> is not always a Int"},
        {"wrap r6 r1", "a Text<16> is not always a Int"},
        {"wrap r0 r0", "register 0 is Int, not an optional"},
        {"unwrap r1 r6", "a Int is not always a Text<16>"},
        {"unwrap r0 r0", "register 0 is Int, not an optional"},
        {"field r1 r5 .0", "a Int is not always a Text<16>"},
        {"field r0 r0 .0", "a field of what is no record and no tuple"},
        {"set_field r5 .0 r1", "a Text<16> is not always a Int"},
        {"set_field r5 .2 r1", "there is no such field"},
        {"make_record r0 r0 x2", "the result is no record or tuple"},
        {"make_record r5 r0 x1", "not as many registers as fields"},
        {"make_record r5 r1 x2", "a Text<16> is not always a Int"},
        {"make_set r3 r1 x1", "a Text<16> is not always a Int"},
        {"make_set r0 r0 x1", "register 0 is Int, not a Set"},
        {"contains r2 r1 r3", "Text<16> and Int cannot be compared"},
        {"contains r2 r0 r0", "register 0 is Int, not a Set"},
        {"set_unite r3 r3 r0", "register 0 is Int, not a Set"},
        {"set_subtract r0 r3 r3", "register 0 is Int, not a Set"},
        {"set_intersect r3 r3 r1", "register 1 is Text<16>, not a Set"},
        {"count r1 r3", "register 1 is Text<16>, not Int"},
        {"count r0 r1", "register 1 is Text<16>, not a Set"},
        {"hash r0 r0 x1", "register 0 is Int, not Hash"},
        {"today r0", "register 0 is Int, not Date"},
        {"caller r0", "register 0 is Int, not Party"},
        {"signer r0", "register 0 is Int, not Party"},
        {"has_role r2 r0 r1", "register 0 is Int, not Party"},
        {"read_now r0 s0 r1", "a key for a single store, or none for a map"},
        {"read_before r0 s1 _", "a key for a single store, or none for a map"},
        {"read_after r0 s1 r0", "a Int is not always a Text<16>"},
        {"read_now r1 s1 r1", "a Int is not always a Text<16>"},
        {"write_store r1 s1 r1", "a Text<16> is not always a Int"},
        {"write_store r2 s2 r0", "a write to another's store"},
        {"remove_key s2 r0", "a write to another's store"},
        {"remove_key s1 r0", "a Int is not always a Text<16>"},
        {"remove_key s0 r0", "a key for a single store, or none for a map"},
        {"format r0 r0 x1", "register 0 is Int, not Text"},
        {"emit e0 r1 x2", "a Text<16> is not always a Int"},
        {"emit e0 r0 x1", "1 registers for 2 places"},
        {"call_action a0 r1 x1", "a Text<16> is not always a Int"},
        {"call_action a0 r0 x2", "2 registers for 1 places"},
        {"fail r0", "register 0 is Int, not Text"},
        {"jump_unless r0 @1", "register 0 is Int, not Bool"},
        {"for_each r1 r3 @1|next @0", "a Int is not always a Text<16>"},
        {"for_each r0 r1 @1|next @0", "register 1 is Text<16>, not a Set"},
    };
    for (const BadCode& row : table) {
        const std::string error = code_error("action", row.code + "|ret r0 x0");
        const std::string op = row.code.substr(0, row.code.find(' '));
        EXPECT_EQ(error, "instruction 0 (" + op + "): " + row.error) << row.code;
    }
}

// Results of arithmetic may be kept in a narrower register if they always fit.
TEST(Validator, follows_the_ranges_of_arithmetic) {
    struct Range {
        std::string op, left, right, result;
        bool fits;
    };
    const std::vector<Range> table = {
        {"add", "Int(0,10)", "Int(5,6)", "Int(5,16)", true},
        {"add", "Int(0,10)", "Int(5,6)", "Int(5,15)", false},
        {"add", "Int(0,10)", "Int(5,6)", "Int(6,16)", false},
        {"add", "Int", "Int", "Int", true},
        {"add", "Int", "Int", "Int(0,9)", false},
        {"subtract", "Int(0,10)", "Int(5,6)", "Int(-6,5)", true},
        {"subtract", "Int(0,10)", "Int(5,6)", "Int(-5,5)", false},
        {"multiply", "Int(-3,2)", "Int(-5,7)", "Int(-21,15)", true},
        {"multiply", "Int(-3,2)", "Int(-5,7)", "Int(-20,15)", false},
        {"multiply", "Int(-3,2)", "Int(-5,7)", "Int(-21,14)", false},
        {"divide", "Int(0,10)", "Int(1,5)", "Int(0,10)", true},
        {"divide", "Int(0,10)", "Int(-1,5)", "Int(-10,10)", true},
        {"divide", "Int(0,10)", "Int(-1,5)", "Int(0,10)", false},
        {"remainder", "Int(0,100)", "Int(1,7)", "Int(0,6)", true},
        {"remainder", "Int(0,100)", "Int(1,7)", "Int(0,5)", false},
        {"remainder", "Int(-9,3)", "Int(-2,7)", "Int(-6,6)", true},
        {"remainder", "Int(-9,3)", "Int(-2,7)", "Int(-5,6)", false},
        {"remainder", "Int(-9,-3)", "Int(-2,7)", "Int(-6,0)", true},
    };
    for (const Range& row : table) {
        Module module = made("contract m 1.0.0\ntype " + row.left + "\ntype " + row.right +
                             "\ntype " + row.result + "\nfunction message 2 #0 #1 #2\n" + row.op +
                             " r2 r0 r1\nret r2 x1\n");
        EXPECT_EQ(verdict(module).empty(), row.fits)
            << row.op << " " << row.left << " " << row.right << " " << row.result;
    }
}

TEST(Validator, needs_room_for_a_count) {
    const auto error = [](const std::string& result) {
        return verdict(made("contract m 1.0.0\ntype Set(Int,9)\ntype " + result +
                            "\nfunction message 1 #0 #1\ncount r1 r0\nret r1 x1\n"));
    };
    EXPECT_EQ(error("Int(0,9)"), "");
    EXPECT_NE(error("Int(0,8)"), "");
    EXPECT_NE(error("Int(1,9)"), "");
}

}  // namespace

}  // namespace edict::bytecode::test
