#include "compiler/ast/print.h"

#include <fmt/format.h>

#include <array>

namespace edict::ast {
namespace {

template <typename... Fs>
struct Overload : Fs... {
    using Fs::operator()...;
};

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string date(const Date& d) { return fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day); }

// " a b c": each item after a space.
template <typename List, typename Show>
std::string each(const List& list, Show show) {
    std::string out;
    for (const auto& item : list) out += " " + show(item);
    return out;
}

std::string name(const Name& n) { return n.text; }
std::string path(const QualifiedName& n) { return n.text(); }
std::string expr(const Expression& e) { return print(e); }

std::string argument(const Argument& a) {
    return a.name ? fmt::format("{}: {}", a.name->text, print(*a.value)) : print(*a.value);
}

constexpr std::array<std::string_view, 24> BINARY = {
    "implies", "or",    "and",    "==",          "!=",        "<",        "<=",        ">",
    ">=",      "in",    "not-in", "starts-with", "ends-with", "contains", "else",      "+",
    "-",       "union", "minus",  "*",           "/",         "mod",      "intersect", "as-of"};
constexpr std::array<std::string_view, 5> CONTEXT = {"today", "caller", "signer", "now", "result"};

std::string message(const Message& m) {
    std::string out = "(message " + quoted(m.texts[0]);
    for (std::size_t i = 0; i < m.values.size(); ++i) {
        out += fmt::format(" {} {}", print(m.values[i]), quoted(m.texts[i + 1]));
    }
    return out + ")";
}

std::string block(const Block& b) {
    return "{" + each(b.statements, [](const Statement& s) { return print(s); }) + " }";
}

std::string since(const std::optional<Version>& v) {
    return v ? fmt::format(" (since {}.{}.{})", v->major, v->minor, v->patch) : "";
}

std::string fields(const std::vector<Field>& list) {
    return each(list, [](const Field& f) {
        std::string added = f.added ? since(f.added->since) : "";
        if (f.added && f.added->initial) added += " " + print(*f.added->initial);
        return fmt::format("({}{} {}{})", f.personal ? "personal " : "", f.name.text, print(f.type),
                           added);
    });
}

std::string citation(const Citation& c) {
    return fmt::format("(cites {} {})", c.source.text, quoted(c.place));
}

std::string unless(const Unless& u) {
    return fmt::format("(unless {}{}{})", print(u.condition),
                       u.because ? " " + message(*u.because) : "", each(u.cites, citation));
}

std::string window(const Window& w) {
    return fmt::format("(effective {} {})", w.from ? date(*w.from) : "-",
                       w.until ? date(*w.until) : "-");
}

std::string actions(const ActionSet& set) {
    if (!set.selection) return fmt::format("(on{})", each(set.named, path));
    constexpr std::array<std::string_view, 3> EFFECT = {"any", "write", "read"};
    const Selection& s = *set.selection;
    return fmt::format("(on {} {}{})", EFFECT[static_cast<std::size_t>(s.effect)], s.module.text(),
                       each(s.stores, path));
}

std::string duty(const Duty& d) {
    std::string out;
    if (d.role) out += " (any " + d.role->text + ")";
    if (d.variable) out += " (every " + d.variable->text + ")";
    if (d.bearer) out += " " + print(*d.bearer);
    out += fmt::format(" ({}{}) {}{}", d.action.text(), each(d.arguments, argument), d.amount,
                       d.unit == DutyUnit::hours  ? "h"
                       : d.unit == DutyUnit::days ? "d"
                                                  : "w");
    if (d.after) out += " (after " + print(*d.after) + ")";
    if (d.remedy) {
        out += fmt::format(" (else {}{})", d.remedy->action.text(),
                           each(d.remedy->arguments, argument));
    }
    return out;
}

std::string counter(const CounterDeclaration& c) {
    constexpr std::array<std::string_view, 3> COUNTED = {"count", "sum", "distinct"};
    return fmt::format("(counter {} ({}{}) (per {}){}{} {}{})", c.name.text,
                       COUNTED[static_cast<std::size_t>(c.counted)],
                       c.value ? " " + print(*c.value) : "", print(c.key),
                       c.days ? fmt::format(" (over {})", *c.days) : "",
                       c.on_forbidden ? " forbidden" : "", actions(c.actions),
                       c.condition ? fmt::format(" (when {})", print(*c.condition)) : "");
}

std::string table(const TableDeclaration& t) {
    constexpr std::array<std::string_view, 8> TEST = {"any", "==", "!=", "<",
                                                      "<=",  ">",  ">=", ".."};
    const auto cell = [&](const TableCell& c) {
        if (!c.low) return std::string("any");
        return fmt::format("({} {}{})", TEST[static_cast<std::size_t>(c.test)], print(*c.low),
                           c.high ? " " + print(*c.high) : "");
    };
    return fmt::format("(table {}{} {} {}{})", t.name.text, fields(t.parameters), print(t.result),
                       t.unique ? "unique" : "first", each(t.rows, [&](const TableRow& r) {
                           return fmt::format("({} => {})", each(r.cells, cell), print(r.value));
                       }));
}

std::string rule(const RuleDeclaration& r) {
    constexpr std::array<std::string_view, 4> NORM = {"permit", "forbid", "require", "duty"};
    std::string out = fmt::format("(rule {}{}", r.name.text, each(r.cites, citation));
    if (r.effective) out += " " + window(*r.effective);
    if (!r.overrides.empty()) out += fmt::format(" (overrides{})", each(r.overrides, name));
    out += " " + actions(r.actions);
    if (r.scope) out += fmt::format(" (when {})", print(*r.scope));
    out += fmt::format(" ({}{})", NORM[static_cast<std::size_t>(r.norm)],
                       r.as_of_right ? " as of right"
                       : r.duty      ? duty(*r.duty)
                       : r.condition ? " " + print(*r.condition)
                                     : "");
    if (r.because) out += " " + message(*r.because);
    return out + each(r.exceptions, unless) + ")";
}

std::string step(const TestStep& s) {
    constexpr std::array<std::string_view, 4> OUTCOME = {"committed", "forbidden", "failed",
                                                         "refused"};
    return std::visit(
        Overload{
            [](const Parties& p) {
                return fmt::format("(parties{})", each(p.parties, [](const TestParty& one) {
                                       return fmt::format("({}{})", one.name.text,
                                                          each(one.roles, name));
                                   }));
            },
            [](const Given& g) {
                return fmt::format("(given {} {})", print(g.target), print(g.value));
            },
            [](const At& a) {
                return fmt::format("(at {} {:02}:{:02})", date(a.date), a.hour, a.minute);
            },
            [](const CallStep& c) {
                return fmt::format("(call {}{} by {})", c.action.text(),
                                   each(c.arguments, argument), c.by.text);
            },
            [&](const ExpectOutcome& e) {
                std::string out =
                    fmt::format("(expect {}", OUTCOME[static_cast<std::size_t>(e.outcome)]);
                if (e.by_default) out += " by default";
                if (e.by_rule) out += " by " + e.by_rule->text();
                if (e.message) out += " " + quoted(*e.message);
                return out + ")";
            },
            [](const ExpectDuty& e) {
                if (e.what == ExpectDuty::What::none) return std::string("(expect no duty)");
                if (e.what == ExpectDuty::What::breach)
                    return "(expect breach" + (e.by_rule ? " by " + e.by_rule->text() : "") + ")";
                return fmt::format("(expect duty {} {}{})", e.bearer.text, e.action.text(),
                                   each(e.arguments, argument));
            },
            [](const ExpectStore& e) {
                return fmt::format("(expect {} == {})", print(e.target), print(e.value));
            },
        },
        s.node);
}

std::string source(const SourceDeclaration& d) {
    return fmt::format("(source {} {} {} {})", d.name.text, d.rank ? d.rank->text : "-",
                       d.in_force_from ? date(*d.in_force_from) : "-", quoted(d.title));
}

std::string header(const Module& m) {
    std::string out = m.kind == ModuleKind::contract ? "(contract " : "(regulation ";
    out += m.name.text();
    if (m.version) {
        out += fmt::format(" {}.{}.{}", m.version->major, m.version->minor, m.version->patch);
    }
    if (m.zone) out += fmt::format(" (zone {})", m.zone->minutes);
    if (m.regulators) out += fmt::format(" (regulators{})", each(m.regulators->roles, name));
    if (!m.governs.empty()) out += fmt::format(" (governs{})", each(m.governs, path));
    return out + ")";
}

}  // namespace

