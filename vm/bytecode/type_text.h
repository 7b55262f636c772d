// Types as the assembler writes them: "Set(Text(64),8)", "Enum(hub.Level,ordered,public,personal)".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "value/type.h"

namespace edict::bytecode {

[[nodiscard]] std::string type_text(const value::Type& type);
// `#n` stands for the n-th of `earlier`.
[[nodiscard]] base::Result<value::TypeRef> type_from_text(
    std::string_view text, const std::vector<value::TypeRef>& earlier);

}  // namespace edict::bytecode
