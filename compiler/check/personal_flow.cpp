// Which values are derived from personal data. A graph: a node for each mark, store, result and
// local name, and for what is joined from several; an edge for each way that a value takes. What
// can be reached from a mark is personal.
//
// Followed is what values are made of. What can be told from which way a program took is not: a
// rule may well decide by the age of a patient.
#include <algorithm>
#include <deque>
#include <initializer_list>
#include <set>
#include <tuple>

#include "compiler/check/personal.h"
#include "compiler/check/typing.h"
#include "compiler/check/walk.h"

namespace edict::check {
namespace {

using value::Kind;
using Node = std::uint32_t;
constexpr Node PLAIN = 0;  // of what is not personal in any case

struct Mark {
    Span span;
    std::string name;
};
struct Edge {
    Node to = PLAIN;
    Span written;  // of the assignment, if it goes into a store
    const Store* into = nullptr;
};
struct Vertex {
    std::vector<Edge> out;
    std::optional<Mark> mark;
    bool personal = false;
    Node from = PLAIN;  // of the edge by which it was reached
    Edge by;
};

struct Sink {  // where nothing personal may arrive
    Code code{};
    Node node = PLAIN;
    Span span;
    std::string message, help;
    std::optional<std::pair<Span, std::string>> place;
};

class Flow {
public:
    explicit Flow(const Program& program) : types_(program), vertices_(1) {}

    PersonalTypes& types() { return types_; }

    Node node() {
        vertices_.emplace_back();
        return static_cast<Node>(vertices_.size() - 1);
    }
    Node marked(Span span, const std::string& name) {
        const Node made = node();
        vertices_[made].mark = Mark{span, name};
        return made;
    }
    void edge(Node from, Node to, Span written = {}, const Store* into = nullptr) {
        if (from != PLAIN) vertices_[from].out.push_back({to, written, into});
    }
    // Of what is made of all of them.
    Node joined(std::vector<Node> all) {
        std::erase(all, PLAIN);
        std::ranges::sort(all);
        all.erase(std::unique(all.begin(), all.end()), all.end());
        if (all.empty()) return PLAIN;
        if (all.size() == 1) return all[0];
        const Node made = node();
        for (const Node one : all) edge(one, made);
        return made;
    }
    // Of what values of the type hold, whatever they are made of.
    Node inside(const TypeRef& type) {
        const Span* mark = types_.mark_in(type);
        return mark == nullptr ? PLAIN : of(*mark);
    }
    // Of what is marked there.
    Node of(const Span& mark, const std::string& name = "this field") {
        const auto [at, fresh] = marks_.try_emplace({mark.file, mark.begin}, PLAIN);
        if (fresh) at->second = marked(mark, name);
        return at->second;
    }
    Node of(StoreRef store) { return known(stores_, store); }
    Node result(ActionRef action) { return known(results_, action); }

    void spread() {
        std::deque<Node> open;
        for (Node one = 0; one < vertices_.size(); ++one) {
            if (!vertices_[one].mark) continue;
            vertices_[one].personal = true;
            open.push_back(one);
        }
        for (; !open.empty(); open.pop_front()) {
            const Node from = open.front();
            for (const Edge& edge : vertices_[from].out) {
                Vertex& to = vertices_[edge.to];
                if (to.personal) continue;
                to.personal = true;
                to.from = from;
                to.by = edge;
                open.push_back(edge.to);
            }
        }
    }
    [[nodiscard]] bool personal(Node node) const { return vertices_[node].personal; }

    void report(const Sink& sink, source::Diagnostics& diagnostics) const {
        source::Diagnostic& made = diagnostics.add(sink.code, sink.span, sink.message);
        if (sink.place) made.with_label(sink.place->first, sink.place->second);
        Node at = sink.node;
        for (; !vertices_[at].mark; at = vertices_[at].from) {
            const Edge& by = vertices_[at].by;
            if (by.into != nullptr)
                made.with_label(by.written, quoted(by.into->name) + " becomes personal here");
        }
        const Mark& mark = *vertices_[at].mark;
        if (mark.span != sink.span) made.with_label(mark.span, mark.name + " is personal");
        made.with_help(sink.help);
    }

private:
    template <typename Ref>
    Node known(std::map<Ref, Node>& all, Ref ref) {
        const auto [at, fresh] = all.try_emplace(ref, PLAIN);
        if (fresh) at->second = node();
        return at->second;
    }

