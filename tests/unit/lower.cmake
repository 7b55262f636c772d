edict_test(lower_test LABEL unit SOURCES lower_test.cpp lower_limits_test.cpp LINK edict::cli)
