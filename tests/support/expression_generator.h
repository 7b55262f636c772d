// Well-typed expressions from a seed, of every kind, over the parameters of one action and the
// stores of one contract; with values that are missing, overflow and stand at the edges of their
// types.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace edict::generated {

// What the expressions are about: declarations of module desk, without its actions.
[[nodiscard]] std::string declarations();
// "n: Int, small: Int 0..10, …": the parameters of its governed actions.
[[nodiscard]] std::string parameters();

class ExpressionGenerator {
public:
    explicit ExpressionGenerator(std::uint64_t seed) : random_(seed) {}

    // Each is nested so deeply at most.
    std::string rows();  // of a table over an Int, a Level and a Date?
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

    // Forgets the names that statements and quantifiers have bound.
    void begin() {
        locals_.clear();
        numbers_.clear();
        made_locals_ = 0;
    }
    // Stores that the action may write are read plainly, and not by before() and after().
    void read_plainly(bool plainly) { plainly_ = plainly; }
    // More that is an Int here: counters, locals of statements.
    std::vector<std::string>& numbers() { return numbers_; }
    // More that is a Text<8> here.
    std::vector<std::string>& texts() { return locals_; }
    std::string fresh(const char* start) { return start + std::to_string(made_locals_++); }

    template <std::size_t N>
    std::string one_of(const char* const (&choices)[N]) {
        return choices[below(N)];
    }
    std::size_t below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
    }

private:
    std::string aggregate(int depth);
    std::string threshold(int depth);
    std::string any(int depth);  // of any type

    std::string comparison(int depth);
    std::string quantified(int depth);
    std::string in_brackets(const std::string& left, const std::string& op,
                            const std::string& right) {
        return "(" + left + " " + op + " " + right + ")";
    }

    std::mt19937_64 random_;
    std::vector<std::string> locals_;
    std::vector<std::string> numbers_;
    std::size_t made_locals_ = 0;
    bool plainly_ = false;
};

}  // namespace edict::generated
