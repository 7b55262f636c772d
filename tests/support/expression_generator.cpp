#include "tests/support/expression_generator.h"

namespace edict::generated {

std::string declarations() {
    return R"(role clerk, office
enum Level ordered { low, mid, high since 0.5.0 }
enum Color { red, green }
record Item { owner: Party, level: Level, size: Int 0..100 since 0.5.0 default 7, until: Date? since 0.9.0, tags: Set<Text<8>, 4> }
record Card { title: Text<8>, worth: Int, items: List<Item, 2> }
upgrade Card from 0.7.0 (parts: Set<Int 0..9, 3>?, level: Level, item: Item) =
  Card { title: "old", worth: count(parts else {}) + (if level is low then 10 else item.size), items: [item] }

store counts: Map<Party, Int> default 0
store limits: Map<Text<8>, Int 0..100>
store items: Map<Text<8>, Item>
store marks: Map<(Party, Color), Set<Text<8>, 4>>
store cap: Int 0..50
store moved: Map<Party, Int> default 0
store rates: Map<Text<8>, Dated<Decimal, 4>>
store doses: Map<Text<8>, Quantity<mg>>
store since: Map<Party, Time>
attribute country: Text<8>
attribute grade: Level
attribute born: Date
attribute points: Int 0..10

const FEW = 3
parameter most: Int { from 2024-10-01: 5 from 2025-06-01: 9 }
function mixed(a: Int, b: Int) -> Int = if a > FEW then a - b else b
function outer(a: Int) -> Int = mixed(a, mixed(b: a, a: FEW))
)";
}

std::string parameters() {
    return "n: Int, small: Int 0..10, day: Date?, names: Set<Text<8>, 4>, p: Party, level: Level, "
           "color: Color, flag: Bool, word: Text<8>, share: Decimal, dose: Quantity<mg>, "
           "funds: Money, paid: Money<CNY>, booked: Time, wait: Duration, several: List<Int, 4>";
}

// Cells that meet, that do not, and that leave gaps.
std::string ExpressionGenerator::rows() {
    std::string text;
    for (std::size_t i = 1 + below(5); i > 0; --i) {
        text += "  " + std::string(one_of(
                           {"any", "<3", "<=3", "0..4", ">4", ">=-1", "5", "!=0", "{1, 3, 9}"}));
        text += ", " + std::string(one_of(
                           {"any", "low", ">=mid", "<high", "{low, high}", "!=mid", "low..mid"}));
        text += ", " + std::string(one_of({"any", "absent", "!=absent", ">=2024-10-01",
                                           "<2025-01-01", "2024-08-01..2025-03-01"}));
        text += " => " + std::string(one_of({"1", "2", "-3"})) + "\n";
    }
    return text;
}

