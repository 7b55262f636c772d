// RegLang files: what is computed when they are imported, what they become, what is refused.
#include <gtest/gtest.h>

#include "cli/pipeline.h"
#include "compiler/reglang/parse.h"
#include "compiler/reglang/translate.h"
#include "vm/runtime/interpreter.h"

namespace edict::reglang {
namespace {

std::string rule(const std::string& demands) {
    return "rule r\nreg tx.function == \"send\":\n" + demands + "\nend\n";
}

base::Result<Imported> imported(const std::string& text) {
    const auto tree = parse(text);
    if (!tree) return base::error_of(tree);
    return translate(*tree, "imported");
}

std::string regulation_of(const std::string& text) {
    const auto made = imported(text);
    return made ? made->modules.back().second : "error: " + made.error().message;
}

std::string error_of(const std::string& text) {
    const auto made = imported(text);
    return made ? "none" : made.error().message;
}

// What is certain leaves no rule, or one that forbids.
TEST(RegLang, ConstantsAreComputed) {
    for (const char* certain : {"1 + 1 == 2",
                                "7 / 2 == 3",
                                "7 % 4 == 3",
                                "2 ^ 10 == 1024",
                                "2 ^ 0 == 1",
                                "3 - 4 < 0",
                                "\"10\" == 10",
                                "\"0xa\" == \"10\"",
                                "\"abc\" == \"ABC\"",
                                "\"abc\" != \"abd\"",
                                "1 + \"0xa\" * 2 == 21",
                                "true or 1 == 2",
                                "length([1, 2, 3]) == 3",
                                "count(1 == 1, 1 == 2, true) == 2",
                                "at_least(2, [1, 2, 3] > 1)",
                                "at_most(1, [1, 2, 3] == 2)",
                                "any_item([\"a\", \"b\"] == \"B\")",
                                "all_items([1, 2] < 3)",
                                "knowledgebase(k).x == 4",
                                "3 in knowledgebase(k).l",
                                "knowledgebase(k).l[1] == 3",
                                "length(knowledgebase(k).l) == 3"}) {
        const std::string base =
            "knowledgebase k knowledge x = 2 + 2; knowledge l = [1, 2]; l.del(2); l.add([3, 1]); "
            "end\n";
        const std::string required =
            regulation_of(base + rule("require " + std::string(certain) + ";"));
        EXPECT_EQ(required.find("rule r"), std::string::npos) << certain << "\n" << required;
        EXPECT_EQ(required.find("error"), std::string::npos) << certain << "\n" << required;
        const std::string prohibited =
            regulation_of(base + rule("prohibit " + std::string(certain) + ";"));
        EXPECT_NE(prohibited.find("forbid"), std::string::npos) << certain << "\n" << prohibited;
    }
}

TEST(RegLang, MistakesSayWhereAndWhat) {
    const std::pair<std::string, std::string> cases[] = {
        {"", "1:1: there is no rule in it, so there is nothing to import"},
        {"rule", "1:5: expected the name of the rule, but the end of the file stands here"},
        {"rule r reg true: require 1 == 1 end", "1:33: expected `;`, but `end` stands here"},
        {"rule r reg true: require 'a'; end", "1:26: `'` means nothing here"},
        {"rule r reg true: require \"a; end", "1:26: this string has no end on its line"},
        {"/* rule", "1:1: this comment has no end"},
        {rule("require \"\xff\" == 1;"), "3:10: the byte FF is not valid UTF-8"},
        {rule("require amount > 1;"),
         "3:9: `amount` alone means nothing; an argument is tx.args.amount"},
        {rule("require tx.value > 1;"),
         "3:12: expected from, to, function, args, readset or writeset, but `value` stands here"},
        {rule("require at_least(1);"), "3:9: at_least takes 2 arguments, and here are 1"},
        {rule("require [1, \"a\"] == 1;"), "3:13: a list holds numbers only, or strings only"},
        {rule("require 1 + 1;"), "3:11: a condition is needed here, and this is a value"},
        {rule("require 1 == (1 == 1);"), "3:17: a value is needed here, and this is a condition"},
        {rule("require tx.args.a == \"x\"; require tx.args.a > 1;"),
         "3:45: this is a number here and a text at 3:19; say which it is"},
        {rule("require tx.args.l[0] == 1;"),
         "3:18: the item of a list at a place cannot be said in Edict; say it with any_item, "
         "all_items, at_least or at_most, or make it an argument of its own"},
        {rule("require length(tx.args.a) == 1; require tx.args.a == 1;"),
         "3:51: a list is compared here: say any_item, all_items, at_least or at_most of it"},
        {rule("require contract(1).state.x > 1;"),
         "3:18: only tx.to is known here; a rule of Edict reads the stores of the contract that it "
         "governs"},
        {rule("require contract(tx.to).state.x > contract(tx.to).state.x[1];"),
         "3:58: this is a map here and a single value at 3:9; say which it is"},
        {rule("require 1 in knowledgebase(k).l;"), "3:14: knowledgebase k has no knowledge l"},
        {rule("require tx.args.a in [1];"),
         "3:22: after `in` stands knowledge: knowledgebase(NAME).NAME"},
        {rule("require 1 / 0 == 1;"), "3:11: this divides by 0"},
        {rule("require 9223372036854775807 + 1 > 1;"), "3:29: the result needs more than 64 bits"},
        {rule("require 9223372036854775808 > 1;"),
         "3:9: 9223372036854775808 needs more than 64 bits"},
        {rule("require tx.args.a ^ 9 > 1;"), "3:19: a power is a constant from 0 to 8 in Edict"},
        {rule("require \"a\" < \"b\";"), "3:13: texts have no order here"},
        {rule("require \"ten\" == 10;"), "3:9: \"ten\" is no number of 64 bits"},
        {"knowledgebase k knowledge a = 1; knowledge a = 2; end " + rule(""),
         "1:34: k.a is declared twice"},
        {"knowledgebase k a.add(1); end " + rule(""), "1:17: there is no knowledge k.a yet"},
    };
    for (const auto& [text, message] : cases) EXPECT_EQ(error_of(text), message) << text;
}

TEST(RegLang, LimitsAreAtTheirEdge) {
    const auto nested = [](std::size_t depth) {
        return rule("require " + std::string(depth, '(') + "1" + std::string(depth, ')') +
                    " == 1;");
    };
    EXPECT_EQ(error_of(nested(MAX_DEPTH - 1)), "none");
    EXPECT_EQ(error_of(nested(MAX_DEPTH)), "3:73: more than 64 expressions stand in one another");
    const auto row = [](std::size_t signs) {
        std::string text = "require 1";
        for (std::size_t i = 0; i < signs; ++i) text += "+1";
        return rule(text + " > 0;");
    };
    EXPECT_EQ(error_of(row(MAX_SIGNS - 1)), "none");
    EXPECT_NE(error_of(row(MAX_SIGNS)).find("more than 512 signs"), std::string::npos);
    const std::string text = rule("require true;");
    EXPECT_EQ(error_of(text + std::string(MAX_TEXT_BYTES - text.size(), ' ')), "none");
    EXPECT_EQ(error_of(text + std::string(MAX_TEXT_BYTES - text.size() + 1, ' ')),
              "the file has 1048577 bytes; at most 1048576 are read");
}

// Names that Edict keeps for itself, and those of several contracts, still make a program.
TEST(RegLang, WhatItMakesChecks) {
    const auto made = imported(
        "rule rule_\nreg contract(tx.to).name == \"A-1\" or contract(tx.to).name == \"B\":\n"
        "require tx.args.store > 1;\nrequire contract(tx.to).state.action[tx.from] < 4;\nend\n"
        "rule two\nreg contract(tx.to).name == \"B\" and tx.function == \"permit\":\n"
        "require tx.args.forbid == \"x\";\nend\n"
        "rule imported\nreg tx.function != \"call\":\nprohibit contract(tx.to).state.total > 5;\n"
        "end\n");
    ASSERT_TRUE(made.has_value()) << made.error().message;
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& [name, text] : made->modules) files.emplace_back(name + ".edict", text);
    const auto compiled = cli::compile_texts(files);
    ASSERT_TRUE(compiled.has_value());
    EXPECT_FALSE(compiled->diagnostics.has_errors())
        << source::render(compiled->diagnostics, compiled->sources, source::Form::human)
        << files.back().second;
}

// The rules decide as RegLang's would.
TEST(RegLang, DecidesAsTheRulesSay) {
    const auto made = imported(
        "knowledgebase k knowledge white = [\"anna\", \"Bob\"]; end\n"
        "rule r\nreg tx.function == \"send\" and tx.args.amount > 10:\n"
        "require at_least(2, tx.args.receivers in knowledgebase(k).white);\n"
        "prohibit any_item(tx.args.receivers == \"eve\");\n"
        "require tx.readset(tx.to).limit[tx.args.kind] ^ 2 + 1 < tx.args.amount * \"2\";\nend\n");
    ASSERT_TRUE(made.has_value()) << made.error().message;
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& [name, text] : made->modules) files.emplace_back(name + ".edict", text);
    const auto compiled = cli::compile_texts(files);
    ASSERT_TRUE(compiled && compiled->linked)
        << source::render(compiled->diagnostics, compiled->sources, source::Form::human);
    class Empty final : public call::StateView {
        [[nodiscard]] std::optional<base::Bytes> get(const call::StateKey& key) const override {
            if (key.store != "limit") return std::nullopt;
            return value::to_bytes({std::int64_t{5}}, *value::integer_type());
        }
    };
    const auto outcome = [&](std::int64_t amount, std::vector<value::Value> receivers) {
        runtime::Interpreter engine;
        const value::PartyId ann = value::party_named("ann");
        // In the order of their names: amount, kind, receivers.
        return call::run_call(*compiled->linked, Empty(),
                              {"target",
                               "send",
                               {{amount}, {std::int64_t{1}}, {value::List{std::move(receivers)}}},
                               ann,
                               ann},
                              {0}, engine)
            .outcome;
    };
    const value::Value anna{std::string("anna")}, bob{std::string("bob")}, eve{std::string("eve")};
    EXPECT_EQ(outcome(20, {anna, bob}), call::Outcome::committed);
    EXPECT_EQ(outcome(20, {anna}), call::Outcome::forbidden);
    EXPECT_EQ(outcome(10, {anna}), call::Outcome::committed) << "out of scope";
    EXPECT_EQ(outcome(20, {anna, bob, eve}), call::Outcome::forbidden);
    EXPECT_EQ(outcome(13, {anna, bob}), call::Outcome::forbidden) << "26 is not less than 26";
    EXPECT_EQ(outcome(14, {anna, bob}), call::Outcome::committed);
}

}  // namespace
}  // namespace edict::reglang
