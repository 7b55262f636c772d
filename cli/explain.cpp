// edict explain: what a diagnostic code means.
#include <fmt/format.h>

#include <memory>

#include "cli/arguments.h"
#include "cli/output.h"
#include "compiler/source/diagnostics.h"
#include "compiler/source/explanations.h"
#include "verifier/findings/report.h"

namespace edict::cli {

namespace {

Exit list_codes() {
    for (const source::Code code : source::all_codes())
        print(fmt::format("{}  {}\n", source::name(code), source::title(code)));
    for (std::size_t i = 0; i <= static_cast<std::size_t>(findings::Kind::unknown); ++i) {
        const auto kind = static_cast<findings::Kind>(i);
        print(fmt::format("{}  {}\n", findings::code_of(kind), findings::title_of(kind)));
    }
    return Exit::ok;
}

Exit explain(const std::string& wanted) {
    if (wanted.empty()) return list_codes();
    std::string code_name = wanted;
    for (char& c : code_name) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    for (const source::Explanation& one : source::explanations()) {
        if (one.code != code_name || one.code.empty()) continue;
        print(one.page);
        return Exit::ok;
    }
    return report({base::ErrorKind::input,
                   fmt::format("there is no code {}; `edict explain` lists all", wanted)});
}

}  // namespace

void add_explain(Verb& top) {
    auto code = std::make_shared<std::string>();
    Verb verb = top.add("explain", "Tell what the code of a message or finding means");
    verb.optional_positional("CODE", *code,
                             "For example E0101 or V02; without it, all codes are listed");
    verb.run([code] { return explain(*code); });
}

}  // namespace edict::cli
