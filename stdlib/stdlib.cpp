#include "stdlib/stdlib.h"

#include <span>

namespace edict::stdlib {

struct Embedded {
    std::string_view module_name;
    std::string_view text;
};
std::span<const Embedded> embedded();  // made by embed.cmake, ascending by name

std::optional<std::string_view> source(std::string_view module_name) {
    for (const Embedded& module : embedded()) {
        if (module.module_name == module_name) return module.text;
    }
    return std::nullopt;
}

std::vector<std::string_view> module_names() {
    std::vector<std::string_view> names;
    for (const Embedded& module : embedded()) names.push_back(module.module_name);
    return names;
}

}  // namespace edict::stdlib
