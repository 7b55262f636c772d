#include "tests/support/program_generator.h"

#include "tests/support/expression_generator.h"

namespace edict::generated {

namespace {

class Generator {
public:
    explicit Generator(std::uint64_t seed)
        : make_(seed),
          depth_(1 + static_cast<int>(seed % 3)),
          free_vault_(make_.below(4) == 0),
          marks_(seed % 4 == 1) {}

    std::string desk() {
        std::string text =
            "contract desk version 1.0.0\n  zone +08:00\n  regulators office\n\n"
            "use vault\n" +
            declarations() + R"(
store guards: Map<Party, Set<Party, 3>>
store log: Map<Text<8>, Int 0..100>
store tags_of: Map<Party, Set<Text<8>, 4>> default {}
store last: Map<Party, Date>
store total: Int 0..1_000 default 0
store grams: Map<Party, Quantity<mg>> default 0 mg
store cards: Map<Text<8>, Item>
store decks: Map<Text<8>, Card>
record Box { lock: Lock, note: Text<8> since 0.8.0 default "none" }
store boxes: Map<Text<8>, Box>
event Noted(word: Text<8>, n: Int, who: Party)

)";
        text +=
            "initial {\n  total = 3\n  log[\"a\"] = 7\n}\n"
            "invariant kept for every who in moved: moved[who] is at most 40 or cap is known\n"
            "invariant logged for every word in log: log[word] is not 7 and total is at most 900\n"
            "invariant marked for every (who, color) in marks:\n"
            "  count(marks[(who, color)]) is less than 3 or color is red\n"
            "invariant carded for every word in cards: cards[word].size is at most limits[word]\n"
            "invariant boxed for every word in boxes: boxes[word].lock.weight is at most 60\n"
            "invariant in_all: total is at most 500\n";
        if (marks_) {
            text +=
                "record Secret { personal code: Int 0..9, weight: Int }\n"
                "store secrets: Map<Party, Secret>\nstore latest: Int 0..9 default 0\n"
                "personal event Whispered(code: Int 0..9)\n";
        }
        text += "table ranked(a: Int, l: Level, d: Date?) -> Int unique {\n" + make_.rows() + "}\n";
        text += "table picked(a: Int, l: Level, d: Date?) -> Int first {\n" + make_.rows() + "}\n";
        make_.read_plainly(true);
        const std::string all = parameters() + (marks_ ? ", personal code: Int 0..9" : "");
        text += action("act(" + all + ") -> Int 0..100 by clerk", 4);
        text +=
            action("act_too(" + all + ") -> Int by clerk, office dated by booked within 5 days", 3);
        text +=
            "action note(word: Text<8>, p: Party, n: Int) by anyone {\n"
            "  if n > 50 { fail \"{n} is too much for {p}\" }\n  log[word] = 7\n"
            "  if boxes[word] is known { boxes[word].lock.turns += 1 }\n}\n"
            "action fine(p: Party, n: Int) by duty {\n  total += n\n  moved[p] += 1\n"
            "  emit Noted(\"fine\", n, p)\n}\n"
            "action refuse(p: Party) by duty {\n  moved[p] = 0\n  fail \"not for {p}\"\n}\n";
        return text;
    }

    std::string vault() {
        return std::string("contract vault version 1.0.0\n  zone -05:00\n  regulators ") +
               (free_vault_ ? "none" : "office") + "\n\nrole office, keeper\n" +
               "enum Metal { iron, brass since 0.6.0 }\n"
               "record Lock { metal: Metal, weight: Int 0..100, turns: Int since 0.7.0 default 4 "
               "}\n"
               "upgrade Lock from 0.2.0 (metal: Metal, grams: Int 0..100_000, worn: Bool) = Lock "
               "{\n"
               "  metal: metal, weight: grams / 1_000, turns: if worn then 9 else 0 }\n"
               "store held: Map<Party, Int 0..150> default 0\n" +
               "action put(p: Party, amount: Int 0..100) -> Int 0..150 by " +
               make_.one_of({"anyone", "keeper"}) +
               " {\n  held[p] += amount\n  return held[p]\n}\n";
    }

