// Every limit holds at its edge and is told one past it.
#include <gtest/gtest.h>

#include <functional>

#include "compiler/check/limits.h"
#include "tests/unit/check_support.h"

namespace edict::check {
namespace {

// `count` times the text, with # for the number.
std::string repeat(std::size_t count, const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        for (const char letter : text) {
            if (letter == '#') {
                out += std::to_string(i);
            } else {
                out += letter;
            }
        }
    }
    return out;
}

std::string listed(std::size_t count, const std::string& text) {
    std::string out = repeat(count, text + ", ");
    out.resize(out.size() - 2);
    return out;
}

const std::string DESK =
    "contract desk version 1.0.0\n  regulators none\nrole nurse\naction act(n: Int) by nurse { }\n";
const std::string LAW = "regulation law version 1.0.0 governs desk\ndefault silent\nsource LAW\n";

using Make = std::function<std::vector<std::string>(std::size_t)>;

Make contract(const std::function<std::string(std::size_t)>& text) {
    return [text](std::size_t n) { return std::vector<std::string>{DESK + text(n)}; };
}
Make regulation(const std::function<std::string(std::size_t)>& text) {
    return [text](std::size_t n) { return std::vector<std::string>{DESK, LAW + text(n)}; };
}

struct Limit {
    const char* what;
    std::size_t most;
    std::size_t already;  // there without the generated text
    Make make;
};

std::vector<Limit> limits() {
    const auto statement = [](const std::string& text) {
        return contract([text](std::size_t n) {
            return "store s: Int default 0\naction more() by nurse {\n" + repeat(n, text) + "}\n";
        });
    };
    return {
        {"types", MAX_TYPES, 0,
         contract([](std::size_t n) { return repeat(n, "enum E# { a# }\n"); })},
        {"stores", MAX_STORES, 0,
         contract([](std::size_t n) { return repeat(n, "store s#: Bool\n"); })},
        {"actions", MAX_ACTIONS, 1,
         contract([](std::size_t n) { return repeat(n, "action a#() by nurse { }\n"); })},
        {"events", MAX_EVENTS, 0,
         contract([](std::size_t n) { return repeat(n, "event e#(n: Int)\n"); })},
        {"roles", MAX_ROLES, 1,
         contract([](std::size_t n) { return "role " + listed(n, "r#") + "\n"; })},
        {"parameters", MAX_PARAMETERS, 0, contract([](std::size_t n) {
             return "action more(" + listed(n, "p#: Int") + ") by nurse { }\n";
         })},
        {"locals", MAX_LOCALS, 0, statement("  let x# = 1\n")},
        {"statements", MAX_STATEMENTS, 0, statement("  s = 1\n")},
        {"values", MAX_MESSAGE_VALUES, 0, contract([](std::size_t n) {
             return "action more(n: Int) by nurse { fail \"" + repeat(n, "{n}") + "\" }\n";
         })},
        {"bytes", MAX_TEXT_BYTES, 0, contract([](std::size_t n) {
             return "action more() by nurse { fail \"" + repeat(n, "x") + "\" }\n";
         })},
        {"name", value::MAX_NAME_BYTES, 0,
         contract([](std::size_t n) { return "store " + repeat(n, "x") + ": Int\n"; })},
        {"tests", MAX_TESTS, 0,
         contract([](std::size_t n) { return repeat(n, "test \"t#\" { }\n"); })},
        {"steps", MAX_TEST_STEPS, 0, contract([](std::size_t n) {
             return "store s: Int\ntest \"t\" {\n" + repeat(n, "given s = 1\n") + "}\n";
         })},
        {"sources", MAX_SOURCES, 1,
         regulation([](std::size_t n) { return repeat(n, "source S#\n"); })},
        {"invariants", MAX_INVARIANTS, 0, contract([](std::size_t n) {
             return "store s: Int default 0\n" + repeat(n, "invariant i#: s is at least 0\n");
         })},
        {"values of initial data", MAX_INITIAL_VALUES, 0, contract([](std::size_t n) {
             return "store m: Map<Int, Int>\ninitial {\n" + repeat(n, "  m[#] = 1\n") + "}\n";
         })},
        {"versions that are read", MAX_OLDER_TYPES, 0, contract([](std::size_t n) {
             return "enum E { base, " + listed(n, "m# since 0.0.#") + " }\n";
         })},
        // Each module as it was at first, in each version that it names, and as it is now.
        {"ways in which its types were stored", MAX_OLDER_TYPES / 4 - 2, 0,
         [](std::size_t n) {
             const std::string head = " version 1.0.0\n  regulators none\n";
             return std::vector<std::string>{
                 "contract a" + head + "enum E { base, " + listed(n, "m# since 0.0.#") + " }\n",
                 "contract b" + head +
                     "use a\nenum F { one, two since 0.1.0, three since 0.2.0 }\n"
                     "store s: Map<Int, Set<E, 4>>\nrecord R { e: E, f: F }\nstore t: Map<Int, "
                     "R>\n"};
         }},
        {"assertions", MAX_ASSERTIONS, 0,
         regulation([](std::size_t n) { return repeat(n, "assert never permitted act\n"); })},
        {"exceptions", MAX_EXCEPTIONS, 0, regulation([](std::size_t n) {
             return "rule r on act: forbid\n" + repeat(n, "  unless n is #\n");
         })},
        {"citations", MAX_CITATIONS, 0, regulation([](std::size_t n) {
             return "rule r cites " + listed(n, "LAW \"#\"") + " on act: forbid\n";
         })},
        {"modules", MAX_MODULES, 1,
         [](std::size_t n) {
             std::vector<std::string> texts{DESK};
             for (std::size_t i = 0; i < n; ++i) {
                 texts.push_back("contract c" + std::to_string(i) +
                                 " version 1.0.0\n  regulators none\n");
             }
             return texts;
         }},
    };
}

TEST(CheckLimits, HoldAtTheirEdgeAndNotBeyond) {
    for (const Limit& limit : limits()) {
        const std::size_t most = limit.most - limit.already;
        const Checked edge = check_texts(limit.make(most));
        EXPECT_TRUE(edge.program) << limit.what << "\n" << edge.human();
        const Checked beyond = check_texts(limit.make(most + 1));
        EXPECT_EQ(beyond.codes(), std::vector<std::string>{"E0603"}) << limit.what << "\n"
                                                                     << beyond.human();
    }
}

// The parser is left out: trees are made by hand.
ast::Name name_of(std::string text, std::uint32_t at) {
    return {std::move(text), {{}, at, at + 1}};
}

ast::Box boxed(ast::Expression expression) {
    return std::make_unique<ast::Expression>(std::move(expression));
}
ast::Expression use(const std::string& name) { return {{}, ast::NameUse{name_of(name, 0)}}; }
ast::Expression binary(ast::BinaryOp op, ast::Expression left, ast::Expression right) {
    return {{}, ast::Binary{op, {}, boxed(std::move(left)), boxed(std::move(right))}};
}

ast::RuleDeclaration rule_of(std::uint32_t i, std::size_t actions) {
    ast::RuleDeclaration rule;
    rule.name = name_of("rule_" + std::to_string(i), i + 1);
    if (i > 0) rule.overrides.push_back(name_of("rule_" + std::to_string(i - 1), i + 1));
    for (std::size_t a = 0; a < actions; ++a) {
        rule.actions.named.push_back({{name_of("a" + std::to_string(a), 0)}, {}});
    }
    ast::Expression number{{}, ast::IntLiteral{i}};
    rule.scope =
        binary(ast::BinaryOp::logical_and, binary(ast::BinaryOp::more, use("n"), std::move(number)),
               binary(ast::BinaryOp::equal, use("purpose"), use("care")));
    rule.norm = ast::Norm::forbid;
    return rule;
}

ast::File regulation_of(std::uint32_t rules, std::size_t actions) {
    ast::File file;
    file.module.kind = ast::ModuleKind::regulation;
    file.module.name = {{name_of("law", 0)}, {}};
    file.module.governs.push_back({{name_of("desk", 0)}, {}});
    file.module.declarations.emplace_back(ast::DefaultDeclaration{});
    for (std::uint32_t i = 0; i < rules; ++i) {
        file.module.declarations.emplace_back(rule_of(i, actions));
    }
    return file;
}

struct Outcome {
    bool sound = false;
    std::vector<std::string> codes;
};

Outcome run(std::uint32_t rules, std::size_t actions) {
    Checked desk =
        check_texts({"contract desk version 1.0.0\n  regulators none\nrole nurse\n"
                     "enum Purpose { care, research }\n" +
                     repeat(16, "action a#(n: Int, purpose: Purpose) by nurse { }\n")});
    const ast::File law = regulation_of(rules, actions);
    source::Diagnostics diagnostics;
    const auto program = check({&desk.trees.front(), &law}, nullptr, diagnostics);
    Outcome made{program.has_value(), {}};
    for (const source::Diagnostic& one : diagnostics.list()) {
        made.codes.emplace_back(name(one.code));
    }
    return made;
}

TEST(CheckLimits, RulesAndTheirBodiesAreCounted) {
    EXPECT_TRUE(run(MAX_RULES, 1).sound);
    EXPECT_EQ(run(MAX_RULES + 1, 1).codes, std::vector<std::string>{"E0603"});
    EXPECT_TRUE(run(MAX_RULE_BODIES / 16, 16).sound);
    EXPECT_EQ(run(MAX_RULE_BODIES / 16 + 1, 16).codes, std::vector<std::string>{"E0603"});
}

}  // namespace
}  // namespace edict::check
