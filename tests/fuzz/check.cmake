edict_fuzz(check_fuzz SOURCES check_fuzz.cpp LINK edict::parse edict::check edict::lower
           CORPUS corpus/check RUNS 3000)
