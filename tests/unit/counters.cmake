edict_test(counters_test LABEL unit SOURCES counters_test.cpp LINK edict::cli edict::findings)
