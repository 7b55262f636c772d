// edict disasm: a module's bytes as text.
#include <fmt/format.h>

#include <memory>

#include "cli/arguments.h"
#include "cli/files.h"
#include "cli/output.h"
#include "vm/bytecode/assembler.h"

namespace edict::cli {

namespace {

Exit disassemble(const std::string& path) {
    const auto bytes = read_file(path);
    if (!bytes) return report(bytes.error());
    const auto module = bytecode::decode(base::as_bytes(*bytes));
    if (!module) return report({module.error().kind, path + ": " + module.error().message});
    print(fmt::format("; {}\n", bytecode::identity(*module).hex()));
    print(bytecode::disassemble(*module));
    return Exit::ok;
}

}  // namespace

void add_disasm(Verb& top) {
    auto path = std::make_shared<std::string>();
    Verb verb = top.add("disasm", "Show a compiled module as text");
    verb.positional("FILE.edo", *path, "A module that `edict build` wrote", Takes::path);
    verb.footer("Exit codes: 0 shown, 1 not a valid module, 4 the file cannot be read.");
    verb.run([path] { return disassemble(*path); });
}

}  // namespace edict::cli
