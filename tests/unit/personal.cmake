edict_test(personal_test LABEL unit SOURCES personal_test.cpp LINK edict::cli edict::findings)
