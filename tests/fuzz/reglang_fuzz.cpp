// RegLang of any bytes: an error or modules, never a crash; and what is made of it is read by our
// own parser without a mistake.
#include <cstdint>

#include "base/check.h"
#include "compiler/parse/parse.h"
#include "compiler/reglang/parse.h"
#include "compiler/reglang/translate.h"

using namespace edict;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto tree = reglang::parse(text);
    if (!tree) {
        EDICT_CHECK(!tree.error().message.empty());
        return 0;
    }
    const auto imported = reglang::translate(*tree, "imported");
    if (!imported) {
        EDICT_CHECK(!imported.error().message.empty());
        return 0;
    }
    for (const auto& [name, module] : imported->modules) {
        source::SourceMap sources;
        source::Diagnostics diagnostics;
        const auto file = sources.add(name, module);
        EDICT_CHECK(file.has_value());
        const auto parsed = parse::parse(*file, sources, diagnostics);
        for (const source::Diagnostic& one : diagnostics.list()) {
            // Words of the input may look alike, or be too long for a name; the check says so.
            const std::string_view code = source::name(one.code);
            EDICT_CHECK(code >= "E0130" || code == "E0118");
        }
    }
    return 0;
}