    std::string first() {
        std::string text = "regulation first version 1.0.0 governs desk" + governs_vault() +
                           "\n  zone +08:00\n" + defaults();
        const bool ordered = make_.below(3) == 0;
        if (ordered) {
            text += make_.one_of({"  order by rank\n", "  order by date\n",
                                  "  order by rank internal, regulation, law\n  order by date\n"});
        }
        if (make_.below(3) == 0) text += "  order restrictions first\n";
        text += R"(
use std.calendar
source LAW rank law in force from 2021-11-01 "Law"
source DECREE rank regulation in force from 2024-10-15 "Decree"
source HOUSE rank internal "House rules"
source FUTURE rank law in force from 2031-01-01 "Not yet"

store approved: Map<Party, Date>
store seen: Map<Party, Int 0..100> default 0
action approve(p: Party) by office { approved[p] = today }

)";
        text += counters();
        text += "invariant seen_little for every p in seen: seen[p] is at most 2\n";
        prefix_ = "r";
        rules(text, 3 + make_.below(4), !ordered);
        if (!free_vault_ && make_.below(2) == 0) {
            text += "rule vault_limit\n  on put when " +
                    std::string(
                        make_.one_of({"amount is more than 50", "before(held[p]) is more than 20",
                                      "has_role(caller, keeper)"})) +
                    ": " + make_.one_of({"forbid", "permit", "permit as of right"}) + "\n";
        }
        if (make_.below(3) == 0) {
            text +=
                "rule little\n  on actions of desk that write log: "
                "require after(total) is at most 400\n  because \"now {after(total)}\"\n";
        }
        if (make_.below(3) == 0) {
            text += "rule of_office\n  on any action of desk when has_role(caller, office): " +
                    make_.one_of({"permit", "forbid"}) + "\n";
        }
        return text;
    }

    bool has_second() { return make_.below(2) == 0; }

    std::string second() {
        std::string text = "regulation second version 1.0.0 governs desk" + governs_vault() +
                           "\n  zone -03:00\n" + defaults();
        text +=
            "\nuse first\nuse std.calendar\nsource LAW rank law in force from 2021-11-01 \"Law\"\n"
            "store approved_too: Map<Party, Date>\nstore sum_seen: Int default 0\n"
            "observe act {\n  sum_seen += calls[p]\n}\n";
        if (counts_recent_) text += "observe act {\n  sum_seen = recent[p]\n}\n";
        counted_.clear();
        prefix_ = "s";
        rules(text, 1 + make_.below(3), true);
        return text;
    }

private:
    // What goes its own way beside the other values, none of which is made of it.
    static constexpr const char* SECRETIVE =
        "  secrets[p] = Secret { code: code, weight: n }\n  latest = code\n"
        "  if code > 8 { fail \"{word} is not told\" }\n  emit Whispered(latest)\n";

    // ---- statements of actions: what may be missing is answered ---------------------------------

    std::string in_else(const std::string& value, const char* otherwise) {
        return "(" + value + " else " + otherwise + ")";
    }
    std::string number() { return in_else(make_.number(depth_ - 1), "2"); }
    std::string text() { return in_else(make_.text(depth_ - 1), "\"a\""); }
    std::string party() { return in_else(make_.party(depth_ - 1), "caller"); }
    std::string truth() { return in_else(make_.truth(depth_), "false"); }

    std::string action(const std::string& head, std::size_t most) {
        make_.begin();
        std::string text = "action " + head + " {\n" + (marks_ ? SECRETIVE : "");
        text += block(1 + make_.below(most), 2);
        const std::string other = number();
        switch (make_.below(6)) {
            case 0:
                return text + "  return " + other + "\n}\n";
            case 1:
                return text + "  if n > 3 { return " + other + " } else { return small }\n}\n";
            default:
                return text + "  return small\n}\n";
        }
    }

    std::string block(std::size_t statements, int nesting) {
        const std::size_t numbers = make_.numbers().size(), texts = make_.texts().size();
        std::string made;
        for (std::size_t i = 0; i < statements; ++i) made += "  " + statement(nesting) + "\n";
        make_.numbers().resize(numbers);
        make_.texts().resize(texts);
        return made;
    }

