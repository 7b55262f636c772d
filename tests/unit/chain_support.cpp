#include "tests/unit/chain_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "chain/executor/registry.h"
#include "chain/ledger/codec.h"
#include "cli/admission.h"
#include "stdlib/stdlib.h"
#include "value/json.h"

namespace edict::tests {

using nlohmann::json;

namespace {

const std::vector<base::Bytes>& standard_modules() {
    static const std::vector<base::Bytes> MODULES = [] {
        std::vector<std::pair<std::string, std::string>> texts;
        for (const std::string_view name : stdlib::module_names()) {
            texts.emplace_back(std::string(name) + ".edict", *stdlib::source(name));
        }
        const auto made = cli::compile_texts(std::move(texts));
        EXPECT_TRUE(made && made->lowered);
        std::vector<base::Bytes> modules;
        for (const auto& module : made->lowered->modules) {
            modules.push_back(bytecode::encode(*module));
        }
        return modules;
    }();
    return MODULES;
}

client::KeyFile made_key(const std::string& name) {
    const ledger::Hash seed = crypto::sha256(base::as_bytes("test key of " + name));
    return {name, value::party_named(name), ledger::SecretKey::from_seed(seed.bytes)};
}

const std::map<std::string, std::vector<std::string>>& roles() {
    static const std::map<std::string, std::vector<std::string>> ROLES = {
        {"office", {"anchor_office", "federation_office", "membership_office", "shop_office"}},
        {"seller", {"seller"}},
        {"site", {"site"}},
        {"stranger", {}},
        {"validator", {"validator"}}};
    return ROLES;
}

}  // namespace

const client::KeyFile& test_key(const std::string& name) {
    static std::map<std::string, client::KeyFile> keys;
    const auto found = keys.find(name);
    return found != keys.end() ? found->second : keys.emplace(name, made_key(name)).first->second;
}

ledger::SecretKey header_key() { return made_key("header").key; }

ledger::Genesis test_genesis() {
    ledger::Genesis genesis;
    genesis.name = "test";
    genesis.time_ms = GENESIS_MS;
    genesis.modules = standard_modules();
    genesis.validators.validators.push_back({"validator", header_key().public_key(),
                                             made_key("tls").key.public_key(),
                                             made_key("log").key.public_key()});
    for (const auto& [name, held] : roles()) {
        const client::KeyFile& key = test_key(name);
        genesis.parties.push_back({name, key.party, key.key.public_key(), held, {}});
    }
    return genesis;
}

TestChain::TestChain(ledger::Genesis from) : genesis(std::move(from)) {
    reopen();
    certify();
}

void TestChain::certify() {
    const ledger::Hash header = ledger::hash_of(executor->last_header());
    const ledger::Signature signature =
        ledger::sign_header(executor->chain_id(), header, header_key());
    executor->store_certificate(executor->last_applied(), {header, {{0, signature}}});
}

void TestChain::reopen() {
    executor.reset();
    auto opened = executor::Executor::open(store, genesis, engine);
    ASSERT_TRUE(opened) << opened.error().message;
    executor = *std::move(opened);
}

ledger::Transaction TestChain::call(const std::string& sender, const std::string& module_name,
                                    const std::string& action_name,
                                    const std::string& arguments) const {
    const client::KeyFile& key = test_key(sender);
    ledger::Transaction made;
    made.chain_id = executor->chain_id();
    made.sender = key.party;
    made.nonce.value = executor->last_nonce(key.party).value + 1;
    made.expiry.value = executor->last_applied().value + 100;
    made.module = module_name;
    made.action = action_name;
    const auto set = executor->in_force();
    if (const call::LinkedAction* action = set->find(module_name, action_name)) {
        const bytecode::Module& module = *set->modules[action->module];
        const bytecode::ActionDecl& declared = module.actions[action->action];
        const json given = json::parse(arguments);
        base::Writer out;
        for (std::size_t i = 0; i < declared.parameters.size(); ++i) {
            const std::string& name = declared.parameter_names[i];
            const value::Type& type = *module.types[declared.parameters[i]];
            const auto value =
                value::from_json(given.at(name), type, name,
                                 [](std::string_view text) -> std::optional<value::PartyId> {
                                     if (!roles().contains(std::string(text))) return std::nullopt;
                                     return value::party_named(text);
                                 });
            EXPECT_TRUE(value) << value.error().message;
            if (value) value::encode(out, *value, type);
        }
        made.arguments = out.take();
    }
    ledger::sign(made, key.key);
    return made;
}

std::vector<ledger::Receipt> TestChain::run(const std::vector<ledger::Transaction>& transactions) {
    ledger::Batch batch;
    batch.height.value = executor->last_applied().value + 1;
    batch.proposed_time_ms = executor->last_header().time_ms + 1000;
    for (const auto& transaction : transactions) {
        batch.transactions.push_back(ledger::hash_of(transaction));
    }
    executor::Executed executed = executor->execute(batch, {transactions});
    std::vector<ledger::Receipt> receipts = executed.receipts;
    executor->commit(std::move(executed));
    certify();
    return receipts;
}

ledger::Receipt TestChain::run(const ledger::Transaction& transaction) {
    const std::vector<ledger::Receipt> receipts = run(std::vector{transaction});
    EXPECT_EQ(receipts.size(), 1U);
    return receipts.empty() ? ledger::Receipt{} : receipts.front();
}

ledger::Receipt TestChain::did(const std::string& sender, const std::string& module,
                               const std::string& action, const std::string& arguments) {
    return run(call(sender, module, action, arguments));
}

ledger::ModuleBundle TestChain::bundle(const std::vector<std::string>& texts) const {
    std::vector<ledger::SourceFile> fresh;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        fresh.push_back({fmt::format("{:02}.edict", i), texts[i]});
    }
    node::InForce in_force;
    const auto set = executor->in_force();
    std::map<ledger::Hash, bool> seen;
    for (std::size_t i = 0; i < set->modules.size(); ++i) {
        in_force.modules[set->modules[i]->name] = set->hashes[i];
        const auto origin = executor->bundle_of(set->modules[i]->name);
        if (origin && seen.emplace(*origin, true).second) {
            in_force.bundles.push_back(executor->bundle(*origin).value());
        }
    }
    const auto made = cli::compile_beside(fresh, in_force);
    EXPECT_TRUE(made && made->lowered)
        << (made ? source::render(made->diagnostics, made->sources, source::Form::brief)
                 : made.error().message);
    ledger::ModuleBundle bundle;
    bundle.sources = fresh;
    for (std::size_t i = 0; i < made->program->modules.size(); ++i) {
        if (made->program->modules[i].file.value >= fresh.size()) continue;
        bundle.modules.push_back(bytecode::encode(*made->lowered->modules[i]));
    }
    return bundle;
}

