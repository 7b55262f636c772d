// The text form of modules: assembler and disassembler.
#include "tests/unit/bytecode_support.h"
#include "vm/bytecode/type_text.h"

namespace edict::bytecode::test {

namespace {

TEST(Text, assemble_gives_back_what_was_disassembled) {
    for (const char* text : {CONTRACT, REGULATION}) {
        const Module module = made(text);
        const std::string listing = disassemble(module);
        const base::Result<Module> again = assemble(listing);
        ASSERT_TRUE(again) << again.error().message << "\n" << listing;
        EXPECT_EQ(encode(*again), encode(module));
        EXPECT_EQ(disassemble(*again), listing);
    }
}

TEST(Text, of_an_instruction_shows_what_each_operand_is) {
    EXPECT_EQ(disassemble(Instruction{Opcode::add, 4, 2, 3}), "add r4 r2 r3");
    EXPECT_EQ(disassemble(Instruction{Opcode::read_now, 4, 2, NO_REGISTER}), "read_now r4 s2 _");
    EXPECT_EQ(disassemble(Instruction{Opcode::field, 4, 2, 1}), "field r4 r2 .1");
    EXPECT_EQ(disassemble(Instruction{Opcode::emit, 1, 2, 3}), "emit e1 r2 x3");
    EXPECT_EQ(disassemble(Instruction{Opcode::jump_unless, 1, 20, 0}), "jump_unless r1 @20");
    EXPECT_EQ(disassemble(Instruction{Opcode::remove_key, 0, 1, 2}), "remove_key s1 r2");
    EXPECT_EQ(disassemble(Instruction{Opcode::constant, 0, 1, 0}), "constant r0 c1");
    EXPECT_EQ(disassemble(Instruction{Opcode::call_action, 0, 1, 2}), "call_action a0 r1 x2");
}

TEST(Text, of_a_type_is_read_back) {
    for (const char* text : {
             "Bool",
             "Int",
             "Int(-5,9)",
             "Text(8)",
             "Bytes(8)",
             "Date",
             "Party",
             "Hash",
             "Optional(Set(Int,3))",
             "Tuple(Party,Text(128))",
             "Enum(a.B,unordered,x,y)",
             "Enum(a.B,ordered,x,y)",
             "Record(a.R,f:Int,g:Optional(Record(a.S,h:Bool)))",
         }) {
        const base::Result<value::TypeRef> type = type_from_text(text, {});
        ASSERT_TRUE(type) << text << ": " << type.error().message;
        EXPECT_EQ(type_text(**type), text);
    }
}

TEST(Text, that_is_no_type_is_refused) {
    for (const char* text : {"", "Integer", "Int(1", "Int(1,2", "Int(2,1)", "Text(x)", "Set(Int)",
                             "Set(Int,3", "Optional(Int,Bool)", "Tuple(Int)", "#0", "#x", "Int()",
                             "Bool)", "Record(a.R,f)", "Text(99999999999)"}) {
        EXPECT_FALSE(type_from_text(text, {})) << text;
    }
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "Optional(";
    EXPECT_FALSE(type_from_text(deep, {}));
}

struct BadText {
    std::string text;
    std::string error;
};

TEST(Text, that_is_no_module_is_refused_with_its_line) {
    const std::vector<BadText> table = {
        {"contract hub 1.0.0\nfoo", "line 2: `foo` is no opcode and begins no line"},
        {"contract hub 1.0", "line 1: the line is too short"},
        {"contract hub 1.0.x", "line 1: `x` is not <number>"},
        {"add r0 r1 r2", "line 1: an instruction before the first function"},
        {"function rule 0 #0\nadd r0 r1", "line 2: the line is too short"},
        {"function rule 0 #0\nadd r0 r1 x2", "line 2: `x2` is not r<number>"},
        {"function rule 0 #0\nadd r0 r1 r2 r3", "line 2: more words than this line takes"},
        {"function rule 0 #0\nadd r0 r1 r99999", "line 2: `r99999` is not r<number>"},
        {"function rules 0", "line 1: `rules` is not expected here"},
        {"function action 0\njump @nowhere", "there is no label @nowhere"},
        {"const #0 true", "line 1: a value in JSON, of a type that stands before, is expected"},
        {"type Int\nconst #0 tr",
         "line 2: a value in JSON, of a type that stands before, is expected"},
        {"rule r permit from 2026-02-30", "line 1: "},
        {"source a b c", "line 1: a text in quotes is expected"},
        {"by hospital", "line 1: `by` before an action"},
        {"unless f0", "line 1: `unless` before an `on`"},
        {"event e n", "line 1: name:#type is expected"},
    };
    for (const BadText& row : table) {
        const base::Result<Module> module = assemble(row.text);
        ASSERT_FALSE(module) << row.text;
        EXPECT_EQ(module.error().message.substr(0, row.error.size()), row.error) << row.text;
    }
}

}  // namespace

}  // namespace edict::bytecode::test
