// The standard modules (std.membership …): their sources, built into the program.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace edict::stdlib {

// The text of stdlib/NAME.edict for the module std.NAME; nullopt if there is no such module.
[[nodiscard]] std::optional<std::string_view> source(std::string_view module_name);

// Their names, ascending.
[[nodiscard]] std::vector<std::string_view> module_names();

}  // namespace edict::stdlib
