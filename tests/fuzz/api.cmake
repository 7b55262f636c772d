edict_fuzz(api_fuzz SOURCES api_fuzz.cpp ../unit/chain_support.cpp
           LINK edict::cli_node edict::api GTest::gtest nlohmann_json::nlohmann_json fmt::fmt
           CORPUS corpus/api RUNS 20000)
