edict_test(api_test LABEL unit SOURCES api_test.cpp chain_support.cpp
           LINK edict::cli_node edict::api edict::client nlohmann_json::nlohmann_json fmt::fmt)
edict_test(client_test LABEL unit SOURCES client_test.cpp
           LINK edict::client nlohmann_json::nlohmann_json fmt::fmt)
