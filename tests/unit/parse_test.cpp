// Text and the tree that it means, as an s-expression.
#include "compiler/parse/parse.h"

#include <gtest/gtest.h>

#include <span>

#include "compiler/ast/print.h"
#include "compiler/parse/limits.h"
#include "compiler/source/render.h"

namespace edict::parse {
namespace {

struct Case {
    std::string_view text;
    std::string_view tree;
};

std::string tree_of_expression(std::string_view text) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add("e", std::string(text));
    const auto tree = parse_expression(*file, sources, diagnostics);
    return tree ? ast::print(*tree) : render(diagnostics, sources, source::Form::brief);
}

// Of declarations below a header.
std::string tree_of(std::string_view text) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const std::string header = "contract c version 1.0.0\n";
    const auto file = sources.add("f", header + std::string(text));
    const auto tree = parse(*file, sources, diagnostics);
    if (diagnostics.has_errors() || !tree) return render(diagnostics, sources, source::Form::brief);
    const std::string all = ast::print(*tree);
    return all.substr(all.find('\n') + 1);
}

void expect_expressions(std::span<const Case> cases) {
    for (const Case& one : cases) EXPECT_EQ(tree_of_expression(one.text), one.tree) << one.text;
}

void expect_declarations(std::span<const Case> cases) {
    for (const Case& one : cases) {
        EXPECT_EQ(tree_of(one.text), std::string(one.tree) + "\n") << one.text;
    }
}

TEST(Parse, literals) {
    const Case cases[] = {
        {"10_000_000", "10000000"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"- 5", "-5"},
        {"--5", "(- -5)"},
        {"-x", "(- x)"},
        {"-f(5)", "(- (f 5))"},
        {"\"a \\\"b\\\" {c} \\\\ 规\"", "\"a \\\"b\\\" {c} \\\\ 规\""},
        {"2024-02-29", "2024-02-29"},
        {"true", "true"},
        {"absent", "absent"},
        {"{}", "(set)"},
        {"{ a, b, }", "(set a b)"},
        {"(a, b)", "(tuple a b)"},
        {"((a))", "a"},
        {"Dataset { owner: xiyuan, until: absent }",
         "(record Dataset (owner xiyuan) (until absent))"},
        {"hub.Dataset { owner: x, }", "(record hub.Dataset (owner x))"},
        {"today", "today"},
        {"caller", "caller"},
        {"signer", "signer"},
    };
    expect_expressions(cases);
}

TEST(Parse, suffixes) {
    const Case cases[] = {
        {"datasets[dataset].level", "(. (at datasets dataset) level)"},
        {"m[(a, b)]", "(at m (tuple a b))"},
        {"Purpose.research", "(. Purpose research)"},
        {"has_role(caller, doctor)", "(has_role caller doctor)"},
        {"after(exported[to])", "(after (at exported to))"},
        {"hub.f(a, to: b)", "(hub.f a to: b)"},
        {"f()", "(f)"},
    };
    expect_expressions(cases);
}

TEST(Parse, precedences) {
    const Case cases[] = {
        {"a + b * c", "(+ a (* b c))"},
        {"a - b - c", "(- (- a b) c)"},
        {"a * b / c mod d", "(mod (/ (* a b) c) d)"},
        {"a or b and c", "(or a (and b c))"},
        {"a implies b implies c", "(implies a (implies b c))"},
        {"a or b implies c", "(implies (or a b) c)"},
        {"not a and b", "(and (not a) b)"},
        {"not a is b", "(not (== a b))"},
        {"not not a", "(not (not a))"},
        {"m[k] else 0 + 1 is at least 5", "(>= (else (at m k) (+ 0 1)) 5)"},
        {"a else b else c", "(else a (else b c))"},
        {"-a + b", "(+ (- a) b)"},
        {"-a * b", "(* (- a) b)"},
        {"a union b minus c", "(minus (union a b) c)"},
        {"a union b intersect c", "(union a (intersect b c))"},
        {"x in a minus b", "(in x (minus a b))"},
        {"a + b is known", "(known (+ a b))"},
        {"not x is known and y is not known", "(and (not (known x)) (not-known y))"},
    };
    expect_expressions(cases);
}

