// The one program: reads the command line, runs a verb, ends with its exit code.
#include <csignal>

#include "cli/arguments.h"
#include "cli/output.h"

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a write to a closed pipe fails instead; see cli/output.h
    using namespace edict::cli;
    return static_cast<int>(finish(run_command_line(argc, argv)));
}
