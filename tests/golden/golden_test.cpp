// What the compiler says about each text of tests/golden is what stands beside it.
#include <gtest/gtest.h>

#include <fstream>
#include <string_view>

#include "compiler/source/diagnostics.h"
#include "tests/golden/diagnose.h"
#include "tests/golden/pages.h"

namespace edict::golden {
namespace {

bool update = false;

TEST(Golden, EveryTextIsDiagnosedAsExpected) {
    for (const auto& [folder, cases] : all_cases()) {
        for (const Case& one : cases) {
            if (folder == ACCEPTED) continue;
            const Diagnosis diagnosis = diagnose(one.texts, target_of(folder));
            if (update) std::ofstream(one.expected, std::ios::binary) << diagnosis.human;
            EXPECT_EQ(read_text(one.expected), diagnosis.human) << one.path;
        }
    }
}

TEST(Golden, EveryTextGivesOnlyTheCodeOfItsFolder) {
    for (const auto& [folder, cases] : all_cases()) {
        for (const Case& one : cases) {
            if (folder == ACCEPTED) continue;
            EXPECT_EQ(diagnose(one.texts, target_of(folder)).codes, std::set<std::string>{folder})
                << one.path;
        }
    }
}

TEST(Golden, AcceptedTextsHaveNoDiagnostics) {
    const auto cases = all_cases();
    for (const Case& one : cases.at(ACCEPTED)) {
        EXPECT_EQ(diagnose(one.texts).human, "") << one.path;
    }
}

TEST(Golden, EveryCodeHasACase) {
    const auto cases = all_cases();
    for (const source::Code code : source::all_codes()) {
        EXPECT_TRUE(cases.contains(std::string(source::name(code)))) << source::name(code);
    }
}

}  // namespace
}  // namespace edict::golden

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    for (int i = 1; i < argc; ++i) {
        if (std::string_view(argv[i]) == "--update") edict::golden::update = true;
    }
    return RUN_ALL_TESTS();
}
