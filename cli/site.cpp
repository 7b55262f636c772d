// edict site: a site's own data, and what is anchored of them.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "chain/client/answer.h"
#include "cli/arguments.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/show.h"
#include "site/limits.h"
#include "site/pseudonym.h"
#include "site/study.h"

namespace edict::cli {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct SiteOptions {
    std::string data, csv, schema, site, index, key;
    std::string node;
    bool report = false;
    bool replace = false;
};

// ---- load

Exit load(const SiteOptions& options) {
    const auto toml = site::read_whole(options.schema, site::MAX_SCHEMA_BYTES);
    if (!toml) return report(toml.error());
    const auto schema = site::read_schema(*toml, options.schema);
    if (!schema) return report(schema.error());
    const auto csv = site::read_whole(options.csv, site::MAX_CSV_BYTES);
    if (!csv) return report(csv.error());
    site::Faults faults;
    site::Records records = site::read_records(*csv, *schema, faults);
    if (!faults.empty()) {
        print_error(site::render(faults, options.csv));
        print_error(fmt::format("edict: {} mistake{} in {}; nothing was loaded\n", faults.count(),
                                faults.count() == 1 ? "" : "s", options.csv));
        return Exit::findings;
    }
    if (options.report) {
        print(fmt::format("{} records are right; nothing was loaded (--report)\n",
                          records.records.size()));
        return Exit::ok;
    }
    if (options.data.empty()) {
        return report({base::ErrorKind::usage, "--data DIR says where the data set is kept"});
    }
    const auto set =
        site::create_data_set(options.data, *toml, *schema, std::move(records), options.replace);
    if (!set) return report(set.error());
    print(fmt::format("loaded {} records with {} columns\nschema {}\nroot   {}\n",
                      set->records.size(), set->schema.columns.size(),
                      site::hash_of(set->schema).hex(), set->root().hex()));
    return Exit::ok;
}

// ---- anchor

// What is known of the anchor of a folder, for verify.
constexpr const char* ANCHOR_FILE = "anchor.json";

Exit anchor(const SiteOptions& options) {
    const auto set = site::open_data_set(options.data);
    if (!set) return report(set.error());
    if (const auto comparison = site::compare(*set, set->records); !comparison.same()) {
        return report({base::ErrorKind::input,
                       "the stored records are not what was loaded: see `edict site verify`"});
    }
    const auto key = client::read_key_file(options.key);
    if (!key) return report(key.error());
    auto node = client::Client::connect(options.node.empty() ? std::string(client::DEFAULT_NODE)
                                                             : options.node);
    if (!node) return report(node.error());
    const json arguments = {{"index", options.index},
                            {"schema", site::hash_of(set->schema).hex()},
                            {"root", set->root().hex()},
                            {"records", std::to_string(set->records.size())},
                            {"period_from", value::to_text(set->schema.period_from)},
                            {"period_to", value::to_text(set->schema.period_to)}};
    const auto end = node->call(*key, site::ANCHOR, "register", arguments);
    if (!end) return report(end.error());
    print_end(*end, Detail::brief);
    if (end->receipt.outcome != ledger::Outcome::committed) return exit_of(end->receipt.outcome);
    const json kept = {{"index", options.index},
                       {"root", set->root().hex()},
                       {"records", std::to_string(set->records.size())},
                       {"transaction", end->receipt.transaction.hex()},
                       {"chain", node->chain_id().hex()}};
    const auto written =
        site::write_whole((fs::path(options.data) / ANCHOR_FILE).string(), kept.dump(2) + "\n");
    if (!written) return report(written.error());
    print(fmt::format("anchored {} records as {}\n", set->records.size(), options.index));
    return Exit::ok;
}

// ---- verify

std::string line_of(const std::vector<std::uint64_t>& lines, std::uint64_t index) {
    return index < lines.size() ? fmt::format(" (line {} of the file)", lines[index]) : "";
}

void print_altered(const site::Comparison& made, const std::vector<std::uint64_t>& lines) {
    if (made.expected != made.found) {
        // A record is known by its place, so after one too few or too many every later one differs.
        print(fmt::format("{} records were loaded, and here are {}\n", made.expected, made.found));
        if (made.altered.empty()) return;
        const std::uint64_t first = made.altered.front().index;
        print(fmt::format("record {}{} is the first that is another\n", first + 1,
                          line_of(lines, first)));
        return;
    }
    for (const site::Altered& one : made.altered) {
        print(fmt::format("record {}{} was altered{}{}\n", one.index + 1, line_of(lines, one.index),
                          one.fields.empty() ? "" : ": ", fmt::join(one.fields, "; ")));
    }
    if (made.unequal > made.altered.size()) {
        print(fmt::format("and {} more\n", made.unequal - made.altered.size()));
    }
}

struct AnchorCheck {
    bool same = false;
    std::string text;
};

// Compares the root with the one on chain; none if no anchor is known or asked for.
base::Result<AnchorCheck> check_anchor(const SiteOptions& options, const std::string& folder,
                                       const crypto::Hash& root) {
    std::string index = options.index;
    const std::string path = (fs::path(folder) / ANCHOR_FILE).string();
    std::error_code error;
    json kept;
    if (fs::exists(path, error)) {
        const auto text = site::read_whole(path, site::MAX_SCHEMA_BYTES);
        if (!text) return base::error_of(text);
        kept = json::parse(*text, nullptr, false);
        if (!kept.is_object()) return base::input_error(path + " is damaged");
        if (index.empty()) index = client::text_of(kept, "index");
    }
    if (options.node.empty()) {
        if (kept.is_null()) return AnchorCheck{true, "nothing is anchored of this data set yet"};
        const bool same = client::text_of(kept, "root") == root.hex();
        return AnchorCheck{same, fmt::format("the root is {}the one anchored as {} (as noted here; "
                                             "--node URL asks the chain)",
                                             same ? "" : "not ", index)};
    }
    if (index.empty()) {
        return base::fail(base::ErrorKind::usage, "--index says under which name it is anchored");
    }
    auto node = client::Client::connect(options.node);
    if (!node) return base::error_of(node);
    const auto found = node->state(site::ANCHOR, "anchors", index);
    if (!found) return base::error_of(found);
    if (found->is_null()) return base::input_error("nothing is anchored as " + index);
    const bool same = found->value("root", "") == root.hex();
    return AnchorCheck{
        same, fmt::format("the root is {}the one anchored on chain as {} on {}", same ? "" : "not ",
                          index, found->value("anchored_on", "?"))};
}

Exit verify(const SiteOptions& options) {
    std::error_code error;
    std::string folder = options.data;
    std::string csv = options.csv;
    if (!fs::exists(options.data, error)) {
        return report({base::ErrorKind::environment,
                       fmt::format("there is no {}; `edict site load` makes the folder of a data "
                                   "set",
                                   options.data)});
    }
    if (!fs::is_directory(options.data, error)) {  // a file to be checked
        csv = options.data;
        folder =
            options.site.empty() ? fs::path(options.data).parent_path().string() : options.site;
        if (folder.empty()) folder = std::string(1, '.');  // g++ 12 warns wrongly about = "."
    }
    const auto set = site::open_data_set(folder);
    if (!set) return report(set.error());
    std::vector<base::Bytes> records = set->records;
    std::vector<std::uint64_t> lines;
    if (!csv.empty()) {
        const auto text = site::read_whole(csv, site::MAX_CSV_BYTES);
        if (!text) return report(text.error());
        site::Faults faults;
        site::Records read = site::read_records(*text, set->schema, faults);
        if (!faults.empty()) {
            print_error(site::render(faults, csv));
            return Exit::findings;
        }
        records = std::move(read.records);
        lines = std::move(read.lines);
    }
    const site::Comparison made = site::compare(*set, records);
    print_altered(made, lines);
    const auto anchored = check_anchor(options, folder, made.root);
    if (!anchored) return report(anchored.error());
    if (made.same()) print(fmt::format("all {} records are as they were loaded\n", made.found));
    print(anchored->text + "\n");
    if (made.same() && !anchored->same) {
        print(
            "the hashes in the folder are not those that were anchored: another data set, or "
            "hashes that were altered\n");
    }
    return made.same() && anchored->same ? Exit::ok : Exit::findings;
}

// ---- pseudonyms

struct PseudonymOptions {
    std::string key, person, from;
};

Exit make_key(const std::string& path) {
    if (const auto made = site::make_pseudonym_key(path); !made) return report(made.error());
    print(path + "\n");
    return Exit::ok;
}

// The persons of a list: one on each line.
std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
    }
    return lines;
}

