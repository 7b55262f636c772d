// What the process tells its caller: one exit code for each kind of end, for every verb.
#pragma once

#include "base/result.h"

namespace edict::cli {

enum class Exit : int {
    ok = 0,
    findings = 1,     // errors or findings in the user's input
    usage = 2,        // the command was called wrongly
    unknown = 3,      // a question was not settled
    environment = 4,  // a file, disk, network or library
    forbidden = 5,    // the rules forbid it
    defect = 6,       // of this program: what it never expects happened
};

[[nodiscard]] Exit exit_of(base::ErrorKind kind);

}  // namespace edict::cli