TEST(Parse, words_for_comparisons) {
    const Case cases[] = {
        {"a is b", "(== a b)"},
        {"a == b", "(== a b)"},
        {"a is not b", "(!= a b)"},
        {"a is at least b", "(>= a b)"},
        {"a is not at least b", "(< a b)"},
        {"a is at most b", "(<= a b)"},
        {"a is not at most b", "(> a b)"},
        {"a is more than b", "(> a b)"},
        {"a is not more than b", "(<= a b)"},
        {"a is less than b", "(< a b)"},
        {"a is not less than b", "(>= a b)"},
        {"a is in b", "(in a b)"},
        {"a is not in b", "(not-in a b)"},
        {"a not in b", "(not-in a b)"},
        {"a is internal", "(== a internal)"},
        {"a is not internal", "(!= a internal)"},
        {"a is notable", "(== a notable)"},
        {"a is\n  at\tleast b", "(>= a b)"},
        {"a is absent", "(== a absent)"},
    };
    expect_expressions(cases);
}

TEST(Parse, choices_and_quantifiers) {
    const Case cases[] = {
        {"if a then b else c", "(if a b c)"},
        {"if a then if b then x else y else z", "(if a (if b x y) z)"},
        {"if a else false then b else c else d", "(else (if (else a false) b c) d)"},
        {"every x in xs satisfies x > 0", "(every x xs (> x 0))"},
        {"some x in a minus b satisfies not x in c", "(some x (minus a b) (not (in x c)))"},
        {"if every x in s satisfies p then a else b", "(if (every x s p) a b)"},
    };
    expect_expressions(cases);
}

TEST(Parse, keywords_are_names_where_a_name_is_expected) {
    const Case cases[] = {
        {"to", "to"},
        {"source.test[event]", "(at (. source test) event)"},
        {"by is at", "(== by at)"},
        {"role and record", "(and role record)"},
        {"in_force", "in_force"},
    };
    expect_expressions(cases);
    EXPECT_EQ(tree_of("record source { test: Party, from: Date, version: Text }"),
              "(record source (test Party) (from Date) (version Text))\n");
    EXPECT_EQ(
        tree_of("source role rank regulation \"x\"\nrule test cites role \"1\" on use: permit"),
        "(source role regulation - \"x\")\n(rule test (cites role \"1\") (on use) (permit))\n");
}

TEST(Parse, types) {
    const Case cases[] = {
        {"store s: Bool", "(store s Bool)"},
        {"store s: Int", "(store s Int)"},
        {"store s: Int -5..1_000 default -1", "(store s (Int -5 1000) -1)"},
        {"store s: Text<64>?", "(store s (? (Text 64)))"},
        {"store s: Bytes<32>", "(store s (Bytes 32))"},
        {"store s: Set<Text<8>, 64>", "(store s (Set (Text 8) 64))"},
        {"store s: Map<(Party, Text), Int 0..9> default 0",
         "(store s (Map (tuple Party Text) (Int 0 9)) 0)"},
        {"store s: Map<hub.Level, Hash?>", "(store s (Map hub.Level (? Hash)))"},
    };
    expect_declarations(cases);
}

TEST(Parse, declarations_of_contracts) {
    const Case cases[] = {
        {"use std.membership", "(use std.membership)"},
        {"role a, b", "(role a b)"},
        {"event E()", "(event E)"},
        {"event Shared(dataset: Text, to: Party)", "(event Shared (dataset Text) (to Party))"},
        {"enum L ordered { low, high, }", "(enum L ordered low high)"},
        {"enum P { care }", "(enum P care)"},
        {"action f() by anyone { }", "(action f (by) { })"},
        {"action f(a: Int) by r, s { fail \"no {a} \\{\\}\" }",
         "(action f (a Int) (by r s) { (fail (message \"no \" a \" {}\")) })"},
        {"// a comment\nrole a // another\nrole b", "(role a)\n(role b)"},
        {"role a role b store s: Int action f() by a { } role c",
         "(role a)\n(role b)\n(store s Int)\n(action f (by a) { })\n(role c)"},
    };
    expect_declarations(cases);
}

