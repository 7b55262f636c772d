edict_test(duties_test LABEL unit SOURCES duties_test.cpp LINK edict::cli)
