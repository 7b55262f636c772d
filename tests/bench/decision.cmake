edict_executable(decision_bench SOURCES decision_bench.cpp LINK edict::cli PRIVATE fmt::fmt)
