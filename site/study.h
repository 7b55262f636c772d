// The study agent: what a site does when a study asks for its summary. It decides on its own node
// before it signs anything: what is in a block is public to the members for ever.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "chain/client/client.h"
#include "site/data_set.h"
#include "site/statistics.h"

namespace edict::site {

inline constexpr const char* ANCHOR = "std.anchor";
inline constexpr const char* FEDERATION = "std.federation";

// A study as it stands on chain.
struct Study {
    std::string name;
    std::string purpose;
    std::string question;
    std::vector<std::string> measures;
    std::int64_t minimum_cell = 0;
    std::int64_t minimum_sites = 0;
    std::vector<std::string> invited;   // ids
    std::vector<std::string> answered;  // ids
    bool closed = false;
};
// An error of the input if there is no such study.
[[nodiscard]] base::Result<Study> read_study(client::Client& node, const std::string& name);

struct StudyRun {
    Summary summary;
    // The step that stopped it (of a dry run if it was not sent), or the last one.
    client::CallEnd end;
    std::string step;   // "commit_summary" or "submit_summary"
    bool sent = false;  // whether that step was sent
    [[nodiscard]] bool submitted() const {
        return sent && step == "submit_summary" &&
               end.receipt.outcome == ledger::Outcome::committed;
    }
};
// Computes the summary of this site's own records and sends it in two steps, each tried on the node
// first and not sent if it would be refused there.
[[nodiscard]] base::Result<StudyRun> run_study(client::Client& node, const client::KeyFile& key,
                                               const DataSet& set, const std::string& study);

// As std.federation takes them: what `summary` is, and what binds a site to it.
[[nodiscard]] nlohmann::json summary_json(const Summary& summary);
[[nodiscard]] base::Result<crypto::Hash> digest_of(const Summary& summary,
                                                   const crypto::Hash& salt);

// One name of a study with the totals over the sites that have answered.
struct Total {
    std::string name;
    std::int64_t cell = 0;
    bool is_number = false;  // whether there are sums
    std::int64_t sum = 0;
    std::int64_t squares = 0;
};
[[nodiscard]] base::Result<std::vector<Total>> read_totals(client::Client& node,
                                                           const Study& study);

}  // namespace edict::site
