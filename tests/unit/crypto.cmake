edict_test(crypto_test LABEL unit SOURCES crypto_test.cpp LINK edict::crypto OpenSSL::Crypto)
