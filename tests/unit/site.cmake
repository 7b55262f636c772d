edict_test(site_test LABEL unit SOURCES site_csv_test.cpp site_data_test.cpp site_pseudonym_test.cpp
           LINK edict::site nlohmann_json::nlohmann_json)
