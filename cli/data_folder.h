// The data folder of a node: genesis, keys and the state.
//
//     DIR/genesis.edict-genesis   canonical bytes; their SHA-256 is the chain id
//     DIR/validator.key           of the validator as a party, which attests pending sets
//     DIR/node.secret             what signs headers, the log and connections
//     DIR/keys/NAME.key           of each party, for those who try the chain out on one machine
//     DIR/state/                  RocksDB
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "chain/client/key_file.h"
#include "chain/ledger/genesis.h"

namespace edict::cli {

struct PartySpec {
    std::string name;
    std::vector<std::string> roles;
};
// "site_a:site" or "office:membership_office,anchor_office".
[[nodiscard]] base::Result<PartySpec> read_party(const std::string& text);

// The parties of a devnet: an office with every office's role, a researcher, four sites.
[[nodiscard]] std::vector<PartySpec> devnet_parties();

struct DataFolder {
    std::string path;

    [[nodiscard]] std::string genesis() const { return path + "/genesis.edict-genesis"; }
    [[nodiscard]] std::string validator_key() const { return path + "/validator.key"; }
    [[nodiscard]] std::string node_secret() const { return path + "/node.secret"; }
    [[nodiscard]] std::string party_key(const std::string& name) const {
        return path + "/keys/" + name + ".key";
    }
    [[nodiscard]] std::string state() const { return path + "/state"; }
    [[nodiscard]] bool is_made() const;  // it holds a genesis file
};

// Makes the folder for one node with these parties and the standard modules in force.
[[nodiscard]] base::Status make_data_folder(const DataFolder& folder, const std::string& chain_name,
                                            const std::vector<PartySpec>& parties);

[[nodiscard]] base::Result<ledger::Genesis> read_genesis(const std::string& path);

// The key that signs headers.
[[nodiscard]] base::Result<ledger::SecretKey> read_node_secret(const DataFolder& folder);

}  // namespace edict::cli
