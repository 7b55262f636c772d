# The kinds of target that Edict has. Nothing else in the repository calls add_library or
# add_executable for our own C++ code.
#
#   edict_library(NAME SOURCES a.cpp ... LINK edict::x ... [PRIVATE libs...])
#       Static library edict_NAME with alias edict::NAME. LINK: seen in its headers; PRIVATE: only in
#       its sources.
#   edict_module(NAME SOURCES ... LINK ... [PRIVATE ...])     a shared object, opened at run time
#   edict_executable(NAME SOURCES ... LINK ... [PRIVATE ...])
#   edict_test(NAME LABEL unit SOURCES x_test.cpp LINK edict::x ... [ARGS ...] [TIMEOUT seconds]
#              [ENVIRONMENT NAME=value ...])
#       A GoogleTest program, one ctest entry with that label. Runs in the root of the repository.
#   edict_fuzz(NAME SOURCES x.cpp LINK edict::x ... [CORPUS dir] [RUNS count])
#       A LLVMFuzzerTestOneInput: a libFuzzer program with EDICT_FUZZ, else a smoke test that feeds the
#       corpus and RUNS deterministic mutations of it.

set(EDICT_TEST_LABELS unit golden cli differential simulation fuzz layers)

# While folders are written side by side, one that is not there yet must not stop the others.
# Sets `out` to what is missing; an error unless EDICT_PARTIAL.
function(_edict_missing name out)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "SOURCES;LINK")
    set(missing "")
    foreach(source IN LISTS arg_SOURCES)
        get_source_file_property(generated "${source}" GENERATED)
        cmake_path(ABSOLUTE_PATH source OUTPUT_VARIABLE path)
        if(NOT generated AND NOT EXISTS "${path}")
            list(APPEND missing "${source}")
        endif()
    endforeach()
    foreach(target IN LISTS arg_LINK)
        if(target MATCHES "::" AND NOT TARGET "${target}")
            list(APPEND missing "${target}")
        endif()
    endforeach()
    if(missing AND EDICT_PARTIAL)
        message(WARNING "${name} is left out: no ${missing}")
    elseif(missing)
        message(FATAL_ERROR "${name}: no ${missing}")
    endif()
    set(${out} "${missing}" PARENT_SCOPE)
endfunction()

function(_edict_options target)
    target_compile_options(${target} PRIVATE ${EDICT_WARNINGS})
    target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}")
endfunction()

# The standard headers that most sources include, compiled once. Only with g++: clang builds, which CI
# runs as well, see each source alone, so a missing #include is still found.
function(_edict_standard_headers target)
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        return()
    endif()
    if(NOT TARGET edict_standard_pch)
        file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/standard_pch.cpp"
             CONTENT "// Compiled only for its precompiled header.\n")
        add_library(edict_standard_pch OBJECT "${CMAKE_BINARY_DIR}/standard_pch.cpp")
        _edict_options(edict_standard_pch)
        target_compile_options(edict_standard_pch PRIVATE ${EDICT_PCH_OPTIONS})
        target_link_libraries(edict_standard_pch PRIVATE fmt::fmt)
        target_precompile_headers(
            edict_standard_pch PRIVATE <algorithm> <array> <cstdint> <functional> <map> <memory>
            <optional> <set> <span> <string> <string_view> <tuple> <unordered_map> <utility> <variant>
            <vector> <fmt/format.h>)
    endif()
    target_compile_options(${target} PRIVATE ${EDICT_PCH_OPTIONS} -Winvalid-pch)
    target_precompile_headers(${target} REUSE_FROM edict_standard_pch)
endfunction()

