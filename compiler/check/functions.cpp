// Functions and dated parameters: both are put in place of their names, so that nothing after the
// checker knows of them.
#include "compiler/check/declare.h"
#include "compiler/check/expressions.h"
#include "compiler/check/tables.h"

namespace edict::check {

bool Expressions::may_look_around(Span span) {
    if (scope_.pure == nullptr) return true;
    report(Code::E0324, span, quoted(*scope_.pure) + " depends on its arguments alone")
        .with_help("give it what it needs as an argument");
    return false;
}

// The value of the latest date on or before today; none before the first.
ExprRef Expressions::dated_parameter(const DatedDecl& declared, Span span) {
    if (declared.type == nullptr || !may_look_around(span)) return nullptr;
    need_zone(names_, span);
    const auto maybe = value::optional_type(declared.type);
    if (!maybe) {
        report(Code::E0308, span, maybe.error().message);
        return nullptr;
    }
    ExprRef answer = make(declared.type, span,
                          Unwrap{make(*maybe, span, Constant{value::Value{value::Optional{}}})});
    for (const auto& [from, held] : declared.values) {
        ExprRef today = make(value::date_type(), span, FromContext{ContextValue::today});
        ExprRef day = make(value::date_type(), span, Constant{value::Value{from}});
        ExprRef since = make(value::boolean_type(), span,
                             Compare{CompareOp::ge, std::move(today), std::move(day)});
        answer = make(
            declared.type, span,
            Choice{std::move(since), make(declared.type, span, Constant{held}), std::move(answer)});
    }
    return answer;
}

namespace {

// A function that is called while its own body is read would call itself.
class Open {
public:
    explicit Open(FunctionDecl& declared) : declared_(declared) { declared_.open = true; }
    ~Open() { declared_.open = false; }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;

private:
    FunctionDecl& declared_;
};

}  // namespace

void Expressions::function_body(FunctionRef function) {
    FunctionDecl& declared = context_.of(function.module).function_decls[function.index];
    if (declared.checked) return;
    if (declared.table != nullptr) return table(function);
    if (declared.tree == nullptr) return;
    const Open open(declared);
    scope_.pure = &declared.name;
    bool sound = declared.result != nullptr;
    for (const Parameter& parameter : declared.parameters) {
        sound = bind({parameter.name, parameter.span}, parameter.type).has_value() && sound;
        sound = sound && parameter.type != nullptr;
    }
    const std::size_t errors = context_.diagnostics.errors();
    (void)expect(declared.tree->body, declared.result);
    declared.checked = true;
    declared.sound = sound && context_.diagnostics.errors() == errors;
}

ExprRef Expressions::called(FunctionRef function, const ast::Call& tree, Span span) {
    // The declarations of a module do not move once all of them are there.
    FunctionDecl& declared = context_.of(function.module).function_decls[function.index];
    auto given = arguments(tree.arguments, declared.parameters, span, declared.name, declared.span);
    if (declared.open) {
        report(Code::E0325, span, quoted(declared.name) + " would call itself")
            .with_label(declared.span, "declared here")
            .with_help("a function may call others, but none of them may call it");
        return nullptr;
    }
    if (!given || declared.result == nullptr) return nullptr;
    if (scope_.locals == nullptr) {
        report(Code::E0314, span, "this is not a constant");
        return nullptr;
    }
    const ModuleScope names(context_, function.module);
    if (!declared.checked) {
        std::vector<Local> locals;
        Scope own;
        own.locals = &locals;
        Expressions(names, own).function_body(function);
    }
    if (!declared.sound) return nullptr;
    const Span& text = declared.table != nullptr ? declared.table->span : declared.tree->body.span;
    context_.called_bytes += 32 + (text.end - text.begin);
    if (context_.called_bytes > MAX_CALLED_BYTES) {
        if (!context_.called_too_much) {
            report(Code::E0603, span, "all calls of functions together are too much")
                .with_help("call fewer functions from functions");
        }
        context_.called_too_much = true;
        return nullptr;
    }
    const Open open(declared);
    Scope scope;
    scope.locals = scope_.locals;
    scope.pure = &declared.name;
    Bind made;
    for (std::size_t i = 0; i < declared.parameters.size(); ++i) {
        const Parameter& parameter = declared.parameters[i];
        const LocalId local{static_cast<std::uint32_t>(scope_.locals->size())};
        scope_.locals->push_back({parameter.name, parameter.type});
        scope.bindings.push_back({parameter.name, local, parameter.span});
        made.values.emplace_back(local, std::move((*given)[i]));
    }
    const std::size_t errors = context_.diagnostics.errors();
    ExprRef body;
    if (declared.table != nullptr) {
        std::vector<ExprRef> columns;
        for (const auto& [local, value] : made.values) {
            columns.push_back(make((*scope_.locals)[local.value].type, span, LocalRead{local}));
        }
        body =
            value_of(context_.module(function.module).tables[declared.table_index], columns, span);
    } else {
        body = Expressions(names, scope).expect(declared.tree->body, declared.result);
    }
    if (body == nullptr || context_.diagnostics.errors() != errors) return nullptr;
    if (made.values.empty()) return body;
    made.body = std::move(body);
    return make(declared.result, span, std::move(made));
}

}  // namespace edict::check
