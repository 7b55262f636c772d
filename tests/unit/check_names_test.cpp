// Modules, imports and names.
#include <gtest/gtest.h>

#include "tests/unit/check_support.h"

namespace edict::check {
namespace {

std::vector<std::string> module_names(const Checked& checked) {
    std::vector<std::string> all;
    for (const Module& module : checked.program->modules) all.push_back(module.name);
    return all;
}

TEST(CheckModules, StandAfterAllThatTheyUse) {
    const Checked checked = check_texts({
        "regulation top version 1.0.0 governs middle\ndefault silent\n",
        "contract middle version 1.0.0\n  regulators none\nuse bottom\n",
        "contract bottom version 1.0.0\n  regulators none\n",
    });
    ASSERT_TRUE(checked.program) << checked.human();
    EXPECT_EQ(module_names(checked), (std::vector<std::string>{"bottom", "middle", "top"}));
    EXPECT_EQ(checked.module("top").governs, std::vector<ModuleId>{ModuleId{1}});
    EXPECT_EQ(checked.module("middle").uses, std::vector<ModuleId>{ModuleId{0}});
}

TEST(CheckModules, BuiltInOnesArePulledInOnlyWhenUsed) {
    const std::vector<std::string> built_in = {
        "contract std.members version 1.0.0\n  regulators none\nuse std.base\nrole member\n"
        "store names: Map<Party, Text>\n",
        "contract std.base version 1.0.0\n  regulators none\n",
        "contract std.other version 1.0.0\n  regulators none\n",
    };
    const Checked checked = check_texts(
        {"contract club version 1.0.0\n  regulators member\nuse std.members\n"
         "action greet(who: Party) by member {\n  let a = members.names[who] else fail \"\"\n"
         "  let b = std.members.names[who]\n  let c = names[who]\n}\n"},
        built_in);
    ASSERT_TRUE(checked.program) << checked.human();
    EXPECT_EQ(module_names(checked), (std::vector<std::string>{"std.base", "std.members", "club"}));
}

TEST(CheckModules, NamesOfModulesThatAreNotUsedAreNotInSight) {
    const Checked checked = check_texts({
        "contract a version 1.0.0\n  regulators none\nrole nurse\nstore total: Int default 0\n",
        "contract b version 1.0.0\n  regulators none\nuse a\n",
        "contract c version 1.0.0\n  regulators none\nuse b\nrole doctor\n"
        "action act() by doctor { let x = total }\naction other() by nurse { }\n",
    });
    EXPECT_EQ(checked.codes(), (std::vector<std::string>{"E0207", "E0201"}));
}

TEST(CheckModules, AMissingModuleIsTheOnlyMistakeOfThoseThatNeedIt) {
    const Checked checked = check_texts({
        "contract a version 1.0.0\n  regulators none\nuse nothing\n"
        "action act(x: Unknown) by nobody { }\n",
        "regulation b version 1.0.0 governs a\nrule r on nothing: forbid\n",
    });
    EXPECT_EQ(checked.codes(), std::vector<std::string>{"E0501"});
}

TEST(CheckNames, RecordsMayBeDeclaredInAnyOrder) {
    const Checked checked = check_texts({R"(contract a version 1.0.0
  regulators none
record Outer { inner: Inner, kind: Kind }
record Inner { kinds: Set<Kind, 3> }
enum Kind { one, two, three }
store all: Map<Text, Outer>
)"});
    ASSERT_TRUE(checked.program) << checked.human();
    const auto& type = *checked.module("a").stores[0].value;
    EXPECT_EQ(type.name, "a.Outer");
    EXPECT_EQ(type.fields[0].type->fields[0].type->parts[0]->name, "a.Kind");
}

TEST(CheckNames, OneMistakeIsToldOnce) {
    const std::vector<std::string> each = {
        "let a = nothing\nlet b = a + 1\nif b > a { fail \"{a} {b}\" }\nemit Noted(b)",
        "for x in nothing { emit Noted(x)  total += x }",
        "let a = total[1]\ncounts[a] = a",
        "emit Nothing(n, text)",
        "notes[nothing].seen = 3",
        "if nothing { total = 1 } else { total = 2 }",
        "let a = { nothing, text }\nlet b = a minus names",
        "let b = if nothing then 1 else 2",
        "if every x in nothing satisfies x > 1 { fail \"\" }",
        "let a = nothing else {}",
    };
    for (const std::string& text : each) {
        const Checked checked = check_statements(text);
        EXPECT_EQ(checked.codes().size(), 1u) << text << "\n" << checked.human();
    }
}

}  // namespace
}  // namespace edict::check