std::string print(const Expression& expression) {
    return std::visit(
        Overload{
            [](const IntLiteral& e) { return std::to_string(e.value); },
            [](const DecimalLiteral& e) { return e.number; },
            [](const QuantityLiteral& e) { return fmt::format("({} {})", e.unit.text, e.number); },
            [](const TextLiteral& e) { return quoted(e.value); },
            [](const BoolLiteral& e) { return std::string(e.value ? "true" : "false"); },
            [](const DateLiteral& e) { return date(e.value); },
            [](const AbsentLiteral&) { return std::string("absent"); },
            [](const SetLiteral& e) { return fmt::format("(set{})", each(e.elements, expr)); },
            [](const TupleLiteral& e) { return fmt::format("(tuple{})", each(e.elements, expr)); },
            [](const RecordLiteral& e) {
                return fmt::format("(record {}{})", e.type.text(),
                                   each(e.fields, [](const FieldValue& f) {
                                       return fmt::format("({} {})", f.field.text, print(*f.value));
                                   }));
            },
            [](const NameUse& e) { return e.name.text; },
            [](const Member& e) {
                return fmt::format("(. {} {})", print(*e.object), e.member.text);
            },
            [](const Index& e) {
                return fmt::format("(at {} {})", print(*e.object), print(*e.key));
            },
            [](const Call& e) {
                return fmt::format("({}{})", e.callee.text(), each(e.arguments, argument));
            },
            [](const Unary& e) {
                return fmt::format("({} {})", e.op == UnaryOp::negate ? "-" : "not",
                                   print(*e.operand));
            },
            [](const Binary& e) {
                return fmt::format("({} {} {})", BINARY[static_cast<std::size_t>(e.op)],
                                   print(*e.left), print(*e.right));
            },
            [](const HasDuty& e) {
                return fmt::format("(has {} duty {} {})", e.breached ? "breached" : "open",
                                   print(*e.party), e.action.text());
            },
            [](const IsKnown& e) {
                return fmt::format("({} {})", e.negated ? "not-known" : "known", print(*e.operand));
            },
            [](const IfThenElse& e) {
                return fmt::format("(if {} {} {})", print(*e.condition), print(*e.then),
                                   print(*e.otherwise));
            },
            [](const Quantified& e) {
                return fmt::format("({} {} {} {})",
                                   e.quantifier == Quantifier::every ? "every" : "some",
                                   e.variable.text, print(*e.set), print(*e.condition));
            },
            [](const TimeLiteral& e) {
                return fmt::format("{}T{:02}:{:02}", date(e.date), e.hour, e.minute);
            },
            [](const ListLiteral& e) { return fmt::format("[{} ]", each(e.elements, expr)); },
            [](const Aggregate& e) {
                constexpr std::array<std::string_view, 4> WHAT = {"count", "sum", "min", "max"};
                return fmt::format("({} {} {} {})", WHAT[static_cast<std::size_t>(e.what)],
                                   e.variable.text, print(*e.collection), print(*e.value));
            },
            [](const Threshold& e) {
                return fmt::format(
                    "({} {}{}{})", e.at_least ? "at-least" : "at-most", e.number,
                    e.variable ? fmt::format(" {} {}", e.variable->text, print(*e.collection)) : "",
                    each(e.conditions, expr));
            },
            [](const Rounded& e) {
                return fmt::format("(round {} {} {})", e.rounding.text, e.places, print(*e.value));
            },
            [](const Convert& e) {
                return fmt::format("(convert {} {} {})", e.currency.text, print(*e.money),
                                   print(*e.rate));
            },
            [](const ContextValue& e) {
                return std::string(CONTEXT[static_cast<std::size_t>(e.what)]);
            },
        },
        expression.node);
}

