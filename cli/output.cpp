#include "cli/output.h"

#include <cerrno>
#include <cstdio>
#include <string>

#include "base/system.h"

namespace edict::cli {

namespace {

int output_error = 0;  // errno of the first write that failed

void write(std::FILE* file, std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), file) == text.size()) return;
    if (output_error == 0 && file == stdout) output_error = errno;
}

}  // namespace

Exit exit_of(base::ErrorKind kind) {
    switch (kind) {
        case base::ErrorKind::input:
            return Exit::findings;
        case base::ErrorKind::usage:
            return Exit::usage;
        case base::ErrorKind::unknown:
            return Exit::unknown;
        case base::ErrorKind::environment:
            return Exit::environment;
        case base::ErrorKind::forbidden:
            return Exit::forbidden;
    }
    return Exit::environment;
}

void print(std::string_view text) { write(stdout, text); }

void print_error(std::string_view text) {
    std::fflush(stdout);  // so that the two stay in order where both go to one place
    write(stderr, text);
}

Exit report(const base::Error& error) {
    print_error("edict: " + error.message + "\n");
    return exit_of(error.kind);
}

Exit finish(Exit exit) {
    if (std::fflush(stdout) != 0 && output_error == 0) output_error = errno;
    if (output_error == 0 || output_error == EPIPE) return exit;
    print_error("edict: the output could not be written: " + base::system_reason(output_error) +
                "\n");
    return Exit::environment;
}

}  // namespace edict::cli
