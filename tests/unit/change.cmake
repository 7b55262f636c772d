edict_test(change_test LABEL unit SOURCES change_test.cpp LINK edict::cli edict::findings)
edict_test(upgrade_test LABEL unit SOURCES upgrade_test.cpp chain_support.cpp
           LINK edict::cli_node edict::executor nlohmann_json::nlohmann_json fmt::fmt)
edict_test(invariant_property_test LABEL unit SOURCES invariant_property_test.cpp
           LINK edict::cli edict::findings)
