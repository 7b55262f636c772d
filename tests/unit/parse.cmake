edict_test(parse_test LABEL unit SOURCES parse_test.cpp parse_errors_test.cpp LINK edict::parse)
