edict_fuzz(reglang_fuzz SOURCES reglang_fuzz.cpp LINK edict::reglang edict::check
           CORPUS corpus/reglang RUNS 3000)
