// Every code has a page whose failing example gives the code and whose repaired example does not.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/golden/pages.h"

namespace edict::golden {
namespace {

std::string with_bytes(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.compare(i, 2, "\\x") == 0 && i + 4 <= text.size()) {
            out += static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16));
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

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
        if (needs_too_much_text(code)) continue;
        const Page page = read_page(read_text(path_of(code)));
        EXPECT_FALSE(page.failing.empty()) << path_of(code);
        const Diagnosis diagnosis = diagnose(page.failing);
        EXPECT_EQ(diagnosis.codes, std::set<std::string>{std::string(source::name(code))})
            << path_of(code) << "\n"
            << diagnosis.human;
    }
}

TEST(Pages, TheRepairedExampleIsAccepted) {
    for (const source::Code code : source::all_codes()) {
        if (needs_too_much_text(code)) continue;
        const Page page = read_page(read_text(path_of(code)));
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
            section = line == "## Failing" ? &page.failing : nullptr;
            if (line == "## Repaired") section = &page.repaired;
        }
        if (section == nullptr || !line.starts_with("```edict")) continue;
        const bool bytes = line == "```edict bytes";
        std::string text;
        while (std::getline(in, line) && line != "```") text += line + "\n";
        const std::string name = "example" + std::to_string(section->size() + 1) + ".edict";
        section->push_back({name, bytes ? with_bytes(text) : text});
    }
    return page;
}

}  // namespace edict::golden