    std::string statement(int nesting) {
        switch (make_.below(nesting > 0 ? 19 : 13)) {
            case 0: {
                const std::string value = make_.number(depth_);
                const std::string name = make_.fresh("v");
                make_.numbers().push_back(name);
                return "let " + name + " = " + value + " else fail \"no number for {word}\"";
            }
            case 1: {
                const std::string value = number();
                const std::string name = make_.fresh("v");
                make_.numbers().push_back(name);
                return "let " + name + " = " + value;
            }
            case 2:
                return "moved[" + party() + make_.one_of({"] = ", "] += ", "] -= "}) + number();
            case 3:
                return "log[" + text() + "] = " + make_.one_of({"small", "small", "n"});
            case 4:
                return "remove log[" + text() + "]";
            case 5:
                if (make_.below(2) == 0) return "add " + text() + " to tags_of[p]";
                return "remove " + text() + " from tags_of[p]";
            case 6:
                return "last[p] = " + in_else(make_.date(depth_ - 1), "today");
            case 7:
                return make_.one_of({"total += small", "total -= 1", "total = 5"});
            case 8:
                return "emit Noted(" + text() + ", " + number() + ", " + party() + ")";
            case 9:
                return "put(" + party() + ", " + make_.one_of({"small", "30", "small * 10"}) + ")";
            case 10:
                return "grams[p] += " + in_else(make_.quantity(depth_ - 1), "1 mg");
            case 11:
                return "cards[word] = Item { owner: " + party() +
                       ", level: level, size: small, until: " + make_.one_of({"day", "today"}) +
                       ", tags: names }";
            case 12:
                return "if cards[word] is known { cards[word].size = small }\n"
                       "  if decks[word] is known { decks[word].worth = small }";
            case 13:
                return "if " + truth() + " { fail \"{n} and {word}\" }";
            case 14:
                return "if " + truth() + " {\n" + block(1, nesting - 1) + "  } else {\n" +
                       block(1, nesting - 1) + "  }";
            case 15: {
                const std::string over = in_else(make_.set(depth_ - 1), "names");
                const std::string name = make_.fresh("w");
                make_.texts().push_back(name);
                const std::string body = block(1, nesting - 1);
                make_.texts().pop_back();
                return "for " + name + " in " + over + " {\n" + body + "  }";
            }
            case 17: {
                const std::string who = party();
                const std::string name = make_.fresh("v");
                make_.numbers().push_back(name);
                return "let " + name + " = put(" + who + ", " + make_.one_of({"small", "30"}) + ")";
            }
            case 16: {
                const std::string name = make_.fresh("k");
                make_.numbers().push_back(name);
                const std::string body = block(1, nesting - 1);
                make_.numbers().pop_back();
                return "for " + name + " in several {\n" + body + "  }";
            }
            default:
                return "if " + truth() + " {\n" + block(2, nesting - 1) + "  }";
        }
    }

    // ---- rules
    // ------------------------------------------------------------------------------------

    std::string governs_vault() { return free_vault_ ? "" : ", vault"; }

    std::string defaults() {
        std::string text = std::string("  default ") +
                           make_.one_of({"permit", "forbid", "silent"}) + "\n  default " +
                           make_.one_of({"permit", "silent", "forbid"}) + " act\n";
        if (!free_vault_) text += "  default permit put\n";
        return text + "  default permit note\n";
    }

    std::string counters() {
        std::string text;
        counted_.clear();
        const auto when = [this] {
            return make_.below(2) == 0 ? " when " + make_.truth(1) : std::string();
        };
        make_.begin();
        make_.read_plainly(true);
        make_.numbers().push_back("result");
        text += "counter calls: count per p on act, act_too" + when() + "\n";
        counted_.push_back("calls[p]");
        if (make_.below(2) == 0) {
            text +=
                "counter sums: sum " + make_.number(1) + " per (p, color) on act" + when() + "\n";
            counted_.push_back("sums[(p, color)]");
        }
        if (make_.below(2) == 0) {
            text += "counter words: distinct " + make_.text(depth_) + " per " + make_.party(1) +
                    " on act, act_too" + when() + "\n";
            counted_.push_back("words[p]");
        }
        counts_recent_ = make_.below(2) == 0;
        if (counts_recent_) {
            text += "counter recent: sum " + make_.number(1) +
                    " per p over 5 days on act, act_too" + when() + "\n";
            counted_.push_back("recent[p]");
        }
        if (make_.below(2) == 0) {
            text += "counter weights: sum " + make_.quantity(1) + " per p over 2 days on act_too\n";
        }
        if (make_.below(2) == 0) {
            text += "counter new_words: distinct " + make_.text(1) + " per p over 3 days on act\n";
            counted_.push_back("new_words[p]");
        }
        if (make_.below(3) == 0) {
            text += "counter again: count per caller over 2 days on forbidden act, act_too\n";
            counted_.push_back("again[caller]");
        }
        if (make_.below(2) == 0) {
            text += "counter tries: count per (caller, level) on forbidden act" + when() + "\n";
            counted_.push_back("tries[(caller, level)]");
        }
        if (make_.below(3) == 0) {
            text += "counter lost: sum " + make_.number(1) + " per p on forbidden act_too\n";
        }
        if (make_.below(2) == 0) {
            const std::string choice = make_.truth(1);
            text += "observe act {\n  if " + choice + " { seen[p] += small }\n  seen[" +
                    make_.party(1) + "] = " + make_.one_of({"1", "small", "n", "calls[p]"}) +
                    "\n}\n";
            counted_.push_back("seen[p]");
        }
        return text;
    }

