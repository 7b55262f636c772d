edict_fuzz(pbft_fuzz SOURCES pbft_fuzz.cpp LINK edict::consensus CORPUS corpus/pbft RUNS 50000)