    PersonalTypes types_;
    std::vector<Vertex> vertices_;
    std::map<StoreRef, Node> stores_;
    std::map<ActionRef, Node> results_;
    std::map<std::pair<source::FileId, std::uint32_t>, Node> marks_;
};

// What has no case of its own among the kinds of expressions.
struct AnyOther {
    template <typename T>
    AnyOther(const T&) {}  // NOLINT: each kind may stand for it
};

// What code is about: what it is given, and where what it returns goes.
struct About {
    const std::vector<Parameter>& parameters;
    Node unmarked = PLAIN;  // what is known of those that have no mark
    Node result = PLAIN;
};

// One body of code.
class Follower {
public:
    Follower(const Program& program, Flow& flow, std::vector<Sink>& sinks, About about,
             std::size_t locals)
        : program_(program), flow_(flow), sinks_(sinks), about_(about), locals_(locals, PLAIN) {}

    Node of(const ExprRef& expr) { return expr == nullptr ? PLAIN : of(*expr); }
    Node of(const Expr& expr) {
        if (const auto at = done_.find(&expr); at != done_.end()) return at->second;
        const Node made =
            std::visit([&](const auto& node) -> Node { return expression(expr, node); }, expr.node);
        done_.emplace(&expr, made);
        return made;
    }

    void message(const std::optional<Message>& message) {
        if (!message) return;
        for (const ExprRef& shown : message->values) {
            if (shown == nullptr) continue;
            sinks_.push_back({Code::E0970, whole(*shown), shown->span,
                              "this message would show personal data, and receipts keep it",
                              "say what the matter is without the person", std::nullopt});
        }
    }
    // Values that go into the parameters of an action: null ones are `any`.
    void arguments(ActionRef action, const std::vector<ExprRef>& values) {
        const std::vector<Parameter>& parameters = program_.at(action).parameters;
        for (std::size_t i = 0; i < values.size() && i < parameters.size(); ++i) {
            const Node node = of(values[i]);
            if (values[i] == nullptr || parameters[i].personal) continue;
            unmarked(node, values[i]->span, parameters[i].name, parameters[i].span,
                     program_.at(action).name);
        }
    }
    // What a duty tells beside the arguments of its action.
    void told_by_duty(const ExprRef& value, const std::string& shown) {
        if (value == nullptr) return;
        sinks_.push_back(
            {Code::E0972, whole(*value), value->span, "this is personal, and a duty shows " + shown,
             "say about whom in a marked parameter of what must be done", std::nullopt});
    }
    void block(const Block& statements) {
        for (const Statement& one : statements) {
            span_ = one.span;
            std::visit(*this, one.node);
        }
    }
    // Of the sets and lists whose elements an `every` asks, wherever it stands, and of what it asks
    // about them: which of them fail tells both.
    Node asked_elements(const Expr& expr) {
        std::vector<Node> all;
        if (const auto* quantified = std::get_if<Quantified>(&expr.node);
            quantified != nullptr && quantified->set != nullptr) {
            all.push_back(whole(*quantified->set));
            all.push_back(of(quantified->condition));
        }
        for_each_part(expr, [&](const Expr& part) { all.push_back(asked_elements(part)); });
        return flow_.joined(std::move(all));
    }

    void operator()(const Let& node) {
        locals_[node.local.value] = of(node.value);
        message(node.otherwise);
    }
    void operator()(const Assign& node) {
        const Node store = flow_.of(node.store);
        for (const ExprRef& part : {node.key, node.value})
            flow_.edge(of(part), store, span_, &program_.at(node.store));
    }
    void operator()(const Remove& node) {
        flow_.edge(of(node.key), flow_.of(node.store), span_, &program_.at(node.store));
    }
    void operator()(const If& node) {
        (void)of(node.condition);
        block(node.then);
        block(node.otherwise);
    }
    void operator()(const For& node) {
        locals_[node.local.value] = of(node.set);
        block(node.body);
    }
    void operator()(const Fail& node) { message(node.message); }
    void operator()(const Emit& node) {
        const Event& event = program_.at(node.event);
        for (std::size_t i = 0; i < node.arguments.size(); ++i) {
            const Node value = of(node.arguments[i]);
            if (node.arguments[i] == nullptr || i >= event.fields.size() || event.personal[i])
                continue;
            unmarked(value, node.arguments[i]->span, event.fields[i].name, event.span, event.name);
        }
    }
    void operator()(const CallAction& node) {
        arguments(node.action, node.arguments);
        if (node.result) locals_[node.result->value] = flow_.result(node.action);
    }
    void operator()(const Return& node) { flow_.edge(of(node.value), about_.result); }

private:
    // Of the value, and of what its type says that it holds.
    Node whole(const Expr& expr) { return flow_.joined({of(expr), flow_.inside(expr.type)}); }

