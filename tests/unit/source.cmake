edict_test(source_test LABEL unit SOURCES source_test.cpp LINK edict::source
           nlohmann_json::nlohmann_json)