TEST(Parse, statements) {
    const Case cases[] = {
        {"let x = m[k] else fail \"no {k}\"", "(let x (at m k) (message \"no \" k \"\"))"},
        {"let x = m[k] else 0", "(let x (else (at m k) 0))"},
        {"let x = m[k] else n[k] else fail \"no\"",
         "(let x (else (at m k) (at n k)) (message \"no\"))"},
        {"s = 1", "(= s 1)"},
        {"m[k].f += 1", "(+= (. (at m k) f) 1)"},
        {"m[k] -= 1", "(-= (at m k) 1)"},
        {"add x to m[k]", "(add x (at m k))"},
        {"remove x from s", "(remove x s)"},
        {"remove m[k]", "(remove (at m k))"},
        {"if a { s = 1 }", "(if a { (= s 1) })"},
        {"if a { } else if b { } else { fail \"x\" }",
         "(if a { } { (if b { } { (fail (message \"x\")) }) })"},
        {"for x in xs { s += x }", "(for x xs { (+= s x) })"},
        {"for x in {a} { f(x) }", "(for x (set a) { (call f x) })"},
        {"emit Shared(a, to: b)", "(emit Shared a to: b)"},
        {"anchor.withdraw(x)", "(call anchor.withdraw x)"},
        {"s = a s = b f(x) t = -c", "(= s a) (= s b) (call f x) (= t (- c))"},
    };
    for (const Case& one : cases) {
        const std::string action = "action f() by r { " + std::string(one.text) + " }";
        EXPECT_EQ(tree_of(action), "(action f (by r) { " + std::string(one.tree) + " })\n");
    }
}

TEST(Parse, rules) {
    const Case cases[] = {
        {"rule r on a: permit", "(rule r (on a) (permit))"},
        {"rule r cites A \"1\", B \"2\" cites C \"3\" effective from 2026-01-01 until 2027-01-01 "
         "overrides p, q on a, hub.b when x is y: require z is at most 3 because \"no {x}\" "
         "unless w because \"yes\" cites D \"4\" unless v",
         "(rule r (cites A \"1\") (cites B \"2\") (cites C \"3\") (effective 2026-01-01 "
         "2027-01-01) "
         "(overrides p q) (on a hub.b) (when (== x y)) (require (<= z 3)) (message \"no \" x \"\") "
         "(unless w (message \"yes\") (cites D \"4\")) (unless v))"},
        {"rule r effective until 2027-01-01 on a: forbid",
         "(rule r (effective - 2027-01-01) (on a) (forbid))"},
        {"source S rank law in force from 2021-11-01 \"t\"", "(source S law 2021-11-01 \"t\")"},
        {"source S", "(source S - - \"\")"},
        {"source S rank rule order by rank law, rule, internal rule r on a: permit",
         "(source S rule - \"\")\n(order by rank law rule internal)\n(rule r (on a) (permit))"},
        {"order by rank rule, law", "(order by rank rule law)"},
        {"order by rank\nrule r on a: permit", "(order by rank)\n(rule r (on a) (permit))"},
        {"法源 S 位阶 规则", "(source S rule - \"\")"},
        {"default forbid a, b default permit c default silent",
         "(default forbid a b)\n(default permit c)\n(default silent)"},
        {"assert never permitted a when x", "(assert never permitted a (when x))"},
        {"assert never forbidden a, b", "(assert never forbidden a b)"},
    };
    expect_declarations(cases);
}

