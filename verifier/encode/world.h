// World: everything that one call may find and do, as terms: the state before it, who holds which
// role, the day, what the action writes. Facts that the types allow are possible, no others.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/check/program.h"
#include "verifier/encode/symbols.h"

namespace edict::encode {

struct Cell {  // of a store, at one key
    Term present;
    Symbol value;
};

// What one statement does to a store: at a key for which `condition` holds, the cell becomes this.
struct Effect {
    Term condition;
    Cell cell;
};
struct Write;
using Memory = std::shared_ptr<const Write>;  // null: as before the call
struct Write {
    Memory before;
    check::StoreRef store;
    std::function<Effect(const Symbol& key)> effect;  // the key of a single store is empty
};

// Where code runs: what its names mean.
struct Site {
    check::ModuleId module;  // whose zone `today` is in
    std::shared_ptr<const std::vector<Symbol>> arguments;
    Term caller, signer;
    Memory current, before, after;
    std::vector<Symbol> locals{};
    bool dated = false;  // its action is dated by a parameter
    bool apart = false;  // its legal time is not that of the call from outside
};

// One action that was entered; inner calls have their own.
struct Frame {
    check::ActionRef action;
    std::shared_ptr<const std::vector<Symbol>> arguments;
    Term caller, signer;
    Memory before, after;
    Term reached;         // it was entered
    Term failed_by_then;  // when it returned, the call had failed
    // For each regulation whose observers take note of it: whether one of them lacks a value.
    std::map<check::ModuleId, Term> observers_failed{};
    bool apart = false;  // as of Site
};

struct Entry {  // a cell of the state before the call, unless an earlier entry has an equal key
    check::StoreRef store;
    Symbol key;
    Cell cell;
};
struct RoleEntry {  // likewise
    Term party, role, held;
};

class World {
public:
    explicit World(const check::Program& of);

    const check::Program& program;
    smt::Terms terms;
    Symbols symbols{terms};

    // A call of this action from outside: `frames` is filled, inner calls first, itself last.
    void enter(check::ActionRef action);
    std::vector<Frame> frames;
    Term may_call;              // the caller holds a role that the action asks for
    Term failed;                // the action, or one that it called, ended by failing
    Term assumed;               // `may_call` and not `failed`: what is assumed of every call
    bool hidden_calls = false;  // a loop that is not encoded calls actions, which have no frame

    Encoded encode(const Site& site, const check::Expr& expression);
    Truth condition(const Site& site, const check::ExprRef& expression);  // null: true
    Cell read(const Memory& memory, check::StoreRef store, const Symbol& key);
    // Day number in the zone of the site's module, and legal time in milliseconds.
    Term today(const Site& site);
    Term now(const Site& site);
    Term has_role(Term party, Term role);
    Term role_name(const std::string& role);
    Term may_enter(const check::Action& action, Term caller);

    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
    [[nodiscard]] const std::vector<RoleEntry>& roles() const { return roles_; }
    [[nodiscard]] const std::map<int, Term>& days() const { return days_; }  // by zone
    [[nodiscard]] const std::optional<Term>& moment() const { return now_; }

private:
    friend class Execution;
    Memory observe(Frame& frame, Memory memory, Term path);
    Cell initial(check::StoreRef store, const Symbol& key, std::uint32_t epoch, smt::Origin origin);

    struct Forgotten {  // cells of a store after something that is not encoded
        std::uint32_t epoch = 0;
        Entry entry;
    };
    std::vector<Entry> entries_;
    std::vector<Forgotten> forgotten_;
    std::uint32_t epochs_ = 0;
    std::vector<RoleEntry> roles_;
    std::map<int, Term> days_;
    std::optional<Term> now_;
    Term today(check::ModuleId module);
    Term now();
    void relate(Term day, int zone);  // a day to the moment
};

// Whether the bodies of an action or its callees call this action, or any action at all.
[[nodiscard]] bool is_called_from_inside(const check::Program& program, check::ActionRef action);

}  // namespace edict::encode
