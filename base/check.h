// EDICT_CHECK: an invariant of our own code, kept on in release builds.
#pragma once

namespace edict::base {

// Prints the broken invariant with its place and ends the process.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace edict::base

// A broken invariant is a defect of Edict, never of its input: input errors are Result or
// Diagnostics.
#define EDICT_CHECK(condition) \
    ((condition) ? void(0) : ::edict::base::check_failed(#condition, __FILE__, __LINE__))