    void unmarked(Node node, Span span, const std::string& name, Span declared,
                  const std::string& of_what) {
        sinks_.push_back({Code::E0972, node, span,
                          "this is personal, and " + quoted(name) + " of " + quoted(of_what) +
                              " is not marked so",
                          "write `personal " + name + ": …` there",
                          std::pair{declared, std::string("declared here")}});
    }
    Node into_field(const TypeRef& record, std::size_t index, const ExprRef& value) {
        const Node node = of(value);
        if (record == nullptr || value == nullptr) return PLAIN;
        if (record->kind == Kind::tuple) return node;
        if (flow_.types().mark_of(*record, index) != nullptr) return PLAIN;
        const std::string& name = record->name;
        const std::string& field = record->fields[index].name;
        sinks_.push_back({Code::E0972, node, value->span,
                          "this is personal, and the field " + quoted(field) + " of " +
                              quoted(name.substr(name.rfind('.') + 1)) + " is not marked so",
                          "write `personal " + field + ": …` in the record", std::nullopt});
        return PLAIN;
    }

    // What is asked of values, computed from them, or chosen by them.
    Node expression(const Expr& expr, AnyOther) {
        std::vector<Node> all;
        const bool keeps = flow_.inside(expr.type) != PLAIN;
        for_each_part(expr, [&](const Expr& part) {
            all.push_back(of(part));
            if (!keeps) all.push_back(flow_.inside(part.type));
        });
        return flow_.joined(std::move(all));
    }
    Node expression(const Expr&, const ParamRead& node) {
        if (node.index >= about_.parameters.size()) return about_.result;
        const Parameter& declared = about_.parameters[node.index];
        return declared.personal ? flow_.of(declared.span, quoted(declared.name)) : about_.unmarked;
    }
    Node expression(const Expr&, const LocalRead& node) { return locals_[node.local.value]; }
    Node expression(const Expr&, const StoreRead& node) {
        const Node key = node.key == nullptr ? PLAIN : whole(*node.key);
        return flow_.joined({flow_.of(node.store), key});
    }
    Node expression(const Expr&, const FieldRead& node) {
        const Node record = of(node.record);
        if (node.record == nullptr || node.record->type == nullptr) return record;
        const Span* mark = flow_.types().mark_of(*node.record->type, node.index);
        return mark == nullptr ? record : flow_.of(*mark);
    }
    Node expression(const Expr& expr, const FieldReplace& node) {
        return flow_.joined({of(node.record), into_field(expr.type, node.index, node.value)});
    }
    Node expression(const Expr& expr, const MakeRecord& node) {
        std::vector<Node> all;
        for (std::size_t i = 0; i < node.fields.size(); ++i)
            all.push_back(into_field(expr.type, i, node.fields[i]));
        return flow_.joined(std::move(all));
    }
    Node expression(const Expr& expr, const Quantified& node) {
        locals_[node.local.value] = of(node.set);
        return asked(expr, node.set, node.condition);
    }
    Node expression(const Expr& expr, const Fold& node) {
        locals_[node.local.value] = of(node.set);
        return asked(expr, node.set, node.value);
    }
    Node asked(const Expr& expr, const ExprRef& set, const ExprRef& value) {
        const bool keeps = flow_.inside(expr.type) != PLAIN;
        return flow_.joined(
            {of(set), of(value), keeps || set == nullptr ? PLAIN : flow_.inside(set->type)});
    }
    Node expression(const Expr&, const Bind& node) {
        for (const auto& [local, value] : node.values) locals_[local.value] = of(value);
        return of(node.body);
    }
    Node expression(const Expr& expr, const HashOf& node) {
        // Of a commitment that is opened: whether it is that value is for all to know.
        const bool opens = is(expr.type, Kind::commitment);
        for (const ExprRef& part : node.arguments) {
            const Node value = of(part);
            if (opens || part == nullptr) continue;
            sinks_.push_back(
                {Code::E0971, flow_.joined({value, flow_.inside(part->type)}), part->span,
                 "a hash does not hide personal data: who guesses the value sees that it fits",
                 "take a Commitment, whose salt nobody knows, or a Pseudonym", std::nullopt});
        }
        return PLAIN;
    }

    const Program& program_;
    Flow& flow_;
    std::vector<Sink>& sinks_;
    About about_;
    Span span_;  // of the statement
    std::vector<Node> locals_;
    std::unordered_map<const Expr*, Node> done_;
};

class Personal {
public:
    explicit Personal(Program& program)
        : program_(program), flow_(program), stored_(PersonalTypes::stored(program)) {}

