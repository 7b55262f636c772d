edict_executable(calls_bench SOURCES calls_bench.cpp
                 LINK edict::cli_node edict::api edict::client nlohmann_json::nlohmann_json fmt::fmt)
