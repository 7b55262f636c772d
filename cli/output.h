// Standard output and standard error. A reader that goes away (`edict … | head`) is no error; a
// full disk is told once, by finish().
#pragma once

#include <string_view>

#include "base/result.h"
#include "cli/exit.h"

namespace edict::cli {

void print(std::string_view text);        // to standard output, as it stands
void print_error(std::string_view text);  // to standard error, as it stands

// "edict: …" on standard error; the exit code for it.
[[nodiscard]] Exit report(const base::Error& error);

// Flushes; returns `exit`, or environment if what was printed could not be written.
[[nodiscard]] Exit finish(Exit exit);

}  // namespace edict::cli
