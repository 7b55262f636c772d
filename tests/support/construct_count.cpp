#include "tests/support/construct_count.h"

#include <algorithm>
#include <optional>
#include <set>

#include "compiler/check/walk.h"

namespace edict::generated {

namespace {

// In the order of the variants and enumerations that they name.
constexpr const char* EXPRESSIONS[] = {
    "constant", "parameter",     "local",    "store read", "field",      "field replaced",
    "record",   "set",           "wrap",     "unwrap",     "narrow",     "is known",
    "else",     "not",           "logic",    "compare",    "arithmetic", "choice",
    "in",       "set operation", "count",    "quantifier", "fold",       "function call",
    "built-in", "hash",          "has_role", "has duty",   "context"};
static_assert(std::size(EXPRESSIONS) == std::variant_size_v<decltype(check::Expr::node)>);
constexpr const char* STATEMENTS[] = {
    "let", "assign", "remove", "if", "for", "fail", "emit", "call of an action", "return"};
static_assert(std::size(STATEMENTS) == std::variant_size_v<decltype(check::Statement::node)>);
constexpr const char* BUILTINS[] = {
#define EDICT_BUILTIN(name) #name,
#include "compiler/check/builtins.def"
#undef EDICT_BUILTIN
};
constexpr const char* NORMS[] = {"permit", "forbid", "require", "duty"};
constexpr const char* BEARERS[] = {"party must", "any role must", "every must"};
constexpr const char* LOGIC[] = {"and", "or", "implies"};
constexpr const char* ARITHMETIC[] = {"+", "-", "*", "/", "mod"};
constexpr const char* COMPARISONS[] = {"is", "is not", "<", "<=", ">", ">="};
constexpr const char* SETS[] = {"union", "minus", "intersect"};
constexpr const char* FOLDS[] = {"sum", "min", "max"};
constexpr const char* MOMENTS[] = {"now", "before", "after"};
constexpr const char* CONTEXT[] = {"today", "caller", "signer", "now"};
constexpr const char* ANSWERS[] = {"permit", "forbid", "silent"};
constexpr const char* OTHERS[] = {"let else fail",
                                  "every",
                                  "some",
                                  "permit as of right",
                                  "overrides",
                                  "unless",
                                  "because",
                                  "effective",
                                  "order restrictions first",
                                  "several actions",
                                  "counter or observer",
                                  "on forbidden",
                                  "duty of hours",
                                  "duty of working days",
                                  "dated action",
                                  "counter over days",
                                  "distinct over days",
                                  "breached duty",
                                  "duty after a date",
                                  "duty else",
                                  "duty with any",
                                  "table",
                                  "result of an action",
                                  "result of a call",
                                  "second regulation",
                                  "by duty",
                                  "before of another regulation",
                                  "invariant",
                                  "invariant over keys",
                                  "initial data",
                                  "added field",
                                  "upgrade",
                                  "store with older types",
                                  "personal parameter",
                                  "personal store",
                                  "personal event",
                                  "elements that are not named"};

class Counter {
public:
    Counter(const check::Program& program, Counts& counts) : program_(program), counts_(counts) {}

    void count() {
        for (std::uint32_t i = 0; i < program_.modules.size(); ++i) {
            module_ = i;
            module(program_.modules[i]);
        }
    }

private:
    void add(const std::string& name) { ++counts_[name]; }
    template <typename Enum, std::size_t N>
    void add(const char* kind, const char* const (&names)[N], Enum which) {
        add(std::string(kind) + names[static_cast<std::size_t>(which)]);
    }

    void module(const check::Module& module) {
        for ([[maybe_unused]] const check::Table& table : module.tables) add("table");
        for (const check::Action& action : module.actions) {
            if (action.by_duty) add("by duty");
            if (action.dated) add("dated action");
            for (const check::Parameter& one : action.parameters) {
                if (one.personal) add("personal parameter");
            }
            block(action.body);
        }
        for (const check::Event& event : module.events) {
            if (std::ranges::find(event.personal, true) != event.personal.end())
                add("personal event");
        }
        for (const check::Invariant& one : module.invariants) {
            add(one.over ? "invariant over keys" : "invariant");
            expression(one.condition);
        }
        for ([[maybe_unused]] const auto& one : module.initial) add("initial data");
        for ([[maybe_unused]] const auto& one : module.field_defaults) add("added field");
        for (const check::Upgrade& one : module.upgrades) {
            add("upgrade");
            expression(one.value);
        }
        for (const check::Store& store : module.stores) {
            if (!store.older.empty()) add("store with older types");
            if (store.personal) add("personal store");
            if (store.days) add("counter over days");
            const bool seen = store.counted && store.value->kind == value::Kind::date;
            if (seen) add("distinct over days");
        }
        for (const check::Observer& observer : module.observers) {
            add(observer.on_forbidden ? "on forbidden" : "counter or observer");
            for (const check::ObserverBody& body : observer.bodies) {
                parameters_ = program_.at(body.action).parameters.size();
                block(body.body);
            }
            parameters_.reset();
        }
        for (const check::Rule& one : module.rules) rule(one);
        for (const check::Default& one : module.defaults) add("default ", ANSWERS, one.answer);
        if (module.restrictions_first) add("order restrictions first");
        regulations_ += module.kind == check::ModuleKind::regulation ? 1 : 0;
        if (regulations_ == 2) add("second regulation");
    }

