edict_fuzz(bytecode_fuzz SOURCES bytecode_fuzz.cpp bytecode_generator.cpp
           LINK edict::bytecode edict::runtime CORPUS corpus/bytecode RUNS 4000)
