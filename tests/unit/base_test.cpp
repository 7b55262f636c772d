#include <gtest/gtest.h>

#include "base/codec.h"

TEST(Codec, hex_round_trip) { EXPECT_EQ(edict::base::to_hex(*edict::base::from_hex("00ff")), "00ff"); }
