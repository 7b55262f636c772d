#include "cli/deploy.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <tuple>

#include "chain/client/answer.h"
#include "chain/executor/registry.h"
#include "chain/ledger/codec.h"
#include "cli/admission.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/show.h"

namespace edict::cli {

using nlohmann::json;

namespace {

constexpr std::chrono::milliseconds POLL{100};

// What is in force, from the node.
struct Current {
    node::InForce in_force;
    call::LinkedSet set;
};

base::Result<Current> read_current(client::Client& client) {
    const auto listed = client.get("/v1/modules");
    if (!listed) return base::error_of(listed);
    Current current;
    std::vector<std::shared_ptr<const bytecode::Module>> modules;
    std::set<std::string> sets;
    for (const json& entry : client::list_of(*listed, "modules")) {
        const auto named = client::need_text(entry, "name");
        if (!named) return base::error_of(named);
        const std::string& name = *named;
        const auto bytes = client.module(name);
        if (!bytes) return base::error_of(bytes);
        auto module = bytecode::decode(*bytes);
        if (!module) return base::in_context("the module " + name + " of the node", module.error());
        current.in_force.modules[name] = ledger::module_hash(*bytes);
        modules.push_back(std::make_shared<const bytecode::Module>(*std::move(module)));
        if (const std::string set = client::text_of(entry, "set"); !set.empty()) sets.insert(set);
    }
    for (const std::string& set : sets) {
        auto bundle = client.bundle(set);
        if (!bundle) return base::error_of(bundle);
        current.in_force.bundles.push_back(*std::move(bundle));
    }
    auto linked = call::link(std::move(modules));
    if (!linked) return base::in_context("the modules of the node", linked.error());
    current.set = *std::move(linked);
    return current;
}

// Named as a reader of the bundle would: by the file, with its folder if two have one name.
base::Result<std::vector<ledger::SourceFile>> read_sources(const std::vector<std::string>& files) {
    const auto paths = source_files(files);
    if (!paths) return base::error_of(paths);
    std::vector<ledger::SourceFile> sources;
    std::set<std::string> names;
    for (const std::string& path : *paths) {
        auto text = read_file(path);
        if (!text) return base::error_of(text);
        const std::filesystem::path place(path);
        std::string name = place.filename().string();
        if (!names.insert(name).second) {
            name = place.parent_path().filename().string() + "/" + name;
            if (!names.insert(name).second) {
                return base::input_error(fmt::format("two files are called {}", name));
            }
        }
        sources.push_back({std::move(name), *std::move(text)});
    }
    std::sort(sources.begin(), sources.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return sources;
}

// In words that help to take the files apart; ledger::check would name a field.
base::Status check_size(const ledger::ModuleBundle& bundle) {
    const auto too_many = [](std::size_t count, const char* what, std::size_t limit) {
        return base::input_error(
            fmt::format("the files make a set of {} {}, and a set has at most {}: deploy them in "
                        "several sets",
                        count, what, limit));
    };
    const std::size_t size = ledger::encode(bundle).size();
    if (bundle.modules.size() > ledger::MAX_BUNDLE_MODULES) {
        return too_many(bundle.modules.size(), "modules", ledger::MAX_BUNDLE_MODULES);
    }
    if (bundle.sources.size() > ledger::MAX_BUNDLE_SOURCES) {
        return too_many(bundle.sources.size(), "files", ledger::MAX_BUNDLE_SOURCES);
    }
    if (size > ledger::MAX_BUNDLE_BYTES) {
        return too_many(size, "bytes (code and sources)", ledger::MAX_BUNDLE_BYTES);
    }
    return ledger::check(bundle);
}

// The modules of the files that are not in force as they are, with their files.
base::Result<ledger::ModuleBundle> bundle_of(const Compilation& made,
                                             const std::vector<ledger::SourceFile>& sources,
                                             const node::InForce& in_force) {
    ledger::ModuleBundle bundle;
    std::vector<std::pair<std::string, base::Bytes>> modules;
    std::set<std::size_t> files;
    for (std::size_t i = 0; i < made.program->modules.size(); ++i) {
        const check::Module& module = made.program->modules[i];
        const std::size_t file = module.file.value;
        if (file >= sources.size()) continue;
        const auto known = in_force.modules.find(module.name);
        if (known != in_force.modules.end() && known->second == made.lowered->hashes[i]) continue;
        modules.emplace_back(module.name, bytecode::encode(*made.lowered->modules[i]));
        files.insert(file);
    }
    if (modules.empty()) {
        return base::input_error("there is nothing to deploy: all of these modules are in force");
    }
    std::sort(modules.begin(), modules.end());
    for (auto& [name, bytes] : modules) bundle.modules.push_back(std::move(bytes));
    for (const std::size_t file : files) bundle.sources.push_back(sources[file]);
    if (const base::Status fits = check_size(bundle); !fits) return base::error_of(fits);
    return bundle;
}

json deploy_arguments(const ledger::ModuleBundle& bundle, const executor::Needs& needs) {
    json needed = json::array();
    for (const auto& [contract, role] : needs) {
        needed.push_back({{"contract_name", contract}, {"role_name", role}});
    }
    return {{"set", ledger::hash_of(bundle).hex()},
            {"needs", std::move(needed)},
            {"bundle", base::to_hex(ledger::encode(bundle))}};
}

base::Result<client::Client> connect(const std::string& node) {
    return client::Client::connect(node);
}

// The needs of a pending set that nobody has endorsed.
std::vector<json> open_needs(const json& set) {
    std::vector<json> open;
    for (const json& need : client::list_of(set, "needs")) {
        if (client::field_of(need, "endorsed_by").is_null()) open.push_back(need);
    }
    return open;
}

std::string need_text(const json& need) {
    return fmt::format("a {} for {}", client::text_of(need, "role"),
                       client::text_of(need, "contract"));
}

// What validators said of a set against what is in force.
struct Attested {
    std::size_t passed = 0;
    // Verdict, verifier, finding -> who said it; what blocks comes first.
    std::map<std::tuple<std::string, std::string, std::string>, std::vector<std::string>> against;
    std::vector<std::string> missing;  // who said nothing yet
    std::size_t quorum = 0;

    [[nodiscard]] bool is_rejected() const {
        return !against.empty() && passed + missing.size() < quorum;
    }
};

std::string name_in(const json& party) {
    std::string name = client::text_of(party, "name");
    return name.empty() ? client::text_of(party, "party") : name;
}

Attested attested(const json& set) {
    Attested all;
    if (const json& quorum = client::field_of(set, "quorum"); quorum.is_number_unsigned()) {
        all.quorum = quorum.get<std::size_t>();
    }
    for (const json& said : client::list_of(set, "attestations")) {
        if (client::field_of(said, "current") != true) continue;
        const std::string verdict = client::text_of(said, "verdict");
        if (verdict == "passed") {
            ++all.passed;
            continue;
        }
        const std::string verifier = client::text_of(said, "verifier");
        const std::string finding = client::text_of(said, "finding");
        all.against[{verdict, verifier, finding}].push_back(name_in(client::field_of(said, "by")));
    }
    for (const json& party : client::list_of(set, "missing")) {
        all.missing.push_back(name_in(party));
    }
    return all;
}

void print_against(const Attested& all) {
    for (const auto& [said, by] : all.against) {
        const auto& [verdict, verifier, finding] = said;
        print(fmt::format("pending: {} by {} of {}\n{}", verdict, verifier, fmt::join(by, ", "),
                          finding));
        if (!finding.ends_with('\n')) print("\n");
    }
}

std::string missing_text(const json& set, const Attested& said) {
    std::string missing;
    for (const json& need : open_needs(set)) missing += "; it waits for " + need_text(need);
    if (said.passed >= said.quorum) return missing;
    missing +=
        fmt::format("; {} of the {} validators that it needs passed it", said.passed, said.quorum);
    if (said.missing.empty()) return missing;
    return missing + fmt::format("; no attestation yet of {}", fmt::join(said.missing, ", "));
}

}  // namespace

Exit deploy(const DeployOptions& options) {
    const auto key = client::read_key_file(options.key);
    if (!key) return report(key.error());
    const auto sources = read_sources(options.files);
    if (!sources) return report(sources.error());
    auto client = connect(options.node);
    if (!client) return report(client.error());
    const auto current = read_current(*client);
    if (!current) return report(current.error());
    const auto made = compile_beside(*sources, current->in_force);
    if (!made) return report(made.error());
    if (!is_usable(*made)) return Exit::findings;
    const auto bundle = bundle_of(*made, *sources, current->in_force);
    if (!bundle) return report(bundle.error());
    const auto admissible = executor::examine_bundle(*bundle, current->set);
    if (!admissible) return report(admissible.error());

    const auto end = client->call(*key, std::string(executor::REGISTRY), "deploy",
                                  deploy_arguments(*bundle, admissible->needs));
    if (!end) return report(end.error());
    if (end->receipt.outcome != ledger::Outcome::committed) {
        print_end(*end, Detail::brief);
        return exit_of(end->receipt.outcome);
    }
    print(fmt::format("{}\n", ledger::hash_of(*bundle).hex()));
    for (const auto& module : admissible->modules) {
        print_error(fmt::format("  {} {}.{}.{}\n", module->name, module->version_major,
                                module->version_minor, module->version_patch));
    }
    for (const auto& [contract, role] : admissible->needs) {
        print_error(fmt::format("  {} waits for an endorsement by the role {}\n", contract, role));
    }
    return Exit::ok;
}

Exit endorse(const SetOptions& options) {
    const auto path = client::path_of("/v1/sets/", options.set);
    if (!path) return report(path.error());
    const auto key = client::read_key_file(options.key);
    if (!key) return report(key.error());
    auto client = connect(options.node);
    if (!client) return report(client.error());
    const auto set = client->get(*path);
    if (!set) return report(set.error());
    const auto status = client::need_text(*set, "status");
    if (!status) return report(status.error());
    if (*status != "pending") {
        return report(
            {base::ErrorKind::input, fmt::format("the set is not pending but {}", *status)});
    }
    const std::vector<json> open = open_needs(*set);
    std::size_t endorsed = 0;
    std::set<std::string> contracts;
    for (const json& need : open) {
        const std::string contract = client::text_of(need, "contract");
        const std::string role = client::text_of(need, "role");
        const auto held =
            client->state("std.membership", "roles", json::array({key->party.hex(), role}));
        if (!held) return report(held.error());
        if (*held != true || !contracts.insert(contract).second) continue;
        const auto end =
            client->call(*key, std::string(executor::REGISTRY), "endorse",
                         {{"set", options.set}, {"contract_name", contract}, {"role_name", role}});
        if (!end) return report(end.error());
        print_end(*end, Detail::brief);
        if (end->receipt.outcome != ledger::Outcome::committed) {
            return exit_of(end->receipt.outcome);
        }
        ++endorsed;
    }
    if (endorsed > 0) return Exit::ok;
    if (open.empty()) {
        return report({base::ErrorKind::input, "the set waits for no endorsement"});
    }
    return report(
        {base::ErrorKind::input, fmt::format("the set waits for {}; {} holds no such role",
                                             need_text(open.front()), key->name)});
}

Exit wait_for_set(const SetOptions& options) {
    const auto path = client::path_of("/v1/sets/", options.set);
    if (!path) return report(path.error());
    auto client = connect(options.node);
    if (!client) return report(client.error());
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(options.timeout_s);
    while (true) {
        const auto set = client->get(*path);
        if (!set) return report(set.error());
        const auto told = client::need_text(*set, "status");
        if (!told) return report(told.error());
        const std::string& status = *told;
        if (status == "active" || status == "replaced") {
            print(fmt::format("active: {}\n", options.set));
            return Exit::ok;
        }
        if (status != "pending") {
            return report({base::ErrorKind::input, fmt::format("the set was {}", status)});
        }
        const Attested said = attested(*set);
        if (said.is_rejected()) {
            print_against(said);
            const bool is_blocked = std::get<0>(said.against.begin()->first) == "blocked";
            return is_blocked ? Exit::findings : Exit::unknown;
        }
        if (std::chrono::steady_clock::now() >= until) {
            if (said.passed < said.quorum) print_against(said);
            return report({base::ErrorKind::unknown,
                           fmt::format("the set is pending after {} s{}", options.timeout_s,
                                       missing_text(*set, said))});
        }
        std::this_thread::sleep_for(POLL);
    }
}

}  // namespace edict::cli
