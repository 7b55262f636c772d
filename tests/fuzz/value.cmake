edict_fuzz(value_fuzz SOURCES value_fuzz.cpp LINK edict::value nlohmann_json::nlohmann_json
           CORPUS corpus/value RUNS 20000)
