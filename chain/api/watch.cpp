// How the node is: status, health, metrics.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "chain/api/json_form.h"
#include "chain/api/limits.h"
#include "chain/api/routes.h"

namespace edict::api {

using nlohmann::json;

namespace {

struct Metric {
    std::string_view name, help, kind;
    std::uint64_t value = 0;
};

}  // namespace

Reply get_status(Api& api, const Request&, const std::string&) {
    const ledger::Header header = api.executor().last_header();
    const node::Counters counters = api.node().counters();
    return json_reply({{"chain", api.executor().genesis().name},
                       {"chain_id", api.executor().chain_id().hex()},
                       {"protocol", api.node().protocol()},
                       {"height", std::to_string(header.height.value)},
                       {"time_ms", std::to_string(header.time_ms)},
                       {"header", ledger::hash_of(header).hex()},
                       {"state_root", header.state_root.hex()},
                       {"log_size", std::to_string(header.log_size)},
                       {"in_force", api.executor().in_force()->identity().hex()},
                       {"waiting", std::to_string(counters.waiting)}});
}

Reply get_health(Api& api, const Request&, const std::string&) {
    json warnings = json::array();
    const std::optional<std::uint64_t> free = api.free_disk_bytes();
    if (free && *free < LOW_DISK_BYTES) {
        warnings.push_back(
            fmt::format("only {} MiB of disk are left for the data directory", *free >> 20U));
    }
    return json_reply({{"status", warnings.empty() ? "ok" : "warning"}, {"warnings", warnings}});
}

Reply get_metrics(Api& api, const Request&, const std::string&) {
    const node::Counters now = api.node().counters();
    std::vector<Metric> metrics = {
        {"edict_height", "Last applied height", "gauge", api.executor().last_applied().value},
        {"edict_log_leaves", "Leaves of the transparency log", "gauge",
         api.executor().last_header().log_size},
        {"edict_calls_accepted_total", "Calls taken into the pool", "counter", now.accepted},
        {"edict_calls_rejected_total", "Calls not taken into the pool", "counter", now.rejected},
        {"edict_calls_executed_total", "Calls with a receipt", "counter", now.executed},
        {"edict_heights_total", "Heights executed", "counter", now.heights},
        {"edict_signatures_checked_total", "Ed25519 checks made", "counter",
         now.signatures_checked},
        {"edict_pool_calls", "Calls that wait", "gauge", now.waiting},
        {"edict_pool_bytes", "Bytes of calls that wait", "gauge", now.waiting_bytes},
    };
    if (const std::optional<std::uint64_t> free = api.free_disk_bytes()) {
        metrics.push_back({"edict_disk_free_bytes", "Left for the data directory", "gauge", *free});
    }
    std::string text;
    for (const Metric& metric : metrics) {
        text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", metric.name, metric.help,
                            metric.kind, metric.value);
    }
    return {200, text, "text/plain; version=0.0.4"};
}

}  // namespace edict::api
