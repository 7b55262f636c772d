edict_test(reglang_test LABEL unit SOURCES reglang_test.cpp LINK edict::reglang edict::cli)
