edict_test(smt_test LABEL unit SOURCES smt_test.cpp LINK edict::smt)
