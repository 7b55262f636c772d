#include "tests/golden/pages.h"

#include <sstream>

namespace edict::golden {

std::vector<Section> sections(const std::string& markdown) {
    std::vector<Section> all(1);
    std::istringstream in(markdown);
    std::string line;
    while (std::getline(in, line)) {
        if (line.starts_with("#")) all.push_back({line, {}});
        if (!line.starts_with("```")) continue;
        const std::string fence = line.substr(0, line.find_first_not_of('`'));
        const std::string info = line.substr(fence.size());
        std::string text;
        while (std::getline(in, line) && line != fence) text += line + "\n";
        std::vector<Text>& texts = all.back().texts;
        if (!info.starts_with("edict")) continue;
        const std::string ending = info.starts_with("edict.md") ? ".edict.md" : ".edict";
        texts.push_back({"example" + std::to_string(texts.size() + 1) + ending, text});
    }
    return all;
}

std::vector<Text> under(const std::string& markdown, const std::string& heading) {
    for (const Section& section : sections(markdown)) {
        if (section.heading == heading) return section.texts;
    }
    return {};
}

}  // namespace edict::golden
