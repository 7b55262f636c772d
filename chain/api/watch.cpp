// How the node is: status, health, metrics.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "chain/api/json_form.h"
#include "chain/api/limits.h"
#include "chain/api/routes.h"
#include "chain/consensus/pbft/codec.h"
#include "chain/ledger/quorum.h"

namespace edict::api {

using nlohmann::json;

namespace {

struct Metric {
    std::string_view name, help, kind;
    std::uint64_t value = 0;
};

void add_counters(const node::Counters& now, std::vector<Metric>& metrics) {
    const auto add = [&](std::string_view name, std::string_view help, std::uint64_t value) {
        metrics.push_back({name, help, "counter", value});
    };
    add("edict_views_total", "Views after the first", now.views);
    add("edict_vote_syncs_total", "Vote records synced", now.vote_syncs);
    add("edict_misdeeds_total", "Proofs that a validator contradicts itself", now.misdeeds);
    add("edict_peer_calls_total", "Calls that peers told of", now.told_calls);
    add("edict_peer_bad_calls_total", "Of these, calls that can never run", now.bad_calls);
    add("edict_peer_muted_calls_total", "Not looked at: too many bad ones", now.muted_calls);
    add("edict_peer_muted_wants_total", "Transactions not sent: too many asked for",
        now.muted_wants);
    add("edict_peer_muted_heights_total", "Heights not sent: too many asked for",
        now.muted_heights);
    add("edict_peer_unreadable_messages_total", "Messages of the protocol that nobody can read",
        now.unreadable_messages);
    add("edict_peer_forged_messages_total", "Messages whose signatures do not hold",
        now.forged_messages);
    add("edict_peer_epoch_messages_total", "Messages of another epoch", now.epoch_messages);
    add("edict_peer_excess_messages_total", "Messages of a kind of which there are too many",
        now.excess_messages);
    add("edict_peer_old_messages_total", "Messages about what is over: late, or replays",
        now.old_messages);
    add("edict_peer_muted_messages_total", "Messages not looked at: too many bad ones",
        now.muted_messages);
    add("edict_proposals_refused_total", "Proposals that this node did not vote for",
        now.refused_proposals);
    add("edict_clock_refused_total", "Of these, for a time too far from this node's clock",
        now.refused_times);
    add("edict_fetched_total", "Missing transactions that came", now.fetched);
    add("edict_other_headers_total", "Blocks of peers that gave another header here",
        now.other_headers);
    add("edict_step_microseconds_total", "Spent on the protocol and its signatures", now.step_us);
    add("edict_vote_microseconds_total", "Spent on writing and syncing votes", now.vote_us);
    add("edict_check_microseconds_total", "Spent on making and checking proposals", now.check_us);
    add("edict_execute_microseconds_total", "Spent on execution and roots", now.execute_us);
    add("edict_seal_microseconds_total", "Of that, spent on roots: hashing", now.seal_us);
    add("edict_signatures_microseconds_total", "Spent on signatures of calls, by other threads",
        now.signatures_us);
    add("edict_commit_microseconds_total", "Spent on writing and syncing heights", now.commit_us);
}

void add_network(const net::Network& network, std::vector<Metric>& metrics) {
    const net::Counters now = network.counters();
    const auto add = [&](std::string_view name, std::string_view help, std::uint64_t value) {
        metrics.push_back({name, help, "counter", value});
    };
    metrics.push_back(
        {"edict_peers_reached", "Validators that this node sends to", "gauge", network.reached()});
    metrics.push_back(
        {"edict_peers_heard", "Validators that send to this node", "gauge", network.heard()});
    add("edict_peer_connected_to_total", "Connections made to validators", now.connected_to);
    add("edict_peer_connected_from_total", "Connections taken from validators", now.connected_from);
    add("edict_peer_refused_tls_total", "No TLS handshake, or not in time", now.refused_tls);
    add("edict_peer_refused_key_total", "A key that is not pinned", now.refused_key);
    add("edict_peer_refused_hello_total", "Greets as no validator does", now.refused_hello);
    add("edict_peer_refused_version_total", "Another version of the peer protocol",
        now.refused_version);
    add("edict_peer_refused_chain_total", "Another chain", now.refused_chain);
    add("edict_peer_refused_epoch_total", "Another epoch", now.refused_epoch);
    add("edict_peer_refused_crowd_total", "Strangers that made room", now.refused_crowd);
    add("edict_peer_bad_frames_total", "Disconnected for what it sent", now.bad_frames);
    add("edict_peer_stalled_total", "Disconnected: it took nothing", now.stalled);
    add("edict_peer_silent_total", "Disconnected: it sent nothing", now.silent);
    add("edict_peer_dropped_total", "Frames that a slow or absent peer did not get", now.dropped);
    add("edict_peer_frames_in_total", "Frames read", now.frames_in);
    add("edict_peer_frames_out_total", "Frames written", now.frames_out);
    add("edict_peer_bytes_in_total", "Bytes read", now.bytes_in);
    add("edict_peer_bytes_out_total", "Bytes written", now.bytes_out);
}

json json_of(const Api& api, const consensus::pbft::Evidence& evidence) {
    const auto vote = [](const consensus::pbft::Vote& cast, const ledger::Signature& signature) {
        return json{
            {"phase", cast.phase == consensus::pbft::Phase::prepare ? "prepare" : "pre_prepare"},
            {"epoch", std::to_string(cast.epoch.value)},
            {"view", std::to_string(cast.view.value)},
            {"height", std::to_string(cast.height.value)},
            {"batch", cast.batch.hex()},
            {"signature", base::to_hex(signature.bytes)}};
    };
    const auto& validators = api.executor().genesis().validators.validators;
    return {
        {"validator", evidence.validator < validators.size() ? validators[evidence.validator].name
                                                             : std::to_string(evidence.validator)},
        {"first", vote(evidence.first, evidence.first_signature)},
        {"second", vote(evidence.second, evidence.second_signature)}};
}

std::filesystem::path backup_of(const Api& api) {
    return std::filesystem::absolute(api.data_directory()) / "backup";
}

}  // namespace

Reply get_evidence(Api& api, const Request&, const std::string&) {
    json all = json::array();
    for (const base::Bytes& proof : api.node().evidence()) {
        const auto evidence = consensus::pbft::decode<consensus::pbft::Evidence>(proof);
        if (!evidence) return error_reply(500, "a stored proof is damaged", "report this");
        json one = json_of(api, *evidence);
        one["proof"] = base::to_hex(proof);
        all.push_back(std::move(one));
    }
    return json_reply({{"evidence", all}});
}

Reply get_status(Api& api, const Request&, const std::string&) {
    const ledger::Header header = api.executor().last_header();
    const node::Counters counters = api.node().counters();
    const consensus::Standing standing = api.node().standing();
    const net::Network* network = api.node().network();
    const auto& validators = api.executor().genesis().validators.validators;
    return json_reply({{"chain", api.executor().genesis().name},
                       {"chain_id", api.executor().chain_id().hex()},
                       {"protocol", api.node().protocol()},
                       {"height", std::to_string(header.height.value)},
                       {"time_ms", std::to_string(header.time_ms)},
                       {"header", ledger::hash_of(header).hex()},
                       {"state_root", header.state_root.hex()},
                       {"log_size", std::to_string(header.log_size)},
                       {"in_force", api.executor().in_force()->identity().hex()},
                       {"waiting", std::to_string(counters.waiting)},
                       {"certified", std::to_string(api.node().certified().value)},
                       {"view", std::to_string(standing.view)},
                       {"primary", validators[standing.primary].name},
                       {"changing", standing.changing},
                       {"abstaining", standing.abstaining},
                       {"validators", validators.size()},
                       {"reached", network == nullptr ? 0 : network->reached()},
                       {"heard", network == nullptr ? 0 : network->heard()}});
}

// Into a place of the node's own choice, and no second one before the first was taken away: who may
// ask cannot fill the disk with copies.
Reply make_backup(Api& api, const Request&, const std::string&) {
    if (api.data_directory().empty()) {
        return error_reply(400, "this node has no folder", "a node that keeps its data");
    }
    const std::scoped_lock lock(api.backup_mutex);
    const std::filesystem::path path = backup_of(api);
    std::error_code error;
    if (std::filesystem::exists(path, error)) {
        return error_reply(409, fmt::format("there is a backup in {} already", path.string()),
                           "DELETE /v1/backups takes it away, if nobody copies it");
    }
    const std::uint64_t height = api.executor().last_applied().value;
    if (const base::Status done = api.executor().back_up(path.string()); !done) {
        return error_reply(507, done.error().message, "room on the disk of the node");
    }
    return json_reply({{"path", path.string()}, {"height", std::to_string(height)}});
}

Reply erase_backup(Api& api, const Request&, const std::string&) {
    const std::scoped_lock lock(api.backup_mutex);
    std::error_code error;
    const auto removed = std::filesystem::remove_all(backup_of(api), error);
    if (error) return error_reply(500, "the copy stays: " + error.message(), "remove it by hand");
    if (removed == 0) return error_reply(404, "there is no copy", "POST /v1/backups makes one");
    return json_reply(json::object());
}

Reply get_health(Api& api, const Request&, const std::string&) {
    json warnings = json::array();
    const std::optional<std::uint64_t> free = api.free_disk_bytes();
    if (free && *free < LOW_DISK_BYTES) {
        warnings.push_back(
            fmt::format("only {} MiB of disk are left for the data directory", *free >> 20U));
    }
    const auto& validators = api.executor().genesis().validators;
    const net::Network* network = api.node().network();
    if (network != nullptr) {
        const std::size_t others = validators.validators.size() - 1;
        const std::size_t reached = std::min(network->reached(), network->heard());
        if (reached < others) {
            warnings.push_back(fmt::format(
                "connected to {} of {} other validators; {} of all {} must agree", reached, others,
                ledger::quorum(validators), validators.validators.size()));
        }
    }
    if (!api.node().standing().informed) {
        warnings.push_back("no quorum of validators was heard from since the start");
    }
    if (api.node().standing().abstaining) {
        warnings.push_back("the votes of this validator are lost: it follows without voting");
    }
    if (const auto halted = api.node().halted()) warnings.push_back(*halted);
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
    add_counters(now, metrics);
    if (const net::Network* network = api.node().network()) add_network(*network, metrics);
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