function(edict_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK;PRIVATE")
    _edict_missing("edict_library(${name})" missing SOURCES ${arg_SOURCES} LINK ${arg_LINK}
                   ${arg_PRIVATE})
    if(missing)
        return()
    endif()
    add_library(edict_${name} STATIC ${arg_SOURCES})
    add_library(edict::${name} ALIAS edict_${name})
    _edict_options(edict_${name})
    _edict_standard_headers(edict_${name})
    target_link_libraries(edict_${name} PUBLIC ${arg_LINK} PRIVATE ${arg_PRIVATE})
endfunction()

function(edict_module name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK;PRIVATE")
    _edict_missing("edict_module(${name})" missing SOURCES ${arg_SOURCES} LINK ${arg_LINK}
                   ${arg_PRIVATE})
    if(missing)
        return()
    endif()
    add_library(edict_${name} MODULE ${arg_SOURCES})
    _edict_options(edict_${name})
    target_link_libraries(edict_${name} PRIVATE ${arg_LINK} ${arg_PRIVATE})
endfunction()

function(edict_executable name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK;PRIVATE")
    _edict_missing("edict_executable(${name})" missing SOURCES ${arg_SOURCES} LINK ${arg_LINK}
                   ${arg_PRIVATE})
    if(missing)
        return()
    endif()
    add_executable(${name} ${arg_SOURCES})
    _edict_options(${name})
    target_link_libraries(${name} PRIVATE ${arg_LINK} ${arg_PRIVATE})
endfunction()

# GoogleTest's header takes 1.5 s to parse; compiled once here for all tests.
function(_edict_gtest_pch)
    if(TARGET edict_gtest_pch)
        return()
    endif()
    file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/gtest_pch.cpp"
         CONTENT "// Compiled only for its precompiled header.\n")
    add_library(edict_gtest_pch OBJECT "${CMAKE_BINARY_DIR}/gtest_pch.cpp")
    _edict_options(edict_gtest_pch)
    target_compile_options(edict_gtest_pch PRIVATE ${EDICT_PCH_OPTIONS})
    target_link_libraries(edict_gtest_pch PRIVATE GTest::gtest)
    target_precompile_headers(edict_gtest_pch PRIVATE <gtest/gtest.h>)
endfunction()

function(edict_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;TIMEOUT" "SOURCES;LINK;ARGS;ENVIRONMENT")
    if(EDICT_FUZZ)
        return()
    endif()
    if(NOT arg_LABEL IN_LIST EDICT_TEST_LABELS)
        message(FATAL_ERROR "edict_test(${name}): LABEL is one of ${EDICT_TEST_LABELS}")
    endif()
    _edict_missing("edict_test(${name})" missing SOURCES ${arg_SOURCES} LINK ${arg_LINK})
    if(missing)
        return()
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    _edict_gtest_pch()
    add_executable(${name} ${arg_SOURCES})
    _edict_options(${name})
    # Optimised, g++ 12 sees overruns in std::string that are not there: in tests, which build many
    # texts, these warnings are left to clang.
    target_compile_options(${name} PRIVATE ${EDICT_PCH_OPTIONS}
        $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds -Wno-stringop-overflow -Wno-restrict>)
    target_precompile_headers(${name} REUSE_FROM edict_gtest_pch)
    target_link_libraries(${name} PRIVATE ${arg_LINK} GTest::gtest GTest::gtest_main)
    add_test(NAME ${name} COMMAND ${name} ${arg_ARGS} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
    if(arg_ENVIRONMENT)
        set_tests_properties(${name} PROPERTIES ENVIRONMENT "${arg_ENVIRONMENT}")
    endif()
endfunction()

function(edict_fuzz name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "CORPUS;RUNS" "SOURCES;LINK")
    _edict_missing("edict_fuzz(${name})" missing SOURCES ${arg_SOURCES} LINK ${arg_LINK})
    if(missing)
        return()
    endif()
    if(NOT arg_RUNS)
        set(arg_RUNS 2000)
    endif()
    set(corpus "")
    if(arg_CORPUS)
        cmake_path(ABSOLUTE_PATH arg_CORPUS OUTPUT_VARIABLE corpus)
    endif()
    add_executable(${name} ${arg_SOURCES})
    _edict_options(${name})
    target_link_libraries(${name} PRIVATE ${arg_LINK})
    if(EDICT_FUZZ)
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        # libFuzzer writes what it finds into the first directory.
        set(found "${CMAKE_BINARY_DIR}/corpus/${name}")
        file(MAKE_DIRECTORY "${found}")
        math(EXPR timeout "${EDICT_FUZZ_SECONDS} + 120")
        add_test(NAME ${name}
                 COMMAND ${name} -max_total_time=${EDICT_FUZZ_SECONDS} -timeout=10
                         -print_final_stats=1 -artifact_prefix=${found}- ${found} ${corpus})
        set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT ${timeout})
    else()
        target_sources(${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests/fuzz/smoke_main.cpp")
        add_test(NAME ${name} COMMAND ${name} ${arg_RUNS} ${corpus})
        set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 300)
    endif()
endfunction()