    void rules(std::string& text, std::size_t count, bool may_override) {
        struct Made {
            bool duty;
            std::size_t actions;
        };
        static constexpr const char* ACTIONS[] = {"act", "act_too", "act, act_too"};
        std::vector<Made> made;
        for (std::size_t i = 0; i < count; ++i) {
            begin_rule();
            Made rule{make_.below(4) == 0, make_.below(3)};
            text += "rule " + prefix_ + std::to_string(i) + "\n" + citations("  ");
            if (make_.below(4) == 0) {
                text += make_.one_of({"  effective from 2024-10-01 until 2025-06-01\n",
                                      "  effective from 2025-01-01\n",
                                      "  effective until 2025-03-01\n"});
            }
            for (std::size_t j = 0; may_override && j < i; ++j) {
                const bool meet =
                    rule.actions == 2 || made[j].actions == 2 || rule.actions == made[j].actions;
                if (rule.duty == made[j].duty && meet && make_.below(3) == 0)
                    text += "  overrides " + prefix_ + std::to_string(j) + "\n";
            }
            text += std::string("  on ") + ACTIONS[rule.actions];
            const bool scoped = make_.below(5) != 0;
            if (scoped) text += " when " + make_.truth(depth_);
            if (marks_ && i == 0) text += std::string(scoped ? " and" : " when") + " code is not 7";
            text += ": " + (rule.duty ? duty() : norm()) + "\n";
            if (make_.below(2) == 0) {
                text += "  because \"" + prefix_ + " {" + shown(make_.number(1)) + "} {" +
                        shown(make_.text(1)) + "}\"\n";
            }
            for (std::size_t j = make_.below(3); j > 1; --j) {
                text += "  unless " + make_.truth(depth_ - 1) + " because \"excused\"" +
                        citations(" ") + "\n";
            }
            made.push_back(rule);
        }
        if (!marks_) return;
        text += "rule " + prefix_ + "_secretive on act: " +
                "require every one in { code, 3 } satisfies one is less than 8\n";
    }

    // A message holds no texts and no sets of its own.
    static std::string shown(std::string value) {
        return value.find_first_of("\"{") == std::string::npos ? value : "word";
    }

    void begin_rule() {
        make_.begin();
        make_.read_plainly(false);
        make_.numbers().push_back("result");
        for (const std::string& counter : counted_)
            make_.numbers().push_back(make_.one_of({"before(", "after("}) + counter + ")");
        for (const char* written :
             {"total", "log[word]", "count(tags_of[p])", "decks[word].worth"}) {
            const std::string moment = make_.one_of({"before(", "after("});
            make_.numbers().push_back(moment + written + ")");
        }
    }

    std::string citations(const char* before) {
        if (make_.below(2) == 0) return "";
        std::string text =
            before + std::string("cites ") +
            (prefix_ == "s" ? "LAW" : make_.one_of({"LAW", "DECREE", "HOUSE", "LAW", "FUTURE"})) +
            " \"art 1\"";
        return before == std::string("  ") ? text + "\n" : text;
    }

    std::string norm() {
        switch (make_.below(5)) {
            case 0:
                return "permit";
            case 1:
                return "permit as of right";
            case 2:
                return "forbid";
            default:
                return "require " + make_.truth(depth_);
        }
    }

    std::string duty() {
        std::string text = make_.one_of(
            {"p must ", "any office must ", "bearer must ", "every guard in guards[p] must "});
        if (text == "bearer must ") text = make_.party(depth_ - 1) + " must ";
        text +=
            "note(" + (make_.below(3) == 0 ? "any" : make_.text(depth_ - 1)) + ", " +
            (make_.below(3) == 0 ? "any" : make_.party(depth_ - 1)) + ", " +
            (make_.below(2) == 0 ? "any" : make_.one_of({"3", "n", "total_or", "limits[word]"})) +
            ")";
        if (const std::size_t at = text.find("total_or"); at != std::string::npos)
            text.replace(at, 8, make_.number(depth_ - 1));
        text += make_.one_of({" within 5 days", " within 1 day", " within 24 hours",
                              " within 3 working days", " within 20 working days"});
        if (make_.below(3) == 0) text += " after " + make_.date(depth_ - 1);
        switch (make_.below(3)) {
            case 0:
                return text + " else fine(" + make_.party(depth_ - 1) + ", " +
                       make_.one_of({"small", "n", "1"}) + ")";
            case 1:
                return text + " else refuse(p)";
            default:
                return text;
        }
    }

    ExpressionGenerator make_;
    int depth_;
    bool free_vault_;  // it is governed by nobody
    bool marks_;       // some of its values are personal
    bool counts_recent_ = false;
    std::string prefix_;
    std::vector<std::string> counted_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> program(std::uint64_t seed) {
    Generator generator(seed);
    std::vector<std::pair<std::string, std::string>> made;
    made.emplace_back("vault.edict", generator.vault());
    made.emplace_back("desk.edict", generator.desk());
    made.emplace_back("first.edict", generator.first());
    if (generator.has_second()) made.emplace_back("second.edict", generator.second());
    return made;
}

}  // namespace edict::generated
