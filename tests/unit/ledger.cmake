edict_test(ledger_test LABEL unit SOURCES ledger_codec_test.cpp ledger_proof_test.cpp LINK
               edict::ledger fmt::fmt nlohmann_json::nlohmann_json)
