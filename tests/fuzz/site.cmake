edict_fuzz(site_csv_fuzz SOURCES site_csv_fuzz.cpp LINK edict::site CORPUS corpus/site_csv RUNS 20000)
