edict_test(bytecode_test LABEL unit
           SOURCES bytecode_module_test.cpp bytecode_validate_test.cpp bytecode_limits_test.cpp
                   bytecode_text_test.cpp
           LINK edict::bytecode fmt::fmt)
edict_test(bytecode_docs_test LABEL golden SOURCES bytecode_docs_test.cpp
           LINK edict::bytecode fmt::fmt)
