#include "tests/support/rule_generator.h"

namespace edict::generated {

std::string contract() {
    return R"(contract desk version 1.0.0
  zone +08:00
  regulators office

role clerk, office
enum Level ordered { low, mid, high }
enum Color { red, green }
record Item { owner: Party, level: Level, size: Int 0..100, until: Date?, tags: Set<Text<8>, 4> }

store counts: Map<Party, Int> default 0
store limits: Map<Text<8>, Int 0..100>
store items: Map<Text<8>, Item>
store marks: Map<(Party, Color), Set<Text<8>, 4>>
store cap: Int 0..50
store moved: Map<Party, Int> default 0

action act(n: Int, small: Int 0..10, day: Date?, names: Set<Text<8>, 4>, p: Party, level: Level,
           color: Color, flag: Bool, word: Text<8>) by clerk {
  moved[p] = n
}
)";
}

std::string RuleGenerator::regulation(std::size_t rules, int depth) {
    std::string text =
        "regulation duties version 1.0.0 governs desk\n  zone +08:00\n  default forbid\n\n";
    for (std::size_t i = 0; i < rules; ++i) {
        locals_.clear();
        made_locals_ = 0;
        text += "rule r" + std::to_string(i) + "\n  on act when " + truth(depth) + ": permit\n";
    }
    return text;
}

std::string RuleGenerator::truth(int depth) {
    if (depth <= 0) return one_of({"flag", "true", "false", "(items[word].size is at least 3)"});
    switch (below(10)) {
        case 0:
            return "(not " + truth(depth - 1) + ")";
        case 1:
            return in_brackets(truth(depth - 1), "and", truth(depth - 1));
        case 2:
            return in_brackets(truth(depth - 1), "or", truth(depth - 1));
        case 3:
            return in_brackets(truth(depth - 1), "implies", truth(depth - 1));
        case 4:
            return "(" + any(depth - 1) + one_of({" is known)", " is not known)"});
        case 5:
            return in_brackets(truth(depth - 1), "else", truth(depth - 1));
        case 6:
            return "(if " + truth(depth - 1) + " then " + truth(depth - 1) + " else " +
                   truth(depth - 1) + ")";
        case 7:
            return quantified(depth);
        default:
            return comparison(depth);
    }
}

std::string RuleGenerator::comparison(int depth) {
    const auto order = [this] {
        return one_of(
            {"is", "is not", "is at least", "is at most", "is more than", "is less than"});
    };
    const auto equality = [this] { return one_of({"is", "is not"}); };
    switch (below(9)) {
        case 0:
        case 1:
            return in_brackets(number(depth - 1), order(), number(depth - 1));
        case 2:
            return in_brackets(date(depth - 1), order(), date(depth - 1));
        case 3:
            return in_brackets(level(depth - 1), order(), level(depth - 1));
        case 4:
            return in_brackets(party(depth - 1), equality(), party(depth - 1));
        case 5:
            return in_brackets(set(depth - 1), equality(), set(depth - 1));
        case 6:
            return in_brackets(text(depth - 1), one_of({"in", "not in"}), set(depth - 1));
        case 7:
            return "has_role(" + party(depth - 1) + one_of({", clerk)", ", office)"});
        default:
            return in_brackets("hash(" + text(depth - 1) + ", " + number(depth - 1) + ")",
                               equality(), "hash(" + text(depth - 1) + ", small)");
    }
}

std::string RuleGenerator::quantified(int depth) {
    const std::string over = set(depth - 1);
    const std::string name = "x" + std::to_string(made_locals_++);
    locals_.push_back(name);
    const std::string condition = truth(depth - 1);
    locals_.pop_back();
    return "(" + one_of({"every ", "some "}) + name + " in " + over + " satisfies " + condition +
           ")";
}

std::string RuleGenerator::number(int depth) {
    if (depth <= 0) {
        return one_of({"n", "small", "0", "1", "3", "(-1)", "cap", "9_223_372_036_854_775_807",
                       "limits[word]", "counts[p]"});
    }
    switch (below(9)) {
        case 0:
        case 1:
            return in_brackets(number(depth - 1), one_of({"+", "-", "*", "/", "mod"}),
                               number(depth - 1));
        case 2:
            return "count(" + set(depth - 1) + ")";
        case 3:
            return "limits[" + text(depth - 1) + "]";
        case 4:
            return "items[" + text(depth - 1) + "].size";
        case 5:
            return "counts[" + party(depth - 1) + "]";
        case 6:
            return one_of({"before(moved[", "after(moved["}) + party(depth - 1) + "])";
        case 7:
            return in_brackets(number(depth - 1), "else", number(depth - 1));
        default:
            return "(if " + truth(depth - 1) + " then " + number(depth - 1) + " else " +
                   number(depth - 1) + ")";
    }
}

std::string RuleGenerator::text(int depth) {
    if (!locals_.empty() && below(3) == 0) return locals_[below(locals_.size())];
    if (depth > 0 && below(4) == 0) {
        return "(if " + truth(depth - 1) + " then " + text(depth - 1) + " else " + text(depth - 1) +
               ")";
    }
    return one_of({"word", "\"a\"", "\"ab\"", "\"\""});
}

std::string RuleGenerator::date(int depth) {
    if (depth > 0 && below(3) == 0) return in_brackets(date(depth - 1), "else", "today");
    if (depth > 0 && below(3) == 0) return "items[" + text(depth - 1) + "].until";
    return one_of({"today", "day", "2026-02-01", "0001-01-01"});
}

std::string RuleGenerator::party(int depth) {
    if (depth > 0 && below(3) == 0) return "items[" + text(depth - 1) + "].owner";
    if (depth > 0 && below(4) == 0) return in_brackets(party(depth - 1), "else", party(depth - 1));
    return one_of({"p", "caller", "signer"});
}

std::string RuleGenerator::level(int depth) {
    if (depth > 0 && below(3) == 0) return "items[" + text(depth - 1) + "].level";
    return one_of({"level", "low", "mid", "high"});
}

std::string RuleGenerator::set(int depth) {
    if (depth <= 0) return "names";
    switch (below(6)) {
        case 0:
            return in_brackets(set(depth - 1), one_of({"union", "minus", "intersect"}),
                               set(depth - 1));
        case 1:
            return "{ " + text(depth - 1) + ", " + text(depth - 1) + " }";
        case 2:
            return "items[" + text(depth - 1) + "].tags";
        case 3:
            return "marks[(" + party(depth - 1) + one_of({", color)]", ", red)]"});
        case 4:
            return in_brackets(set(depth - 1), "else", set(depth - 1));
        default:
            return "names";
    }
}

std::string RuleGenerator::any(int depth) {
    switch (below(5)) {
        case 0:
            return number(depth);
        case 1:
            return set(depth);
        case 2:
            return date(depth);
        case 3:
            return party(depth);
        default:
            return truth(depth);
    }
}

}  // namespace edict::generated
