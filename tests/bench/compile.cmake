edict_executable(compile_bench SOURCES compile_bench.cpp LINK edict::cli edict::format PRIVATE fmt::fmt)