    void rule(const check::Rule& rule) {
        add("", NORMS, rule.norm);
        if (rule.as_of_right) add("permit as of right");
        if (!rule.overrides.empty()) add("overrides");
        if (rule.written_overrides < rule.overrides.size()) add("override by an order");
        if (rule.window.from || rule.window.until) add("effective");
        if (rule.bodies.size() > 1) add("several actions");
        for (const check::RuleBody& body : rule.bodies) {
            parameters_ = program_.at(body.action).parameters.size();
            expression(body.scope);
            expression(body.condition);
            if (body.personal_elements) add("elements that are not named");
            if (body.because) message(*body.because);
            for (const check::Exception& exception : body.exceptions) {
                add("unless");
                expression(exception.condition);
            }
            if (body.duty) duty(*body.duty);
        }
    }

    void duty(const check::Duty& duty) {
        add("", BEARERS, duty.kind);
        if (duty.unit == check::DutyUnit::hours) add("duty of hours");
        if (duty.unit == check::DutyUnit::working_days) add("duty of working days");
        if (duty.after != nullptr) add("duty after a date");
        if (duty.remedy) add("duty else");
        expression(duty.bearer);
        expression(duty.after);
        for (const auto& argument : duty.arguments) {
            if (argument == nullptr) add("duty with any");
            expression(argument);
        }
        for (const auto& argument : duty.remedy_arguments) expression(argument);
    }

    void message(const check::Message& message) {
        add("because");
        for (const check::ExprRef& value : message.values) expression(value);
    }

    void block(const check::Block& block) {
        for (const check::Statement& statement : block) {
            add("", STATEMENTS, statement.node.index());
            std::visit(*this, statement.node);
        }
    }

public:
    void operator()(const check::Let& node) {
        if (node.otherwise) add("let else fail");
        expression(node.value);
    }
    void operator()(const check::Assign& node) {
        expression(node.key);
        expression(node.value);
    }
    void operator()(const check::Remove& node) { expression(node.key); }
    void operator()(const check::If& node) {
        expression(node.condition);
        block(node.then);
        block(node.otherwise);
    }
    void operator()(const check::For& node) {
        expression(node.set);
        block(node.body);
    }
    void operator()(const check::Fail&) {}
    void operator()(const check::Emit& node) {
        for (const check::ExprRef& argument : node.arguments) expression(argument);
    }
    void operator()(const check::Return& node) { expression(node.value); }
    void operator()(const check::CallAction& node) {
        if (node.result) add("result of a call");
        for (const check::ExprRef& argument : node.arguments) expression(argument);
    }

private:
    void expression(const check::ExprRef& expr) {
        if (expr != nullptr) expression(*expr);
    }
    void expression(const check::Expr& expr) {
        add("", EXPRESSIONS, expr.node.index());
        if (const auto* node = std::get_if<check::Builtin>(&expr.node)) {
            add("", BUILTINS, node->op);
        } else if (const auto* logic = std::get_if<check::Logic>(&expr.node)) {
            add("", LOGIC, logic->op);
        } else if (const auto* arith = std::get_if<check::Arith>(&expr.node)) {
            add("Int ", ARITHMETIC, arith->op);
        } else if (const auto* compare = std::get_if<check::Compare>(&expr.node)) {
            add("", COMPARISONS, compare->op);
        } else if (const auto* combine = std::get_if<check::SetCombine>(&expr.node)) {
            add("", SETS, combine->op);
        } else if (const auto* fold = std::get_if<check::Fold>(&expr.node)) {
            add("", FOLDS, fold->op);
        } else if (const auto* context = std::get_if<check::FromContext>(&expr.node)) {
            add("value of ", CONTEXT, context->what);
        } else if (const auto* asked = std::get_if<check::HasDuty>(&expr.node)) {
            if (asked->breached) add("breached duty");
        } else if (const auto* every = std::get_if<check::Quantified>(&expr.node)) {
            add(every->quantifier == check::Quantifier::every ? "every" : "some");
        } else if (const auto* fact = std::get_if<check::ParamRead>(&expr.node)) {
            if (parameters_ && fact->index == *parameters_) add("result of an action");
        } else if (const auto* read = std::get_if<check::StoreRead>(&expr.node)) {
            add("read ", MOMENTS, read->moment);
            const bool elsewhere =
                read->store.module.value != module_ &&
                program_.at(read->store.module).kind == check::ModuleKind::regulation;
            if (elsewhere && read->moment == check::Moment::before)
                add("before of another regulation");
        }
        check::for_each_part(expr, [this](const check::Expr& part) { expression(part); });
    }

    const check::Program& program_;
    Counts& counts_;
    std::uint32_t module_ = 0;
    std::size_t regulations_ = 0;
    std::optional<std::size_t> parameters_;  // of the action that a rule or observer is about
};

}  // namespace

Counts no_constructs() {
    Counts counts;
    const auto all = [&](const char* kind, const auto& names) {
        for (const char* name : names) counts[std::string(kind) + name] = 0;
    };
    all("", EXPRESSIONS);
    all("", STATEMENTS);
    all("", BUILTINS);
    all("", NORMS);
    all("", BEARERS);
    all("", LOGIC);
    all("", COMPARISONS);
    all("", SETS);
    all("", FOLDS);
    all("", OTHERS);
    all("Int ", ARITHMETIC);
    all("value of ", CONTEXT);
    all("read ", MOMENTS);
    all("default ", ANSWERS);
    counts["override by an order"] = 0;
    return counts;
}

void count_constructs(const check::Program& program, Counts& counts) {
    Counter(program, counts).count();
}

}  // namespace edict::generated
