// edict explain: what a diagnostic code means.
#include <fmt/format.h>

#include <memory>

#include "cli/arguments.h"
#include "cli/output.h"
#include "compiler/source/diagnostics.h"

namespace edict::cli {

namespace {

Exit list_codes() {
    for (const source::Code code : source::all_codes())
        print(fmt::format("{}  {}\n", source::name(code), source::title(code)));
    return Exit::ok;
}

Exit explain(const std::string& wanted) {
    if (wanted.empty()) return list_codes();
    std::string code_name = wanted;
    for (char& c : code_name) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    const std::optional<source::Code> code = source::find_code(code_name);
    if (!code) {
        return report({base::ErrorKind::input,
                       fmt::format("there is no code {}; `edict explain` lists all", wanted)});
    }
    print(source::explain(*code));
    return Exit::ok;
}

}  // namespace

void add_explain(Verb& top) {
    auto code = std::make_shared<std::string>();
    Verb verb = top.add("explain", "Tell what the code of a message means");
    verb.optional_positional("CODE", *code, "For example E0101; without it, all codes are listed");
    verb.run([code] { return explain(*code); });
}

}  // namespace edict::cli
