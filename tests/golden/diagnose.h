// What the compiler says about texts, for tests.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace edict::golden {

struct Text {
    std::string name;  // as shown
    std::string text;
};

struct Diagnosis {
    std::string human;            // every diagnostic in its human form
    std::set<std::string> codes;  // "E0201"
};

// Parses all texts and, as long as there is no error, checks them together, asks what keeps them
// from a chain if that is their target, and lowers them.
enum class Target { site, chain };
[[nodiscard]] Diagnosis diagnose(const std::vector<Text>& texts, Target target = Target::site);

// The one code that says what only a chain refuses.
[[nodiscard]] inline Target target_of(std::string_view code) {
    return code == "E0974" ? Target::chain : Target::site;
}

[[nodiscard]] std::string read_text(const std::filesystem::path& path);

// A case: NAME.edict, or the folder NAME with its .edict files; the expectation is NAME.expected.
struct Case {
    std::filesystem::path path;
    std::filesystem::path expected;
    std::vector<Text> texts;
};

// The cases of each folder of tests/golden, by the name of the folder: a code, or `accepted`.
[[nodiscard]] std::map<std::string, std::vector<Case>> all_cases();

}  // namespace edict::golden
