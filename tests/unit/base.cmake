edict_test(base_test LABEL unit SOURCES base_test.cpp LINK edict::base)
