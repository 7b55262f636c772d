edict_test(working_days_test LABEL unit SOURCES working_days_test.cpp LINK edict::cli)
