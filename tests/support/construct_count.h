// Which constructs a program uses, and how often.
#pragma once

#include <map>
#include <string>

#include "compiler/check/program.h"

namespace edict::generated {

using Counts = std::map<std::string, std::size_t>;

// All names that count_constructs() may use, each with 0.
[[nodiscard]] Counts no_constructs();
void count_constructs(const check::Program& program, Counts& counts);

}  // namespace edict::generated
