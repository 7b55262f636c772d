// edict commitment: makes commitments that `opens` of the language opens, and opens them here.
#include "value/commitment.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "chain/client/key_file.h"
#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/pipeline.h"
#include "compiler/source/diagnostics.h"
#include "crypto/sign.h"
#include "site/data_set.h"
#include "site/limits.h"
#include "value/json.h"
#include "value/json_text.h"

namespace edict::cli {

namespace {

using nlohmann::json;
using value::Kind;

struct CommitmentOptions {
    std::vector<std::string> files;
    std::string place;  // action.parameter
    std::string value;
    std::string out;
    std::string opening;
    std::string commitment;
};

base::Result<json> json_in(const std::string& text, const std::string& what) {
    base::Result<json> made = value::parse_json(text, R"(a text stands in quotes: "name")");
    if (!made) return base::in_context(what, made.error());
    return made;
}
base::Result<json> json_of_file(const std::string& path) {
    const auto text = site::read_whole(path, site::MAX_OPENING_BYTES);
    if (!text) return base::error_of(text);
    return json_in(*text, path);
}

// ---- the type that is committed to

struct Place {
    std::string name;  // "sealed.offer.hidden"
    value::TypeRef committed;
};

// The only type of which the type holds a commitment; null: there is none, or there are several.
value::TypeRef committed_in(const value::Type& type) {
    if (type.kind == Kind::commitment) return type.parts[0];
    value::TypeRef found;
    const auto look = [&](const value::TypeRef& part) {
        const value::TypeRef inside = committed_in(*part);
        if (inside == nullptr) return true;
        if (found != nullptr && !value::same_type(*found, *inside)) return false;
        found = inside;
        return true;
    };
    for (const value::TypeRef& part : type.parts) {
        if (!look(part)) return nullptr;
    }
    for (const value::Field& field : type.fields) {
        if (!look(field.type)) return nullptr;
    }
    return found;
}

// Follows names of fields: "terms.price".
base::Result<value::TypeRef> field_of(value::TypeRef type, std::string_view path) {
    while (!path.empty()) {
        const std::string_view name = path.substr(0, path.find('.'));
        path.remove_prefix(std::min(name.size() + 1, path.size()));
        const auto& fields = type->fields;
        const auto at = std::ranges::find(fields, name, &value::Field::name);
        if (at == fields.end()) {
            return base::input_error(
                fmt::format("{} has no field {}", value::to_text(*type), name));
        }
        type = at->type;
    }
    return type;
}

base::Result<Place> find_place(const call::LinkedSet& set, const std::string& wanted) {
    std::vector<std::string> known;
    std::vector<std::pair<std::string, value::TypeRef>> found;  // in full, and what it takes
    std::string path;
    for (const auto& [name, linked] : set.actions) {
        const bytecode::Module& module = *set.modules[linked.module];
        const bytecode::ActionDecl& action = module.actions[linked.action];
        for (std::size_t i = 0; i < action.parameters.size(); ++i) {
            const std::string brief = name.second + "." + action.parameter_names[i];
            const std::string full = name.first + "." + brief;
            for (const std::string& shown : {brief, full}) {
                known.push_back(shown);
                if (wanted != shown && !wanted.starts_with(shown + ".")) continue;
                path = wanted.substr(std::min(shown.size() + 1, wanted.size()));
                found.emplace_back(full, module.types[action.parameters[i]]);
            }
        }
    }
    if (found.empty()) {
        const auto near = source::nearest(wanted, known);
        return base::input_error(
            fmt::format("there is no parameter {}{}; write ACTION.PARAMETER", wanted,
                        near ? fmt::format(" (did you mean {}?)", *near) : ""));
    }
    if (found.size() > 1) {
        return base::input_error(fmt::format("{} could be {} or {}: write it in full", wanted,
                                             found[0].first, found[1].first));
    }
    const auto type = field_of(found[0].second, path);
    if (!type) return base::in_context(found[0].first, type.error());
    Place place{path.empty() ? found[0].first : found[0].first + "." + path, committed_in(**type)};
    if (place.committed != nullptr) return place;
    return base::input_error(
        fmt::format("{} is {}, which does not hold just one kind of Commitment", place.name,
                    value::to_text(**type)));
}

// ---- make

Exit make(const CommitmentOptions& options) {
    Exit exit = Exit::ok;
    const auto made = compile_or_report(options.files, exit);
    if (!made) return exit;
    const auto place = find_place(*made->linked, options.place);
    if (!place) return report(place.error());
    const auto given = options.value.starts_with('@') ? json_of_file(options.value.substr(1))
                                                      : json_in(options.value, "--value");
    if (!given) return report(given.error());
    const auto held = value::from_json(*given, *place->committed, "--value");
    if (!held) return report(held.error());
    value::Salt salt{};
    crypto::random_bytes(salt);
    const json opening = {
        {"for", place->name},
        {"type", value::to_text(*place->committed)},
        {"value", value::to_json(*held, *place->committed)},
        {"salt", base::to_hex(salt)},
        {"commitment", value::commitment_of(*held, *place->committed, salt).hex()}};
    const std::string text = opening.dump(2) + "\n";
    if (options.out.empty()) {
        print(text);
        return Exit::ok;
    }
    std::error_code error;
    if (std::filesystem::exists(options.out, error)) {
        return report({base::ErrorKind::environment,
                       options.out + " is there already; choose another place for this one"});
    }
    if (const auto written = client::write_secret(options.out, text); !written)
        return report(written.error());
    print(opening["commitment"].get<std::string>() + "\n");
    return Exit::ok;
}

// ---- check

base::Result<crypto::Hash> hash_of(std::string_view hex, const std::string& what) {
    base::Result<crypto::Hash> hash = crypto::hash_from_hex(hex);
    if (!hash) return base::in_context(what, hash.error());
    return hash;
}
base::Result<crypto::Hash> hash_in(const json& opening, const char* key) {
    const auto at = opening.find(key);
    if (at == opening.end() || !at->is_string())
        return base::input_error(fmt::format("there is no text \"{}\"", key));
    return hash_of(at->get_ref<const std::string&>(), key);
}

// Whether the value and salt of an opening are those of its commitment, or of the one given.
base::Result<bool> opens(const json& opening, const Place& place, const std::string& commitment) {
    if (!opening.is_object()) return base::input_error("it is no JSON object");
    const std::string type = value::to_text(*place.committed);
    if (const auto said = opening.find("type"); said != opening.end() && *said != type) {
        return base::input_error(
            fmt::format("it is of the type {}, and {} takes a commitment to {}", said->dump(),
                        place.name, type));
    }
    const auto salt = hash_in(opening, "salt");
    if (!salt) return base::error_of(salt);
    const auto expected =
        commitment.empty() ? hash_in(opening, "commitment") : hash_of(commitment, "--commitment");
    if (!expected) return base::error_of(expected);
    const auto value = opening.find("value");
    if (value == opening.end()) return base::input_error("there is no \"value\"");
    const auto held = value::from_json(*value, *place.committed, "value");
    if (!held) return base::error_of(held);
    return value::commitment_of(*held, *place.committed, salt->bytes) == *expected;
}

Exit check(const CommitmentOptions& options) {
    Exit exit = Exit::ok;
    const auto made = compile_or_report(options.files, exit);
    if (!made) return exit;
    const auto place = find_place(*made->linked, options.place);
    if (!place) return report(place.error());
    const auto opening = json_of_file(options.opening);
    if (!opening) return report(opening.error());
    const auto same = opens(*opening, *place, options.commitment);
    if (!same) return report({same.error().kind, options.opening + ": " + same.error().message});
    print(*same ? "this is what was committed to\n" : "this is not what was committed to\n");
    return *same ? Exit::ok : Exit::findings;
}

// ---- the verbs

constexpr const char* PLACE_HELP = "What takes the commitment: ACTION.PARAMETER, as offer.hidden";

void add_make(Verb& top) {
    auto options = std::make_shared<CommitmentOptions>();
    Verb verb = top.add("make", "Commit to a value with a fresh random salt");
    verb.positional("FILES", options->files, "The modules: files (.edict) or folders of them",
                    Takes::path);
    verb.required("--for", options->place, PLACE_HELP);
    verb.required("--value", options->value,
                  "The value as JSON, or @FILE: others may read a command line");
    verb.option("--out", options->out,
                "Keep value and salt in this new file, for you alone, and print the commitment",
                Takes::path);
    verb.footer(
        "Prints JSON: value, salt and commitment. Send the commitment; keep the others until it "
        "is\n"
        "opened: without the salt nobody can open it, and with it everybody can try values.\n"
        "Exit codes: 0 made, 1 mistakes in the files, no such parameter or no such value, 4 a file "
        "cannot be used.");
    verb.run([options] { return make(*options); });
}

void add_check(Verb& top) {
    auto options = std::make_shared<CommitmentOptions>();
    Verb verb = top.add("check", "Ask whether a value and salt open a commitment");
    verb.positional("FILES", options->files, "The modules: files (.edict) or folders of them",
                    Takes::path);
    verb.required("--for", options->place, PLACE_HELP);
    verb.required("--opening", options->opening,
                  "A file with value and salt, as `edict commitment make` writes it", Takes::path);
    verb.option("--commitment", options->commitment,
                "The commitment, as a chain has it; else the one in the file");
    verb.footer(
        "It is what `opens(commitment, value, salt)` of the language answers.\n"
        "Exit codes: 0 it opens, 1 it does not, or mistakes in the files, 4 a file cannot be "
        "read.");
    verb.run([options] { return check(*options); });
}

}  // namespace

void add_commitment(Verb& top) {
    Verb verb = top.add("commitment", "Make commitments, and open them");
    add_make(verb);
    add_check(verb);
}

}  // namespace edict::cli
