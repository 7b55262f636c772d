edict_test(node_test LABEL unit SOURCES node_test.cpp node_gathering_test.cpp chain_support.cpp
           LINK edict::cli_node edict::node nlohmann_json::nlohmann_json fmt::fmt)
edict_test(node_peers_test LABEL unit SOURCES node_peers_test.cpp chain_support.cpp
           LINK edict::cli_node edict::node nlohmann_json::nlohmann_json fmt::fmt)
