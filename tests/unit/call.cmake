edict_test(call_test LABEL unit
           SOURCES call_test.cpp call_link_test.cpp call_answer_test.cpp call_case_test.cpp
                   call_explain_test.cpp
           LINK edict::call edict::runtime edict::bytecode fmt::fmt)
edict_test(call_permission_test LABEL unit SOURCES call_permission_test.cpp LINK edict::call)
