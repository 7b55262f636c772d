// link: the one pure function that joins the modules in force: which rules govern which action,
// what a call costs, what it reads and writes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "vm/bytecode/module.h"

namespace edict::call {

// Roles of parties are kept there: Map<(Party, Text<128>), Bool>; a role is held if it reads true.
inline constexpr std::string_view ROLES_MODULE = "std.membership";
inline constexpr std::string_view ROLES_STORE = "roles";

// Working days are published there: Map<Int 1..9999, Set<Date, 128>>, by year.
inline constexpr std::string_view CALENDAR_MODULE = "std.calendar";
inline constexpr std::string_view DAYS_OFF_STORE = "days_off";
inline constexpr std::string_view DAYS_WORKED_STORE = "days_worked";
inline constexpr std::uint32_t MAX_PUBLISHED_DAYS = 128;
// Who may fulfil another's duties: the principals of a delegate for one action, and until when
// each.
inline constexpr std::string_view PRINCIPALS_STORE = "principals";
inline constexpr std::string_view DELEGATED_STORE = "delegated_until";
inline constexpr std::uint32_t MAX_PRINCIPALS = 64;

// One regulation as it governs one action: the rules (with the body for that action) in text order.
struct GovernedBy {
    std::uint32_t regulation = 0;  // index into LinkedSet::modules
    struct Rule {
        std::uint32_t rule = 0;                      // index into Module::rules
        std::uint32_t body = 0;                      // index into RuleDecl::bodies
        std::vector<std::uint32_t> overridden_by{};  // indexes into `rules`; set by order_rules()
    };
    std::vector<Rule> rules;             // ascending
    std::vector<std::uint32_t> order{};  // of `rules`: after all that override it; by order_rules()
    bytecode::Answer default_answer = bytecode::Answer::silent;
    std::vector<std::uint32_t> observers{};     // indexes into Module::observers, ascending
    std::vector<std::uint32_t> on_forbidden{};  // those that run when the call was forbidden
};
// Fills `order` and `overridden_by` from the rules' overrides, which are acyclic.
void order_rules(const bytecode::Module& regulation, GovernedBy& governed);

struct LinkedAction {
    std::uint32_t module = 0;             // index into LinkedSet::modules
    std::uint32_t action = 0;             // index into Module::actions
    std::vector<GovernedBy> governed_by;  // in the order of module names
    bool must_be_governed = false;        // its contract names regulators; if false and governed_by
                                          // is empty, the call passes on its role alone
    bytecode::Cost cost;                  // bound: code, rules, messages, callees
    std::vector<std::string> reads;       // "module.store", callees included, ascending
    std::vector<std::string> writes;
    std::vector<std::string> owed_by_roles;  // `any ROLE must` call it; ascending
};

struct LinkedStore {
    std::string module, store;
    value::TypeRef key;  // null: a single value
    value::TypeRef value;
    std::optional<value::Value> initial;   // what an absent key reads as
    std::vector<value::TypeRef> older{};   // the types that its values had before
    std::vector<std::uint32_t> numbers{};  // of those types, then of the present one
    std::uint64_t conversion_cost = 0;     // of reading a value of one of them
};

struct LinkedSet {
    std::vector<std::shared_ptr<const bytecode::Module>> modules;         // ascending by name
    std::vector<crypto::Hash> hashes;                                     // of each module
    std::map<std::pair<std::string, std::string>, LinkedAction> actions;  // (module, action)
    std::vector<LinkedStore> stores;                   // of all modules; membership's roles, always
    std::vector<std::vector<std::uint32_t>> store_of;  // [module][index of its store table]
    std::uint32_t roles_store = 0;                     // where has_role looks
    std::uint32_t days_off_store = 0, days_worked_store = 0;
    std::uint32_t principals_store = 0, delegated_store = 0;

    [[nodiscard]] const bytecode::Module* find(std::string_view module) const;
    [[nodiscard]] const LinkedAction* find(std::string_view module, std::string_view action) const;
    [[nodiscard]] const LinkedStore* find_store(std::string_view module,
                                                std::string_view store) const;
    // Identity of the whole set: SHA-256 over (name, hash) of each module.
    [[nodiscard]] crypto::Hash identity() const;
};

// The error says which module, which name, and what does not fit: a missing import, an import of
// another hash, a store or action of another type, a governed contract with `regulators none`, a
// cycle, a call over MAX_CALL_COST or MAX_CALL_DEPTH.
[[nodiscard]] base::Result<LinkedSet> link(
    std::vector<std::shared_ptr<const bytecode::Module>> modules);

}  // namespace edict::call
