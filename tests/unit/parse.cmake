edict_test(parse_test LABEL unit SOURCES parse_test.cpp parse_errors_test.cpp parse_keywords_test.cpp
           parse_literate_test.cpp
           LINK edict::parse edict::grammar)
if(TARGET parse_test)
    set_source_files_properties(parse_keywords_test.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON
                                COMPILE_OPTIONS -fno-char8_t)
endif()
