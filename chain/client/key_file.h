// Key files: the secret of one party, in a file that only its owner may read.
#pragma once

#include <string>

#include "base/result.h"
#include "chain/ledger/genesis.h"

namespace edict::client {

struct KeyFile {
    std::string name;  // as in genesis, or as its owner calls it
    ledger::PartyId party;
    ledger::SecretKey key;
};

// A new key for the party of this name (value::party_named).
[[nodiscard]] KeyFile new_key(const std::string& name);

// Creates the file with mode 0600; an error if there is one already.
[[nodiscard]] base::Status write_key_file(const std::string& path, const KeyFile& key);
// An error of the environment if it is not there or others may read it; of the input if it is no
// key file.
[[nodiscard]] base::Result<KeyFile> read_key_file(const std::string& path);

// What write_key_file and read_key_file do with any secret text.
[[nodiscard]] base::Status write_secret(const std::string& path, const std::string& text);
[[nodiscard]] base::Result<std::string> read_secret(const std::string& path);

}  // namespace edict::client
