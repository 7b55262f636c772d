#include "cli/data_folder.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <toml++/toml.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <set>

#include "chain/ledger/codec.h"
#include "chain/node/votes.h"
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

// What one run makes; unless it is kept, all of it goes again, so that the next run can begin anew.
class Making {
public:
    Making() = default;
    ~Making() {
        std::error_code error;
        for (auto path = made_.rbegin(); path != made_.rend(); ++path) {
            std::filesystem::remove_all(*path, error);
        }
    }
    Making(const Making&) = delete;
    Making& operator=(const Making&) = delete;
    void keep() { made_.clear(); }

    // Closed to others, if it is made here.
    [[nodiscard]] base::Status folder(const std::string& path);
    [[nodiscard]] base::Status done(base::Status written, const std::string& path) {
        if (written) made_.push_back(path);
        return written;
    }

private:
    std::vector<std::string> made_;  // in this order
};

base::Status Making::folder(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return {};
    if (std::filesystem::exists(path, error)) {
        return base::environment_error(
            fmt::format("cannot make the folder {}: a file is in its place", path));
    }
    std::filesystem::path first = path;  // of those that are missing
    for (auto above = first.parent_path(); !above.empty() && !std::filesystem::exists(above, error);
         above = above.parent_path()) {
        first = above;
    }
    made_.push_back(first.string());
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

// What a chain starts from, with every secret.
struct Seat {
    client::KeyFile party;  // attests pending sets
    NodeSecret secret;
};
struct Founding {
    ledger::Genesis genesis;
    std::vector<client::KeyFile> parties;
    std::vector<Seat> seats;
};

// What the user named, in the user's words.
base::Status check_names(const ledger::Genesis& genesis) {
    const auto wrong = [](std::string what) {
        return base::fail(base::ErrorKind::usage, std::move(what));
    };
    const auto is_name = [](const std::string& text) {
        return !text.empty() && text.size() <= ledger::MAX_NAME_BYTES &&
               value::is_canonical_text(text) && text.find_first_of("\n\t") == std::string::npos;
    };
    if (!is_name(genesis.name)) {
        return wrong(fmt::format("the name of a chain is one line of 1 to {} bytes",
                                 ledger::MAX_NAME_BYTES));
    }
    for (const ledger::Party& party : genesis.parties) {
        std::set<std::string> roles;
        for (const std::string& role : party.roles) {
            if (!is_name(role)) {
                return wrong(
                    fmt::format("the party {} has a role that is no name: {}", party.name, role));
            }
            if (!roles.insert(role).second) {
                return wrong(fmt::format("the party {} has the role {} twice", party.name, role));
            }
        }
        if (roles.size() > ledger::MAX_PARTY_ROLES) {
            return wrong(fmt::format("the party {} has {} roles, and at most {} are allowed",
                                     party.name, roles.size(), ledger::MAX_PARTY_ROLES));
        }
    }
    return {};
}

base::Result<Founding> found(const std::string& chain_name, const std::vector<PartySpec>& parties,
                             ledger::ProtocolKind protocol,
                             const std::vector<std::string>& validators) {
    auto modules = standard_modules();
    if (!modules) return base::error_of(modules);
    Founding made;
    ledger::Genesis& genesis = made.genesis;
    genesis.name = chain_name;
    genesis.time_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
    genesis.modules = *std::move(modules);
    genesis.validators.protocol = protocol;
    std::set<std::string> names(validators.begin(), validators.end());
    for (const PartySpec& party : parties) {
        if (!names.insert(party.name).second) {
            return base::fail(base::ErrorKind::usage,
                              fmt::format("the party {} is named twice", party.name));
        }
        const client::KeyFile& key = made.parties.emplace_back(client::new_key(party.name));
        genesis.parties.push_back({key.name, key.party, key.key.public_key(), party.roles, {}});
    }
    for (const std::string& name : validators) {
        made.seats.push_back({client::new_key(name),
                              {ledger::SecretKey::generate(), ledger::SecretKey::generate(),
                               ledger::SecretKey::generate()}});
        const Seat& seat = made.seats.back();
        genesis.parties.push_back(
            {name, seat.party.party, seat.party.key.public_key(), {"validator"}, {}});
        genesis.validators.validators.push_back({name, seat.secret.header.public_key(),
                                                 seat.secret.tls.public_key(),
                                                 seat.secret.log.public_key()});
    }
    if (const base::Status fits = check_names(genesis); !fits) return base::error_of(fits);
    if (const base::Status fits = ledger::check(genesis); !fits) return base::error_of(fits);
    return made;
}

base::Status write_key(Making& making, const std::string& path, const client::KeyFile& key) {
    return making.done(client::write_key_file(path, key), path);
}

base::Status write_parties(Making& making, const DataFolder& folder,
                           const std::vector<client::KeyFile>& keys) {
    if (auto made = making.folder(folder.path); !made) return made;
    if (auto made = making.folder(folder.path + "/keys"); !made) return made;
    for (const client::KeyFile& key : keys) {
        if (auto done = write_key(making, folder.party_key(key.name), key); !done) return done;
    }
    return {};
}

base::Status write_seat(Making& making, const DataFolder& folder, const Seat& seat) {
    if (auto done = write_key(making, folder.validator_key(), seat.party); !done) return done;
    const std::string text = fmt::format(
        "{}header {}\ntls {}\nlog {}\n", SECRET_HEAD, base::to_hex(seat.secret.header.seed()),
        base::to_hex(seat.secret.tls.seed()), base::to_hex(seat.secret.log.seed()));
    return making.done(client::write_secret(folder.node_secret(), text), folder.node_secret());
}

// Last of all: a folder with a genesis file is whole.
base::Status write_genesis(Making& making, const DataFolder& folder,
                           const ledger::Genesis& genesis) {
    return making.done(write_file(folder.genesis(), base::as_text(ledger::encode(genesis))),
                       folder.genesis());
}

// Only here: a node that does not find its votes must not take itself for a new one.
base::Status make_votes(Making& making, const DataFolder& folder, const ledger::Hash& chain_id,
                        std::size_t validator) {
    if (auto made = making.folder(folder.votes()); !made) return made;
    const auto store = store::open_rocksdb(folder.votes());
    if (!store) return base::error_of(store);
    node::Votes votes(**store);
    votes.set_up({0});
    return votes.belong_to(chain_id, static_cast<std::uint16_t>(validator));
}

std::string peers_text(const Founding& founding, const std::vector<net::Address>& addresses,
                       std::size_t self) {
    std::string text = fmt::format(
        "# Where this validator listens for the others, and where they listen.\n"
        "listen = \"{}\"\n\n[validators]\n",
        net::to_text(addresses[self]));
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        text +=
            fmt::format("{} = \"{}\"\n", founding.seats[i].party.name, net::to_text(addresses[i]));
    }
    return text;
}

