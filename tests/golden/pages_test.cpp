// Every code has a page whose failing example gives the code and whose repaired example does not.
#include <gtest/gtest.h>

#include <sstream>

#include "compiler/source/diagnostics.h"
#include "tests/golden/pages.h"

namespace edict::golden {
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
        const Page page = read_page(markdown);
        EXPECT_FALSE(page.failing.empty()) << path_of(code);
        const Diagnosis diagnosis = diagnose(page.failing);
        EXPECT_EQ(diagnosis.codes, std::set<std::string>{std::string(source::name(code))})
            << path_of(code) << "\n"
            << diagnosis.human;
    }
}

TEST(Pages, TheRepairedExampleIsAccepted) {
    for (const source::Code code : source::all_codes()) {
        const std::string markdown = read_text(path_of(code));
        if (markdown.find(NO_EXAMPLE) != std::string::npos) continue;
        const Page page = read_page(markdown);
        EXPECT_FALSE(page.repaired.empty()) << path_of(code);
        EXPECT_EQ(diagnose(page.repaired).human, "") << path_of(code);
    }
}

}  // namespace

Page read_page(const std::string& markdown) {
    Page page;
    std::istringstream in(markdown);
    std::string line;
    std::vector<Text>* section = nullptr;
    while (std::getline(in, line)) {
        if (line.starts_with("## ")) {
            section = line == "## Fails" ? &page.failing : nullptr;
            if (line == "## Repaired") section = &page.repaired;
        }
        if (section == nullptr || !line.starts_with("```edict")) continue;
        std::string text;
        while (std::getline(in, line) && line != "```") text += line + "\n";
        const std::string name = "example" + std::to_string(section->size() + 1) + ".edict";
        section->push_back({name, text});
    }
    return page;
}

}  // namespace edict::golden
