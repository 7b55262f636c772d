// What this process meets of the system: its errors, and what a path is.
#pragma once

#include <string>

#include "base/result.h"

namespace edict::base {

// What went wrong, in words that say what to look at; `error` is an errno.
[[nodiscard]] std::string system_reason(int error);

// An error unless reading the path to its end does end: what is there is a file, or it is open in
// this process already (/dev/stdin, /dev/fd/3). Ok if nothing is there.
[[nodiscard]] Status check_readable(const std::string& path);

}  // namespace edict::base
