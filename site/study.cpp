#include "site/study.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "crypto/sign.h"

namespace edict::site {

using nlohmann::json;

namespace {

constexpr const char* KIND_NAMES[] = {"cell", "sum", "sum_of_squares"};

const char* name_of(MeasureKind kind) { return KIND_NAMES[static_cast<std::size_t>(kind)]; }

// The node writes an Int as text.
base::Result<std::int64_t> integer(const json& value) {
    std::int64_t number = 0;
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return number;
    }
    return base::environment_error("the node answered something that is no Int: " + value.dump());
}

std::vector<std::string> texts(const json& array) {
    std::vector<std::string> all;
    for (const json& one : array) all.push_back(one.get<std::string>());
    return all;
}

// Set<Measure, 64> of std.federation: the same canonical bytes.
base::Result<value::TypeRef> summary_type() {
    const auto kind =
        value::enum_type("std.federation.MeasureKind", {"cell", "sum", "sum_of_squares"}, false);
    if (!kind) return base::error_of(kind);
    const auto name = value::text_type(64);
    if (!name) return base::error_of(name);
    const auto measure =
        value::record_type("std.federation.Measure",
                           {{"kind", *kind}, {"name", *name}, {"amount", value::integer_type()}});
    if (!measure) return base::error_of(measure);
    return value::set_type(*measure, 64);
}

}  // namespace

base::Result<Study> read_study(client::Client& node, const std::string& name) {
    const auto found = node.state(FEDERATION, "studies", name);
    if (!found) return base::error_of(found);
    if (found->is_null()) {
        return base::input_error(fmt::format("there is no study {} on this chain", name));
    }
    const auto answered = node.state(FEDERATION, "answered", name);
    if (!answered) return base::error_of(answered);
    try {
        Study study;
        study.name = name;
        study.purpose = found->at("purpose").get<std::string>();
        study.question = found->at("question").get<std::string>();
        study.measures = texts(found->at("measures"));
        study.invited = texts(found->at("invited"));
        study.closed = found->at("closed").get<bool>();
        if (answered->is_array()) study.answered = texts(*answered);
        const auto cell = integer(found->at("minimum_cell"));
        if (!cell) return base::error_of(cell);
        study.minimum_cell = *cell;
        const auto sites = integer(found->at("minimum_sites"));
        if (!sites) return base::error_of(sites);
        study.minimum_sites = *sites;
        return study;
    } catch (const json::exception& error) {
        return base::environment_error(
            fmt::format("the node answered a study of another form: {}", error.what()));
    }
}

json summary_json(const Summary& summary) {
    json all = json::array();
    for (const Measure& measure : summary.measures) {
        all.push_back({{"kind", name_of(measure.kind)},
                       {"name", measure.name},
                       {"amount", std::to_string(measure.amount)}});
    }
    return all;
}

base::Result<crypto::Hash> digest_of(const Summary& summary, const crypto::Hash& salt) {
    const auto type = summary_type();
    if (!type) return base::error_of(type);
    std::vector<value::Value> elements;
    for (const Measure& measure : summary.measures) {
        const value::EnumMember kind{static_cast<std::uint32_t>(measure.kind)};
        elements.push_back({value::Record{{{kind}, {measure.name}, {measure.amount}}}});
    }
    const value::Value set{value::make_set(std::move(elements))};
    if (const auto ok = value::check(set, **type); !ok) return base::error_of(ok);
    // hash(summary, salt) of the language.
    base::Writer out;
    out.bytes(value::to_bytes(set, **type));
    out.bytes(salt.bytes);
    return crypto::sha256(out.out());
}

base::Result<StudyRun> run_study(client::Client& node, const client::KeyFile& key,
                                 const DataSet& set, const std::string& name) {
    const auto study = read_study(node, name);
    if (!study) return base::error_of(study);
    if (!compare(set, set.records).same()) {
        return base::input_error(
            "the stored records are not what was loaded; `edict site verify` names them");
    }
    StudyRun run;
    auto summary = summarize(set.schema, set.records, study->measures);
    if (!summary) return base::error_of(summary);
    run.summary = *std::move(summary);
    crypto::Hash salt;
    crypto::random_bytes(salt.bytes);
    const auto digest = digest_of(run.summary, salt);
    if (!digest) return base::error_of(digest);

    const std::pair<const char*, json> steps[] = {
        {"commit_summary",
         {{"study", name},
          {"digest", digest->hex()},
          {"smallest_cell", std::to_string(run.summary.smallest_cell)}}},
        {"submit_summary",
         {{"study", name}, {"summary", summary_json(run.summary)}, {"salt", salt.hex()}}}};
    for (const auto& [action, arguments] : steps) {
        run.step = action;
        run.sent = false;
        auto tried = node.dry_run(key.party, FEDERATION, action, arguments);
        if (!tried) return base::error_of(tried);
        run.end = *std::move(tried);
        if (run.end.receipt.outcome != ledger::Outcome::committed) return run;
        auto sent = node.call(key, FEDERATION, action, arguments);
        if (!sent) return base::error_of(sent);
        run.end = *std::move(sent);
        run.sent = true;
        if (run.end.receipt.outcome != ledger::Outcome::committed) return run;
    }
    return run;
}

base::Result<std::vector<Total>> read_totals(client::Client& node, const Study& study) {
    const auto read = [&](MeasureKind kind, const std::string& name) -> base::Result<std::int64_t> {
        const auto found =
            node.state(FEDERATION, "totals", json::array({study.name, name_of(kind), name}));
        if (!found) return base::error_of(found);
        if (found->is_null()) return std::int64_t{0};
        return integer(*found);
    };
    std::vector<Total> totals;
    for (const std::string& name : study.measures) {
        Total total;
        total.name = name;
        const auto cell = read(MeasureKind::cell, name);
        if (!cell) return base::error_of(cell);
        total.cell = *cell;
        const auto squares = read(MeasureKind::sum_of_squares, name);
        if (!squares) return base::error_of(squares);
        total.squares = *squares;
        const auto sum = read(MeasureKind::sum, name);
        if (!sum) return base::error_of(sum);
        total.sum = *sum;
        // As site/statistics.h names them: everything else is a count.
        total.is_number = name != "n" && name.find('=') == std::string::npos;
        totals.push_back(std::move(total));
    }
    return totals;
}

}  // namespace edict::site
