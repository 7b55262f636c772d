// Module: what a contract or regulation is once compiled. Its canonical bytes are its identity
// (SHA-256) everywhere; a node executes from them alone. Spans and local names are elsewhere
// (debug.h), outside identity.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/strong.h"
#include "crypto/hash.h"
#include "value/value.h"
#include "vm/bytecode/opcode.h"

namespace edict::bytecode {

inline constexpr std::uint16_t FORMAT_VERSION = 2;
inline constexpr std::uint16_t NO_REGISTER = 0xffff;

using TypeIndex = std::uint16_t;      // into Module::types
using FunctionIndex = std::uint32_t;  // into Module::functions
using Cost = base::Strong<struct CostTag, std::uint64_t>;

struct Instruction {
    Opcode op = Opcode::ret;
    std::uint16_t a = 0, b = 0, c = 0;
    friend bool operator==(const Instruction&, const Instruction&) = default;
};

enum class FunctionKind : std::uint8_t {
    action,   // parameters; no result
    rule,     // parameters of the action; one Bool: a scope, a condition or an exception
    message,  // parameters of the action; the shown values of a message, some may have no value
};

struct Function {
    FunctionKind kind = FunctionKind::rule;
    std::uint16_t parameters = 0;      // registers 0 .. parameters-1 hold them
    std::vector<TypeIndex> registers;  // the type of each register
    std::vector<Instruction> code;     // ends with ret on every path
    std::uint64_t cost = 0;            // bound, without callees; the validator recomputes it
};

struct Constant {
    TypeIndex type = 0;
    value::Value value;
};

struct Import {  // linked by content
    std::string module;
    crypto::Hash hash;
};

struct StoreDecl {  // a store of this module
    std::string name;
    std::optional<TypeIndex> key;  // none: a single value
    TypeIndex value = 0;
    std::optional<std::uint32_t> initial;  // constant: what an absent key reads as
};
struct StoreUse {  // store table: what code reads and writes; own stores and those of imports
    std::string module;
    std::string store;
    std::optional<TypeIndex> key;
    TypeIndex value = 0;
    std::optional<value::Value> initial;  // as declared there; link checks that it agrees
};
struct EventDecl {
    std::string name;
    std::vector<std::string> field_names;
    std::vector<TypeIndex> fields;
};
struct Callee {
    std::string module;
    std::string action;
    std::vector<TypeIndex> parameters;
    std::optional<TypeIndex> result;
};

struct Dated {  // legal time is that parameter, a Time, at most so many days old
    std::uint16_t parameter = 0;
    std::uint16_t days = 0;
};
struct ActionDecl {
    std::string name;
    std::vector<std::string> parameter_names;
    std::vector<TypeIndex> parameters;
    std::optional<TypeIndex> result;    // what its code returns; none: nothing
    std::vector<std::string> by_roles;  // empty: anyone
    bool by_duty = false;               // runs only as the remedy of a duty
    std::optional<Dated> dated;         // none: legal time is block time
    FunctionIndex code = 0;
    std::vector<std::uint16_t> reads;  // indexes of the store table, own code only, ascending
    std::vector<std::uint16_t> writes;
};

struct SourceDecl {
    std::string name, rank, title;
    std::optional<value::Date> in_force_from;
};
struct CitationRef {
    std::uint16_t source = 0;
    std::string place;
};

enum class Norm : std::uint8_t { permit, forbid, require, duty };
enum class Answer : std::uint8_t { permitted, forbidden, silent };

struct MessageTemplate {  // texts.size() == number of values that `values` returns + 1
    std::vector<std::string> texts;
    std::optional<FunctionIndex> values;  // none: one text, nothing shown
};
struct ExceptionDecl {
    FunctionIndex condition = 0;
    std::optional<MessageTemplate> because;
    std::vector<CitationRef> cites;
};
enum class DutyUnit : std::uint8_t { days, hours, working_days };
enum class Bearer : std::uint8_t { party, role, every };
struct DutyRemedy {
    std::uint16_t callee = 0;                // an action by duty
    std::optional<FunctionIndex> arguments;  // message function: all of them; none: it takes none
};
struct DutyTerms {  // who must call what until when, as it follows from the governed call
    Bearer bearer = Bearer::party;
    std::string role;          // of role; else empty
    std::uint16_t callee = 0;  // the action that fulfils it
    std::vector<bool> any;     // for each of its parameters: whether every argument does
    // Message function: the bearer (not of role; of every: the set), the arguments that are given,
    // and the day from which it counts (only with `after`). None: it returns nothing.
    std::optional<FunctionIndex> values;
    std::uint32_t amount = 0;
    DutyUnit unit = DutyUnit::days;
    bool after = false;
    std::optional<DutyRemedy> remedy;
};
struct RuleBody {  // a rule as it applies to one action
    std::string contract, action;
    std::optional<FunctionIndex> scope;      // none: always
    std::optional<FunctionIndex> condition;  // of a require
    std::optional<DutyTerms> duty;           // of a duty
    std::vector<ExceptionDecl> exceptions;
    std::optional<MessageTemplate> because;
};
struct RuleDecl {
    std::string name;
    Norm norm = Norm::permit;
    bool as_of_right = false;
    std::optional<value::Date> from, until;  // window, half-open
    std::vector<CitationRef> cites;
    std::vector<std::uint16_t> overrides;  // rules of this module; acyclic
    std::vector<RuleBody> bodies;
};
// A counter or observer for one action: code of an action that writes stores of this module only
// and neither emits nor calls. It runs after the governed action, before the rules.
struct ObserverDecl {
    std::string name;  // of a counter: once for each action that it counts
    std::string contract, action;
    bool on_forbidden = false;  // it runs after a call was forbidden, on the state before it
    FunctionIndex code = 0;     // takes the parameters of the action
};
struct DefaultDecl {
    std::string contract, action;
    Answer answer = Answer::silent;
};
struct GovernedAction {  // the signature that rule code was compiled against; link checks it
    std::string contract, action;
    std::vector<TypeIndex> parameters;
    std::optional<TypeIndex> result;
    // What code about the action takes: its parameters, then what it returned.
    [[nodiscard]] std::vector<TypeIndex> facts() const {
        std::vector<TypeIndex> all = parameters;
        if (result) all.push_back(*result);
        return all;
    }
};

// A condition that holds in every state: for each key of a store, or by itself.
struct InvariantDecl {
    std::string name;
    std::optional<std::uint16_t> over;  // store table; its function takes the key, or its parts
    FunctionIndex condition = 0;
    std::vector<CitationRef> cites;
    std::optional<MessageTemplate> because;
};
struct InitialOrigin {  // where initial data come from
    std::string title;
    crypto::Hash hash;
};
struct InitialValue {         // what a store of this module holds when the module comes into force
    std::uint16_t store = 0;  // index into Module::stores
    std::optional<std::uint32_t> key;
    std::uint32_t value = 0;  // constants
    std::optional<std::uint16_t> origin;
};
// How values that older versions stored are read. A stored value carries the number of its type:
// type_number() of vm/bytecode/schema.h.
struct OlderTypes {
    std::uint16_t store = 0;  // index into Module::stores
    std::vector<TypeIndex> types;
};
struct FieldDefault {  // of a record that lacks the field
    TypeIndex record = 0;
    std::uint16_t field = 0;
    std::uint32_t value = 0;  // constant
};
struct UpgradeDecl {  // message function: of the old record's fields, one value
    TypeIndex from = 0, to = 0;
    FunctionIndex code = 0;
};
struct SchemaHistory {
    std::vector<OlderTypes> stores;  // ascending; those with older types only
    std::vector<FieldDefault> defaults;
    std::vector<UpgradeDecl> upgrades;
};

// What holds personal data in clear. A chain refuses modules that would publish it.
enum class PersonalKind : std::uint8_t {
    parameter,  // `part` of the action `of`
    result,     // of the action `of`
    event,      // the field `part` of the event `of`
    store,      // `of`
    elements,   // that fail under the body `part` of the rule `of`: decisions do not name them
};
struct PersonalFlag {
    PersonalKind kind = PersonalKind::parameter;
    std::uint16_t of = 0;
    std::uint16_t part = 0;  // 0 where there are none
    friend auto operator<=>(const PersonalFlag&, const PersonalFlag&) = default;
};

enum class ModuleKind : std::uint8_t { contract, regulation };

// A number that no other module of this process has had.
[[nodiscard]] std::uint64_t next_serial();

struct Module {
    // For the caches of engines, not part of the format: modules of one serial have equal content.
    // A copy keeps it, so who changes a copy gives it a new one.
    std::uint64_t serial = next_serial();

