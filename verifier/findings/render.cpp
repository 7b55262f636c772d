#include "verifier/findings/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "verifier/findings/verify.h"

namespace edict::findings {

namespace {

std::size_t width_of(std::string_view text) {
    std::size_t width = 0;
    for (const char c : text) {
        if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++width;
    }
    return width;
}

// "  --> file:line:column", the line, and carets with a few words.
std::string shown_place(const Place& place, const source::SourceMap& sources) {
    const source::Position at = sources.position(place.span.file, place.span.begin);
    const std::string_view line = sources.line(place.span.file, at.line);
    const std::uint32_t begin = sources.line_begin(place.span.file, at.line);
    const std::size_t first = std::min<std::size_t>(place.span.begin - begin, line.size());
    const std::size_t last = std::clamp<std::size_t>(place.span.end - begin, first, line.size());
    std::string carets(width_of(line.substr(0, first)), ' ');
    carets.append(std::max<std::size_t>(1, width_of(line.substr(first, last - first))), '^');
    return fmt::format("  --> {}:{}:{}\n{:>5} | {}\n      | {} {}\n", sources.path(place.span.file),
                       at.line, at.column, at.line, line, carets, place.text);
}

const char* severity_of(const Finding& finding) {
    if (finding.kind == Kind::unknown) return "unknown";
    return finding.blocks ? "finding" : "note";
}

std::string shown(const Finding& finding, const check::Program& program,
                  const source::SourceMap& sources) {
    std::string text =
        fmt::format("{}[{}]: {}\n", severity_of(finding), code_of(finding.kind), finding.message);
    for (const Place& place : finding.places) {
        if (place.span.file.value < sources.size()) text += shown_place(place, sources);
    }
    if (finding.witness) {
        text += "  witness, from a state that is assumed:\n";
        for (const std::string& line : story_lines(finding.witness->story, program)) {
            text += "    " + line + "\n";
        }
        text += "  replayed:\n";
        for (const std::string& line : replay_lines(*finding.witness, program)) {
            text += "    " + line + "\n";
        }
    }
    for (const std::string& note : finding.notes) text += "  note: " + note + "\n";
    if (!finding.help.empty()) text += "  help: " + finding.help + "\n";
    return text + "\n";
}

std::string count(std::size_t number, const char* one, const char* many) {
    return fmt::format("{} {}", number, number == 1 ? one : many);
}

std::string summary(const Report& report) {
    std::size_t blocking = 0, notes = 0, unknown = 0;
    for (const Finding& finding : report.findings) {
        if (finding.kind == Kind::unknown) {
            ++unknown;
        } else {
            ++(finding.blocks ? blocking : notes);
        }
    }
    const Proved& proved = report.proved;
    std::string text =
        fmt::format("{} and {} looked at\n", count(report.actions, "action", "actions"),
                    count(report.rules, "rule", "rules"));
    text += fmt::format(
        "proved: {} can apply, {} of permit and forbid never meet, {} without a gap, {}, {} never "
        "without a value\n",
        count(proved.rules_can_apply, "rule", "rules"),
        count(proved.pairs_do_not_meet, "pair", "pairs"),
        count(proved.actions_without_gap, "action", "actions"),
        count(proved.assertions_hold, "assertion holds", "assertions hold"),
        count(proved.conditions_without_error, "condition", "conditions"));
    if (proved.tables_without_gap > 0) {
        text.pop_back();
        text += fmt::format(", {} without a gap\n",
                            count(proved.tables_without_gap, "table", "tables"));
    }
    if (proved.invariants_hold > 0) {
        text.pop_back();
        text += fmt::format(", {}\n",
                            count(proved.invariants_hold, "invariant holds", "invariants hold"));
    }
    text += fmt::format("{}, {}, {} not settled\n", count(blocking, "finding", "findings"),
                        count(notes, "note", "notes"), unknown);
    return text;
}

nlohmann::json place_json(const Place& place, const source::SourceMap& sources) {
    nlohmann::json json;
    json["text"] = place.text;
    if (place.span.file.value >= sources.size()) return json;
    const source::Position begin = sources.position(place.span.file, place.span.begin);
    const source::Position end = sources.position(place.span.file, place.span.end);
    json["file"] = sources.path(place.span.file);
    json["line"] = begin.line;
    json["column"] = begin.column;
    json["end_line"] = end.line;
    json["end_column"] = end.column;
    return json;
}

nlohmann::json finding_json(const Finding& finding, const check::Program& program,
                            const source::SourceMap& sources) {
    nlohmann::json json;
    json["code"] = code_of(finding.kind);
    json["kind"] = title_of(finding.kind);
    json["blocks"] = finding.blocks;
    json["message"] = finding.message;
    json["module"] = finding.module;
    json["action"] = finding.action;
    json["rules"] = finding.rules;
    json["citations"] = finding.citations;
    json["notes"] = finding.notes;
    json["help"] = finding.help;
    json["places"] = nlohmann::json::array();
    for (const Place& place : finding.places) {
        json["places"].push_back(place_json(place, sources));
    }
    if (finding.witness) {
        json["witness"] = {{"state", "assumed"},
                           {"story", story_lines(finding.witness->story, program)},
                           {"replay", replay_lines(*finding.witness, program)}};
    }
    return json;
}

}  // namespace

std::string to_human(const Report& report, const check::Program& program,
                     const source::SourceMap& sources) {
    std::string text;
    for (const Finding& finding : report.findings) text += shown(finding, program, sources);
    return text + summary(report);
}

std::string to_json(const Report& report, const check::Program& program,
                    const source::SourceMap& sources) {
    nlohmann::json json;
    json["findings"] = nlohmann::json::array();
    for (const Finding& finding : report.findings) {
        json["findings"].push_back(finding_json(finding, program, sources));
    }
    const Proved& proved = report.proved;
    json["proved"] = {{"rules_can_apply", proved.rules_can_apply},
                      {"pairs_do_not_meet", proved.pairs_do_not_meet},
                      {"actions_without_gap", proved.actions_without_gap},
                      {"assertions_hold", proved.assertions_hold},
                      {"conditions_without_error", proved.conditions_without_error},
                      {"tables_without_gap", proved.tables_without_gap},
                      {"invariants_hold", proved.invariants_hold}};
    json["questions"] = {{"asked", report.statistics.questions},
                         {"refuted_by_bounds", report.statistics.refuted},
                         {"shown_by_trial", report.statistics.witnessed},
                         {"left_to_solver", report.statistics.solved}};
    json["blocked"] = report.has_blocking();
    json["unknown"] = report.has_unknown();
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::vector<std::string> blocking_texts(const Report& report) {
    std::vector<std::string> texts;
    for (const Finding& finding : report.findings) {
        if (!finding.blocks) continue;
        std::string text =
            fmt::format("{} {}: {}", code_of(finding.kind), finding.module, finding.message);
        std::string cited;
        for (const std::string& citation : finding.citations) {
            cited += (cited.empty() ? "" : ", ") + citation;
        }
        if (!cited.empty()) text += " (" + cited + ")";
        texts.push_back(std::move(text));
    }
    return texts;
}

}  // namespace edict::findings
