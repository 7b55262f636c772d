// The one program: a table of verbs.
#include <csignal>

#include "cli/arguments.h"
#include "cli/output.h"

namespace edict::cli {
#define VERB(name) void add_##name(Verb& top);
#include "cli/verbs.def"  // made by CMake, from cli/CMakeLists.txt
#undef VERB
}  // namespace edict::cli

int main(int argc, char** argv) {
    using namespace edict::cli;
    std::signal(SIGPIPE, SIG_IGN);  // a write to a closed pipe fails instead; see cli/output.h
    // So does one beyond a limit of the file size; unhandled, the signal would end the program
    // without a word.
    std::signal(SIGXFSZ, SIG_IGN);
    static const std::vector<AddVerb> verbs = {
#define VERB(name) add_##name,
#include "cli/verbs.def"
#undef VERB
    };
    return static_cast<int>(finish(run_command_line(argc, argv, verbs)));
}
