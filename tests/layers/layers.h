// The layer test: reads arrows.txt and compares every #include of a source tree with it.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace edict::layers {

struct Arrows {
    // Folder -> every folder that it may include, itself too. `*` stands for all.
    std::map<std::string, std::set<std::string>> reach;
    // Pattern of an outside header ("z3*") -> the folders that may include it.
    std::map<std::string, std::set<std::string>> guarded;
    // What is wrong with the file itself, one sentence each.
    std::vector<std::string> problems;
};

// Reads the lines of arrows.txt and computes what each folder reaches.
[[nodiscard]] Arrows parse_arrows(std::string_view text);

// Every breach in the tree under `root`, one line each: "file:line: what is wrong", in order of
// path. Hidden folders, build/ and those in `skipped` (paths from the root) are not read.
[[nodiscard]] std::vector<std::string> check_tree(const std::filesystem::path& root,
                                                  const Arrows& arrows,
                                                  const std::set<std::string>& skipped);

// Folders under `root` that are named common, utils or helpers, as paths from the root.
[[nodiscard]] std::vector<std::string> drawers_for_everything(const std::filesystem::path& root,
                                                              const std::set<std::string>& skipped);

}  // namespace edict::layers