TEST(Parse, tables) {
    const Case cases[] = {
        {"table t(a: Int, l: Level) -> Int unique { <30, any => 1 >= 30, low..mid => -2\n"
         "{1, 2}, {low} => (3) is not 5, absent => limits.most\n-5 .. -3, !=low => 2 days }",
         "(table t (a Int) (l Level) Int unique ( (< 30) any => 1) ( (>= 30) (.. low mid) => -2) "
         "( (== (set 1 2)) (== (set low)) => 3) ( (!= 5) (== absent) => (. limits most)) "
         "( (.. -5 -3) (!= low) => (days 2)))"},
        {"决策表 t(a: Int) -> Int 首个 { 任一 => 1 }", "(table t (a Int) Int first ( any => 1))"},
        {"table t(a: Int) -> Int first { }", "(table t (a Int) Int first)"},
    };
    expect_declarations(cases);
}

TEST(Parse, results_attributes_and_examples) {
    const Case cases[] = {
        {"action f(a: Int) -> Set<Int, 3> by r { return { a } }",
         "(action f (a Int) (-> (Set Int 3)) (by r) { (return (set a)) })"},
        {"rule r on f: require result is at least 3", "(rule r (on f) (require (>= result 3)))"},
        {"规则 r 对 f: 必须 返回值 至少是 3", "(rule r (on f) (require (>= result 3)))"},
        {"attribute country: Text<2>", "(attribute country (Text 2))"},
        {"store s: Map<Pseudonym, Commitment<Text<8>>?>",
         "(store s (Map Pseudonym (? (commitment (Text 8)))))"},
        {"属性 country: Text", "(attribute country Text)"},
        {"example \"e\" { at 2026-02-01 }", "(example \"e\" (at 2026-02-01 00:00))"},
        {"store table: Int store first: Int store attribute: Int store example: Int store unique: "
         "Int",
         "(store table Int)\n(store first Int)\n(store attribute Int)\n(store example Int)\n(store "
         "unique Int)"},
    };
    expect_declarations(cases);
}

TEST(Parse, tests) {
    EXPECT_EQ(tree_of(R"(test "t" {
  parties a: r and q, b
  given m["k"] = Dataset { owner: a }
  given s = 3
  at 2026-02-01
  call f("k", to: b) by a
  expect committed
  expect forbidden
  expect forbidden by default
  expect forbidden by exports.cap
  expect failed
  expect failed "no {x}"
  expect refused
  at 2026-02-02 09:30
  expect m["k"].owner == a
  expect m["j"] is absent
  expect refused[b] == 3
})"),
              "(test \"t\" (parties (a r q) (b)) (given (at m \"k\") (record Dataset (owner a))) "
              "(given s 3) (at 2026-02-01 00:00) (call f \"k\" to: b by a) (expect committed) "
              "(expect forbidden) (expect forbidden by default) (expect forbidden by exports.cap) "
              "(expect failed) (expect failed \"no {x}\") (expect refused) (at 2026-02-02 09:30) "
              "(expect (. (at m \"k\") owner) == a) (expect (at m \"j\") == absent) "
              "(expect (at refused b) == 3))\n");
}

TEST(Parse, headers) {
    const Case cases[] = {
        {"contract std.membership version 1.20.3", "(contract std.membership 1.20.3)\n"},
        {"contract c version 1.0.0 zone +08:00 regulators a, b",
         "(contract c 1.0.0 (zone 480) (regulators a b))\n"},
        {"contract c version 1.0.0 regulators none zone -03:30",
         "(contract c 1.0.0 (zone -210) (regulators))\n"},
        {"regulation r version 2.1.0 governs hub, std.registry zone +00:00",
         "(regulation r 2.1.0 (zone 0) (governs hub std.registry))\n"},
        {"\xEF\xBB\xBF// a mark of the byte order, then a comment\ncontract 合同 version 1.0.0",
         "(contract 合同 1.0.0)\n"},
    };
    for (const Case& one : cases) {
        source::SourceMap sources;
        source::Diagnostics diagnostics;
        const auto file = sources.add("f", std::string(one.text));
        const auto tree = parse(*file, sources, diagnostics);
        ASSERT_TRUE(tree.has_value()) << one.text;
        EXPECT_EQ(ast::print(*tree), one.tree);
        EXPECT_FALSE(diagnostics.has_errors());
    }
}

