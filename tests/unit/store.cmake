edict_test(store_test LABEL unit SOURCES store_test.cpp LINK edict::store)