std::string print(const Type& type) {
    constexpr std::array<std::string_view, 8> SIMPLE = {"Bool",    "Date", "Party",    "Hash",
                                                        "Decimal", "Time", "Duration", "Pseudonym"};
    return std::visit(
        Overload{
            [&](const SimpleType& t) {
                return std::string(SIMPLE[static_cast<std::size_t>(t.kind)]);
            },
            [](const IntType& t) {
                return t.range ? fmt::format("(Int {} {})", t.range->low, t.range->high) : "Int";
            },
            [](const TextType& t) {
                return t.capacity ? fmt::format("(Text {})", *t.capacity) : "Text";
            },
            [](const BytesType& t) { return fmt::format("(Bytes {})", t.capacity); },
            [](const NamedType& t) { return t.name.text(); },
            [](const QuantityType& t) {
                const std::string_view word = t.money ? "Money" : "Quantity";
                return t.unit ? fmt::format("({} {})", word, t.unit->text) : std::string(word);
            },
            [](const ListType& t) {
                return fmt::format("(list {} {})", print(*t.element), t.capacity);
            },
            [](const DatedType& t) {
                return fmt::format("(dated {} {})", print(*t.value), t.capacity);
            },
            [](const CommitmentType& t) {
                return fmt::format("(commitment {})", print(*t.committed));
            },
            [](const OptionalType& t) { return fmt::format("(? {})", print(*t.element)); },
            [](const SetType& t) {
                return fmt::format("(Set {} {})", print(*t.element), t.capacity);
            },
            [](const MapType& t) {
                return fmt::format("(Map {} {})", print(*t.key), print(*t.value));
            },
            [](const TupleType& t) {
                return fmt::format("(tuple{})",
                                   each(t.parts, [](const Type& p) { return print(p); }));
            },
        },
        type.node);
}

