// docs/BYTECODE.md holds tables that are made from the code, between the lines <!-- table NAME -->
// and
// <!-- end -->. This test compares them; with --update it rewrites them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "vm/bytecode/limits.h"
#include "vm/bytecode/opcode.h"
#include "vm/bytecode/sections.h"

namespace edict::bytecode {

namespace {

constexpr const char* PATH = "docs/BYTECODE.md";
bool update = false;

std::string_view effect_text(Effect effect) {
    switch (effect) {
        case Effect::pure:
            return "pure";
        case Effect::read:
            return "read";
        case Effect::write:
            return "write";
        case Effect::flow:
            return "flow";
    }
    return "";
}

std::string opcode_table() {
    std::string table =
        "| opcode | a b c | effect | cost | meaning |\n| --- | --- | --- | --- | --- |\n";
    for (const OpcodeInfo& op : OPCODES) {
        std::string_view text = op.text;
        if (op.sized) text.remove_suffix(std::strlen("; z"));
        table += fmt::format("| `{}` | `{} {} {}` | {} | {}{} | {} |\n", op.name, op.operands[0],
                             op.operands[1], op.operands[2], effect_text(op.effect), op.cost,
                             op.sized ? " + size" : "", text);
    }
    return table;
}

std::string section_table() {
    std::string table = "| tag | section | contents |\n| --- | --- | --- |\n";
    for (const SectionInfo& info : SECTIONS) {
        table += fmt::format("| {} | {} | {} |\n", static_cast<int>(info.section), info.name,
                             info.contents);
    }
    return table;
}

std::string limit_table() {
    const std::pair<std::string_view, std::uint64_t> limits[] = {
        {"bytes of a module", MAX_MODULE_BYTES},
        {"types", MAX_TYPES},
        {"bytes of all types", MAX_TYPE_TABLE_BYTES},
        {"constants", MAX_CONSTANTS},
        {"functions", MAX_FUNCTIONS},
        {"rules", MAX_RULES},
        {"entries of any other table", MAX_DECLARATIONS},
        {"bytes of a text: piece of a message, title, place of a citation", MAX_TEXT_BYTES},
        {"parameters of an action, fields of an event", MAX_PARAMETERS},
        {"values that a message shows", MAX_MESSAGE_VALUES},
        {"registers of a function", MAX_REGISTERS},
        {"instructions of a function", MAX_CODE},
        {"consecutive registers of one instruction", MAX_OPERANDS},
        {"loops inside loops", MAX_LOOP_DEPTH},
        {"units that a call may cost", MAX_CALL_COST},
        {"bytes of declared size for one unit of a sized cost", BYTES_PER_UNIT},
        {"bytes of the values that one run of a function makes", MAX_FUNCTION_MEMORY_BYTES},
        {"calls of actions inside actions", MAX_CALL_DEPTH},
    };
    std::string table = "| limit | at most |\n| --- | --- |\n";
    for (const auto& [what, most] : limits) table += fmt::format("| {} | {} |\n", what, most);
    return table;
}

std::string with_table(std::string document, const std::string& name, const std::string& table) {
    const std::string begin = "<!-- table " + name + " -->\n";
    const std::size_t from = document.find(begin);
    const std::size_t to = document.find("<!-- end -->", from);
    EXPECT_NE(from, std::string::npos) << "no line " << begin;
    EXPECT_NE(to, std::string::npos);
    if (from == std::string::npos || to == std::string::npos) return document;
    const std::size_t inside = from + begin.size();
    return document.replace(inside, to - inside, table);
}

TEST(BytecodeDocument, has_the_tables_of_the_code) {
    std::ifstream in(PATH);
    ASSERT_TRUE(in) << PATH;
    const std::string document{std::istreambuf_iterator<char>(in), {}};
    std::string expected = with_table(document, "opcodes", opcode_table());
    expected = with_table(expected, "sections", section_table());
    expected = with_table(expected, "limits", limit_table());
    if (update) std::ofstream(PATH) << expected;
    EXPECT_EQ(update ? expected : document, expected)
        << "the tables are not those of the code: run this test with --update";
}

}  // namespace

}  // namespace edict::bytecode

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    edict::bytecode::update = argc == 2 && std::strcmp(argv[1], "--update") == 0;
    return RUN_ALL_TESTS();
}
