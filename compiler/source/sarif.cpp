#include "compiler/source/sarif.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

namespace edict::source {
namespace {

using Json = nlohmann::json;

// RFC 3986: a path as a relative reference, or as a file URI if it begins at the root.
std::string uri_of(std::string_view path) {
    std::string out(path.starts_with("/") ? "file://" : "");
    for (const char c : path) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') ||
                           std::string_view("/-._~").find(c) != std::string_view::npos;
        if (plain) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    // A first part with a colon would be a scheme; the colon is encoded, so it is none.
    return out;
}

Json location(Span span, const SourceMap& sources) {
    const Position begin = sources.position(span.file, span.begin);
    const Position end = sources.position(span.file, span.end);
    return {{"physicalLocation",
             {{"artifactLocation", {{"uri", uri_of(sources.path(span.file))}}},
              {"region",
               {{"startLine", begin.line},
                {"startColumn", begin.column},
                {"endLine", end.line},
                {"endColumn", end.column},
                {"byteOffset", span.begin},
                {"byteLength", span.end - span.begin}}}}}};
}

std::string_view level(Code code) {
    return severity(code) == Severity::error ? "error" : "warning";
}

Json result(const Diagnostic& diagnostic, std::size_t rule, const SourceMap& sources) {
    std::string text = diagnostic.message;
    if (!diagnostic.help.empty()) text += "\nhelp: " + diagnostic.help;
    if (!diagnostic.citation.empty()) text += "\ncites: " + diagnostic.citation;
    Json out = {{"ruleId", name(diagnostic.code)},
                {"ruleIndex", rule},
                {"level", level(diagnostic.code)},
                {"message", {{"text", text}}},
                {"locations", Json::array({location(diagnostic.span, sources)})}};
    for (const Label& label : diagnostic.labels) {
        Json related = location(label.span, sources);
        related["id"] = out["relatedLocations"].size() + 1;
        if (!label.text.empty()) related["message"] = {{"text", label.text}};
        out["relatedLocations"].push_back(std::move(related));
    }
    return out;
}

}  // namespace

std::string to_sarif(const Diagnostics& diagnostics, const SourceMap& sources) {
    std::map<Code, std::size_t> indexes;
    Json rules = Json::array();
    Json results = Json::array();
    for (const Diagnostic& diagnostic : diagnostics.list()) {
        const auto [index, is_new] = indexes.emplace(diagnostic.code, rules.size());
        if (is_new) {
            rules.push_back(
                {{"id", name(diagnostic.code)},
                 {"shortDescription", {{"text", title(diagnostic.code)}}},
                 {"help",
                  {{"text", explain(diagnostic.code)}, {"markdown", explain(diagnostic.code)}}},
                 {"defaultConfiguration", {{"level", level(diagnostic.code)}}}});
        }
        results.push_back(result(diagnostic, index->second, sources));
    }
    Json invocation = {{"executionSuccessful", true}};
    if (diagnostics.not_kept() > 0) {
        invocation["toolExecutionNotifications"] = Json::array(
            {{{"level", "warning"},
              {"message",
               {{"text", fmt::format("{} more are not shown", diagnostics.not_kept())}}}}});
    }
    const Json log = {
        {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
        {"version", "2.1.0"},
        {"runs", Json::array({{{"tool", {{"driver", {{"name", "edict"}, {"rules", rules}}}}},
                               {"invocations", Json::array({invocation})},
                               {"columnKind", "unicodeCodePoints"},
                               {"results", results}}})}};
    return log.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace edict::source
