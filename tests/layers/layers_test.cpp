#include "tests/layers/layers.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace edict::layers {
namespace {

// Trees that are wrong on purpose.
const std::set<std::string> FIXTURES = {"tests/layers/fixture"};

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string joined(const std::vector<std::string>& sentences) {
    std::string all;
    for (const std::string& sentence : sentences) all += sentence + "\n";
    return all;
}

TEST(Layers, arrows_are_a_clean_table) {
    const Arrows arrows = parse_arrows(read("tests/layers/arrows.txt"));
    EXPECT_EQ(joined(arrows.problems), "");
    EXPECT_TRUE(arrows.reach.contains("base"));
    EXPECT_TRUE(arrows.guarded.contains("z3*"));
}

TEST(Layers, every_include_follows_an_arrow) {
    const Arrows arrows = parse_arrows(read("tests/layers/arrows.txt"));
    EXPECT_EQ(joined(check_tree(".", arrows, FIXTURES)), "");
}

TEST(Layers, no_folder_is_a_drawer_for_everything) {
    EXPECT_EQ(joined(drawers_for_everything(".", FIXTURES)), "");
}

TEST(LayersItself, reports_every_breach_of_a_wrong_tree_with_its_place) {
    const Arrows arrows = parse_arrows(read("tests/layers/arrows.txt"));
    EXPECT_EQ(joined(check_tree("tests/layers/fixture", arrows, {})),
              "base/number.h:4: includes value/type.h, but there is no arrow value <- base\n"
              "base/number.h:5: includes z3++.h, which only verifier/smt may\n"
              "base/number.h:6: includes \"nearby.h\", which is not a path from the root of the "
              "repository\n"
              "chain/utils/drawer.h:1: its folder has no line in arrows.txt\n"
              "verifier/odd/odd.cpp:1: its folder has no line in arrows.txt\n");
}

TEST(LayersItself, names_folders_that_are_drawers_for_everything) {
    EXPECT_EQ(joined(drawers_for_everything("tests/layers/fixture", {})), "chain/utils\n");
}

TEST(LayersItself, follows_arrows_through_other_folders) {
    const Arrows arrows = parse_arrows("a:\nb: a\nc: b\n");
    EXPECT_EQ(joined(arrows.problems), "");
    EXPECT_EQ(arrows.reach.at("c"), (std::set<std::string>{"a", "b", "c"}));
    EXPECT_EQ(arrows.reach.at("a"), (std::set<std::string>{"a"}));
}

TEST(LayersItself, refuses_a_table_with_a_circle) {
    EXPECT_EQ(joined(parse_arrows("a: b\nb: a\n").problems),
              "a reaches itself: the arrows go in a circle\n"
              "b reaches itself: the arrows go in a circle\n");
}

TEST(LayersItself, refuses_a_table_that_names_an_unknown_folder_or_one_twice) {
    EXPECT_EQ(joined(parse_arrows("a: b\na:\n<x.h>: c\nd\n").problems),
              "a has two lines\n"
              "line 4 has no colon\n"
              "a names b, which has no line of its own\n"
              "<x.h> names c, which has no line of its own\n");
}

}  // namespace
}  // namespace edict::layers
