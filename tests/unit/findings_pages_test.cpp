// Every kind of finding has a page whose failing example is such a finding and whose repaired
// example is none.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "compiler/source/explanations.h"
#include "tests/golden/pages.h"
#include "tests/unit/findings_support.h"

namespace edict::findings {
namespace {

std::set<std::string> codes_of(const std::vector<golden::Text>& texts) {
    std::vector<std::string> plain;
    for (const golden::Text& one : texts) plain.push_back(one.text);
    std::set<std::string> out;
    for (const Finding& finding : verify_texts(plain).report.findings) {
        out.emplace(code_of(finding.kind));
    }
    return out;
}

TEST(FindingPages, EveryKindHasOneThatShowsItAndItsRepair) {
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Kind::unknown); ++i) {  // the last
        const Kind kind = static_cast<Kind>(i);
        const std::string code(code_of(kind));
        const auto page = std::ranges::find(source::explanations(), code,
                                            [](const auto& one) { return one.code; });
        ASSERT_NE(page, source::explanations().end()) << code << " has no page in docs/errors";
        const std::string text(page->page);
        EXPECT_TRUE(text.starts_with("# " + code + ": " + std::string(title_of(kind)) + "\n"))
            << code;
        EXPECT_EQ(codes_of(golden::under(text, "## Fails")), std::set<std::string>{code});
        const auto repaired = golden::under(text, "## Repaired");
        EXPECT_FALSE(repaired.empty()) << code;
        EXPECT_EQ(codes_of(repaired), std::set<std::string>{}) << code;
    }
}

}  // namespace
}  // namespace edict::findings