    void check(source::Diagnostics& diagnostics) {
        for (std::uint32_t m = 0; m < program_.modules.size(); ++m) module(ModuleId{m});
        flow_.spread();
        // A rule is read once for each of its actions, a function where it is called.
        std::set<std::tuple<Code, source::FileId, std::uint32_t, std::uint32_t>> told;
        for (const Sink& sink : sinks_) {
            if (!flow_.personal(sink.node)) continue;
            if (told.emplace(sink.code, sink.span.file, sink.span.begin, sink.span.end).second)
                flow_.report(sink, diagnostics);
        }
        for (auto& [body, node] : elements_) body->personal_elements = flow_.personal(node);
        for (std::uint32_t m = 0; m < program_.modules.size(); ++m) note(ModuleId{m});
    }

private:
    Follower follower(About about, std::size_t locals) {
        return {program_, flow_, sinks_, about, locals};
    }
    Follower follower(ActionRef about, std::size_t locals) {
        return follower(About{program_.at(about).parameters, PLAIN, flow_.result(about)}, locals);
    }

    void module(ModuleId id) {
        Module& module = program_.modules[id.value];
        for (std::uint32_t i = 0; i < module.actions.size(); ++i) {
            const ActionRef self{id, i};
            follower(self, module.actions[i].locals.size()).block(module.actions[i].body);
        }
        for (const Observer& observer : module.observers) {
            for (const ObserverBody& body : observer.bodies)
                follower(body.action, body.locals.size()).block(body.body);
        }
        for (Rule& rule : module.rules) {
            for (RuleBody& body : rule.bodies) this->body(body);
        }
        for (const Assertion& one : module.assertions)
            (void)follower(one.action, one.locals.size()).of(one.condition);
        for (const Invariant& one : module.invariants) {
            const Node keys = one.over ? flow_.of(*one.over) : PLAIN;
            Follower follow = follower(About{one.keys, keys}, one.locals.size());
            (void)follow.of(one.condition);
            follow.message(one.because);
        }
        for (const Upgrade& one : module.upgrades)
            (void)follower(About{one.fields}, one.locals.size()).of(one.value);
    }

    void body(RuleBody& body) {
        Follower follow = follower(body.action, body.locals.size());
        (void)follow.of(body.scope);
        (void)follow.of(body.condition);
        if (body.condition != nullptr)
            elements_.emplace_back(&body, follow.asked_elements(*body.condition));
        if (body.duty) {
            follow.told_by_duty(body.duty->bearer, "who has it");
            follow.told_by_duty(body.duty->after, "from which day it runs");
            follow.arguments(body.duty->action, body.duty->arguments);
            if (body.duty->remedy)
                follow.arguments(*body.duty->remedy, body.duty->remedy_arguments);
        }
        for (const Exception& one : body.exceptions) {
            (void)follow.of(one.condition);
            follow.message(one.because);
        }
        follow.message(body.because);
    }

    // What holds personal data, by its mark, its type or what goes into it.
    void note(ModuleId id) {
        Module& module = program_.modules[id.value];
        const auto inside = [&](const TypeRef& type) {
            return flow_.types().mark_in(type) != nullptr;
        };
        const auto stored = [&](const TypeRef& type) { return stored_.mark_in(type) != nullptr; };
        for (std::uint32_t i = 0; i < module.stores.size(); ++i) {
            Store& store = module.stores[i];
            store.personal = stored(store.key) || stored(store.value) ||
                             flow_.personal(flow_.of(StoreRef{id, i}));
        }
        for (std::uint32_t i = 0; i < module.actions.size(); ++i) {
            Action& action = module.actions[i];
            for (Parameter& one : action.parameters) one.personal |= inside(one.type);
            action.personal_result =
                inside(action.result) || flow_.personal(flow_.result(ActionRef{id, i}));
        }
        for (Event& event : module.events) {
            for (std::size_t i = 0; i < event.fields.size(); ++i) {
                if (inside(event.fields[i].type)) event.personal[i] = true;
            }
        }
    }

    Program& program_;
    Flow flow_;
    PersonalTypes stored_;
    std::vector<Sink> sinks_;
    std::vector<std::pair<RuleBody*, Node>> elements_;
};

bool has_marks(const Program& program) {
    if (!program.personal_fields.empty()) return true;
    const auto marked = [](const std::vector<Parameter>& all) {
        return std::ranges::any_of(all, &Parameter::personal);
    };
    return std::ranges::any_of(program.modules, [&](const Module& module) {
        return std::ranges::any_of(module.actions, marked, &Action::parameters) ||
               std::ranges::any_of(module.upgrades, marked, &Upgrade::fields) ||
               std::ranges::any_of(module.events, [](const Event& event) {
                   return std::ranges::find(event.personal, true) != event.personal.end();
               });
    });
}

}  // namespace

void check_personal(Program& program, source::Diagnostics& diagnostics) {
    if (has_marks(program)) Personal(program).check(diagnostics);
}

}  // namespace edict::check
