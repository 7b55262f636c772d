// Program: the typed, resolved model of a set of modules. Every name is resolved, every expression
// has its type, every implicit step (wrap, unwrap, range check) is explicit. The lowering and the
// verifier read it; nothing else about the source is shared.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/strong.h"
#include "compiler/check/expression.h"
#include "compiler/source/span.h"
#include "crypto/hash.h"
#include "value/value.h"

namespace edict::check {

struct Version {
    std::uint32_t major = 0, minor = 0, patch = 0;
    friend auto operator<=>(const Version&, const Version&) = default;
};

enum class ModuleKind : std::uint8_t { contract, regulation };

struct Role {
    std::string name;  // roles are words of the whole consortium: equal names are one role
    source::Span span;
};

struct Event {
    std::string name;
    std::vector<value::Field> fields;
    source::Span span;
    std::vector<bool> personal;  // for each field: whether it shows personal data
};

struct Store {
    std::string name;
    value::TypeRef
        key;  // null: a single value, which always has a value (its `initial`) or none yet
    value::TypeRef value;
    std::optional<value::Value> initial;  // `default v`: what an absent key reads as
    source::Span span;
    bool counted = false;  // kept by a counter, changed by nothing else
    // Of a counter over so many days: the value of a key is a set of (day, amount); what the
    // counter reads as is their total.
    std::optional<std::uint32_t> days;
    // The types that its values may have had before, none of them twice.
    std::vector<value::TypeRef> older{};
    bool personal = false;  // whether personal data come into it
};

struct Parameter {
    std::string name;
    value::TypeRef type;
    source::Span span;
    bool personal = false;  // marked so, or of a type with a field that is
};

// ---- tables -------------------------------------------------------------------------------------

struct TableCell {
    enum class Test : std::uint8_t {
        any,
        one_of,      // equal to one of `values`
        other_than,  // equal to none of them
        less,        // the rest: of what has an order; an absent value fits none
        at_most,
        more,
        at_least,
        range,  // from values[0] to values[1], both belong to it
    };
    Test test = Test::any;
    std::vector<value::Value> values;  // of the column's type; with an order, without its `?`
    source::Span span;
};
struct TableRow {
    std::vector<TableCell> cells;  // one for each parameter
    value::Value value;
    source::Span span;
};
// The checker puts a table in place of its name; it stands here for those who look for its gaps.
struct Table {
    std::string name;
    std::vector<Parameter> parameters;
    value::TypeRef result;
    bool unique = false;  // rows that fit the same values must agree; else the first one counts
    std::vector<TableRow> rows;
    source::Span span;
};

// ---- actions ------------------------------------------------------------------------------------

struct Statement;
using Block = std::vector<Statement>;

struct Let {  // local = value; without `otherwise` a value that does not exist ends the call:
              // failed
    LocalId local;
    ExprRef value;
    std::optional<Message> otherwise;  // else fail "…"
};
struct Assign {  // store or store[key] = value; a compound assignment is written out by the checker
    StoreRef store;
    ExprRef key;  // null for a single store
    ExprRef value;
};
struct Remove {  // the key becomes absent
    StoreRef store;
    ExprRef key;
};
struct If {
    ExprRef condition;
    Block then;
    Block otherwise;
};
struct For {  // over a set, in ascending order
    LocalId local;
    ExprRef set;
    Block body;
};
struct Fail {
    Message message;
};
struct Emit {
    EventRef event;
    std::vector<ExprRef> arguments;
};
struct CallAction {  // of another contract; governed where it returns
    ActionRef action;
    std::vector<ExprRef> arguments;
    std::optional<LocalId> result;  // let x = hub.f(a): what it returned
};
struct Return {  // the last thing on its path
    ExprRef value;
};

struct Statement {
    source::Span span;
    std::variant<Let, Assign, Remove, If, For, Fail, Emit, CallAction, Return> node;
};

// The legal time of a call is that Time parameter, if it is not after block time and not so many
// days before it; else the call is refused.
struct Dated {
    std::uint32_t parameter = 0;
    std::uint32_t days = 0;
};

struct Action {
    std::string name;
    std::vector<Parameter> parameters;
    bool returns = false;
    value::TypeRef result;              // of an action that returns
    bool personal_result = false;       // whether it is derived from personal data
    std::vector<std::string> by_roles;  // empty: by anyone
    bool by_duty = false;               // only as the `else` of a duty; not governed
    std::optional<Dated> dated;
    std::vector<Local> locals;  // of all statements; LocalId indexes it
    Block body;
    source::Span span;
    // Found by the checker over the action and its callees; ascending, without duplicates.
    std::vector<StoreRef> reads;
    std::vector<StoreRef> writes;
};

// ---- rules --------------------------------------------------------------------------------------

enum class Norm : std::uint8_t { permit, forbid, require, duty };

struct Citation {
    std::uint32_t source = 0;  // index into Module::sources
    std::string place;         // "art 28"
};

struct Source {
    std::string name;
    std::string rank;  // law, regulation, internal …
    std::optional<value::Date> in_force_from;
    std::string title;
    source::Span span;
};

// A constant that the law changes. The checker puts its values in place of its name; it stands here
// for those who show it.
struct DatedParameter {
    std::string name;
    value::TypeRef type;
    std::vector<Citation> cites;
    std::vector<std::pair<value::Date, value::Value>> values;  // ascending
    source::Span span;
};

// Half-open: holds on `from`, not on `until`; a missing end is open.
struct Window {
    std::optional<value::Date> from;
    std::optional<value::Date> until;
};

struct Exception {  // unless condition because … cites …
    ExprRef condition;
    std::optional<Message> because;
    std::vector<Citation> cites;
    source::Span span;
};

enum class DutyUnit : std::uint8_t { days, hours, working_days };
enum class Bearer : std::uint8_t { party, role, every };

struct Duty {  // BEARER must ACTION(arguments) within N days after DATE else REMEDY
    Bearer kind = Bearer::party;
    ExprRef bearer;    // Party; of every: Set<Party>; of role: null
    std::string role;  // of role: whoever holds it
    ActionRef action;
    std::vector<ExprRef> arguments;  // null: any
    std::int64_t amount = 0;
    DutyUnit unit = DutyUnit::days;
    ExprRef after;  // Date, or null: from the call
    std::optional<ActionRef> remedy;
    std::vector<ExprRef> remedy_arguments;
};

// A rule as it applies to one action: the same text, resolved against that action's parameters. In
// rules, counters and observers the parameter after the last is what the action returned.
struct RuleBody {
    ActionRef action;
    std::vector<Local> locals;  // of quantifiers in any of the expressions below
    ExprRef scope;              // null: always
    ExprRef condition;          // of a require; else null
    std::optional<Duty> duty;   // of a duty
    std::vector<Exception> exceptions;
    std::optional<Message> because;
    bool personal_elements = false;  // those that fail under an `every` are not to be named
};

struct Rule {
    std::string name;
    Norm norm = Norm::permit;
    bool as_of_right = false;  // a permit that nothing may take away
    std::vector<Citation> cites;
    // Rules of the same regulation: first those that its text names, so many, then those that an
    // `order by` of the regulation adds.
    std::vector<std::uint32_t> overrides;
    std::uint32_t written_overrides = 0;
    Window window;                 // already derived from `effective` or the sources
    std::vector<RuleBody> bodies;  // one for each action that it names
    source::Span span;
    source::Span name_span;
};

// What a counter or `observe` does after one action: it writes only stores of its regulation. Where
// a value is missing the regulation answers forbidden.
struct ObserverBody {
    ActionRef action;
    std::vector<Local> locals;
    Block body;
};
struct Observer {
    std::string name;           // of the counter; observe_1, observe_2 … for the others
    bool on_forbidden = false;  // runs when the call was forbidden, on the state before it
    std::vector<ObserverBody> bodies;
    source::Span span;
};

enum class Answer : std::uint8_t { permitted, forbidden, silent };

struct Default {  // resolved: one for each governed action
    ActionRef action;
    Answer answer = Answer::silent;
    source::Span span;
};

struct Assertion {  // never permitted / never forbidden ACTION when condition
    ActionRef action;
    bool never_permitted = true;
    std::vector<Local> locals;
    ExprRef condition;  // null: always
    source::Span span;
};

// ---- stores over time ---------------------------------------------------------------------------

struct Invariant {  // holds in every state: for each key of a store, or by itself
    std::string name;
    std::vector<Citation> cites;
    std::optional<StoreRef> over;
    std::vector<Parameter> keys;  // ParamRead indexes it; the key, or the parts of a tuple
    std::vector<Local> locals;
    ExprRef condition;
    std::optional<Message> because;
    source::Span span;
    std::set<StoreRef> reads;  // `over` too
};

struct InitialValue {  // constants only
    StoreRef store;    // of the module itself
    std::optional<value::Value> key;
    value::Value value;
    std::optional<std::uint32_t> origin;  // index into Module::origins
    source::Span span;
};
struct InitialOrigin {
    std::string title;
    crypto::Hash hash;  // SHA-256 of what the title names
};

// Of what older versions stored: how a record that lacks a field is read.
struct FieldDefault {       // what a field is in records that lack it
    value::TypeRef record;  // as it is now
    std::uint32_t field = 0;
    value::Value value;
};
struct Upgrade {
    value::TypeRef to;              // as it is now
    std::vector<Parameter> fields;  // of the old record; ParamRead indexes it
    std::vector<Local> locals;
    ExprRef value;
    source::Span span;
};
using UpgradeRef = Ref<struct UpgradeTag>;
struct UpgradeUse {  // in a module whose stores held such records
    UpgradeRef upgrade;
    std::vector<value::TypeRef> from;  // the record as older versions had it; all read in one way
};

// ---- tests --------------------------------------------------------------------------------------

struct TestParty {
    std::string name;
    std::vector<std::string> roles;
};
struct TestGiven {  // constants only
    StoreRef store;
    std::optional<value::Value> key;
    value::Value value;
};
struct TestAt {  // moves legal time
    std::int64_t time_ms = 0;
};
struct TestCall {
    ActionRef action;
    std::vector<value::Value> arguments;
    std::string by;  // a party of the test
};
enum class Expected : std::uint8_t { committed, forbidden, failed, refused };
struct TestExpect {
    Expected outcome = Expected::committed;
    std::optional<std::string> by_rule;  // "regulation.rule"
    bool by_default = false;
    std::optional<std::string> message;  // of failed
};
struct TestStore {  // store[key] == value; no value: is absent
    StoreRef store;
    std::optional<value::Value> key;
    std::optional<value::Value> value;
};
struct TestDuty {
    enum class What : std::uint8_t { open, none, breach };
    What what = What::none;
    std::string bearer;  // of open: a party of the test
    ActionRef action;
    std::vector<value::Value> arguments;
    std::optional<std::string> by_rule;  // of breach: "regulation.rule"
};
struct TestStep {
    source::Span span;
    std::variant<TestGiven, TestAt, TestCall, TestExpect, TestStore, TestDuty> node;
};
struct Test {
    std::string name;
    std::vector<TestParty> parties;
    std::vector<TestStep> steps;
    source::Span span;
    bool example = false;  // shown whole in the documentation
};

// ---- modules ------------------------------------------------------------------------------------

struct Module {
    std::string name;
    ModuleKind kind = ModuleKind::contract;
    Version version;
    std::optional<int> zone_minutes;  // east of UTC
    source::FileId file;
    source::Span span;
    std::vector<ModuleId> uses;  // imports and governed contracts, direct

