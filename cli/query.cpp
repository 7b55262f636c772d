// edict query: what a node has stored.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "chain/client/answer.h"
#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/show.h"

namespace edict::cli {

using nlohmann::json;

namespace {

struct QueryOptions {
    std::string node = std::string(client::DEFAULT_NODE);
    std::string first, second, key;
    std::uint64_t height = 0;
    std::uint64_t timeout_s = 0;
    bool explain = false;
    bool json = false;
};
using Options = std::shared_ptr<QueryOptions>;

Exit print_answer(const base::Result<json>& answer) {
    if (!answer) return report(answer.error());
    print(answer->dump(2) + "\n");
    return Exit::ok;
}

// Connects, asks, shows the JSON.
Exit show(const QueryOptions& options, const std::string& path) {
    auto client = client::Client::connect(options.node);
    if (!client) return report(client.error());
    return print_answer(client->get(path));
}

Exit height(const QueryOptions& options) {
    auto client = client::Client::connect(options.node);
    if (!client) return report(client.error());
    const auto status = client->get("/v1/status");
    if (!status) return report(status.error());
    const auto height = client::need_number(*status, "height");
    if (!height) return report(height.error());
    print(fmt::format("{}\n", *height));
    return Exit::ok;
}

Exit root(const QueryOptions& options) {
    auto client = client::Client::connect(options.node);
    if (!client) return report(client.error());
    const auto block =
        client->wait_for_height({options.height}, std::chrono::seconds(options.timeout_s));
    if (!block) return report(block.error());
    const auto root = client::need_text(client::field_of(*block, "header"), "state_root");
    if (!root) return report(root.error());
    print(*root + "\n");
    return Exit::ok;
}

Exit state(const QueryOptions& options) {
    const auto key = read_key_argument(options.key);
    if (!key) return report(key.error());
    auto client = client::Client::connect(options.node);
    if (!client) return report(client.error());
    if (options.json) {
        client::Client::Query query{{"module", options.first}, {"store", options.second}};
        if (!options.key.empty()) query["key"] = key->dump();
        return print_answer(client->get("/v1/state", query));
    }
    return print_answer(client->state(options.first, options.second, *key));
}

Exit receipt(const QueryOptions& options) {
    const auto hash = crypto::hash_from_hex(options.first);
    if (!hash) return report(hash.error());
    auto client = client::Client::connect(options.node);
    if (!client) return report(client.error());
    const auto answer = client->get("/v1/receipts/" + options.first);
    if (!answer) return report(answer.error());
    const auto end = client->wait_for(*hash, std::chrono::milliseconds(0));
    if (!end) return report(end.error());
    print_end(*end, options.json      ? Detail::json
                    : options.explain ? Detail::explained
                                      : Detail::brief);
    return Exit::ok;
}

Verb add_query(Verb& query, const char* name, const char* help, const Options& options) {
    Verb verb = query.add(name, help);
    verb.option("--node", options->node, "The address of a node");
    return verb;
}

// A verb that shows one path of the API.
void add_path(Verb& query, const char* name, const char* help, const std::string& path) {
    auto options = std::make_shared<QueryOptions>();
    Verb verb = add_query(query, name, help, options);
    verb.run([options, path] { return show(*options, path); });
}

// A verb that shows one thing of a collection of the API, which the user names.
void add_named(Verb& query, const char* name, const char* help, const char* argument,
               const char* argument_help, const std::string& collection) {
    auto options = std::make_shared<QueryOptions>();
    Verb verb = add_query(query, name, help, options);
    verb.positional(argument, options->first, argument_help);
    verb.run([options, collection] {
        const auto path = client::path_of(collection, options->first);
        return path ? show(*options, *path) : report(path.error());
    });
}

void add_state(Verb& query) {
    auto options = std::make_shared<QueryOptions>();
    Verb verb = add_query(query, "state", "The value of a store of a module in force", options);
    verb.positional("MODULE", options->first, "For example std.anchor");
    verb.positional("STORE", options->second, "For example anchors");
    verb.optional_positional("KEY", options->key, "As JSON, or a text as it stands; for a map");
    verb.flag("--json", options->json, "Show height, type and bytes too");
    verb.run([options] { return state(*options); });
}

void add_receipt(Verb& query) {
    auto options = std::make_shared<QueryOptions>();
    Verb verb = add_query(query, "receipt", "What became of a call", options);
    verb.positional("HASH", options->first, "The hash of the transaction");
    verb.flag("--explain", options->explain, "Name the deciding rules, citations and messages");
    verb.flag("--json", options->json, "Show all that the node answered");
    verb.run([options] { return receipt(*options); });
}

void add_root(Verb& query) {
    auto options = std::make_shared<QueryOptions>();
    Verb verb = add_query(query, "root", "The state root of a height, to compare nodes", options);
    verb.required("--height", options->height, "From 0");
    verb.option("--timeout", options->timeout_s, "Seconds to wait for a height to come",
                SECONDS_TO_WAIT);
    verb.run([options] { return root(*options); });
}

}  // namespace

void add_query(Verb& top) {
    Verb query = top.add("query", "Ask a node what is stored");
    query.footer("Exit codes: 0 answered, 1 there is no such thing, 4 no node answers.");
    add_path(query, "status", "Where the chain stands", "/v1/status");
    auto options = std::make_shared<QueryOptions>();
    add_query(query, "height", "The last height, as a number", options).run([options] {
        return height(*options);
    });
    add_state(query);
    add_receipt(query);
    add_named(query, "block", "Header, certificate and receipts of a height", "HEIGHT", "From 0",
              "/v1/blocks/");
    add_root(query);
    add_path(query, "modules", "The modules in force", "/v1/modules");
    add_named(query, "set", "A deployed set: needs, endorsements, attestations", "SET",
              "The hash that `edict tx deploy` printed", "/v1/sets/");
    add_path(query, "evidence", "Proofs that a validator contradicted itself", "/v1/evidence");
    add_named(query, "party", "A party's id and last nonce", "PARTY",
              "Its name in genesis or its id", "/v1/parties/");
}

}  // namespace edict::cli
