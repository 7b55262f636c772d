edict_test(consensus_test LABEL unit SOURCES consensus_test.cpp LINK edict::consensus)
edict_test(pbft_test LABEL unit SOURCES pbft_codec_test.cpp pbft_test.cpp LINK edict::consensus
           fmt::fmt)
edict_test(linearizability_test LABEL unit SOURCES linearizability_test.cpp LINK edict::sim)
