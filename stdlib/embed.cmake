# cmake -DOUT=FILE.cpp -DFOLDER=… -P embed.cmake: a C++ source that holds FOLDER/*.edict.
file(GLOB sources "${FOLDER}/*.edict")
list(SORT sources)
list(LENGTH sources count)

set(entries "")
foreach(path IN LISTS sources)
    cmake_path(GET path STEM name)
    # As hexadecimal, since a text may hold whatever would end a literal.
    file(READ "${path}" hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${hex}")
    string(LENGTH "${hex}" digits)
    math(EXPR size "${digits} / 2")
    string(APPEND entries "    Embedded{\"std.${name}\", {\"${bytes}\", ${size}}},\n")
endforeach()

file(WRITE "${OUT}.new" "// Made by stdlib/embed.cmake from stdlib/*.edict.
#include <array>
#include <span>
#include <string_view>

namespace edict::stdlib {

struct Embedded {
    std::string_view module_name;
    std::string_view text;
};

std::span<const Embedded> embedded();
std::span<const Embedded> embedded() {
    static constexpr std::array<Embedded, ${count}> modules = {{
${entries}    }};
    return modules;
}

}  // namespace edict::stdlib
")
file(COPY_FILE "${OUT}.new" "${OUT}" ONLY_IF_DIFFERENT)
