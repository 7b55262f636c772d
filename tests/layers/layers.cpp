#include "tests/layers/layers.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

namespace edict::layers {

namespace {

namespace fs = std::filesystem;

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::set<std::string> words(std::string_view text) {
    std::istringstream in{std::string(text)};
    std::set<std::string> found;
    for (std::string word; in >> word;) found.insert(word);
    return found;
}

std::vector<std::string> lines(std::string_view text) {
    std::istringstream in{std::string(text)};
    std::vector<std::string> found;
    for (std::string line; std::getline(in, line);) found.push_back(line);
    return found;
}

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

// A guard's pattern is a name, or a beginning of one followed by `*`.
bool matches(std::string_view pattern, std::string_view header) {
    if (pattern.ends_with('*')) return header.starts_with(pattern.substr(0, pattern.size() - 1));
    return header == pattern;
}

bool is_source(const fs::path& path) {
    static const std::set<std::string> ENDINGS = {".h",   ".hpp", ".hh",  ".c",   ".cc",
                                                  ".cpp", ".cxx", ".inc", ".def", ".ipp"};
    return ENDINGS.contains(path.extension().string());
}

bool is_read(const fs::path& root, const fs::path& folder, const std::set<std::string>& skipped) {
    const std::string name = folder.filename().string();
    const std::string path = folder.lexically_relative(root).generic_string();
    return !name.starts_with('.') && path != "build" && !skipped.contains(path);
}

// Everything under `root` that is ours to judge, in order of path.
std::vector<fs::path> entries(const fs::path& root, const std::set<std::string>& skipped) {
    std::vector<fs::path> found;
    for (auto it = fs::recursive_directory_iterator(root); it != fs::end(it); ++it) {
        if (it->is_directory() && !is_read(root, it->path(), skipped)) {
            it.disable_recursion_pending();
            continue;
        }
        found.push_back(it->path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

// The listed folder that `path` lies in: subfolders belong to it.
std::optional<std::string> folder_of(std::string path, const Arrows& arrows) {
    while (true) {
        const std::size_t slash = path.rfind('/');
        if (slash == std::string::npos) return std::nullopt;
        path.resize(slash);
        if (arrows.reach.contains(path)) return path;
    }
}

struct Include {
    std::string header;
    bool quoted = false;
};

std::optional<Include> include_of(std::string_view line) {
    line = trimmed(line);
    if (!line.starts_with('#')) return std::nullopt;
    line = trimmed(line.substr(1));
    if (!line.starts_with("include")) return std::nullopt;
    line = trimmed(line.substr(std::string_view("include").size()));
    if (line.size() < 2) return std::nullopt;
    const char closing = line[0] == '<' ? '>' : line[0];
    const std::size_t end = line.find(closing, 1);
    if (end == std::string_view::npos) return std::nullopt;
    return Include{std::string(line.substr(1, end - 1)), line[0] == '"'};
}

std::optional<std::string> guard_breach(const Include& include, const std::string& folder,
                                        const Arrows& arrows) {
    for (const auto& [pattern, allowed] : arrows.guarded) {
        if (!matches(pattern, include.header) || allowed.contains(folder)) continue;
        std::string names;
        for (const std::string& name : allowed) names += (names.empty() ? "" : ", ") + name;
        return "includes " + include.header + ", which only " + names + " may";
    }
    return std::nullopt;
}

bool is_guarded(const Include& include, const Arrows& arrows) {
    return std::any_of(arrows.guarded.begin(), arrows.guarded.end(),
                       [&](const auto& guard) { return matches(guard.first, include.header); });
}

std::optional<std::string> arrow_breach(const Include& include, const std::string& folder,
                                        const Arrows& arrows) {
    if (!include.quoted || is_guarded(include, arrows)) return std::nullopt;
    const std::optional<std::string> target = folder_of(include.header, arrows);
    if (!target) {
        return "includes \"" + include.header +
               "\", which is not a path from the root of the repository";
    }
    const std::set<std::string>& reached = arrows.reach.at(folder);
    if (reached.contains("*") || reached.contains(*target)) return std::nullopt;
    return "includes " + include.header + ", but there is no arrow " + *target + " <- " + folder;
}

void check_file(const fs::path& path, const std::string& name, const Arrows& arrows,
                std::vector<std::string>& breaches) {
    const std::optional<std::string> folder = folder_of(name, arrows);
    if (!folder) {
        breaches.push_back(name + ":1: its folder has no line in arrows.txt");
        return;
    }
    std::size_t number = 0;
    for (const std::string& line : lines(read(path))) {
        ++number;
        const std::optional<Include> include = include_of(line);
        if (!include) continue;
        for (const auto& breach :
             {guard_breach(*include, *folder, arrows), arrow_breach(*include, *folder, arrows)}) {
            if (breach) breaches.push_back(name + ":" + std::to_string(number) + ": " + *breach);
        }
    }
}

void require_known(const Arrows& arrows, const std::string& from,
                   const std::set<std::string>& targets, std::vector<std::string>& problems) {
    for (const std::string& target : targets) {
        if (target != "*" && !arrows.reach.contains(target)) {
            problems.push_back(from + " names " + target + ", which has no line of its own");
        }
    }
}

// Follows arrows until nothing new is reached.
std::set<std::string> closure(const std::string& start,
                              const std::map<std::string, std::set<std::string>>& direct) {
    std::set<std::string> seen;
    std::vector<std::string> waiting(direct.at(start).begin(), direct.at(start).end());
    while (!waiting.empty()) {
        const std::string next = waiting.back();
        waiting.pop_back();
        if (!seen.insert(next).second) continue;
        const auto found = direct.find(next);
        if (found == direct.end()) continue;
        waiting.insert(waiting.end(), found->second.begin(), found->second.end());
    }
    return seen;
}

}  // namespace

Arrows parse_arrows(std::string_view text) {
    Arrows arrows;
    std::size_t number = 0;
    for (const std::string& raw : lines(text)) {
        ++number;
        const std::string_view line = trimmed(raw);
        if (line.empty() || line.starts_with('#')) continue;
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            arrows.problems.push_back("line " + std::to_string(number) + " has no colon");
            continue;
        }
        const std::string_view left = trimmed(line.substr(0, colon));
        const bool guard = left.starts_with('<') && left.ends_with('>');
        const std::string name(guard ? left.substr(1, left.size() - 2) : left);
        auto& table = guard ? arrows.guarded : arrows.reach;
        if (!table.emplace(name, words(line.substr(colon + 1))).second) {
            arrows.problems.push_back(std::string(left) + " has two lines");
        }
    }
    const auto direct = arrows.reach;
    for (auto& [folder, reached] : arrows.reach) {
        require_known(arrows, folder, direct.at(folder), arrows.problems);
        reached = closure(folder, direct);
        if (!reached.insert(folder).second) {
            arrows.problems.push_back(folder + " reaches itself: the arrows go in a circle");
        }
    }
    for (const auto& [pattern, allowed] : arrows.guarded) {
        require_known(arrows, "<" + pattern + ">", allowed, arrows.problems);
    }
    return arrows;
}

std::vector<std::string> check_tree(const fs::path& root, const Arrows& arrows,
                                    const std::set<std::string>& skipped) {
    std::vector<std::string> breaches;
    for (const fs::path& path : entries(root, skipped)) {
        if (!fs::is_regular_file(path) || !is_source(path)) continue;
        check_file(path, path.lexically_relative(root).generic_string(), arrows, breaches);
    }
    return breaches;
}

std::vector<std::string> drawers_for_everything(const fs::path& root,
                                                const std::set<std::string>& skipped) {
    static const std::set<std::string> NAMES = {"common", "utils", "helpers"};
    std::vector<std::string> found;
    for (const fs::path& path : entries(root, skipped)) {
        if (fs::is_directory(path) && NAMES.contains(path.filename().string())) {
            found.push_back(path.lexically_relative(root).generic_string());
        }
    }
    return found;
}

}  // namespace edict::layers
