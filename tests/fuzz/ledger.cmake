edict_fuzz(ledger_fuzz SOURCES ledger_fuzz.cpp LINK edict::ledger nlohmann_json::nlohmann_json
           CORPUS corpus/ledger RUNS 50000)
