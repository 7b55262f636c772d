edict_test(format_test LABEL unit SOURCES format_test.cpp format_property_test.cpp LINK edict::format
           edict::check edict::lower edict::stdlib)
