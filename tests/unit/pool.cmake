edict_test(pool_test LABEL unit SOURCES pool_test.cpp LINK edict::pool)