std::string TestChain::deploy_arguments(const ledger::ModuleBundle& bundle) const {
    const auto admissible = executor::examine_bundle(bundle, *executor->in_force());
    EXPECT_TRUE(admissible) << admissible.error().message;
    json needs = json::array();
    for (const auto& [contract, role] : admissible->needs) {
        needs.push_back({{"contract_name", contract}, {"role_name", role}});
    }
    return json({{"set", ledger::hash_of(bundle).hex()},
                 {"needs", needs},
                 {"bundle", base::to_hex(ledger::encode(bundle))}})
        .dump();
}

std::string TestChain::attest_arguments(const ledger::Hash& set, const std::string& verdict) const {
    return json({{"set", set.hex()},
                 {"sources", set.hex()},
                 {"against", executor->in_force()->identity().hex()},
                 {"verifier", "test"},
                 {"verdict", verdict},
                 {"finding", ""}})
        .dump();
}

void TestChain::activate(const std::vector<std::string>& texts) {
    const ledger::ModuleBundle made = bundle(texts);
    const ledger::Hash set = ledger::hash_of(made);
    const auto before = executor->in_force()->identity();
    const auto deployed = did("office", "std.registry", "deploy", deploy_arguments(made));
    ASSERT_EQ(deployed.outcome, ledger::Outcome::committed) << deployed.reason;
    const auto admissible = executor::examine_bundle(made, *executor->in_force());
    ASSERT_TRUE(admissible);
    for (const auto& [contract, role] : admissible->needs) {
        const auto endorsed = did(
            "office", "std.registry", "endorse",
            json({{"set", set.hex()}, {"contract_name", contract}, {"role_name", role}}).dump());
        ASSERT_EQ(endorsed.outcome, ledger::Outcome::committed) << endorsed.reason;
    }
    const auto attested =
        did("validator", "std.registry", "attest", attest_arguments(set, "passed"));
    ASSERT_EQ(attested.outcome, ledger::Outcome::committed) << attested.reason;
    ASSERT_NE(executor->in_force()->identity(), before);
}

}  // namespace edict::tests