std::string print(const Statement& statement) {
    constexpr std::array<std::string_view, 3> ASSIGN = {"=", "+=", "-="};
    return std::visit(
        Overload{
            [](const Let& s) {
                return fmt::format("(let {} {}{})", s.name.text, print(s.value),
                                   s.otherwise ? " " + message(*s.otherwise) : "");
            },
            [&](const Assign& s) {
                return fmt::format("({} {} {})", ASSIGN[static_cast<std::size_t>(s.op)],
                                   print(s.target), print(s.value));
            },
            [](const AddTo& s) {
                return fmt::format("(add {} {})", print(s.element), print(s.target));
            },
            [](const RemoveFrom& s) {
                return fmt::format("(remove {} {})", print(s.element), print(s.target));
            },
            [](const RemoveKey& s) { return fmt::format("(remove {})", print(s.target)); },
            [](const If& s) {
                return fmt::format("(if {} {}{})", print(s.condition), block(s.then),
                                   s.otherwise ? " " + block(*s.otherwise) : "");
            },
            [](const For& s) {
                return fmt::format("(for {} {} {})", s.variable.text, print(s.set), block(s.body));
            },
            [](const Return& s) { return fmt::format("(return {})", print(s.value)); },
            [](const Fail& s) { return fmt::format("(fail {})", message(s.message)); },
            [](const Emit& s) {
                return fmt::format("(emit {}{})", s.event.text(), each(s.arguments, argument));
            },
            [](const CallAction& s) {
                return fmt::format("(call {}{})", s.action.text(), each(s.arguments, argument));
            },
        },
        statement.node);
}

