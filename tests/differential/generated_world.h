// A world of a generated program: its state in the plain model and in each engine, in which time
// goes on and calls are made; after each step all must agree.
#pragma once

#include "cli/pipeline.h"
#include "tests/support/construct_count.h"
#include "tests/support/map_state.h"
#include "tests/support/reference_call.h"
#include "tests/support/value_sampler.h"

namespace edict::generated {

inline constexpr std::size_t STEPS = 10;  // of one world: time goes on, one call is made

struct Tally {
    Counts constructs = no_constructs();
    Counts lacking;   // why expressions had no value
    Counts outcomes;  // of calls, answers and duties
};

class World {
public:
    World(const cli::Compilation& made, std::vector<runtime::Engine*> engines,
          std::mt19937_64& random, Tally& tally);

    // Fails the test, fatally, where two differ.
    void run();

private:
    [[nodiscard]] crypto::Hash hash_of(const std::string& name) const;
    void give_roles();
    // Some may fulfil for others what they owe, until some day.
    void delegate();
    // Texts of each type that an attribute has, and of none.
    void give_attributes(const check::Module& membership);
    void set(const check::Module& module, const check::Store& store, const value::Value* key);
    void fill(const check::Module& module, const check::Store& store);
    void pass_time();
    [[nodiscard]] const call::Duty* some_open_duty();
    [[nodiscard]] check::ActionRef named(const std::string& module, const std::string& name) const;
    void call();
    // This one or the next, with some days off and some weekends worked.
    std::vector<value::Value> some_year();
    void expect_equal_states(const std::string& when);
    // The bytes that a cell would have if it were written now.
    [[nodiscard]] base::Bytes as_now(std::size_t engine, const call::StateKey& place,
                                     const base::Bytes& bytes);
    void expect_equal_invariants(const std::string& when);
    [[nodiscard]] const value::Type& type_of(const call::StateKey& place) const;
    void note(const reference::Ended& ended);

    const cli::Compilation& made_;
    const check::Program& program_;
    std::vector<runtime::Engine*> engines_;
    Tally& tally_;
    std::int64_t time_ms_;
    ValueSampler sampler_;
    reference::Model model_;
    std::vector<MapState> states_;  // beside `engines_`
};

}  // namespace edict::generated