    std::vector<std::string> regulators;  // of a contract; `regulators none` leaves it empty
    std::vector<Role> roles;
    std::vector<Event> events;
    std::vector<Store> stores;
    std::vector<Action> actions;
    std::vector<Table> tables;

    std::vector<ModuleId> governs;  // of a regulation
    std::vector<Source> sources;
    std::vector<DatedParameter> parameters;
    bool restrictions_first = false;  // a permit that meets a restriction is meant to yield
    std::vector<Observer> observers;  // in text order
    std::vector<Rule> rules;
    std::vector<Default> defaults;
    std::vector<Assertion> assertions;
    std::vector<Invariant> invariants;
    std::vector<InitialOrigin> origins;
    std::vector<InitialValue> initial;
    std::vector<FieldDefault> field_defaults;  // also of other modules' records that it stores
    std::vector<Upgrade> upgrades;
    std::vector<UpgradeUse> upgrade_uses;  // of this module and of others, ascending
    std::vector<Test> tests;
};

struct Program {
    std::vector<Module> modules;  // a module stands after all that it uses
    // Of each record with personal fields, by its full name: those fields, and where they are
    // marked.
    std::map<std::string, std::map<std::string, source::Span>> personal_fields;

    [[nodiscard]] const Module& at(ModuleId id) const { return modules[id.value]; }
    [[nodiscard]] const Store& at(StoreRef ref) const { return at(ref.module).stores[ref.index]; }
    [[nodiscard]] const Action& at(ActionRef ref) const {
        return at(ref.module).actions[ref.index];
    }
    [[nodiscard]] const Event& at(EventRef ref) const { return at(ref.module).events[ref.index]; }
    [[nodiscard]] const Upgrade& at(UpgradeRef ref) const {
        return at(ref.module).upgrades[ref.index];
    }
    [[nodiscard]] std::optional<ModuleId> find(std::string_view name) const;
};

}  // namespace edict::check
