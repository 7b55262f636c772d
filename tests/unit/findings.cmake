edict_test(findings_test LABEL unit SOURCES findings_test.cpp findings_property_test.cpp
                   findings_state_property_test.cpp findings_amounts_test.cpp
                   encode_calendar_test.cpp
           LINK edict::cli edict::findings)
