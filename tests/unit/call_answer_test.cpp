// The answer of one regulation, line by line of the language design, section 5.
#include <gtest/gtest.h>

#include <string>

#include "vm/call/call.h"

namespace edict::call {

namespace {

using bytecode::Answer;
using bytecode::Norm;
using runtime::Truth;

constexpr Truth T = Truth::yes, F = Truth::no, E = Truth::error;

struct RuleRow {
    Norm norm = Norm::permit;
    Truth scope = Truth::yes;
    Truth condition = Truth::yes;
    std::vector<Truth> exceptions{};
    std::vector<std::uint16_t> overrides{};
    bool as_of_right = false;
};

struct Row {
    std::string name;
    std::vector<RuleRow> rules;
    Answer by_default = Answer::silent;
    Answer answer = Answer::silent;
    std::vector<std::uint32_t> deciding{};  // empty: by default
    bool conflict = false;
};

const Norm P = Norm::permit, X = Norm::forbid, R = Norm::require, D = Norm::duty;

const std::vector<Row>& rows() {
    static const std::vector<Row> table = {
        {"no rule: the default", {}, Answer::permitted, Answer::permitted},
        {"a default may forbid", {}, Answer::forbidden, Answer::forbidden},
        {"a permit", {{P}}, Answer::silent, Answer::permitted, {0}},
        {"a permit out of scope", {{P, F}}, Answer::silent, Answer::silent},
        {"a permit in doubt is none", {{P, E}}, Answer::silent, Answer::silent},
        {"a forbid prevails over the default", {{X}}, Answer::permitted, Answer::forbidden, {0}},
        {"a forbid out of scope", {{X, F}}, Answer::permitted, Answer::permitted},
        {"a forbid in doubt forbids", {{X, E}}, Answer::permitted, Answer::forbidden, {0}},
        {"a require that is met says nothing", {{R}}, Answer::silent, Answer::silent},
        {"a violated require", {{R, T, F}}, Answer::permitted, Answer::forbidden, {0}},
        {"a require in doubt forbids", {{R, T, E}}, Answer::permitted, Answer::forbidden, {0}},
        {"a require of doubtful scope forbids when it is not met",
         {{R, E, F}},
         Answer::permitted,
         Answer::forbidden,
         {0}},
        {"a require of doubtful scope is harmless when it is met",
         {{R, E, T}},
         Answer::permitted,
         Answer::permitted},
        {"an exception lifts a forbid", {{X, T, T, {T}}}, Answer::permitted, Answer::permitted},
        {"one exception of two is enough",
         {{X, T, T, {F, T}}},
         Answer::permitted,
         Answer::permitted},
        {"a doubtful exception does not lift",
         {{X, T, T, {E}}},
         Answer::permitted,
         Answer::forbidden,
         {0}},
        {"an exception that holds outweighs a doubtful one",
         {{X, T, T, {E, T}}},
         Answer::permitted,
         Answer::permitted},
        {"forbid prevails over permit, and that is a conflict",
         {{P}, {X}},
         Answer::silent,
         Answer::forbidden,
         {1},
         true},
        {"a permit that overrides a forbid",
         {{P, T, T, {}, {1}}, {X}},
         Answer::silent,
         Answer::permitted,
         {0}},
        {"an override out of scope overrides nothing",
         {{P, F, T, {}, {1}}, {X}},
         Answer::silent,
         Answer::forbidden,
         {1}},
        {"an override in doubt leaves the forbid in doubt",
         {{P, E, T, {}, {1}}, {X}},
         Answer::silent,
         Answer::forbidden,
         {1}},
        {"an emergency permit stands though what it overrides is in error",
         {{P, T, T, {}, {1}}, {X, E}},
         Answer::silent,
         Answer::permitted,
         {0}},
        {"what defeats may itself be defeated",
         {{P, T, T, {}, {1}}, {X, T, T, {}, {2}}, {P, T}},
         Answer::silent,
         Answer::permitted,
         {0, 2}},
        {"an override written after what it overrides",
         {{X}, {P, T, T, {}, {0}}},
         Answer::silent,
         Answer::permitted,
         {1}},
        {"an exception takes away the power to override",
         {{P, T, T, {T}, {1}}, {X}},
         Answer::silent,
         Answer::forbidden,
         {1}},
        {"a require defeats what it overrides though it is met",
         {{R, T, T, {}, {1}}, {P}},
         Answer::silent,
         Answer::silent},
        {"a violated require against a permit is no conflict",
         {{P}, {R, T, F}},
         Answer::silent,
         Answer::forbidden,
         {1}},
        {"a violated require against a permit as of right is one",
         {{P, T, T, {}, {}, true}, {R, T, F}},
         Answer::silent,
         Answer::forbidden,
         {1},
         true},
        {"all that forbid are deciding",
         {{X}, {R, T, E}, {X, F}, {P}},
         Answer::silent,
         Answer::forbidden,
         {0, 1},
         true},
        {"a duty says nothing about the call", {{D}}, Answer::permitted, Answer::permitted},
        {"a duty in doubt does not forbid", {{D, E}}, Answer::permitted, Answer::permitted},
        {"a duty whose values are missing forbids",
         {{D, T, E}},
         Answer::permitted,
         Answer::forbidden,
         {0}},
        {"a duty out of scope forbids nothing", {{D, F, E}}, Answer::permitted, Answer::permitted},
        {"a duty that yields to an exception forbids nothing",
         {{D, T, E, {T}}},
         Answer::permitted,
         Answer::permitted},
        {"a duty in doubt whose values are missing forbids",
         {{D, E, E}},
         Answer::permitted,
         Answer::forbidden,
         {0}},
        {"all that permit are deciding",
         {{P}, {P, F}, {P}},
         Answer::forbidden,
         Answer::permitted,
         {0, 2}},
    };
    return table;
}

struct Built {
    bytecode::Module regulation;
    GovernedBy governed;
    std::vector<RuleFacts> facts;
};

Built build(const Row& row) {
    Built built;
    built.regulation.name = "r";
    for (const RuleRow& rule : row.rules) {
        bytecode::RuleDecl& declared = built.regulation.rules.emplace_back();
        declared.norm = rule.norm;
        declared.overrides = rule.overrides;
        declared.as_of_right = rule.as_of_right;
        built.governed.rules.push_back({static_cast<std::uint32_t>(built.facts.size()), 0, {}});
        built.facts.push_back({rule.scope, rule.condition, rule.exceptions});
    }
    built.governed.default_answer = row.by_default;
    order_rules(built.regulation, built.governed);
    return built;
}

TEST(Answer, is_what_the_table_says) {
    for (const Row& row : rows()) {
        SCOPED_TRACE(row.name);
        const Built built = build(row);
        const RegulationAnswer answer =
            answer_of(built.regulation, built.governed, {0}, built.facts);
        EXPECT_EQ(answer.answer, row.answer);
        EXPECT_EQ(answer.by_default, row.deciding.empty());
        EXPECT_EQ(answer.conflict, row.conflict);
        std::vector<std::uint32_t> deciding;
        for (const Deciding& rule : answer.deciding) deciding.push_back(rule.rule);
        EXPECT_EQ(deciding, row.deciding);
    }
}

TEST(Answer, where_restrictions_come_first_a_conflict_is_an_overlap) {
    const auto answer = [](const std::vector<RuleRow>& rules) {
        Built built = build({"", rules});
        built.regulation.restrictions_first = true;
        return answer_of(built.regulation, built.governed, {0}, built.facts);
    };
    const RegulationAnswer plain = answer({{P}, {X}});
    EXPECT_EQ(plain.answer, Answer::forbidden);
    EXPECT_FALSE(plain.conflict);
    EXPECT_TRUE(plain.overlap);
    const RegulationAnswer right = answer({{P, T, T, {}, {}, true}, {X}});
    EXPECT_TRUE(right.conflict);
    EXPECT_FALSE(right.overlap);
    const RegulationAnswer in_doubt = answer({{P}, {X, E}});
    EXPECT_FALSE(in_doubt.conflict || in_doubt.overlap);
}

// Whether the right of the first regulation is denied by the second, which has these rules.
bool is_denied(const RuleRow& right, const std::vector<RuleRow>& others, Answer by_default) {
    const Built first = build({"", {right}});
    Built second = build({"", others});
    second.governed.default_answer = by_default;
    std::vector<RegulationAnswer> answers = {
        answer_of(first.regulation, first.governed, {0}, first.facts),
        answer_of(second.regulation, second.governed, {0}, second.facts)};
    compare_answers({&first.regulation, &second.regulation}, answers);
    EXPECT_FALSE(answers[1].right_denied);
    return answers[0].right_denied;
}

TEST(Answer, a_right_is_denied_by_what_certainly_forbids_in_another_regulation) {
    const RuleRow right{P, T, T, {}, {}, true};
    EXPECT_TRUE(is_denied(right, {{X}}, Answer::silent));
    EXPECT_TRUE(is_denied(right, {{R, T, F}}, Answer::silent));
    EXPECT_TRUE(is_denied(right, {}, Answer::forbidden));
    EXPECT_FALSE(is_denied(right, {{X, E}}, Answer::silent));
    EXPECT_FALSE(is_denied(right, {{R, T, E}}, Answer::silent));
    EXPECT_FALSE(is_denied(right, {{R, T, T}}, Answer::silent));
    EXPECT_FALSE(is_denied(right, {}, Answer::silent));
    EXPECT_FALSE(is_denied({P}, {{X}}, Answer::silent));
    EXPECT_FALSE(is_denied({P, E, T, {}, {}, true}, {{X}}, Answer::silent));
}

TEST(Answer, a_regulation_does_not_deny_its_own_right_to_another) {
    Built one = build({"", {{P, T, T, {}, {}, true}, {X}}});
    std::vector<RegulationAnswer> answers = {
        answer_of(one.regulation, one.governed, {0}, one.facts)};
    compare_answers({&one.regulation}, answers);
    EXPECT_TRUE(answers[0].conflict);
    EXPECT_FALSE(answers[0].right_denied);
}

TEST(Answer, sets_a_bit_only_for_what_is_true) {
    const Row row{"", {{X, E}, {R, T, F}, {R, E, F}, {P, T, T, {E}}, {P, F}}};
    const Built built = build(row);
    const RuleBits bits = answer_of(built.regulation, built.governed, {0}, built.facts).bits;
    const std::vector<bool> active = {false, true, false, true, false};
    const std::vector<bool> effective = {false, true, false, false, false};
    const std::vector<bool> violated = {false, true, false, false, false};
    const std::vector<bool> error = {true, false, true, true, false};
    EXPECT_EQ(bits, (RuleBits{active, effective, violated, error}));
}

TEST(Answer, has_bits_for_rules_about_other_actions_too) {
    Built built = build({"", {{P}, {X}}});
    built.governed.rules.erase(built.governed.rules.begin());
    built.facts.erase(built.facts.begin());
    order_rules(built.regulation, built.governed);
    const RegulationAnswer answer = answer_of(built.regulation, built.governed, {0}, built.facts);
    EXPECT_EQ(answer.bits.active, (std::vector<bool>{false, true}));
    ASSERT_EQ(answer.deciding.size(), 1U);
    EXPECT_EQ(answer.deciding[0].rule, 1U);
}

TEST(Answer, windows_are_half_open) {
    bytecode::RuleDecl rule;
    rule.from = value::Date{10};
    rule.until = value::Date{20};
    EXPECT_FALSE(in_force(rule, {9}));
    EXPECT_TRUE(in_force(rule, {10}));
    EXPECT_TRUE(in_force(rule, {19}));
    EXPECT_FALSE(in_force(rule, {20}));
    EXPECT_TRUE(in_force({}, {-1'000}));
}

TEST(Answer, a_rule_out_of_its_window_is_not_active) {
    Built built = build({"", {{X}}});
    built.regulation.rules[0].until = value::Date{5};
    EXPECT_EQ(answer_of(built.regulation, built.governed, {4}, built.facts).answer,
              Answer::forbidden);
    EXPECT_EQ(answer_of(built.regulation, built.governed, {5}, built.facts).answer, Answer::silent);
}

}  // namespace

}  // namespace edict::call
