# Every library of others that Edict uses, found once. All come from Debian packages
# (tools/install-deps.sh).

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED CONFIG)
find_package(spdlog REQUIRED CONFIG)
find_package(nlohmann_json REQUIRED CONFIG)
find_package(tl-expected REQUIRED CONFIG)
find_package(OpenSSL REQUIRED)
find_package(CLI11 REQUIRED CONFIG)
find_package(GTest REQUIRED CONFIG)
find_package(benchmark REQUIRED CONFIG)
find_package(RocksDB REQUIRED CONFIG)
find_package(tomlplusplus REQUIRED CONFIG)
find_package(prometheus-cpp REQUIRED CONFIG)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(z3 REQUIRED IMPORTED_TARGET z3)
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
find_package(ICU REQUIRED COMPONENTS uc i18n)

# The packages of ANTLR and LLVM give no include directory with their targets, so each gets a target
# that does. Their headers warn, hence SYSTEM.
find_package(antlr4-runtime 4.9 REQUIRED CONFIG)
add_library(edict_antlr INTERFACE)
add_library(edict::antlr ALIAS edict_antlr)
target_include_directories(edict_antlr SYSTEM INTERFACE "${ANTLR4_INCLUDE_DIR}")
target_link_libraries(edict_antlr INTERFACE antlr4_shared)
find_program(EDICT_ANTLR4 antlr4 REQUIRED)

if(EDICT_JIT)
    find_package(LLVM 19.1 REQUIRED CONFIG)
    add_library(edict_llvm INTERFACE)
    add_library(edict::llvm ALIAS edict_llvm)
    target_include_directories(edict_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
    target_link_libraries(edict_llvm INTERFACE LLVM)
endif()
