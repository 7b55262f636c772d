// Well-typed rules from a seed: every kind of expression, with values that are missing, overflow
// and stand at the edges of their types.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace edict::generated {

// The contract that the rules govern: module desk with one action, act.
[[nodiscard]] std::string contract();

class RuleGenerator {
public:
    explicit RuleGenerator(std::uint64_t seed) : random_(seed) {}

    // regulation duties with so many rules r0, r1 …, each `on act when …: permit`; expressions are
    // nested so deeply at most.
    [[nodiscard]] std::string regulation(std::size_t rules, int depth);

private:
    std::string truth(int depth);
    std::string number(int depth);
    std::string text(int depth);
    std::string date(int depth);
    std::string party(int depth);
    std::string level(int depth);
    std::string set(int depth);
    std::string decimal(int depth);   // without a unit
    std::string quantity(int depth);  // of mg
    std::string money(int depth);     // of CNY
    std::string moment(int depth);
    std::string span(int depth);  // a duration
    std::string list(int depth);  // of Int
    std::string aggregate(int depth);
    std::string threshold(int depth);
    std::string any(int depth);  // of any type

    std::string comparison(int depth);
    std::string quantified(int depth);
    std::string in_brackets(const std::string& left, const std::string& op,
                            const std::string& right) {
        return "(" + left + " " + op + " " + right + ")";
    }
    template <std::size_t N>
    std::string one_of(const char* const (&choices)[N]) {
        return choices[below(N)];
    }
    std::size_t below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
    }

    std::mt19937_64 random_;
    std::vector<std::string> locals_;   // of the quantifiers around, each a text
    std::vector<std::string> numbers_;  // likewise, each an Int
    std::size_t made_locals_ = 0;
};

}  // namespace edict::generated
