// Code that is too large, too deep or too costly is told at its place; nothing crashes.
#include <gtest/gtest.h>

#include "tests/unit/lower_support.h"
#include "vm/bytecode/limits.h"

namespace edict::lower {
namespace {

std::string contract(const std::string& parameters, const std::string& statements) {
    return "contract desk version 1.0.0\n  regulators none\nrole clerk\n"
           "store total: Int default 0\n"
           "action act(" +
           parameters + ") by clerk {\n" + statements + "}\n";
}

std::string loops(std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "for x" + std::to_string(i) + " in small {\n";
    return text + "total = 1\n" + std::string(depth, '}') + "\n";
}

TEST(LoweringLimits, LoopsInOneAnother) {
    EXPECT_EQ(said(compiled({contract("small: Set<Bool, 2>", loops(bytecode::MAX_LOOP_DEPTH))})),
              "");
    EXPECT_NE(said(compiled({contract("small: Set<Bool, 2>", loops(bytecode::MAX_LOOP_DEPTH + 1))}))
                  .find("error[E0690]"),
              std::string::npos);
}

TEST(LoweringLimits, InstructionsOfOneAction) {
    // Each statement makes more than two instructions, the checker takes 16,384 of them.
    std::string many;
    for (std::size_t i = 0; i < 16'000; ++i) many += "total = total + 1 + 1\n";
    const std::string told = said(compiled({contract("n: Int", many)}));
    EXPECT_NE(told.find("text_0.edict:5:8: error[E0690]"), std::string::npos) << told;
}

TEST(LoweringLimits, CostOfOneAction) {
    const std::string parameters = "big: Set<Int, 20_000>";
    EXPECT_EQ(said(compiled({contract(parameters, "for a in big { total = a }\n")})), "");
    const std::string told =
        said(compiled({contract(parameters, "for a in big { for b in big { total = a + b } }\n")}));
    EXPECT_NE(told.find("error[E0692]"), std::string::npos) << told;
    EXPECT_NE(told.find("a call may cost 100000000 at most"), std::string::npos) << told;
}

TEST(LoweringLimits, ManyValuesAtOnce) {
    // A set literal needs all its elements at once.
    std::string elements;
    for (std::size_t i = 0; i <= bytecode::MAX_REGISTERS; ++i)
        elements += (i == 0 ? "n + " : ", n + ") + std::to_string(i);
    const std::string told =
        said(compiled({contract("n: Int", "total = count({ " + elements + " })\n")}));
    EXPECT_NE(told.find("error[E0690]"), std::string::npos) << told;
}

TEST(LoweringLimits, RegistersOfFinishedStatementsAreUsedAgain) {
    std::string many;
    for (std::size_t i = 0; i < 2'000; ++i) many += "total = total + " + std::to_string(i) + "\n";
    const auto made = compiled({contract("n: Int", many)});
    ASSERT_TRUE(made.lowered) << said(made);
    EXPECT_LT(made.lowered->modules.front()->functions[0].registers.size(), 10u);
}

}  // namespace
}  // namespace edict::lower
