// The data set of a site, in a folder of its own that nobody else needs to read:
//
//     secret        of the salts; mode 0600, never overwritten
//     schema.toml   as it was given
//     records       canonical records
//     hashes        their salted hashes
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "site/records.h"
#include "site/salted_hashes.h"
#include "site/schema.h"

namespace edict::site {

struct DataSet {
    Schema schema;
    Secret secret;
    std::vector<base::Bytes> records;
    std::vector<crypto::Hash> hashes;  // one for each record, as they were when it was loaded

    [[nodiscard]] crypto::Hash root() const { return root_of(hashes); }
};

// Writes the folder, each file whole or not at all, the hashes last. A data set that is there
// already is replaced only if `replace`; its secret stays.
[[nodiscard]] base::Result<DataSet> create_data_set(const std::string& folder,
                                                    const std::string& schema_toml,
                                                    const Schema& schema, Records records,
                                                    bool replace);
// Demands files of the right form; whether the records still have their hashes is for compare().
[[nodiscard]] base::Result<DataSet> open_data_set(const std::string& folder);

// A record that is not what it was.
struct Altered {
    std::uint64_t index = 0;          // from 0
    std::vector<std::string> fields;  // "age was 71, is 17"; empty if that cannot be told
};
struct Comparison {
    std::uint64_t expected = 0;    // records that have a hash
    std::uint64_t found = 0;       // records that were compared
    std::uint64_t unequal = 0;     // of those that both have
    std::vector<Altered> altered;  // the first MAX_REPORTED_FAULTS of them
    crypto::Hash root;             // over what was compared

    [[nodiscard]] bool same() const { return unequal == 0 && expected == found; }
};
// Compares records with the hashes of the data set, one by one.
[[nodiscard]] Comparison compare(const DataSet& set, std::span<const base::Bytes> records);

// A file of at most `limit` bytes; errors are of the environment.
[[nodiscard]] base::Result<std::string> read_whole(const std::string& path, std::size_t limit);
// Written beside the place, synced, and moved there; only the owner may read it.
[[nodiscard]] base::Status write_whole(const std::string& path, std::string_view text);

}  // namespace edict::site
