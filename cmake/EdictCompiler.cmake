# Language level, warnings, sanitizers and the compiler cache: the same for every target.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")

# The native compiler is a shared object that contains parts of our static libraries. -fPIC for all,
# and not CMake's -fPIE for programs, so that tests can share one precompiled header.
add_compile_options(-fPIC -fno-semantic-interposition)

# Names in messages of EDICT_CHECK are paths in the repository, wherever it was built. ccache turns
# absolute paths into relative ones, hence the second map.
cmake_path(RELATIVE_PATH CMAKE_SOURCE_DIR BASE_DIRECTORY "${CMAKE_BINARY_DIR}" OUTPUT_VARIABLE up)
add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=" "-ffile-prefix-map=${up}/=")

set(EDICT_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # clang reports std::stable_sort of libstdc++ 12, which uses a deprecated function inside. Our own
    # use of deprecated functions is still found by g++.
    list(APPEND EDICT_WARNINGS -Wno-deprecated-declarations)
endif()
if(EDICT_WERROR)
    list(APPEND EDICT_WARNINGS -Werror)
endif()

if(EDICT_FUZZ AND NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "EDICT_FUZZ needs clang, whose libFuzzer it uses: cmake --preset fuzz")
endif()
if(EDICT_SANITIZE)
    add_compile_options(
        "-fsanitize=${EDICT_SANITIZE}" -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options("-fsanitize=${EDICT_SANITIZE}")
endif()
if(EDICT_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
    add_link_options(-fsanitize=fuzzer-no-link)
endif()

# What ccache's manual asks for before it caches users of a precompiled header.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(EDICT_PCH_OPTIONS -fpch-preprocess)
else()
    set(EDICT_PCH_OPTIONS -Xclang -fno-pch-timestamp)
endif()
find_program(EDICT_CCACHE ccache)
if(EDICT_CCACHE)
    set(launcher
        "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_NOHASHDIR=1
        "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" "${EDICT_CCACHE}")
    set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
