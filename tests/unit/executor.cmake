edict_test(executor_test LABEL unit
           SOURCES executor_test.cpp executor_registry_test.cpp chain_support.cpp
           LINK edict::cli_node edict::executor nlohmann_json::nlohmann_json fmt::fmt)
