edict_test(net_test LABEL unit SOURCES net_test.cpp LINK edict::net fmt::fmt)
