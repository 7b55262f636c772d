// Programs from texts, for the tests of the checker.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/source/source_map.h"

namespace edict::check {

struct Checked {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    std::deque<ast::File> trees;
    std::optional<Program> program;

    [[nodiscard]] std::string human() const;  // all diagnostics
    [[nodiscard]] std::vector<std::string> codes() const;
    // By name; the tests know that it is there.
    [[nodiscard]] const Module& module(const std::string& name) const;
    [[nodiscard]] const Action& action(const std::string& module, const std::string& name) const;
    [[nodiscard]] const Rule& rule(const std::string& module, const std::string& name) const;
};

[[nodiscard]] Checked check_texts(const std::vector<std::string>& texts,
                                  const std::vector<std::string>& built_in = {});

// Statements in an action `act(n: Int, small: Int 0..10, day: Date?, names: Set<Text, 8>)` of a
// contract with some stores; see check_support.cpp.
[[nodiscard]] Checked check_statements(const std::string& statements);
// The typed form of an expression there, as an s-expression; "error E0301" if it has one.
[[nodiscard]] std::string typed(const std::string& expression);
[[nodiscard]] std::string show(const Program& program, const Expr& expr);

}  // namespace edict::check
