// Rules, sources, defaults and assertions as written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/expression.h"

namespace edict::ast {

struct Citation {  // PIPL "art 40"
    Name source;
    std::string place;
    Span span;
};

struct Window {  // effective from D until E: holds on D, not on E
    std::optional<Date> from;
    std::optional<Date> until;
    Span span;
};

struct Unless {  // unless c [because "…"] [cites …]
    Expression condition;
    std::optional<Message> because;
    std::vector<Citation> cites;
    Span span;
};

enum class Norm : std::uint8_t { permit, forbid, require, duty };

enum class DutyUnit : std::uint8_t { days, hours, working_days };

// to must report_use(dataset) within 30 days after d else suspend(to)
struct Duty {
    enum class Bearer : std::uint8_t { party, role, every };  // to; any office; every p in ps
    Bearer kind = Bearer::party;
    std::optional<Expression> bearer;  // a Party; of every: the set
    std::optional<Name> role;          // of `any`
    std::optional<Name> variable;      // of every
    QualifiedName action;
    std::vector<Argument> arguments;  // an argument that is the bare name `any` fits everything
    std::int64_t amount = 0;
    DutyUnit unit = DutyUnit::days;
    std::optional<Expression> after;
    struct Remedy {
        QualifiedName action;
        std::vector<Argument> arguments;
        Span span;
    };
    std::optional<Remedy> remedy;
    Span span;
};

// any action of hub; actions of hub that write exported, level_of
struct Selection {
    enum class Effect : std::uint8_t { any, write, read };
    QualifiedName module;
    Effect effect = Effect::any;
    std::vector<QualifiedName> stores;  // at least one, unless `any`
    Span span;
};
struct ActionSet {
    std::vector<QualifiedName> named;  // at least one, unless they are selected
    std::optional<Selection> selection;
};

struct RuleDeclaration {
    Name name;
    std::vector<Citation> cites;
    std::optional<Window> effective;
    std::vector<Name> overrides;
    ActionSet actions;
    std::optional<Expression> scope;  // when …
    Norm norm = Norm::permit;
    bool as_of_right = false;  // of a permit
    Span norm_span;
    std::optional<Expression> condition;  // of require, and only of it
    std::optional<Duty> duty;             // of duty, and only of it
    std::optional<Message> because;
    std::vector<Unless> exceptions;
    Span span;
};

struct SourceDeclaration {  // source PIPL rank law in force from 2021-11-01 "…"
    Name name;
    std::optional<Name> rank;
    std::optional<Date> in_force_from;
    std::string title;  // empty if not given
    Span span;
};

enum class DefaultAnswer : std::uint8_t { permit, forbid, silent };

struct DefaultDeclaration {  // default forbid share
    DefaultAnswer answer = DefaultAnswer::silent;
    std::vector<QualifiedName> actions;  // empty: the bare default, for all others
    Span span;
};

enum class Order : std::uint8_t { by_rank, by_date, restrictions_first };

struct OrderDeclaration {  // order by rank law, regulation, internal
    Order order = Order::by_rank;
    std::vector<Name> ranks;  // highest first; empty: the usual ranks
    Span span;
};

enum class Never : std::uint8_t { permitted, forbidden };

struct AssertDeclaration {  // assert never permitted share when …
    Never never = Never::permitted;
    std::vector<QualifiedName> actions;  // at least one
    std::optional<Expression> condition;
    Span span;
};

enum class Counted : std::uint8_t { count, sum, distinct };

struct CounterDeclaration {  // counter sent: sum subjects per to on share when …
    Name name;
    Counted counted = Counted::count;
    std::optional<Expression> value;  // of sum and distinct
    Expression key;
    std::optional<std::int64_t> days;  // over 30 days
    Span days_span;
    bool on_forbidden = false;
    ActionSet actions;
    std::optional<Expression> condition;
    Span span;
};

}  // namespace edict::ast
