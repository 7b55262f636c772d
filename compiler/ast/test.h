// Test blocks as written: steps in the order of the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/ast/expression.h"

namespace edict::ast {

struct TestParty {  // xiyuan: hospital and ministry; without a role: xiyuan
    Name name;
    std::vector<Name> roles;
};
struct Parties {
    std::vector<TestParty> parties;
};
struct Given {  // given store = v, given store[key] = v
    Expression target;
    Expression value;
};
struct At {  // at 2026-02-01, at 2026-02-01 09:30: in the zone of the module
    Date date;
    std::uint8_t hour = 0;
    std::uint8_t minute = 0;
};
struct CallStep {  // call share("pbc", to: guangan) by xiyuan
    QualifiedName action;
    std::vector<Argument> arguments;
    Name by;
};
enum class Outcome : std::uint8_t { committed, forbidden, failed, refused };
struct ExpectOutcome {  // of the last call
    Outcome outcome = Outcome::committed;
    std::optional<QualifiedName> by_rule;  // forbidden by RULE
    bool by_default = false;               // forbidden by default
    std::optional<std::string> message;    // failed "…", without interpolation
};
struct ExpectStore {  // expect store[key] == v; v may be absent
    Expression target;
    Expression value;
};

struct ExpectDuty {  // expect duty to must report(d); expect no duty; expect breach by RULE
    enum class What : std::uint8_t { open, none, breach };
    What what = What::none;
    Name bearer;
    QualifiedName action;
    std::vector<Argument> arguments;
    std::optional<QualifiedName> by_rule;
};

struct TestStep {
    Span span;
    std::variant<Parties, Given, At, CallStep, ExpectOutcome, ExpectStore, ExpectDuty> node;
};

struct TestDeclaration {
    std::string title;
    Span title_span;
    std::vector<TestStep> steps;
    Span span;
    bool example = false;  // shown in the documentation
};

}  // namespace edict::ast
