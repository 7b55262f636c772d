// Every limit of the checker. Each is generous, tested at its edge, and has its diagnostic (E06xx).
#pragma once

#include <cstddef>
#include <cstdint>

namespace edict::check {

inline constexpr std::size_t MAX_MODULES = 1'000;  // of one program
inline constexpr std::size_t MAX_TYPES = 4'096;    // the rest: of one module
inline constexpr std::size_t MAX_STORES = 4'096;
inline constexpr std::size_t MAX_ACTIONS = 4'096;
inline constexpr std::size_t MAX_EVENTS = 4'096;
inline constexpr std::size_t MAX_ROLES = 1'024;
inline constexpr std::size_t MAX_SOURCES = 4'096;
inline constexpr std::size_t MAX_RULES = 65'535;
inline constexpr std::size_t MAX_RULE_BODIES = 131'072;     // a rule counts once for each action
inline constexpr std::size_t MAX_ORDERED = 1'000'000;       // overrides that `order by` adds
inline constexpr std::size_t MAX_RANKS = 64;                // of one `order by rank`
inline constexpr std::size_t MAX_OBSERVERS = 4'096;         // and counters; once for each action
inline constexpr std::int64_t MAX_DUTY_AMOUNT = 1'000'000;  // days or hours of one deadline
inline constexpr std::int64_t MAX_WORKING_DAYS = 1'000;     // of one deadline
inline constexpr std::int64_t MAX_WINDOW_DAYS = 400;        // of a counter over days
inline constexpr std::int64_t MAX_DATED_DAYS = 31;          // that an action may be dated back
inline constexpr std::size_t MAX_ASSERTIONS = 4'096;
inline constexpr std::size_t MAX_INVARIANTS = 4'096;
inline constexpr std::size_t MAX_INITIAL_VALUES = 16'384;
inline constexpr std::size_t MAX_OLDER_TYPES = 256;  // that the values of a store had
inline constexpr std::size_t MAX_TESTS = 4'096;
inline constexpr std::size_t MAX_PARAMETERS = 64;   // of one action or event
inline constexpr std::size_t MAX_TABLE_ROWS = 128;  // of one table
// Text of the functions that all calls together put in place of their names.
inline constexpr std::size_t MAX_CALLED_BYTES = 16 << 20;
inline constexpr std::size_t MAX_LOCALS = 1'024;  // of one action, rule body or assertion
inline constexpr std::size_t MAX_KNOWN =
    1'024;  // that an action has made sure of; older ones are forgotten
inline constexpr std::size_t MAX_STATEMENTS = 16'384;  // of one action, nested ones too
inline constexpr std::size_t MAX_EXCEPTIONS = 64;      // of one rule
inline constexpr std::size_t MAX_CITATIONS = 64;       // of one rule or exception
inline constexpr std::size_t MAX_MESSAGE_VALUES = 32;  // shown by one message
inline constexpr std::size_t MAX_TEXT_BYTES = 4'096;   // of a title, place, piece of a message
inline constexpr std::size_t MAX_TEST_STEPS = 4'096;   // of one test
inline constexpr std::size_t MAX_CYCLE_SHOWN = 8;      // rules or modules of one cycle
inline constexpr std::size_t MAX_SUGGESTIONS = 50;     // "did you mean" of one run

}  // namespace edict::check
