edict_test(findings_test LABEL unit SOURCES findings_test.cpp findings_property_test.cpp
                   findings_state_property_test.cpp findings_amounts_test.cpp
                   findings_pages_test.cpp encode_calendar_test.cpp
                   ../golden/pages.cpp
           LINK edict::cli edict::findings)
