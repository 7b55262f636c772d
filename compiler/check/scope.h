// Where an expression stands: which names it sees beside the declared ones, and what it may do.
// Not for other folders.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "compiler/check/context.h"

namespace edict::check {

enum class Place : std::uint8_t { constant, action, rule, observer, invariant };

struct Binding {  // a local in sight
    std::string name;
    LocalId local;
    Span span;
};
struct NamedParty {  // of a test
    std::string name;
    Span span;
};

struct ParamMeaning {
    std::uint32_t index = 0;
};
struct LocalMeaning {
    LocalId local;
};
struct PartyMeaning {  // of a test
    std::string name;
};
using Meaning = std::variant<ParamMeaning, LocalMeaning, PartyMeaning, StoreRef, MemberRef,
                             ConstantRef, DatedRef>;

struct Found {  // one thing that a name could mean
    Meaning meaning;
    Span span;         // its declaration
    std::string what;  // "a parameter"
};

struct NameUse {  // a name in a rule that is no local, and what it meant
    std::string name;
    Span span;
    std::optional<std::uint32_t> parameter;
    Span declared;
    std::string what;
};

struct Scope {
    Place place = Place::constant;
    const Action* action = nullptr;                // that the code is in (action) or about (rule)
    const std::set<StoreRef>* observed = nullptr;  // what observers write in a call (rule)
    std::vector<Local>* locals = nullptr;          // of the owner; every new local is appended
    std::vector<Binding> bindings;                 // in sight, innermost last
    std::vector<NamedParty> parties;
    std::optional<Moment> moment;          // inside before(…) or after(…)
    const std::string* pure = nullptr;     // the function whose body this is
    bool moment_used = false;              // a store was read there
    std::vector<NameUse>* uses = nullptr;  // where rules note their names
};

}  // namespace edict::check
