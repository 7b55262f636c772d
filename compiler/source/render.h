// The three forms of diagnostics, from one structure.
#pragma once

#include <string>

#include "compiler/source/diagnostics.h"
#include "compiler/source/source_map.h"

namespace edict::source {

// For people: message, the user's own lines with carets, labels, help. Ends with a line end.
[[nodiscard]] std::string to_human(const Diagnostic& diagnostic, const SourceMap& sources);
// One line: "file:line:column: error[E0101]: message".
[[nodiscard]] std::string to_short(const Diagnostic& diagnostic, const SourceMap& sources);
// One JSON object on one line.
[[nodiscard]] std::string to_json(const Diagnostic& diagnostic, const SourceMap& sources);

enum class Form { human, brief, json };

// All of them, each with a line end; the human form ends with how many there are, and says how many
// were not shown. Empty if there are none.
[[nodiscard]] std::string render(const Diagnostics& diagnostics, const SourceMap& sources,
                                 Form form);

}  // namespace edict::source