Exit pseudonyms(const PseudonymOptions& options) {
    if (options.person.empty() == options.from.empty()) {
        return report({base::ErrorKind::usage, "name one person, or a list of them with --from"});
    }
    const auto key = site::read_pseudonym_key(options.key);
    if (!key) return report(key.error());
    if (options.from.empty()) {
        const auto made = site::pseudonym_of(*key, options.person);
        if (!made) return report(made.error());
        print(made->hex() + "\n");
        return Exit::ok;
    }
    const auto text = site::read_whole(options.from, site::MAX_PERSONS_BYTES);
    if (!text) return report(text.error());
    std::string all;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(*text)) {
        ++number;
        const auto made = site::pseudonym_of(*key, line);
        if (!made) {
            return report({made.error().kind, fmt::format("{} line {}: {}", options.from, number,
                                                          made.error().message)});
        }
        all += made->hex() + "\n";
    }
    if (number == 0) return report({base::ErrorKind::input, options.from + " names nobody"});
    print(all);
    return Exit::ok;
}

using Options = std::shared_ptr<SiteOptions>;

void add_load(Verb& top) {
    auto options = std::make_shared<SiteOptions>();
    Verb verb = top.add("load", "Take a CSV file into the site's folder, if every row is right");
    verb.option("--data", options->data, "The folder of the data set", Takes::path);
    verb.required("--csv", options->csv, "The records; UTF-8, commas, the first line names them",
                  Takes::path);
    verb.required("--schema", options->schema, "What each column holds (TOML, docs/SITE.md)",
                  Takes::path);
    verb.flag("--report", options->report, "Only look for mistakes; load nothing");
    verb.flag("--replace", options->replace, "In place of the data set that is there");
    verb.footer(
        "Every mistake is named by line and column with what to do about it.\n"
        "Exit codes: 0 loaded, 1 mistakes in the file or schema, 4 a file or folder cannot be "
        "used.");
    verb.run([options] { return load(*options); });
}

