edict_test(arguments_test LABEL unit SOURCES arguments_test.cpp LINK edict::cli)
