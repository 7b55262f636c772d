// edict study: studies across sites, from the proposal to the result.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/show.h"
#include "site/moments.h"
#include "site/study.h"

namespace edict::cli {

namespace {

using nlohmann::json;

struct StudyOptions {
    std::string study, key, data, purpose = "research", question, reason;
    std::vector<std::string> measures, invited;
    std::uint64_t minimum_cell = 5;
    std::uint64_t minimum_sites = 3;
    std::string node = std::string(client::DEFAULT_NODE);
    bool json = false;
    bool tsv = false;
};
using Options = std::shared_ptr<StudyOptions>;

Exit call(const StudyOptions& options, const char* action, const json& arguments) {
    const auto key = client::read_key_file(options.key);
    if (!key) return report(key.error());
    auto node = client::Client::connect(options.node);
    if (!node) return report(node.error());
    const auto end = node->call(*key, site::FEDERATION, action, arguments);
    if (!end) return report(end.error());
    print_end(*end, options.json ? Detail::json : Detail::brief);
    return exit_of(end->receipt.outcome);
}

Exit propose(const StudyOptions& options) {
    return call(options, "propose",
                {{"study", options.study},
                 {"purpose", options.purpose},
                 {"question", options.question},
                 {"measures", options.measures},
                 {"minimum_cell", std::to_string(options.minimum_cell)},
                 {"minimum_sites", std::to_string(options.minimum_sites)},
                 {"invited", options.invited}});
}

Exit run(const StudyOptions& options) {
    const auto set = site::open_data_set(options.data);
    if (!set) return report(set.error());
    const auto key = client::read_key_file(options.key);
    if (!key) return report(key.error());
    auto node = client::Client::connect(options.node);
    if (!node) return report(node.error());
    const auto made = site::run_study(*node, *key, *set, options.study);
    if (!made) return report(made.error());
    if (made->submitted()) {
        print_end(made->end, options.json ? Detail::json : Detail::brief);
        print(fmt::format("submitted {} values over {} records; the smallest cell is {} ({})\n",
                          made->summary.measures.size(), set->records.size(),
                          made->summary.smallest_cell, made->summary.smallest_name));
        return Exit::ok;
    }
    print(fmt::format("the smallest cell of this summary is {} ({})\n", made->summary.smallest_cell,
                      made->summary.smallest_name));
    print_end(made->end, options.json ? Detail::json : Detail::explained);
    if (!made->sent) {
        print(fmt::format("{} was not sent: this site's own node says how it would end\n",
                          made->step));
    }
    return exit_of(made->end.receipt.outcome);
}

void print_table(const site::Study& study, const std::vector<site::Total>& totals,
                 const std::vector<std::string>& missing) {
    print(fmt::format("study {} ({}): {}\n", study.name, study.closed ? "closed" : "open",
                      study.question));
    print(fmt::format("{} of {} sites answered{}{}\n\n", study.answered.size(),
                      study.invited.size(),
                      missing.empty() ? "" : "; missing: ", fmt::join(missing, ", ")));
    print(fmt::format("{:24} {:>8} {:>20} {:>20}\n", "measure", "n", "mean", "sd"));
    for (const site::Total& total : totals) {
        const auto moments =
            total.is_number ? site::moments_of(total.cell, total.sum, total.squares) : std::nullopt;
        print(fmt::format("{:24} {:>8} {:>20} {:>20}\n", total.name, total.cell,
                          moments ? moments->mean : "",
                          moments && moments->sd ? *moments->sd : ""));
    }
    print("\nmean = s / n, sd = sqrt((n q - s s) / (n (n - 1))), from the published integers\n");
}

// For spreadsheets and scripts: name, n, mean, sd.
void print_tsv(const std::vector<site::Total>& totals) {
    for (const site::Total& total : totals) {
        const auto moments =
            total.is_number ? site::moments_of(total.cell, total.sum, total.squares) : std::nullopt;
        print(fmt::format("{}\t{}\t{}\t{}\n", total.name, total.cell, moments ? moments->mean : "",
                          moments && moments->sd ? *moments->sd : ""));
    }
}

json to_json(const site::Study& study, const std::vector<site::Total>& totals,
             const std::vector<std::string>& missing) {
    json all = json::array();
    for (const site::Total& total : totals) {
        json one = {{"name", total.name}, {"n", std::to_string(total.cell)}};
        if (total.is_number) {
            one["sum"] = std::to_string(total.sum);
            one["sum_of_squares"] = std::to_string(total.squares);
            if (const auto moments = site::moments_of(total.cell, total.sum, total.squares)) {
                one["mean"] = moments->mean;
                if (moments->sd) one["sd"] = *moments->sd;
            }
        }
        all.push_back(std::move(one));
    }
    return {{"study", study.name},
            {"closed", study.closed},
            {"answered", study.answered.size()},
            {"missing", missing},
            {"measures", all}};
}

// Who was invited and has not answered, by name where genesis has one.
std::vector<std::string> missing_sites(const client::Client& node, const site::Study& study) {
    std::vector<std::string> missing;
    for (const std::string& id : study.invited) {
        if (std::find(study.answered.begin(), study.answered.end(), id) != study.answered.end()) {
            continue;
        }
        std::string name = id;
        for (const ledger::Party& party : node.genesis().parties) {
            if (party.id.hex() == id) name = party.name;
        }
        missing.push_back(name);
    }
    return missing;
}

Exit result(const StudyOptions& options) {
    auto node = client::Client::connect(options.node);
    if (!node) return report(node.error());
    const auto study = site::read_study(*node, options.study);
    if (!study) return report(study.error());
    const auto totals = site::read_totals(*node, *study);
    if (!totals) return report(totals.error());
    const std::vector<std::string> missing = missing_sites(*node, *study);
    if (options.json) {
        print(to_json(*study, *totals, missing).dump(2) + "\n");
    } else if (options.tsv) {
        print_tsv(*totals);
    } else {
        print_table(*study, *totals, missing);
    }
    if (study->closed) return Exit::ok;
    print_error("edict: the study is not closed; these are no final figures\n");
    return Exit::findings;
}

Verb add_verb(Verb& top, const char* name, const char* help, const Options& options) {
    Verb verb = top.add(name, help);
    verb.positional("STUDY", options->study, "The name of the study");
    verb.option("--node", options->node, "The address of a node");
    verb.flag("--json", options->json, "Show it as JSON");
    return verb;
}

void add_propose(Verb& top) {
    auto options = std::make_shared<StudyOptions>();
    Verb verb = add_verb(top, "propose", "Propose a study to sites", options);
    verb.required("--key", options->key, "The researcher's key file", Takes::path);
    verb.option("--purpose", options->purpose, "care, research or marketing");
    verb.option("--question", options->question, "What is to be found out");
    verb.option("--measure", options->measures,
                "n, an Int column, or COLUMN=VALUE[,COLUMN=VALUE]; as often as needed");
    verb.option("--invite", options->invited, "A site, by name or id; as often as needed");
    verb.option("--minimum-cell", options->minimum_cell, "The fewest persons in a cell",
                {1, 1'000'000});
    verb.option("--minimum-sites", options->minimum_sites, "The fewest sites for a result",
                {1, 64});
    verb.footer("Exit codes: 0 proposed, 1 failed or refused, 4 no node answers, 5 forbidden.");
    verb.run([options] { return propose(*options); });
}

void add_answers(Verb& top) {
    auto consent = std::make_shared<StudyOptions>();
    Verb verb = add_verb(top, "consent", "As a site: take part", consent);
    verb.required("--key", consent->key, "The site's key file", Takes::path);
    verb.run([consent] { return call(*consent, "consent", {{"study", consent->study}}); });

    auto refuse = std::make_shared<StudyOptions>();
    Verb other = add_verb(top, "refuse", "As a site: do not take part, or no longer", refuse);
    other.required("--key", refuse->key, "The site's key file", Takes::path);
    other.option("--reason", refuse->reason, "Shown to all members");
    other.run([refuse] {
        return call(*refuse, "refuse", {{"study", refuse->study}, {"reason", refuse->reason}});
    });
}

void add_run(Verb& top) {
    auto options = std::make_shared<StudyOptions>();
    Verb verb = add_verb(top, "run", "As a site: compute on the own records and submit", options);
    verb.required("--data", options->data, "The folder of the data set", Takes::path);
    verb.required("--key", options->key, "The site's key file", Takes::path);
    verb.footer(
        "Each step is tried on the site's own node first; what would be refused is not sent.\n"
        "Exit codes: 0 submitted, 1 failed or refused, 4 no node answers, 5 forbidden.");
    verb.run([options] { return run(*options); });
}

}  // namespace

void add_study(Verb& top) {
    Verb study = top.add("study", "Studies: propose, consent, refuse, run, close, result");
    add_propose(study);
    add_answers(study);
    add_run(study);
    auto closed = std::make_shared<StudyOptions>();
    Verb close =
        add_verb(study, "close", "As the researcher: end it; names who is missing", closed);
    close.required("--key", closed->key, "The researcher's key file", Takes::path);
    close.run([closed] { return call(*closed, "close", {{"study", closed->study}}); });

    auto shown = std::make_shared<StudyOptions>();
    Verb verb = add_verb(study, "result", "Mean and SD from the published integers", shown);
    verb.flag("--tsv", shown->tsv, "Only name, n, mean and sd, with tabs between");
    verb.footer("Exit codes: 0 the result, 1 not closed yet or no such study, 4 no node answers.");
    verb.run([shown] { return result(*shown); });
}

}  // namespace edict::cli
