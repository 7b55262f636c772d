// Functions: the code of a module, each kind of function from the part of the Program it stands
// for.
#pragma once

#include <optional>

#include "compiler/lower/tables.h"
#include "compiler/source/diagnostics.h"
#include "vm/bytecode/debug.h"

namespace edict::lower {

class Functions {
public:
    Functions(Tables& tables, bytecode::DebugInfo& companion, source::Diagnostics& diagnostics)
        : tables_(tables), companion_(companion), diagnostics_(diagnostics) {}

    [[nodiscard]] bytecode::FunctionIndex action(const check::Action& action);
    [[nodiscard]] bytecode::FunctionIndex observer(const check::ObserverBody& body,
                                                   source::Span span);
    // A scope, a condition or an exception of a rule for one action.
    [[nodiscard]] bytecode::FunctionIndex condition(const check::RuleBody& body,
                                                    const check::Expr& expr);
    // Values for a duty; none if there are none.
    [[nodiscard]] std::optional<bytecode::FunctionIndex> values(
        const check::RuleBody& body, const std::vector<check::ExprRef>& values,
        const std::vector<value::TypeRef>& types, source::Span span);
    // The texts, and the function for the values that they show, if any.
    [[nodiscard]] bytecode::MessageTemplate message(const check::RuleBody& body,
                                                    const check::Message& message,
                                                    source::Span span);

    // Of what takes `parameters`: a condition, a message, and one value (a message function).
    [[nodiscard]] bytecode::FunctionIndex condition(const std::vector<check::Parameter>& parameters,
                                                    const std::vector<check::Local>& locals,
                                                    const check::Expr& expr);
    [[nodiscard]] bytecode::MessageTemplate message(const std::vector<check::Parameter>& parameters,
                                                    const std::vector<check::Local>& locals,
                                                    const check::Message& message,
                                                    source::Span span);
    [[nodiscard]] bytecode::FunctionIndex upgrade(const check::Upgrade& upgrade);
    // Of another module: its code stands at `place` of this one's file.
    [[nodiscard]] bytecode::FunctionIndex upgrade_of_another(const check::Upgrade& upgrade,
                                                             source::Span place);

private:
    bytecode::FunctionIndex add(class Code&& code, source::Span span);

    Tables& tables_;
    bytecode::DebugInfo& companion_;
    source::Diagnostics& diagnostics_;
};

// Cost and memory of each function are set and held against their limits, after all of them.
void bound_functions(bytecode::Module& module, const bytecode::DebugInfo& companion,
                     source::FileId file, source::Diagnostics& diagnostics);

}  // namespace edict::lower
