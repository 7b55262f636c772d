// From trees to the typed, resolved Program.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/check/program.h"
#include "compiler/source/diagnostics.h"

namespace edict::check {

// Finds a module that is named but not among the files given (the built-in std.*): its tree, which
// must outlive the call, or null. It is asked only for modules that are used, once for each.
using ModuleFinder = std::function<const ast::File*(std::string_view name)>;

// Resolves and types all modules, reports every mistake and none because of another. The program is
// there exactly if no error was reported; its modules stand in dependency order. The trees must
// come from a parse without errors.
[[nodiscard]] std::optional<Program> check(const std::vector<const ast::File*>& files,
                                           const ModuleFinder& find_module,
                                           source::Diagnostics& diagnostics);

}  // namespace edict::check
