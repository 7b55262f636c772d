// Lowers texts in tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/pipeline.h"

namespace edict::lower {

inline cli::Compilation compiled(const std::vector<std::string>& texts) {
    std::vector<std::pair<std::string, std::string>> named;
    for (std::size_t i = 0; i < texts.size(); ++i)
        named.emplace_back("text_" + std::to_string(i) + ".edict", texts[i]);
    auto made = cli::compile_texts(std::move(named));
    if (!made) {
        ADD_FAILURE() << made.error().message;
        return {};
    }
    return *std::move(made);
}

inline std::string said(const cli::Compilation& made) {
    return source::render(made.diagnostics, made.sources, source::Form::brief);
}

}  // namespace edict::lower
