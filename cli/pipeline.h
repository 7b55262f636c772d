// From files to modules, for every verb that takes rule files: text -> tree -> Program -> Module.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/exit.h"
#include "compiler/ast/ast.h"
#include "compiler/check/program.h"
#include "compiler/lower/lower.h"
#include "compiler/source/diagnostics.h"
#include "compiler/source/render.h"
#include "compiler/source/source_map.h"
#include "vm/call/link.h"

namespace edict::cli {

// One compilation, as far as it came. Spans of the program point into `sources`.
struct Compilation {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    std::deque<ast::File> trees;                   // those of the files given first
    std::optional<check::Program> program;         // none if there is an error
    std::optional<lower::LoweredProgram> lowered;  // none if there is an error
    std::optional<call::LinkedSet> linked;         // all modules of the program in force together
    std::size_t files_given = 0;                   // the first of `sources`; then built-in modules

    // Whether a module was among the files given, and not built in.
    [[nodiscard]] bool is_given(const check::Module& module) const {
        return module.file.value < files_given;
    }
};

// Where the modules are to run: on a chain, which publishes whatever it is told, they may not be
// told personal data.
enum class Target { site, chain };
inline const std::vector<std::string> TARGETS = {"site", "chain"};
[[nodiscard]] inline Target target_of(const std::string& name) {
    return name == "chain" ? Target::chain : Target::site;
}

// Files and folders of the command line. An error is about the environment (a file that is not
// there); what is wrong in the files is in the diagnostics.
[[nodiscard]] base::Result<Compilation> compile(const std::vector<std::string>& arguments,
                                                Target target = Target::site);

// The same for texts at hand: (path to show, text).
[[nodiscard]] base::Result<Compilation> compile_texts(
    std::vector<std::pair<std::string, std::string>> texts, Target target = Target::site);

// For verbs that need a whole program: writes the diagnostics to standard error if there are any,
// and says whether the program is there.
[[nodiscard]] bool is_usable(const Compilation& compilation);

// compile() and is_usable() at once: none means that the verb ends with `exit`.
[[nodiscard]] std::optional<Compilation> compile_or_report(
    const std::vector<std::string>& arguments, Exit& exit, Target target = Target::site);

}  // namespace edict::cli
