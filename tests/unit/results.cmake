edict_test(results_test LABEL unit SOURCES results_test.cpp LINK edict::cli edict::findings)
