edict_fuzz(duty_fuzz SOURCES duty_fuzz.cpp LINK edict::call CORPUS corpus/duty RUNS 50000)
