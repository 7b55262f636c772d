#include "compiler/lower/functions.h"

#include <fmt/format.h>

#include "compiler/lower/expression.h"
#include "compiler/lower/statement.h"
#include "vm/bytecode/cost.h"
#include "vm/bytecode/limits.h"

namespace edict::lower {

using bytecode::FunctionKind;
using bytecode::Opcode;

bytecode::FunctionIndex Functions::add(Code&& code, source::Span span) {
    if (!code.overflow().empty()) {
        diagnostics_
            .add(source::Code::E0690, span,
                 fmt::format("this is too much for one piece of code: {}", code.overflow()))
            .with_help("split it into several rules or actions");
    }
    Code::Finished finished = std::move(code).finish();
    bytecode::Module& module = tables_.module();
    module.functions.push_back(std::move(finished.function));
    companion_.functions.push_back(std::move(finished.debug));
    return static_cast<bytecode::FunctionIndex>(module.functions.size() - 1);
}

namespace {

// What code about an action takes: its parameters, then what it returned.
std::vector<check::Parameter> facts_of(const check::Action& action) {
    std::vector<check::Parameter> facts = action.parameters;
    if (action.result != nullptr) facts.push_back({"result", action.result, action.span});
    return facts;
}

}  // namespace

bytecode::FunctionIndex Functions::action(const check::Action& action) {
    Code code(tables_, FunctionKind::action, action.span, action.parameters, action.locals);
    run(code, action.body, action.result);
    if (action.result != nullptr) {  // no way leads here: each ends in a return or a failure
        const Register none = code.fresh(action.result);
        code.emit(Opcode::unknown, none);
        code.emit(Opcode::ret, 0, none, 1);
    } else {
        code.emit(Opcode::ret);
    }
    return add(std::move(code), action.span);
}

bytecode::FunctionIndex Functions::observer(const check::ObserverBody& body, source::Span span) {
    const auto facts = facts_of(tables_.program().at(body.action));
    Code code(tables_, FunctionKind::action, span, facts, body.locals);
    run(code, body.body, nullptr);
    code.emit(Opcode::ret);
    return add(std::move(code), span);
}

bytecode::FunctionIndex Functions::condition(const check::RuleBody& body, const check::Expr& expr) {
    return condition(facts_of(tables_.program().at(body.action)), body.locals, expr);
}

bytecode::FunctionIndex Functions::condition(const std::vector<check::Parameter>& parameters,
                                             const std::vector<check::Local>& locals,
                                             const check::Expr& expr) {
    Code code(tables_, FunctionKind::rule, expr.span, parameters, locals);
    const Register result = evaluate(code, expr);
    code.emit(Opcode::ret, 0, result, 1);
    return add(std::move(code), expr.span);
}

std::optional<bytecode::FunctionIndex> Functions::values(const check::RuleBody& body,
                                                         const std::vector<check::ExprRef>& values,
                                                         const std::vector<value::TypeRef>& types,
                                                         source::Span span) {
    if (values.empty()) return std::nullopt;
    const auto facts = facts_of(tables_.program().at(body.action));
    Code code(tables_, FunctionKind::message, span, facts, body.locals);
    const Register first = evaluate_all(code, values, types);
    code.emit(Opcode::ret, 0, first, static_cast<std::uint16_t>(types.size()));
    return add(std::move(code), span);
}

bytecode::FunctionIndex Functions::upgrade(const check::Upgrade& upgrade) {
    Code code(tables_, FunctionKind::message, upgrade.span, upgrade.fields, upgrade.locals);
    const Register first = evaluate_all(code, {upgrade.value}, {upgrade.to});
    code.emit(Opcode::ret, 0, first, 1);
    return add(std::move(code), upgrade.span);
}

bytecode::FunctionIndex Functions::upgrade_of_another(const check::Upgrade& upgrade,
                                                      source::Span place) {
    const bytecode::FunctionIndex made = this->upgrade(upgrade);
    const bytecode::SourceRange range{0, place.begin, place.end};
    companion_.functions[made].range = range;
    companion_.functions[made].code = {{0, range}};
    return made;
}

bytecode::MessageTemplate Functions::message(const check::RuleBody& body,
                                             const check::Message& message, source::Span span) {
    return this->message(facts_of(tables_.program().at(body.action)), body.locals, message, span);
}

bytecode::MessageTemplate Functions::message(const std::vector<check::Parameter>& parameters,
                                             const std::vector<check::Local>& locals,
                                             const check::Message& message, source::Span span) {
    bytecode::MessageTemplate made;
    made.texts = message.texts;
    if (message.values.empty()) return made;
    Code code(tables_, FunctionKind::message, span, parameters, locals);
    std::vector<value::TypeRef> types;
    for (const check::ExprRef& value : message.values) types.push_back(value->type);
    const Register first = evaluate_all(code, message.values, types);
    code.emit(Opcode::ret, 0, first, static_cast<std::uint16_t>(types.size()));
    made.values = add(std::move(code), span);
    return made;
}

void bound_functions(bytecode::Module& module, const bytecode::DebugInfo& companion,
                     source::FileId file, source::Diagnostics& diagnostics) {
    const std::vector<std::uint64_t> memory = bytecode::memory_of_types(module);
    for (std::size_t i = 0; i < module.functions.size(); ++i) {
        const bytecode::Bounds bounds = bytecode::bounds_of(module, module.functions[i], memory);
        module.functions[i].cost = bounds.cost;
        const bytecode::SourceRange& range = companion.functions[i].range;
        const source::Span span{file, range.begin, range.end};
        if (bounds.cost > bytecode::MAX_CALL_COST) {
            diagnostics
                .add(source::Code::E0692, span,
                     fmt::format("this can cost {} units; a call may cost {} at most", bounds.cost,
                                 bytecode::MAX_CALL_COST))
                .with_help("give the sets it goes through smaller capacities");
        } else if (bounds.memory_bytes > bytecode::MAX_FUNCTION_MEMORY_BYTES) {
            diagnostics
                .add(source::Code::E0692, span,
                     fmt::format("this can need {} bytes of memory; a piece of code may need {} at "
                                 "most",
                                 bounds.memory_bytes, bytecode::MAX_FUNCTION_MEMORY_BYTES))
                .with_help("give its texts and sets smaller capacities");
        }
    }
}

}  // namespace edict::lower
