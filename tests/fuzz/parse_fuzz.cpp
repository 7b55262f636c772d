// Any bytes as a source file: a tree or diagnostics, both of which can be shown; never a crash.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "compiler/ast/print.h"
#include "compiler/parse/parse.h"
#include "compiler/source/render.h"

using namespace edict;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file =
        sources.add("fuzz.edict", std::string(reinterpret_cast<const char*>(data), size));
    if (!file) return 0;
    const std::optional<ast::File> tree = parse::parse(*file, sources, diagnostics);
    // Without a tree there is a reason, and every diagnostic points into the text.
    EDICT_CHECK(tree.has_value() || diagnostics.has_errors());
    if (tree) EDICT_CHECK(!ast::print(*tree).empty());
    for (const source::Diagnostic& one : diagnostics.list()) {
        EDICT_CHECK(one.span.begin <= one.span.end && one.span.end <= size);
        EDICT_CHECK(!one.message.empty());
    }
    for (const source::Form form : {source::Form::human, source::Form::brief, source::Form::json}) {
        EDICT_CHECK(render(diagnostics, sources, form).empty() == diagnostics.list().empty());
    }
    return 0;
}
