#include "cli/data_folder.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <set>

#include "chain/ledger/codec.h"
#include "cli/files.h"
#include "cli/pipeline.h"
#include "stdlib/stdlib.h"

namespace edict::cli {

namespace {

constexpr std::string_view SECRET_HEAD = "edict node secret 1\n";

// The standard modules, compiled by this program.
base::Result<std::vector<base::Bytes>> standard_modules() {
    std::vector<std::pair<std::string, std::string>> texts;
    for (const std::string_view name : stdlib::module_names()) {
        texts.emplace_back(fmt::format("{}.edict", name),
                           std::string(stdlib::source(name).value()));
    }
    const auto made = compile_texts(std::move(texts));
    if (!made) return base::error_of(made);
    if (!made->lowered) {
        return base::environment_error(
            "the standard modules of this program do not compile:\n" +
            source::render(made->diagnostics, made->sources, source::Form::brief));
    }
    std::vector<base::Bytes> modules;
    for (const auto& module : made->lowered->modules) modules.push_back(bytecode::encode(*module));
    return modules;
}

// Only letters, digits, '_' and '-': it becomes the name of a file.
bool is_file_name(std::string_view name) {
    if (name.empty() || name.size() > 64) return false;
    for (const char c : name) {
        const bool is_fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!is_fine) return false;
    }
    return true;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::size_t at = 0;
    while (true) {
        const std::size_t end = text.find(separator, at);
        parts.push_back(text.substr(at, end - at));
        if (end == std::string::npos) return parts;
        at = end + 1;
    }
}

base::Status make_folder(const std::string& path) {
    std::error_code error;
    if (std::filesystem::exists(path, error) && !std::filesystem::is_directory(path, error)) {
        return base::environment_error(
            fmt::format("cannot make the folder {}: a file is in its place", path));
    }
    std::filesystem::create_directories(path, error);
    if (error) {
        return base::environment_error(
            fmt::format("cannot make the folder {}: {}", path, error.message()));
    }
    if (::chmod(path.c_str(), 0700) != 0) {
        return base::environment_error(
            fmt::format("cannot close the folder {} to others: {}", path, std::strerror(errno)));
    }
    return {};
}

base::Status write_keys(const DataFolder& folder, const std::vector<client::KeyFile>& keys,
                        const client::KeyFile& validator) {
    if (auto done = client::write_key_file(folder.validator_key(), validator); !done) return done;
    for (const client::KeyFile& key : keys) {
        if (auto done = client::write_key_file(folder.party_key(key.name), key); !done) return done;
    }
    return {};
}

}  // namespace

base::Result<PartySpec> read_party(const std::string& text) {
    const std::size_t colon = text.find(':');
    PartySpec party;
    party.name = text.substr(0, colon);
    if (colon != std::string::npos) party.roles = split(text.substr(colon + 1), ',');
    for (const std::string& role : party.roles) {
        if (!role.empty()) continue;
        return base::fail(base::ErrorKind::usage,
                          fmt::format("the party {} has an empty role: NAME:ROLE,ROLE", text));
    }
    if (!is_file_name(party.name)) {
        return base::fail(base::ErrorKind::usage,
                          fmt::format("{} is no name of a party: letters, digits, _ and -", text));
    }
    return party;
}

std::vector<PartySpec> devnet_parties() {
    return {{"office", {"anchor_office", "federation_office", "membership_office"}},
            {"researcher", {"researcher"}},
            {"site_a", {"site"}},
            {"site_b", {"site"}},
            {"site_c", {"site"}},
            {"site_d", {"site"}}};
}

bool DataFolder::is_made() const {
    std::error_code error;
    return std::filesystem::exists(genesis(), error);
}

base::Status make_data_folder(const DataFolder& folder, const std::string& chain_name,
                              const std::vector<PartySpec>& parties) {
    auto modules = standard_modules();
    if (!modules) return base::error_of(modules);
    if (folder.is_made()) {
        return base::environment_error(
            fmt::format("{} holds a chain already: run it with `edict node run --data {}`, or "
                        "choose another folder",
                        folder.path, folder.path));
    }
    ledger::Genesis genesis;
    genesis.name = chain_name;
    genesis.time_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
    genesis.modules = *std::move(modules);

    std::vector<client::KeyFile> keys;
    std::set<std::string> names{"validator"};
    for (const PartySpec& party : parties) {
        if (!names.insert(party.name).second) {
            return base::fail(base::ErrorKind::usage,
                              fmt::format("the party {} is named twice", party.name));
        }
        const client::KeyFile& key = keys.emplace_back(client::new_key(party.name));
        genesis.parties.push_back({key.name, key.party, key.key.public_key(), party.roles, {}});
    }
    const client::KeyFile validator = client::new_key("validator");
    genesis.parties.push_back(
        {validator.name, validator.party, validator.key.public_key(), {"validator"}, {}});
    const ledger::SecretKey header = ledger::SecretKey::generate();
    const ledger::SecretKey tls = ledger::SecretKey::generate();
    const ledger::SecretKey log = ledger::SecretKey::generate();
    genesis.validators.validators.push_back(
        {"validator", header.public_key(), tls.public_key(), log.public_key()});
    if (const base::Status fits = ledger::check(genesis); !fits) return fits;

    if (auto made = make_folder(folder.path); !made) return made;
    if (auto made = make_folder(folder.path + "/keys"); !made) return made;
    if (auto written = write_keys(folder, keys, validator); !written) return written;
    const std::string secret =
        fmt::format("{}header {}\ntls {}\nlog {}\n", SECRET_HEAD, base::to_hex(header.seed()),
                    base::to_hex(tls.seed()), base::to_hex(log.seed()));
    if (auto written = client::write_secret(folder.node_secret(), secret); !written) return written;
    // Last: a folder with a genesis file is whole.
    return write_file(folder.genesis(), base::as_text(ledger::encode(genesis)));
}

base::Result<ledger::Genesis> read_genesis(const std::string& path) {
    const base::Result<std::string> bytes = read_file(path);
    if (!bytes) return base::error_of(bytes);
    base::Result<ledger::Genesis> genesis = ledger::decode<ledger::Genesis>(base::as_bytes(*bytes));
    if (!genesis) return base::in_context(path + " is not a genesis file", genesis.error());
    return genesis;
}

base::Result<ledger::SecretKey> read_node_secret(const DataFolder& folder) {
    const base::Result<std::string> text = client::read_secret(folder.node_secret());
    if (!text) return base::error_of(text);
    const std::string begin = fmt::format("{}header ", SECRET_HEAD);
    const auto seed = text->starts_with(begin)
                          ? crypto::hash_from_hex(text->substr(begin.size(), 64))
                          : base::Result<ledger::Hash>(base::input_error("no header key"));
    if (!seed) {
        return base::environment_error(
            fmt::format("{} is damaged: put it back from where it was kept", folder.node_secret()));
    }
    return ledger::SecretKey::from_seed(seed->bytes);
}

}  // namespace edict::cli
