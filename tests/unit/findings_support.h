// Verifies texts in tests: one contract and one regulation, or more.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/pipeline.h"
#include "compiler/source/render.h"
#include "verifier/findings/render.h"
#include "verifier/findings/verify.h"
#include "vm/runtime/interpreter.h"

namespace edict::findings {

struct Verified {
    cli::Compilation made;
    Report report;

    [[nodiscard]] std::vector<Finding> all(Kind kind) const {
        std::vector<Finding> found;
        for (const Finding& finding : report.findings) {
            if (finding.kind == kind) found.push_back(finding);
        }
        return found;
    }
    [[nodiscard]] std::string text() const { return to_human(report, *made.program, made.sources); }
};

// What is settled depends on the solver's resources alone, not on how busy the machine is.
inline Options without_clock() {
    Options options;
    options.limits.wall_ms = 300'000;
    return options;
}

inline Verified verify_texts(const std::vector<std::string>& texts,
                             const Options& options = without_clock()) {
    std::vector<std::pair<std::string, std::string>> named;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        named.emplace_back("text_" + std::to_string(i) + ".edict", texts[i]);
    }
    auto made = cli::compile_texts(std::move(named));
    Verified verified;
    if (!made) {
        ADD_FAILURE() << made.error().message;
        return verified;
    }
    verified.made = *std::move(made);
    const auto& diagnostics = verified.made.diagnostics;
    if (diagnostics.has_errors()) {
        ADD_FAILURE() << source::render(diagnostics, verified.made.sources, source::Form::human);
        return verified;
    }
    runtime::Interpreter engine;
    verified.report = verify(*verified.made.program, *verified.made.linked, engine, options);
    return verified;
}

}  // namespace edict::findings
