// Every code has a page whose failing example gives the code and whose repaired example does not;
// the examples of the other documents are accepted.
#include <gtest/gtest.h>

#include "compiler/source/diagnostics.h"
#include "tests/golden/pages.h"

namespace edict::golden {
namespace fs = std::filesystem;
namespace {

std::string path_of(source::Code code) {
    return "docs/errors/" + std::string(source::name(code)) + ".md";
}

TEST(Pages, EveryCodeHasAPageWithItsTitle) {
    for (const source::Code code : source::all_codes()) {
        const std::string page = read_text(path_of(code));
        const std::string title =
            "# " + std::string(source::name(code)) + ": " + std::string(source::title(code)) + "\n";
        EXPECT_EQ(page.substr(0, title.size()), title) << path_of(code);
    }
}

TEST(Pages, TheFailingExampleGivesTheCode) {
    for (const source::Code code : source::all_codes()) {
        const std::string markdown = read_text(path_of(code));
        if (markdown.find(NO_EXAMPLE) != std::string::npos) continue;
        const std::vector<Text> failing = under(markdown, "## Fails");
        EXPECT_FALSE(failing.empty()) << path_of(code);
        const Diagnosis diagnosis = diagnose(failing, target_of(source::name(code)));
        EXPECT_EQ(diagnosis.codes, std::set<std::string>{std::string(source::name(code))})
            << path_of(code) << "\n"
            << diagnosis.human;
    }
}

TEST(Pages, TheRepairedExampleIsAccepted) {
    for (const source::Code code : source::all_codes()) {
        const std::string markdown = read_text(path_of(code));
        if (markdown.find(NO_EXAMPLE) != std::string::npos) continue;
        const std::vector<Text> repaired = under(markdown, "## Repaired");
        EXPECT_FALSE(repaired.empty()) << path_of(code);
        EXPECT_EQ(diagnose(repaired, target_of(source::name(code))).human, "") << path_of(code);
    }
}

// A part that shows only a regulation is read beside the contract of the taste.
TEST(Documents, TheirExamplesAreAccepted) {
    const Text contract{"hub.edict", read_text("tests/golden/accepted/taste/hub.edict")};
    std::vector<fs::path> documents = {"README.md"};
    for (const auto& entry : fs::directory_iterator("docs")) {
        if (entry.path().extension() == ".md") documents.push_back(entry.path());
    }
    for (const fs::path& path : documents) {
        for (const Section& section : sections(read_text(path))) {
            std::vector<Text> texts = section.texts;
            if (texts.size() == 1 && texts[0].text.starts_with("regulation")) {
                texts.push_back(contract);
            }
            EXPECT_EQ(diagnose(texts).human, "") << path << " " << section.heading;
        }
    }
}

// docs/ADDING_A_CONSTRUCT.md walks through files by their names.
TEST(Documents, TheWalkNamesFilesThatAreThere) {
    const std::string text = read_text("docs/ADDING_A_CONSTRUCT.md");
    std::size_t named = 0;
    for (std::size_t at = text.find('`'); at != std::string::npos;) {
        const std::size_t end = text.find('`', at + 1);
        ASSERT_NE(end, std::string::npos);
        const std::string one = text.substr(at + 1, end - at - 1);
        at = text.find('`', end + 1);
        if (one.find('/') == std::string::npos || one.find_first_of(" X") != std::string::npos)
            continue;
        EXPECT_TRUE(fs::exists(one)) << one;
        ++named;
    }
    EXPECT_GE(named, 25U);
}

}  // namespace

}  // namespace edict::golden
