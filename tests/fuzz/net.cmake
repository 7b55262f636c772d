edict_fuzz(net_fuzz SOURCES net_fuzz.cpp LINK edict::node CORPUS corpus/net RUNS 50000)
