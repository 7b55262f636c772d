// What of the rules the tests have reached. Measured by probes: rules that decide nothing, added to
// a copy of each regulation, one for each part of a condition; so a covered run decides as every
// other.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "cli/pipeline.h"
#include "vm/call/case.h"

namespace edict::cli {

class Coverage {
public:
    // Of the regulations among the files given. Fails if the probes do not fit into a module.
    [[nodiscard]] static base::Result<Coverage> of(const Compilation& made);

    // The modules with their probes: a story is run on them, and what it reached is added.
    [[nodiscard]] const call::LinkedSet& set() const { return linked_; }
    void add(const call::CaseReport& report);

    // How much was reached, and a line with its place for all that was not, in the order of the
    // text.
    [[nodiscard]] std::string report(const source::SourceMap& sources) const;
    // Whether every rule and exception was reached.
    [[nodiscard]] bool is_complete() const;

private:
    enum class Kind : std::uint8_t { rule, part, exception };
    struct Place {  // one piece of the text, for all actions that its rule names
        Kind kind = Kind::rule;
        source::Span span;
        std::string name;  // of a rule
        bool was_true = false;
        bool was_false = false;
        [[nodiscard]] bool reached() const { return was_true && (kind != Kind::part || was_false); }
    };
    struct Probe {  // a rule of the copy
        std::size_t place = 0;
        std::uint32_t rule = 0;   // its index
        std::uint32_t owner = 0;  // index of the rule that it is a part of
    };

    Coverage() = default;
    void probe(check::Program& program, std::size_t module);
    void probe_rule(check::Program& program, std::size_t module, std::uint32_t owner);
    std::size_t place(Kind kind, source::Span span, const std::string& name);

    std::vector<Place> places_;
    std::map<std::tuple<source::FileId, std::uint32_t, std::uint32_t, Kind>, std::size_t> by_span_;
    // By regulation, module and action.
    std::map<std::tuple<std::string, std::string, std::string>, std::vector<Probe>> probes_;
    call::LinkedSet linked_;
};

}  // namespace edict::cli
