// The tables of a regulation: sources, rules, defaults, and what they refer to.
#pragma once

#include "vm/bytecode/module.h"
#include "vm/bytecode/typing.h"

namespace edict::bytecode {

// Demands that names, types and functions of the module have been checked.
[[nodiscard]] base::Status validate_rules(const Module& module, TypeRelations& relations);

// Whether function `index` exists, is of this kind and takes these parameters; else why not.
[[nodiscard]] std::string function_problem(const Module& module, FunctionIndex index,
                                           FunctionKind kind,
                                           const std::vector<TypeIndex>& parameters,
                                           TypeRelations& relations);
// What is wrong with a message shown by code that takes these parameters, if there is one.
[[nodiscard]] std::string message_problem(const Module& module,
                                          const std::optional<MessageTemplate>& message,
                                          const std::vector<TypeIndex>& parameters,
                                          TypeRelations& relations);
// What is wrong with what the code of an action returns; its registers have passed.
[[nodiscard]] std::string result_problem(const Module& module, const Function& function,
                                         const std::optional<TypeIndex>& result,
                                         TypeRelations& relations);

// Whether a name or a piece of text may stand in a module; else why not. Names are letters, digits
// and _ of any script; a module's name may have dots inside.
[[nodiscard]] std::string name_problem(std::string_view name, bool dots);
[[nodiscard]] std::string text_problem(std::string_view text);

}  // namespace edict::bytecode
