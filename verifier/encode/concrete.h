// From a model back to the world: a story of one call with readable names, which vm/call can run.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "verifier/encode/world.h"
#include "verifier/smt/solver.h"
#include "vm/call/case.h"

namespace edict::encode {

class Concrete {
public:
    // `model` and `slice` are those of a question about `world`.
    Concrete(const World& world, const smt::Model& model, const smt::Slice& slice);

    // Parties, what the stores hold, the date and the call; no expectation. None if there is no
    // such story: a value that cannot be built, or days that no moment has.
    [[nodiscard]] std::optional<call::Case> story();
    // A symbol as it is in the model; none if it cannot be built.
    [[nodiscard]] std::optional<value::Value> value(const Symbol& symbol, const value::Type& type) {
        return make(symbol, type);
    }
    // The abstractions that took part in the question, or in a part of it.
    [[nodiscard]] std::vector<Abstraction> abstractions() const { return abstractions(slice_); }
    [[nodiscard]] std::vector<Abstraction> abstractions(const smt::Slice& of) const;

private:
    [[nodiscard]] smt::Wide number(Term term) const;
    [[nodiscard]] bool matters(Term variable) const;
    std::optional<value::Value> make(const Symbol& symbol, const value::Type& type);
    std::optional<value::Value> make_set(const SetRef& set, const value::Type& type);
    bool add_base_members(const BaseSet& base, std::vector<value::Value>& members);
    std::optional<value::Value> list_of(std::int64_t number, const value::Type& type);
    bool pad(const value::Type& type, std::size_t size, std::vector<value::Value>& elements);
    // The constant of this kind that has the number; null if there is none.
    [[nodiscard]] const value::Value* constant_of(std::int64_t number, value::Kind kind) const;
    std::optional<value::Value> name_of(std::int64_t number, const value::Type& type);
    std::optional<std::string> text_of(std::int64_t number, std::size_t capacity);
    const std::string& party_of(std::int64_t number);
    void compute_hashes();
    bool assign_roles();
    void add_parties(call::Case& story);
    bool add_state(call::Case& story);
    [[nodiscard]] std::optional<std::int64_t> moment() const;

    const World& world_;
    const smt::Slice& slice_;
    std::vector<smt::Wide> values_;                          // by node
    std::map<std::int64_t, std::string> texts_;              // by number
    std::map<std::int64_t, std::string> parties_;            // by number
    std::vector<std::int64_t> order_;                        // of parties, as they were named
    std::map<std::int64_t, std::vector<std::string>> held_;  // roles, by number of a party
    std::map<std::int64_t, crypto::Hash> hashes_;            // by number
    std::vector<std::int64_t> lists_;                        // numbers of lists, as they came
    std::set<std::string> used_;                             // texts and names
};

}  // namespace edict::encode
