edict_test(consensus_test LABEL unit SOURCES consensus_test.cpp LINK edict::consensus)
