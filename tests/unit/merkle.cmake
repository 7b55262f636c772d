edict_test(merkle_test LABEL unit SOURCES merkle_log_test.cpp merkle_state_tree_test.cpp
           LINK edict::merkle)
