edict_test(executor_duties_test LABEL unit SOURCES executor_duties_test.cpp chain_support.cpp
           LINK edict::cli_node edict::api nlohmann_json::nlohmann_json fmt::fmt)
