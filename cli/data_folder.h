// The data folder of a node: genesis, keys and the state.
//
//     DIR/genesis.edict-genesis   canonical bytes; their SHA-256 is the chain id
//     DIR/validator.key           of the validator as a party, which attests pending sets
//     DIR/node.secret             what signs headers, the log and connections
//     DIR/keys/NAME.key           of each party, for those who try the chain out on one machine
//     DIR/state/                  RocksDB
//
// Of one of several validators, beside these:
//
//     DIR/peers.toml              where the validators listen for each other
//     DIR/epoch.edict-epoch       the epoch that a quorum agreed to resume in; none: the first
//     DIR/votes/                  what this validator has promised: never restored from a backup
//
// A devnet of several nodes has DIR/keys/ and DIR/node_1/, DIR/node_2/ and so on.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "chain/client/key_file.h"
#include "chain/ledger/genesis.h"
#include "chain/net/address.h"

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
    [[nodiscard]] std::string peers() const { return path + "/peers.toml"; }
    [[nodiscard]] std::string votes() const { return path + "/votes"; }
    [[nodiscard]] std::string epoch() const { return path + "/epoch.edict-epoch"; }
    [[nodiscard]] std::string begun() const { return path + "/begun"; }  // of a single validator
    [[nodiscard]] DataFolder of_node(std::size_t number) const {         // from 1
        return {path + "/node_" + std::to_string(number)};
    }
    [[nodiscard]] bool is_made() const;  // it holds a genesis file
};

// Makes the folder for one node, or leaves all as it was, with these parties and the standard
// modules in force.
[[nodiscard]] base::Status make_data_folder(const DataFolder& folder, const std::string& chain_name,
                                            const std::vector<PartySpec>& parties);

// Makes `root`/node_1 and so on for a chain of pbft whose validators listen at these addresses, and
// `root`/keys for the parties, or leaves all as it was. At least one address.
[[nodiscard]] base::Status make_data_folders(const DataFolder& root, const std::string& chain_name,
                                             const std::vector<PartySpec>& parties,
                                             const std::vector<net::Address>& addresses);

[[nodiscard]] base::Result<ledger::Genesis> read_genesis(const std::string& path);

struct NodeSecret {
    ledger::SecretKey header;  // signs headers and votes
    ledger::SecretKey tls;
    ledger::SecretKey log;
};
[[nodiscard]] base::Result<NodeSecret> read_node_secret(const DataFolder& folder);

// Where the validators listen for each other.
struct Peers {
    net::Address listen;                                           // this node
    std::vector<std::pair<std::string, net::Address>> validators;  // by name, as the file has them
};
// The error names the line.
[[nodiscard]] base::Result<Peers> parse_peers(const std::string& text, const std::string& path);
[[nodiscard]] base::Result<Peers> read_peers(const DataFolder& folder);

}  // namespace edict::cli