base::Status check_free(const DataFolder& folder) {
    if (!folder.is_made()) return {};
    return base::environment_error(
        fmt::format("{} holds a chain already: run it with `edict node run --data {}`, or "
                    "choose another folder",
                    folder.path, folder.path));
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
    return {
        {"office", {"anchor_office", "calendar_office", "federation_office", "membership_office"}},
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
    if (auto free = check_free(folder); !free) return free;
    const auto founding = found(chain_name, parties, ledger::ProtocolKind::solo, {"validator"});
    if (!founding) return base::error_of(founding);
    Making making;
    if (auto done = write_parties(making, folder, founding->parties); !done) return done;
    if (auto done = write_seat(making, folder, founding->seats.front()); !done) return done;
    if (auto done = write_genesis(making, folder, founding->genesis); !done) return done;
    making.keep();
    return {};
}

base::Status make_data_folders(const DataFolder& root, const std::string& chain_name,
                               const std::vector<PartySpec>& parties,
                               const std::vector<net::Address>& addresses) {
    std::vector<std::string> names;
    for (std::size_t i = 1; i <= addresses.size(); ++i) {
        if (auto free = check_free(root.of_node(i)); !free) return free;
        names.push_back(fmt::format("validator_{}", i));
    }
    const auto founding = found(chain_name, parties, ledger::ProtocolKind::pbft, names);
    if (!founding) return base::error_of(founding);
    Making making;
    if (auto done = write_parties(making, root, founding->parties); !done) return done;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const DataFolder folder = root.of_node(i + 1);
        if (auto done = making.folder(folder.path); !done) return done;
        if (auto done = write_seat(making, folder, founding->seats[i]); !done) return done;
        const ledger::Hash chain_id = ledger::chain_id(founding->genesis);
        if (auto done = make_votes(making, folder, chain_id, i); !done) return done;
        const std::string peers = peers_text(*founding, addresses, i);
        if (auto done = making.done(write_file(folder.peers(), peers), folder.peers()); !done) {
            return done;
        }
        if (auto done = write_genesis(making, folder, founding->genesis); !done) return done;
    }
    making.keep();
    return {};
}