std::string ExpressionGenerator::truth(int depth) {
    if (depth <= 0) return one_of({"flag", "true", "false", "(items[word].size is at least 3)"});
    switch (below(13)) {
        case 10:
            return threshold(depth);
        case 11:
            return in_brackets(text(depth - 1), one_of({"starts with", "ends with", "contains"}),
                               one_of({"\"a\"", "\"\"", "\"ab\""}));
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

std::string ExpressionGenerator::comparison(int depth) {
    const auto order = [this] {
        return one_of(
            {"is", "is not", "is at least", "is at most", "is more than", "is less than"});
    };
    const auto equality = [this] { return one_of({"is", "is not"}); };
    switch (below(18)) {
        case 9:
        case 10:
            return in_brackets(decimal(depth - 1), order(), decimal(depth - 1));
        case 11:
            return in_brackets(quantity(depth - 1), order(), quantity(depth - 1));
        case 12:
            return in_brackets(money(depth - 1), order(), money(depth - 1));
        case 13:
            return in_brackets(moment(depth - 1), order(), moment(depth - 1));
        case 14:
            return in_brackets(span(depth - 1), order(), span(depth - 1));
        case 15:
            return in_brackets(list(depth - 1), equality(), list(depth - 1));
        case 16:
            return in_brackets(number(depth - 1), one_of({"in", "not in"}), list(depth - 1));
        case 17:
            return "(funds is in CNY)";
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
            if (below(3) == 0) {
                return "(" + party(depth - 1) +
                       one_of({" has open duty note)", " has breached duty note)"});
            }
            return "has_role(" + party(depth - 1) + one_of({", clerk)", ", office)"});
        default:
            return in_brackets("hash(" + text(depth - 1) + ", " + number(depth - 1) + ")",
                               equality(), "hash(" + text(depth - 1) + ", small)");
    }
}

std::string ExpressionGenerator::quantified(int depth) {
    const std::string over = set(depth - 1);
    const std::string name = "x" + std::to_string(made_locals_++);
    locals_.push_back(name);
    const std::string condition = truth(depth - 1);
    locals_.pop_back();
    return "(" + one_of({"every ", "some "}) + name + " in " + over + " satisfies " + condition +
           ")";
}

std::string ExpressionGenerator::number(int depth) {
    if (!numbers_.empty() && below(3) == 0) return numbers_[below(numbers_.size())];
    if (depth <= 0) {
        return one_of({"n", "small", "0", "1", "3", "(-1)", "cap", "9_223_372_036_854_775_807",
                       "limits[word]", "counts[p]"});
    }
    switch (below(19)) {
        case 17:
            return one_of({"ranked(", "picked("}) + number(depth - 1) + ", " + level(depth - 1) +
                   one_of({", day)", ", absent)", ", items[word].until)"});
        case 18:
            return party(depth - 1) + ".points";
        case 14:
            return "mixed(" + number(depth - 1) + ", " + number(depth - 1) + ")";
        case 15:
            return "outer(" + number(depth - 1) + ")";
        case 16:
            return one_of({"FEW", "most"});
        case 9:
            return aggregate(depth);
        case 10:
            return "count(" + list(depth - 1) + ")";
        case 11:
            return "whole(" + decimal(depth - 1) + ")";
        case 12:
            return one_of({"year(", "quarter(", "month(", "day(", "weekday("}) + date(depth - 1) +
                   ")";
        case 13:
            return in_brackets(span(depth - 1), "/", span(depth - 1));
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
            if (plainly_) return "moved[" + party(depth - 1) + "]";
            return one_of({"before(moved[", "after(moved["}) + party(depth - 1) + "])";
        case 7:
            return in_brackets(number(depth - 1), "else", number(depth - 1));
        default:
            return "(if " + truth(depth - 1) + " then " + number(depth - 1) + " else " +
                   number(depth - 1) + ")";
    }
}

std::string ExpressionGenerator::text(int depth) {
    if (!locals_.empty() && below(3) == 0) return locals_[below(locals_.size())];
    if (depth > 0 && below(4) == 0) {
        return "(if " + truth(depth - 1) + " then " + text(depth - 1) + " else " + text(depth - 1) +
               ")";
    }
    return one_of({"word", "\"a\"", "\"ab\"", "\"\"", "caller.country"});
}

std::string ExpressionGenerator::date(int depth) {
    if (depth > 0 && below(2) == 0) {
        switch (below(7)) {
            case 0:
                return in_brackets(date(depth - 1), one_of({"+", "-"}),
                                   one_of({"wait", "30 days", "(-1 day)", "(n * 24 hours)"}));
            case 1:
                return one_of({"start_of_week(", "start_of_month(", "start_of_quarter(",
                               "start_of_year(", "end_of_week(", "end_of_month(", "end_of_quarter(",
                               "end_of_year("}) +
                       date(depth - 1) + ")";
            case 2:
            case 5:
            case 6:
                return one_of({"add_months(", "add_years("}) + date(depth - 1) + ", " +
                       number(depth - 1) + one_of({", last_day)", ", next_day)", ", same_day)"});
            case 3:
                return "date_of(" + moment(depth - 1) + ")";
            default:
                return "(min y" + std::to_string(made_locals_++) + " in " + set(depth - 1) +
                       " of " + date(depth - 1) + ")";
        }
    }
    if (depth > 0 && below(3) == 0) return in_brackets(date(depth - 1), "else", "today");
    if (depth > 0 && below(3) == 0) return "items[" + text(depth - 1) + "].until";
    return one_of({"today", "day", "2026-02-01", "0001-01-01", "p.born"});
}

std::string ExpressionGenerator::party(int depth) {
    if (depth > 0 && below(3) == 0) return "items[" + text(depth - 1) + "].owner";
    if (depth > 0 && below(4) == 0) return in_brackets(party(depth - 1), "else", party(depth - 1));
    return one_of({"p", "caller", "signer"});
}

std::string ExpressionGenerator::level(int depth) {
    if (depth > 0 && below(3) == 0) return "items[" + text(depth - 1) + "].level";
    if (depth > 0 && below(4) == 0) return party(0) + ".grade";
    return one_of({"level", "low", "mid", "high"});
}

std::string ExpressionGenerator::set(int depth) {
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

std::string ExpressionGenerator::decimal(int depth) {
    if (depth <= 0) {
        return one_of(
            {"share", "0.25", "7.0", "1_000.5", "(-2.5)", "999999999999999999999999999.9"});
    }
    const auto rounding = [this] {
        return "(round " + one_of({"half_even", "half_up", "down", "up", "floor", "ceiling"}) +
               " to " + one_of({"0 (", "2 (", "5 (", "9 ("});
    };
    switch (below(9)) {
        case 0:
            return in_brackets(decimal(depth - 1), one_of({"+", "-"}), decimal(depth - 1));
        case 1:
            return in_brackets("share", "*", number(depth - 1));
        case 2:
            return rounding() + decimal(depth - 1) + one_of({" * ", " / "}) + decimal(depth - 1) +
                   "))";
        case 3:
            return rounding() + decimal(depth - 1) + " * " + decimal(depth - 1) + " / " +
                   decimal(depth - 1) + "))";
        case 4:
            return "decimal(" + number(depth - 1) + ")";
        case 5:
            return "number(" + quantity(depth - 1) + ")";
        case 6:
            return "(rates[" + text(depth - 1) + "] as of " + date(0) + ")";
        case 7:
            return in_brackets(decimal(depth - 1), "else", decimal(depth - 1));
        default:
            return rounding() + quantity(depth - 1) + " / " + quantity(depth - 1) + "))";
    }
}

std::string ExpressionGenerator::quantity(int depth) {
    if (depth <= 0) return one_of({"dose", "5 mg", "0.125 mg"});
    switch (below(5)) {
        case 0:
            return in_brackets(quantity(depth - 1), one_of({"+", "-"}), quantity(depth - 1));
        case 1:
            return in_brackets(number(depth - 1), "*", quantity(depth - 1));
        case 2:
            return "doses[" + text(depth - 1) + "]";
        case 3:
            return "(round half_up to 3 (" + quantity(depth - 1) + " * 3.5 percent))";
        default:
            return in_brackets("(-" + quantity(depth - 1) + ")", "else", "dose");
    }
}

std::string ExpressionGenerator::money(int depth) {
    if (depth <= 0) return one_of({"paid", "200_000 CNY", "0.01 CNY"});
    switch (below(4)) {
        case 0:
            return in_brackets(money(depth - 1), one_of({"+", "-"}), money(depth - 1));
        case 1:
            return "(round half_even to 2 (convert funds to CNY at (" + decimal(depth - 1) + ")))";
        case 2:
            return in_brackets("paid", "+", "funds");
        default:
            return "(if " + truth(depth - 1) + " then paid else " + money(depth - 1) + ")";
    }
}

std::string ExpressionGenerator::moment(int depth) {
    if (depth <= 0) return one_of({"booked", "now", "2026-02-01 09:30"});
    switch (below(4)) {
        case 0:
            return in_brackets(moment(depth - 1), one_of({"+", "-"}), span(depth - 1));
        case 1:
            return "start_of_day(" + date(depth - 1) + ")";
        case 2:
            return "since[" + party(depth - 1) + "]";
        default:
            return in_brackets(moment(depth - 1), "else", "now");
    }
}

std::string ExpressionGenerator::span(int depth) {
    if (depth <= 0) return one_of({"wait", "30 days", "24 hours", "1.5 minutes", "(-1 day)"});
    switch (below(6)) {
        case 0:
            return in_brackets(span(depth - 1), one_of({"+", "-"}), span(depth - 1));
        case 1:
            return in_brackets(number(depth - 1), "*", span(depth - 1));
        case 2:
            return in_brackets(moment(depth - 1), "-", moment(depth - 1));
        case 3:
            return in_brackets(date(depth - 1), "-", date(depth - 1));
        case 4: {
            const std::string name = "z" + std::to_string(made_locals_++);
            return "(sum " + name + " in " + set(depth - 1) + " of " + span(depth - 1) + ")";
        }
        default:
            return in_brackets(span(depth - 1), "else", "wait");
    }
}

std::string ExpressionGenerator::list(int depth) {
    if (depth <= 0 || below(3) == 0) return "several";
    // The first makes it a list of any Int, so that no constant is outside of what it holds.
    return "[n, " + number(depth - 1) + "]";
}

std::string ExpressionGenerator::aggregate(int depth) {
    const std::string name = "a" + std::to_string(made_locals_++);
    if (below(6) == 0) {
        return "(sum " + name + " in " + list(depth - 1) + " of 9_223_372_036_854_775_807)";
    }
    if (below(2) == 0) {
        const std::string over = list(depth - 1);
        numbers_.push_back(name);
        const std::string value = number(depth - 1);
        numbers_.pop_back();
        return "(" + one_of({"sum ", "min ", "max "}) + name + " in " + over + " of " + value + ")";
    }
    const std::string over = set(depth - 1);
    locals_.push_back(name);
    const std::string made =
        below(2) == 0 ? "(count " + name + " in " + over + " satisfies " + truth(depth - 1) + ")"
                      : "(sum " + name + " in " + over + " of " + number(depth - 1) + ")";
    locals_.pop_back();
    return made;
}

std::string ExpressionGenerator::threshold(int depth) {
    const std::string much = one_of({"(at least ", "(at most "}) + one_of({"0", "1", "2", "3"});
    if (below(2) == 0) {
        return much + " of (" + truth(depth - 1) + ", " + truth(depth - 1) + ", " +
               truth(depth - 1) + "))";
    }
    const std::string name = "b" + std::to_string(made_locals_++);
    const std::string over = set(depth - 1);
    locals_.push_back(name);
    const std::string condition = truth(depth - 1);
    locals_.pop_back();
    return much + " of " + name + " in " + over + " satisfies " + condition + ")";
}

std::string ExpressionGenerator::any(int depth) {
    switch (below(9)) {
        case 5:
            return decimal(depth);
        case 6:
            return money(depth);
        case 7:
            return moment(depth);
        case 8:
            return span(depth);
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
