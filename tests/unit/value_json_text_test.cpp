#include "value/json_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace {

using namespace edict;

std::string error_of(const std::string& text, std::string_view form = {}) {
    const auto json = value::parse_json(text, form);
    return json ? "no error" : json.error().message;
}

TEST(JsonText, AMemberThatStandsTwiceIsNamedWithItsPlaceAndLine) {
    struct Case {
        std::string text, error;
    };
    const std::vector<Case> cases = {
        {R"({"to": 1, "to": 1})", "to: stands twice; the second is on line 1"},
        {"{\n  \"to\": 1,\n  \"to\": 2\n}", "to: stands twice; the second is on line 3"},
        {"{\"to\": 1,\n\"to\":\n2}", "to: stands twice; the second is on line 2"},
        {"{\"arguments\": {\"to\": {},\n \"at\": [],\r\n \"to\": 2}}",
         "arguments.to: stands twice; the second is on line 3"},
        {R"([7, [], {}, {"a": {"b": 1, "b": 1}}])",
         "[3].a.b: stands twice; the second is on line 1"},
        {R"({"uses": [{"to": 1}, {"to": 1, "to": 2}], "uses": 1})",
         "uses[1].to: stands twice; the second is on line 1"},
        {R"({"t\u006f": 1, "to": 2})", "to: stands twice; the second is on line 1"},
        {R"({"": 1, "": 2})", ": stands twice; the second is on line 1"},
        {R"({"a": 1, "a": 2, )", "a: stands twice; the second is on line 1"},
    };
    for (const Case& one : cases) EXPECT_EQ(error_of(one.text), one.error) << one.text;
}

TEST(JsonText, TheSameNameInDifferentObjectsIsNoMistake) {
    for (const std::string text :
         {R"({"to": {"to": {"to": 1}}, "from": {"to": 1}})", R"([{"a": 1}, {"a": 1}])",
          R"({"a": [{"b": 1}, {"b": 2}], "b": 3, "c": {"a": 1, "b": 2}})", "{}", "[]", "7", "null",
          R"(["a", "a"])"}) {
        const auto json = value::parse_json(text);
        ASSERT_TRUE(json.has_value()) << text << json.error().message;
        EXPECT_EQ(*json, nlohmann::json::parse(text));
    }
}

TEST(JsonText, WhatIsNoJsonSaysWhere) {
    EXPECT_EQ(
        error_of("{\n \"at\": "),
        "this is not JSON (line 2, column 8: unexpected end of input; expected '[', '{', or a "
        "literal)");
    EXPECT_TRUE(error_of("name", "a text stands in quotes")
                    .starts_with("this is not JSON; a text stands in quotes (line 1, column 2: "));
    EXPECT_FALSE(value::is_json("name"));
    EXPECT_TRUE(value::is_json(R"({"a": 1, "a": 2})"));
    // What was read of it is shown, but not all of it.
    const std::string error = error_of("\"" + std::string(100'000, 'a'));
    EXPECT_LT(error.size(), 300U);
    EXPECT_TRUE(error.ends_with("…)")) << error;
}

TEST(JsonText, NestingHasALimit) {
    const auto nested = [](std::size_t levels) {
        return std::string(levels, '[') + std::string(levels, ']');
    };
    EXPECT_EQ(error_of(nested(value::MAX_JSON_DEPTH)), "no error");
    EXPECT_EQ(error_of(nested(value::MAX_JSON_DEPTH + 2)),
              "the JSON is nested deeper than 64 levels");
    EXPECT_EQ(error_of(std::string(1'000'000, '[')), "the JSON is nested deeper than 64 levels");
}

}  // namespace
