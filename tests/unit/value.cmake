edict_test(value_test LABEL unit SOURCES value_test.cpp value_decimal_test.cpp value_json_text_test.cpp
           LINK edict::value nlohmann_json::nlohmann_json)