base::Result<ledger::Genesis> read_genesis(const std::string& path) {
    const base::Result<std::string> bytes = read_file(path);
    if (!bytes) return base::error_of(bytes);
    base::Result<ledger::Genesis> genesis = ledger::decode<ledger::Genesis>(base::as_bytes(*bytes));
    if (!genesis) return base::in_context(path + " is not a genesis file", genesis.error());
    return genesis;
}

base::Result<NodeSecret> read_node_secret(const DataFolder& folder) {
    const base::Result<std::string> text = client::read_secret(folder.node_secret());
    if (!text) return base::error_of(text);
    std::string_view left = *text;
    const auto take = [&left](std::string_view head) -> std::optional<ledger::SecretKey> {
        if (!left.starts_with(head)) return std::nullopt;
        const auto seed = crypto::hash_from_hex(left.substr(head.size(), 64));
        left.remove_prefix(std::min(left.size(), head.size() + 64));
        if (!seed || !left.starts_with("\n")) return std::nullopt;
        left.remove_prefix(1);
        return ledger::SecretKey::from_seed(seed->bytes);
    };
    const auto header = take(fmt::format("{}header ", SECRET_HEAD));
    const auto tls = take("tls ");
    const auto log = take("log ");
    if (!header || !tls || !log) {
        return base::environment_error(
            fmt::format("{} is damaged: put it back from where it was kept", folder.node_secret()));
    }
    return NodeSecret{*header, *tls, *log};
}

base::Result<Peers> parse_peers(const std::string& text, const std::string& path) {
    toml::parse_result parsed;
    try {
        parsed = toml::parse(text, path);
    } catch (const toml::parse_error& error) {
        return base::environment_error(fmt::format("{}:{}: {}", path, error.source().begin.line,
                                                   std::string(error.description())));
    }
    const auto read = [&](const toml::node& node,
                          std::string_view what) -> base::Result<net::Address> {
        const auto value = node.value<std::string>();
        const auto address =
            value ? net::read_address(*value)
                  : base::Result<net::Address>(base::input_error("write \"HOST:PORT\" here"));
        if (address) return *address;
        return base::environment_error(fmt::format("{}:{}: {}: {}", path, node.source().begin.line,
                                                   what, address.error().message));
    };
    Peers peers;
    const toml::node* listen = parsed.get("listen");
    const toml::table* validators = parsed["validators"].as_table();
    if (listen == nullptr || validators == nullptr) {
        return base::environment_error(fmt::format(
            "{} lacks {}", path,
            listen == nullptr ? "the line listen = \"HOST:PORT\"" : "the table [validators]"));
    }
    for (const auto& [key, node] : parsed) {
        if (key.str() == "listen" || key.str() == "validators") continue;
        return base::environment_error(
            fmt::format("{}:{}: there is no {} here: listen, [validators]", path,
                        node.source().begin.line, key.str()));
    }
    const auto own = read(*listen, "listen");
    if (!own) return base::error_of(own);
    peers.listen = *own;
    for (const auto& [key, node] : *validators) {
        const auto address = read(node, key.str());
        if (!address) return base::error_of(address);
        peers.validators.emplace_back(std::string(key.str()), *address);
    }
    return peers;
}

base::Result<Peers> read_peers(const DataFolder& folder) {
    const auto text = read_file(folder.peers());
    if (!text) return base::error_of(text);
    return parse_peers(*text, folder.peers());
}

}  // namespace edict::cli
