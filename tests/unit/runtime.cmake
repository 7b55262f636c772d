edict_test(runtime_test LABEL unit SOURCES runtime_operations_test.cpp runtime_values_test.cpp runtime_actions_test.cpp
           LINK edict::runtime edict::bytecode fmt::fmt)
