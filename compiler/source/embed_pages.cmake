# Writes OUT: a C++ table of the Markdown pages [EVW]*.md in PAGES, by code.
file(GLOB pages "${PAGES}/[EVW]*.md")
list(SORT pages)
set(rows "")
foreach(page IN LISTS pages)
    cmake_path(GET page STEM code)
    file(READ "${page}" text)
    string(APPEND rows "    {\"${code}\", R\"edict_page(${text})edict_page\"},\n")
endforeach()
file(WRITE "${OUT}" "// Generated from docs/errors.
#include \"compiler/source/explanations.h\"

namespace edict::source {
namespace {
constexpr Explanation TABLE[] = {
    {\"\", \"\"},
${rows}};
}  // namespace

std::span<const Explanation> explanations() { return TABLE; }

}  // namespace edict::source
")
