// Diagnostic: one thing that the user should change, with where and how. Diagnostics: the list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/limits.h"
#include "compiler/source/span.h"

namespace edict::source {

enum class Severity : std::uint8_t { error, warning };

// The stable codes, of which diagnostics.def is the one table.
enum class Code : std::uint16_t {
#define EDICT_DIAGNOSTIC(code, severity, title) code,
#include "compiler/source/diagnostics.def"
#undef EDICT_DIAGNOSTIC
};

[[nodiscard]] std::string_view name(Code code);   // "E0101"
[[nodiscard]] std::string_view title(Code code);  // a few words, the same for every occurrence
[[nodiscard]] Severity severity(Code code);
[[nodiscard]] std::optional<Code> find_code(std::string_view name);
[[nodiscard]] const std::vector<Code>& all_codes();  // in the order of the table

// What to read about a code: docs/errors/CODE.md, kept in the binary.
[[nodiscard]] std::string_view explain(Code code);

struct Label {
    Span span;
    std::string text;
};

struct Diagnostic {
    Code code{};
    std::string message;        // one sentence: what is wrong
    Span span;                  // the place to change
    std::string label;          // a few words under the carets; may be empty
    std::vector<Label> labels;  // other places that matter
    std::string help;           // how to repair it; may be empty
    std::string citation;       // of the rule at fault: "PIPL art 40"; may be empty

    // For building in one expression: d.add(code, span, "…").with_help("…").
    Diagnostic& with_label(std::string text);  // under the primary carets
    Diagnostic& with_label(Span where, std::string text);
    Diagnostic& with_help(std::string text);
    Diagnostic& with_citation(std::string text);
};

// The first MAX_DIAGNOSTICS are kept, the others only counted.
class Diagnostics {
public:
    // The reference is valid until the next add().
    Diagnostic& add(Code code, Span span, std::string message);
    void add(Diagnostic diagnostic);

    [[nodiscard]] const std::vector<Diagnostic>& list() const { return list_; }  // as they came
    [[nodiscard]] std::size_t errors() const { return errors_; }  // also those not kept
    [[nodiscard]] std::size_t warnings() const { return warnings_; }
    [[nodiscard]] bool has_errors() const { return errors_ > 0; }
    [[nodiscard]] std::size_t not_kept() const { return errors_ + warnings_ - list_.size(); }
    // Puts the kept ones in the order of the texts.
    void sort();
    // Replaces every text for people by change(file of the mistake, text).
    void reword(const std::function<std::string(FileId, const std::string&)>& change);

private:
    std::vector<Diagnostic> list_;
    Diagnostic dropped_;  // written to and forgotten when the list is full
    std::size_t errors_ = 0;
    std::size_t warnings_ = 0;
};

// "did you mean": the candidate nearest to a misspelt word, if one is near enough.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 const std::vector<std::string>& candidates);

}  // namespace edict::source
