#include "compiler/check/program.h"

namespace edict::check {

std::optional<ModuleId> Program::find(std::string_view name) const {
    for (std::uint32_t i = 0; i < modules.size(); ++i) {
        if (modules[i].name == name) return ModuleId{i};
    }
    return std::nullopt;
}

}  // namespace edict::check