void add_anchor(Verb& top) {
    auto options = std::make_shared<SiteOptions>();
    Verb verb = top.add("anchor", "Register the data set's hashes on the chain");
    verb.required("--data", options->data, "The folder of the data set", Takes::path);
    verb.required("--index", options->index, "The name under which it is anchored");
    verb.required("--key", options->key, "The site's key file", Takes::path);
    verb.option("--node", options->node, "The address of a node");
    verb.footer("Exit codes: 0 anchored, 1 failed or refused, 4 no node answers, 5 forbidden.");
    verb.run([options] { return anchor(*options); });
}

void add_verify_data(Verb& top) {
    auto options = std::make_shared<SiteOptions>();
    Verb verb = top.add("verify", "Name the records that are not what they were");
    verb.required("--data", options->data,
                  "The folder of the data set, or a CSV file to compare with it", Takes::path);
    verb.option("--csv", options->csv, "A CSV file to compare, when --data is the folder",
                Takes::path);
    verb.option("--site", options->site,
                "The folder, when --data is a file; that of the file if not said", Takes::path);
    verb.option("--index", options->index, "The name under which it is anchored");
    verb.option("--node", options->node, "Compare with what this node has on chain");
    verb.footer(
        "Exit codes: 0 all is as it was, 1 something was altered, 4 a file, folder or node "
        "cannot be used.");
    verb.run([options] { return verify(*options); });
}

void add_key(Verb& top) {
    auto file = std::make_shared<std::string>();
    Verb verb = top.add("key", "Make the key of the site's pseudonyms, once for the site");
    verb.positional("FILE", *file, "The file to create, readable by you alone", Takes::path);
    verb.footer(
        "Keep a copy where only the site comes: without the key nobody gets the same pseudonyms "
        "again.\n"
        "Exit codes: 0 made, 4 the file is there already or cannot be written.");
    verb.run([file] { return make_key(*file); });
}

void add_pseudonym(Verb& top) {
    auto options = std::make_shared<PseudonymOptions>();
    Verb verb = top.add("pseudonym", "Print the pseudonym of a person, the same each time");
    verb.optional_positional("PERSON", options->person,
                             "Who it is, always written in the same way: a number of the site");
    verb.required("--key", options->key, "The file that `edict site key` made", Takes::path);
    verb.option("--from", options->from, "A file with one person on each line", Takes::path);
    verb.footer(
        "One pseudonym on each line, in the order of the persons. The same person has another "
        "one at\n"
        "another site. Others may read a command line: --from /dev/stdin takes persons from a "
        "pipe.\n"
        "Exit codes: 0 printed, 1 no such person or key, 2 wrong usage, 4 the key or list cannot "
        "be read, or\n"
        "others may read the key.");
    verb.run([options] { return pseudonyms(*options); });
}

}  // namespace

void add_site(Verb& top) {
    Verb verb = top.add("site", "A site's own data: load, anchor, verify, pseudonyms");
    add_load(verb);
    add_anchor(verb);
    add_verify_data(verb);
    add_key(verb);
    add_pseudonym(verb);
}

}  // namespace edict::cli
