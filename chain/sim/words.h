// A message of the protocol in a few words, for stories.
#pragma once

#include <string>

#include "base/codec.h"

namespace edict::sim {

[[nodiscard]] std::string words_of(const base::Bytes& bytes);

}  // namespace edict::sim