    std::string name;
    ModuleKind kind = ModuleKind::contract;
    std::uint32_t version_major = 0, version_minor = 0, version_patch = 0;
    std::optional<std::int16_t> zone_minutes;

    std::vector<Import> imports;
    std::vector<value::TypeRef> types;
    std::vector<Constant> constants;
    std::vector<std::string> regulators;
    std::vector<std::string> roles;
    std::vector<EventDecl> events;
    std::vector<StoreDecl> stores;
    std::vector<StoreUse> store_table;
    std::vector<Callee> callees;
    std::vector<Function> functions;
    std::vector<ActionDecl> actions;

    bool restrictions_first = false;  // of a regulation: a permit is meant to yield
    std::vector<std::string> governs;
    std::vector<GovernedAction> governed_actions;
    std::vector<SourceDecl> sources;
    std::vector<RuleDecl> rules;
    std::vector<ObserverDecl> observers;  // in text order
    std::vector<DefaultDecl> defaults;
    std::vector<InvariantDecl> invariants;
    std::vector<InitialOrigin> origins;
    std::vector<InitialValue> initial;
    SchemaHistory history;
    std::vector<PersonalFlag> personal;  // ascending
    // Sections of the format that the language does not fill yet: parameters, tables.
    // They are written as empty and must be read as empty.
};

// Canonical bytes (docs/BYTECODE.md). decode() also validates: nothing else makes a Module from
// bytes.
[[nodiscard]] base::Bytes encode(const Module& module);
[[nodiscard]] base::Result<Module> decode(base::ByteView bytes);
[[nodiscard]] crypto::Hash identity(const Module& module);  // SHA-256 of the canonical bytes

}  // namespace edict::bytecode
