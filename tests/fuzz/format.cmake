edict_fuzz(format_fuzz SOURCES format_fuzz.cpp LINK edict::format CORPUS corpus/parse RUNS 3000)
