// Symbols: makes symbolic values and says what holds between them.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "verifier/encode/symbol.h"

namespace edict::encode {

class Symbols {
public:
    explicit Symbols(smt::Terms& terms) : terms_(terms) {}

    [[nodiscard]] smt::Terms& terms() { return terms_; }
    // A value about which nothing is known but its type. `hint` names it in witnesses.
    Symbol fresh(const value::Type& type, const std::string& hint, smt::Origin origin = 0);
    Symbol constant(const value::Value& value, const value::Type& type);
    // Some value of the type, the same each time.
    Symbol nothing(const value::Type& type);
    Term equal(const Symbol& a, const Symbol& b, const value::Type& type);
    Symbol choose(Term condition, const Symbol& a, const Symbol& b, const value::Type& type);
    // Whether a value of type `from` is one of type `to` (same shape).
    Term fits(const Symbol& a, const value::Type& from, const value::Type& to, source::Span span);

    // ---- sets; `type` is the type of the set ------------------------------------------------
    Term member(const Symbol& element, const SetRef& set, const value::Type& type);
    Term size(const SetRef& set, const value::Type& type);
    // Every element that it can have, each with the condition under which it is in; false if the
    // elements cannot be listed.
    bool list(const SetRef& set, const value::Type& type,
              std::vector<std::pair<Term, Symbol>>& members);
    using Condition = std::function<Truth(const Symbol& element)>;
    Truth every(const SetRef& set, const value::Type& type, const Condition& condition,
                source::Span span);
    // Applies what was said of every element to the elements that have turned up since.
    void saturate();

    // A decimal as its number of billionths, in the bounds of its type.
    Term decimal(smt::Origin origin);
    Symbol hash(std::vector<Symbol> arguments, std::vector<value::TypeRef> types,
                source::Span span);

    smt::Origin abstraction(source::Span span, std::string what);

    // ---- what witnesses need ------------------------------------------------------------------
    [[nodiscard]] const std::vector<Abstraction>& abstractions() const { return abstractions_; }
    [[nodiscard]] const std::deque<BaseSet>& bases() const { return bases_; }
    [[nodiscard]] const std::vector<HashUse>& hashes() const { return hashes_; }
    // The constants that have a number, and the names that were wanted for other numbers.
    [[nodiscard]] const std::map<std::int64_t, value::Value>& constants() const {
        return constants_;
    }
    [[nodiscard]] const std::map<std::int64_t, std::string>& hints() const { return hints_; }
    // How often an expression stood for any value of its type, because it is not encoded.
    std::size_t opaque_uses = 0;
    std::int32_t reference_day = 20'454;  // 2026-01-01: the date that a witness has if it may

private:
    std::int64_t number_of(const value::Value& value, const value::Type& type);
    Term set_equal(const SetRef& a, const SetRef& b, const value::Type& type);
    Term distinct_members(const std::vector<std::pair<Term, Symbol>>& members,
                          const value::Type& element);
    Term base_size(const SetRef& set);
    void bound_size(BaseSet& base);
    void turn_up(const Symbol& element, const value::Type& type);

    struct Universal {        // to be said of every element that turns up
        std::string element;  // shape of the elements
        std::function<void(const Symbol&)> say;
        std::size_t said = 0;
    };

    smt::Terms& terms_;
    std::vector<Abstraction> abstractions_;
    std::deque<BaseSet> bases_;  // references into it stay valid
    std::vector<HashUse> hashes_;
    std::vector<Universal> universals_;
    std::map<std::string, std::vector<Symbol>> elements_;  // by shape
    std::map<std::string, std::int64_t> numbers_;          // by kind and canonical bytes
    std::map<std::int64_t, value::Value> constants_;
    std::map<std::int64_t, std::string> hints_;
};

}  // namespace edict::encode
