// Reports as text for people and as JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "compiler/source/source_map.h"
#include "verifier/findings/report.h"

namespace edict::findings {

// Every finding with the user's own lines, its witness and the replay, then a summary.
[[nodiscard]] std::string to_human(const Report& report, const check::Program& program,
                                   const source::SourceMap& sources);
// One JSON object; see docs/VERIFIER.md.
[[nodiscard]] std::string to_json(const Report& report, const check::Program& program,
                                  const source::SourceMap& sources);
// One line for each finding that blocks admission: "V02 data_export: rule … (WARD 3.2, HGR art
// 28)".
[[nodiscard]] std::vector<std::string> blocking_texts(const Report& report);

// The story as the lines of a `test` block.
[[nodiscard]] std::vector<std::string> story_lines(const call::Case& story,
                                                   const check::Program& program);
// What the replay decided, one line for each regulation.
[[nodiscard]] std::vector<std::string> replay_lines(const Witness& witness,
                                                    const check::Program& program);

}  // namespace edict::findings