TEST(Parse, spans_name_the_text) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add("f",
                                  "contract c version 1.0.0\n// 规则\nrule 规 cites S \"1\"\n"
                                  "  on a when (b) is at least c: require d");
    const auto tree = parse(*file, sources, diagnostics);
    ASSERT_TRUE(tree.has_value());
    const auto& rule = std::get<ast::RuleDeclaration>(tree->module.declarations.at(0));
    EXPECT_EQ(sources.text(tree->module.span), "contract c");
    EXPECT_EQ(sources.text(rule.name.span), "规");
    EXPECT_EQ(sources.text(rule.cites[0].span), "S \"1\"");
    EXPECT_EQ(sources.text(rule.scope->span), "(b) is at least c");
    const auto& comparison = std::get<ast::Binary>(rule.scope->node);
    EXPECT_EQ(sources.text(comparison.op_span), "is at least");
    EXPECT_EQ(sources.text(comparison.left->span), "(b)");
    EXPECT_EQ(sources.text(rule.norm_span), "require");
    EXPECT_EQ(sources.text(rule.condition->span), "d");
    EXPECT_EQ(rule.span.end, sources.text(*file).size());
}

// At the edge, and one past it.
TEST(Parse, nesting_has_a_limit) {
    const auto brackets = [](std::size_t n) {
        return std::string(n, '{') + "1" + std::string(n, '}');
    };
    EXPECT_TRUE(tree_of_expression(brackets(MAX_NESTING - 1)).starts_with("(set"));
    EXPECT_NE(tree_of_expression(brackets(MAX_NESTING)).find("E0106"), std::string::npos);

    const auto sum = [](std::size_t n) {
        std::string out = "1";
        for (std::size_t i = 1; i < n; ++i) out += " + 1";
        return out;
    };
    EXPECT_TRUE(tree_of_expression(sum(MAX_NESTING)).starts_with("(+"));
    EXPECT_NE(tree_of_expression(sum(MAX_NESTING + 1)).find("E0106"), std::string::npos);
}

// Blocks are counted exactly as well: the body of the action is the first.
TEST(Parse, blocks_have_the_same_limit) {
    const auto blocks = [](std::size_t n) {
        std::string text = "action f(a: Bool) by r {";
        for (std::size_t i = 1; i < n; ++i) text += " if a {";
        return tree_of(text + std::string(n, '}'));
    };
    EXPECT_TRUE(blocks(MAX_NESTING).starts_with("(action f"));
    const std::string told = blocks(MAX_NESTING + 1);
    EXPECT_TRUE(told.ends_with("brackets or blocks stand more than 256 deep here\n")) << told;
}

TEST(Parse, no_nesting_ends_the_stack) {
    constexpr std::size_t MANY = 60'000;
    const std::string texts[] = {
        std::string(MANY, '('),
        std::string(MANY, '(') + "1" + std::string(MANY, ')'),
        std::string(MANY, '{'),
        std::string(MANY, '-') + "1",
        [] {
            std::string out;
            for (std::size_t i = 0; i < MANY; ++i) out += "not ";
            return out + "a";
        }(),
        [] {
            std::string out;
            for (std::size_t i = 0; i < MANY; ++i) out += "if a then ";
            return out;
        }(),
        [] {
            std::string out = "a";
            for (std::size_t i = 0; i < MANY; ++i) out += ".b";
            return out;
        }(),
        [] {
            std::string out = "a";
            for (std::size_t i = 0; i < MANY; ++i) out += " implies a";
            return out;
        }(),
    };
    for (const std::string& text : texts) {
        const std::string out = tree_of_expression(text);
        EXPECT_NE(out.find("error[E01"), std::string::npos) << out.substr(0, 100);
    }
    std::string calls = "action f() by r { s = a";
    for (std::size_t i = 0; i < MANY; ++i) calls += " else f(-a";
    EXPECT_NE(tree_of(calls).find("E0106"), std::string::npos);
    std::string blocks = "action f() by r {";
    for (std::size_t i = 0; i < MANY; ++i) blocks += " if a {";
    EXPECT_NE(tree_of(blocks).find("E0106"), std::string::npos);
}

}  // namespace
}  // namespace edict::parse