std::string print(const Declaration& declaration) {
    constexpr std::array<std::string_view, 3> ANSWER = {"permit", "forbid", "silent"};
    return std::visit(
        Overload{
            [](const UseDeclaration& d) { return fmt::format("(use {})", d.module.text()); },
            [](const RoleDeclaration& d) { return fmt::format("(role{})", each(d.names, name)); },
            [](const EventDeclaration& d) {
                return fmt::format("({}event {}{})", d.personal ? "personal " : "", d.name.text,
                                   fields(d.fields));
            },
            [](const EnumDeclaration& d) {
                std::string members;
                for (std::size_t i = 0; i < d.members.size(); ++i)
                    members += " " + d.members[i].text + since(d.since[i]);
                return fmt::format("(enum {}{}{})", d.name.text, d.ordered ? " ordered" : "",
                                   members);
            },
            [](const RecordDeclaration& d) {
                return fmt::format("(record {}{})", d.name.text, fields(d.fields));
            },
            [](const StoreDeclaration& d) {
                return fmt::format("(store {} {}{})", d.name.text, print(d.type),
                                   d.initial ? " " + print(*d.initial) : "");
            },
            [](const ConstDeclaration& d) {
                return fmt::format("(const {}{} {})", d.name.text,
                                   d.type ? " " + print(*d.type) : "", print(d.value));
            },
            [](const FunctionDeclaration& d) {
                return fmt::format("(function {}{} {} {})", d.name.text, fields(d.parameters),
                                   print(d.result), print(d.body));
            },
            [](const ParameterDeclaration& d) {
                return fmt::format("(parameter {} {}{}{})", d.name.text, print(d.type),
                                   each(d.cites, citation), each(d.values, [](const DatedValue& v) {
                                       return fmt::format("({} {})", date(v.from), print(v.value));
                                   }));
            },
            [](const ActionDeclaration& d) {
                return fmt::format(
                    "(action {}{}{} (by{}{}){} {})", d.name.text, fields(d.parameters),
                    d.result ? " (-> " + print(*d.result) + ")" : "", d.by_duty ? " duty" : "",
                    each(d.by_roles, name),
                    d.dated ? fmt::format(" (dated {} {})", d.dated->parameter.text, d.dated->days)
                            : "",
                    block(d.body));
            },
            [](const SourceDeclaration& d) { return source(d); },
            [&](const DefaultDeclaration& d) {
                return fmt::format("(default {}{})", ANSWER[static_cast<std::size_t>(d.answer)],
                                   each(d.actions, path));
            },
            [](const RuleDeclaration& d) { return rule(d); },
            [](const AssertDeclaration& d) {
                return fmt::format(
                    "(assert never {}{}{})",
                    d.never == Never::permitted ? "permitted" : "forbidden", each(d.actions, path),
                    d.condition ? fmt::format(" (when {})", print(*d.condition)) : "");
            },
            [](const CounterDeclaration& d) { return counter(d); },
            [](const ObserveDeclaration& d) {
                return fmt::format("(observe {} {})", actions(d.actions), block(d.body));
            },
            [](const OrderDeclaration& d) {
                constexpr std::array<std::string_view, 3> ORDER = {"by rank", "by date",
                                                                   "restrictions first"};
                return fmt::format("(order {}{})", ORDER[static_cast<std::size_t>(d.order)],
                                   each(d.ranks, name));
            },
            [](const TableDeclaration& d) { return table(d); },
            [](const AttributeDeclaration& d) {
                return fmt::format("(attribute {} {})", d.name.text, print(d.type));
            },
            [](const InvariantDeclaration& d) {
                return fmt::format(
                    "(invariant {}{}{} {}{})", d.name.text, each(d.cites, citation),
                    d.over ? fmt::format(" (for{} {})", each(d.keys, name), d.over->text()) : "",
                    print(d.condition), d.because ? " " + message(*d.because) : "");
            },
            [](const InitialDeclaration& d) {
                const auto origin = [](const InitialDeclaration::Origin& o) {
                    return fmt::format(" (from {} {})", quoted(o.title), quoted(o.hash));
                };
                return fmt::format("(initial{}{})", d.origin ? origin(*d.origin) : "",
                                   each(d.values, [](const InitialValue& v) {
                                       return fmt::format("(= {} {})", print(v.target),
                                                          print(v.value));
                                   }));
            },
            [](const UpgradeDeclaration& d) {
                return fmt::format("(upgrade {}{}{} {})", d.type.text, since(d.from),
                                   fields(d.fields), print(d.value));
            },
            [](const TestDeclaration& d) {
                return fmt::format("({} {}{})", d.example ? "example" : "test", quoted(d.title),
                                   each(d.steps, step));
            },
        },
        declaration);
}

std::string print(const File& file) {
    std::string out = header(file.module) + "\n";
    for (const Declaration& declaration : file.module.declarations)
        out += print(declaration) + "\n";
    return out;
}

}  // namespace edict::ast
