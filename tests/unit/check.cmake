edict_test(check_test LABEL unit
           SOURCES check_test.cpp check_names_test.cpp check_rules_test.cpp check_limits_test.cpp check_amounts_test.cpp
                   check_functions_test.cpp
                   check_support.cpp
           LINK edict::parse edict::check)
