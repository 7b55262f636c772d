// Which modules there are, and in which order. Not for other folders.
#pragma once

#include <string>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/check/context.h"

namespace edict::check {

struct Import {
    std::size_t module = 0;  // index into Order::modules
    bool governed = false;
    bool implied = false;  // by attributes of parties: its names are not in sight
};

struct OrderedModule {
    const ast::File* file = nullptr;
    std::vector<Import> imports;  // without repeats
    bool broken = false;          // names a module that is missing, broken, or in a cycle
};

// Finds what the files use, and what that uses. The result stands in dependency order.
[[nodiscard]] std::vector<OrderedModule> order_modules(const std::vector<const ast::File*>& files,
                                                       const ModuleFinder& find_module,
                                                       source::Diagnostics& diagnostics);

}  // namespace edict::check
