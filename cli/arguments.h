// Arguments: what a verb takes, and its help. Keeps CLI11, which is slow to compile, in one file.
//
// A verb's options are read into variables, which must live until its work has run:
//
//     auto options = std::make_shared<Options>();
//     Verb verb = top.add("check", "Look for mistakes in rules");
//     verb.positional("FILES", options->files, "Files or folders");
//     verb.run([options] { return check(*options); });
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "cli/exit.h"

namespace CLI {
class App;
}

namespace edict::cli {

// The whole numbers that an option takes.
struct Range {
    std::uint64_t from = 0;
    std::uint64_t to = std::numeric_limits<std::uint64_t>::max();
};
inline constexpr Range PORTS{0, 65535};
inline constexpr Range SECONDS_TO_WAIT{0, 30 * 86'400};

// What an argument is. A text is UTF-8, or the command is called wrongly; the name of a file or
// folder is what the system has, whatever the bytes.
enum class Takes { text, path };

class Verb {
public:
    explicit Verb(CLI::App& app) : app_(&app) {}

    // A verb below this one: `node` and then `init`.
    Verb add(const std::string& name, const std::string& help);

    // One argument, or all that are left (one at least).
    void positional(const std::string& name, std::string& into, const std::string& help,
                    Takes takes = Takes::text);
    void positional(const std::string& name, std::vector<std::string>& into,
                    const std::string& help, Takes takes = Takes::text);
    void optional_positional(const std::string& name, std::string& into, const std::string& help);

    // "--name" or "-n,--name". A required one, or one whose variable holds its default.
    void required(const std::string& name, std::string& into, const std::string& help,
                  Takes takes = Takes::text);
    void required(const std::string& name, std::uint64_t& into, const std::string& help,
                  Range range = {});
    void option(const std::string& name, std::string& into, const std::string& help,
                Takes takes = Takes::text);
    void option(const std::string& name, std::vector<std::string>& into, const std::string& help,
                Takes takes = Takes::text);
    void option(const std::string& name, std::uint64_t& into, const std::string& help,
                Range range = {});
    void choice(const std::string& name, std::string& into, const std::vector<std::string>& choices,
                const std::string& help);
    void flag(const std::string& name, bool& into, const std::string& help);

    // Shown under the options: examples, exit codes.
    void footer(const std::string& text);

    // What the verb does. It is run after all of the command line was understood.
    void run(std::function<Exit()> work);

private:
    CLI::App* app_;
};

// Puts one verb under the program: each cli/NAME.cpp has `void add_NAME(Verb& top)`.
using AddVerb = void (*)(Verb& top);

// Reads the command line and runs the verb that it names. A command line that cannot be understood
// ends with Exit::usage.
[[nodiscard]] Exit run_command_line(int argc, const char* const* argv,
                                    const std::vector<AddVerb>& verbs);

}  // namespace edict::cli
