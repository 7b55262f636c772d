// Any bytes that are a module: its layout has the same tree, is its own layout, and comes back the
// same from Chinese.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "compiler/ast/print.h"
#include "compiler/format/format.h"
#include "compiler/parse/parse.h"

using namespace edict;

namespace {

std::optional<std::string> laid_out(const std::string& path, const std::string& text,
                                    std::optional<parse::Language> keywords) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add(path, text);
    if (!file) return std::nullopt;
    return format::format(*file, sources, {keywords}, diagnostics);
}

std::string tree_of(const std::string& path, const std::string& text) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add(path, text);
    EDICT_CHECK(file.has_value());
    const auto tree = parse::parse(*file, sources, diagnostics);
    EDICT_CHECK(tree.has_value() && !diagnostics.has_errors());
    return ast::print(*tree);
}

void check(const std::string& path, const std::string& text) {
    const auto once = laid_out(path, text, std::nullopt);
    if (!once) return;
    const std::string tree = tree_of(path, text);
    EDICT_CHECK(tree_of(path, *once) == tree);
    EDICT_CHECK(laid_out(path, *once, std::nullopt) == once);
    const auto english = laid_out(path, text, parse::Language::english);
    const auto chinese = laid_out(path, text, parse::Language::chinese);
    EDICT_CHECK(english && chinese && tree_of(path, *chinese) == tree);
    EDICT_CHECK(laid_out(path, *chinese, parse::Language::english) == english);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    check("fuzz.edict", text);
    check("fuzz.edict.md", text);
    return 0;
}
