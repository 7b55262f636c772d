edict_fuzz(parse_fuzz SOURCES parse_fuzz.cpp LINK edict::parse CORPUS corpus/parse RUNS 3000)
