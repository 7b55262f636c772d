// The sections of a module file, in their order. A tag never changes its meaning.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace edict::bytecode {

inline constexpr std::string_view MODULE_MAGIC = "EDICTMOD";

enum class Section : std::uint8_t {
    module = 1,
    imports,
    types,
    constants,
    regulators,
    roles,
    events,
    stores,
    store_table,
    callees,
    functions,
    actions,
    read_write_sets,
    governs,
    governed_actions,
    sources,
    rules,
    defaults,
    personal_flags,
    counters,
    duties,
    parameters,
    tables,
    schema_history,
    invariants,
    initial_data,
};

struct SectionInfo {
    Section section = Section::module;
    std::string_view name;
    std::string_view contents;
};

inline constexpr std::array<SectionInfo, 26> SECTIONS = {{
    {Section::module, "module",
     "name, kind, version, zone in minutes east of UTC, whether restrictions come first"},
    {Section::imports, "imports", "name and content hash of each module that this one is built on"},
    {Section::types, "types", "the types that the other sections name by index"},
    {Section::constants, "constants", "type and canonical bytes of each constant"},
    {Section::regulators, "regulators", "the roles that may regulate this contract"},
    {Section::roles, "roles", "the roles that it declares"},
    {Section::events, "events", "name and fields of each event"},
    {Section::stores, "stores", "name, key type, value type and default of each own store"},
    {Section::store_table, "store_table",
     "the stores that code reads and writes, by module and name"},
    {Section::callees, "callees", "the actions of other contracts that code calls"},
    {Section::functions, "functions", "kind, parameters, register types, code and cost bound"},
    {Section::actions, "actions",
     "name, parameters, roles that may call it, whether by duty, the parameter that dates it, "
     "function"},
    {Section::read_write_sets, "read_write_sets",
     "for each action, the stores it reads and writes"},
    {Section::governs, "governs", "the modules that this regulation governs"},
    {Section::governed_actions, "governed_actions", "the parameters its rules were built for"},
    {Section::sources, "sources", "name, rank, title and date of each source of law"},
    {Section::rules, "rules",
     "name, norm, as of right, window, citations, overrides, and for each action scope, condition, "
     "exceptions, duty and message"},
    {Section::defaults, "defaults", "the default answer for each governed action"},
    {Section::personal_flags, "personal_flags",
     "what holds personal data in clear: parameters, results, fields of events, stores, elements "
     "that fail; empty: nothing does"},
    {Section::counters, "counters",
     "for each counter and observer, and each of its actions: name, action, whether it counts "
     "forbidden calls, function"},
    {Section::duties, "duties", "empty: duties stand with their rules"},
    {Section::parameters, "parameters", "empty in this version"},
    {Section::tables, "tables", "empty in this version"},
    {Section::schema_history, "schema_history",
     "for each store whose values had other types, those types; defaults of fields "
     "that old records lack; upgrades: old type, type, function; also of other modules' records "
     "that it stores"},
    {Section::invariants, "invariants",
     "name, the store whose keys it is about, function, citations and message"},
    {Section::initial_data, "initial_data",
     "where the data come from, title and SHA-256; store, key, value and origin of each"},
}};

}  // namespace edict::bytecode
