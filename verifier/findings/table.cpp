// Tables: values that no row fits, rows of a unique table that disagree, rows that never count.
#include <fmt/format.h>

#include "compiler/check/tables.h"
#include "compiler/check/typing.h"
#include "verifier/findings/context.h"

namespace edict::findings {

namespace {

// One table over all values that its columns may have.
class TableAnalysis {
public:
    TableAnalysis(Run& run, const check::Module& module, const check::Table& table)
        : run_(run),
          module_(module),
          table_(table),
          world_(run.program),
          solver_(world_.terms, run.session) {
        encode::Site site;
        std::vector<check::ExprRef> columns;
        for (std::uint32_t i = 0; i < table.parameters.size(); ++i) {
            const check::Parameter& column = table.parameters[i];
            site.locals.push_back(world_.symbols.fresh(*column.type, column.name));
            columns.push_back(
                check::make(column.type, column.span, check::LocalRead{check::LocalId{i}}));
        }
        columns_ = site.locals;
        for (const check::TableRow& row : table.rows)
            rows_.push_back(world_.condition(site, check::fits(row, columns)).yes);
        world_.symbols.saturate();
    }

    void report() {
        gap();
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            shadowed(i);
            if (table_.unique) disagreement(i);
        }
    }

private:
    using Values = std::vector<value::Value>;

    [[nodiscard]] Finding about(std::string message) const {
        Finding finding;
        finding.kind = Kind::table;
        finding.message = std::move(message);
        finding.module = module_.name;
        return finding;
    }

    // The columns of the model of the last answer; none if one cannot be built.
    std::optional<Values> values() {
        encode::Concrete concrete(world_, solver_.model(), solver_.slice());
        Values made;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            auto value = concrete.value(columns_[i], *table_.parameters[i].type);
            if (!value) return std::nullopt;
            made.push_back(std::move(*value));
        }
        return made;
    }
    [[nodiscard]] std::string shown(const Values& values) const {
        std::string text;
        for (std::size_t i = 0; i < values.size(); ++i) {
            text += fmt::format("{}{} = {}", i == 0 ? "" : ", ", table_.parameters[i].name,
                                value::to_text(values[i], *table_.parameters[i].type));
        }
        return text;
    }
    [[nodiscard]] std::string said(std::size_t row) const {
        return value::to_text(table_.rows[row].value, *table_.result);
    }

    void unknown(Finding finding, const std::string& why) {
        finding.kind = Kind::unknown;
        finding.blocks = true;
        finding.message = fmt::format("it is not settled whether {}", finding.message);
        finding.notes = {why};
        finding.help.clear();
        run_.report.findings.push_back(std::move(finding));
    }

    // Adds the finding if the question can be answered with values that the rows themselves
    // confirm.
    template <typename Confirm, typename Add>
    bool ask(const std::vector<Term>& question, const Finding& finding, Confirm confirm, Add add) {
        const smt::Verdict verdict = solver_.check(question);
        if (verdict == smt::Verdict::unsat) return true;
        if (verdict != smt::Verdict::sat) {
            unknown(finding, solver_.why());
            return false;
        }
        const auto found = values();
        if (!found || !confirm(*found)) {
            unknown(finding, found ? "internal error: the values that were found do not reproduce; "
                                     "please report it"
                                   : "possible values were found, but they cannot be built");
            return false;
        }
        Finding made = finding;
        add(made, *found);
        run_.report.findings.push_back(std::move(made));
        return false;
    }

    void gap() {
        Finding finding = about(fmt::format("no row of table {} fits some values", table_.name));
        finding.blocks = false;  // where a rule may meet them, that is a finding of its own
        finding.places.push_back({table_.span, "this table"});
        finding.help = "add a row for them";
        std::vector<Term> question;
        for (const Term row : rows_) question.push_back(smt::Terms::negate(row));
        const auto none = [&](const Values& given) {
            for (const check::TableRow& row : table_.rows) {
                if (check::fits(row, given)) return false;
            }
            return true;
        };
        const bool complete = ask(question, finding, none, [&](Finding& made, const Values& given) {
            made.notes.push_back(
                fmt::format("such as {}: there the table has no value, and "
                            "what asks for it is in error",
                            shown(given)));
        });
        if (complete) ++run_.report.proved.tables_without_gap;
    }

    // Of a table that takes the first row: one that earlier rows leave nothing to; of any table:
    // one that fits no values of its columns.
    void shadowed(std::size_t row) {
        Finding finding = about(fmt::format("a row of table {} never counts", table_.name));
        finding.blocks = false;
        finding.places.push_back({table_.rows[row].span, "this row"});
        std::vector<Term> question{rows_[row]};
        for (std::size_t i = 0; !table_.unique && i < row; ++i)
            question.push_back(smt::Terms::negate(rows_[i]));
        const smt::Verdict verdict = solver_.check(question);
        if (verdict == smt::Verdict::sat) return;
        if (verdict != smt::Verdict::unsat) return unknown(finding, solver_.why());
        finding.notes.emplace_back(table_.unique ? "its columns have no values that it fits"
                                                 : "whatever it fits, a row before it fits too");
        finding.help = "remove it, or move it up";
        if (table_.unique) finding.help = "remove it, or correct its cells";
        run_.report.findings.push_back(std::move(finding));
    }

    void disagreement(std::size_t row) {
        std::vector<std::size_t> others;
        std::vector<Term> any;
        for (std::size_t i = row + 1; i < rows_.size(); ++i) {
            const bool agree = value::compare(table_.rows[i].value, table_.rows[row].value) == 0;
            if (agree || check::apart(table_.rows[row], table_.rows[i])) continue;
            others.push_back(i);
            any.push_back(rows_[i]);
        }
        if (others.empty()) return;
        Finding finding = about(fmt::format("rows of table {} disagree", table_.name));
        finding.places.push_back(
            {table_.rows[row].span, fmt::format("this row says {}", said(row))});
        finding.help =
            "let them fit different values or say the same; or write `first` in place of "
            "`unique`, so that the upper one counts";
        std::size_t other = 0;
        const auto both = [&](const Values& given) {
            if (!check::fits(table_.rows[row], given)) return false;
            for (const std::size_t i : others) {
                other = i;
                if (check::fits(table_.rows[i], given)) return true;
            }
            return false;
        };
        (void)ask({rows_[row], world_.terms.any(std::move(any))}, finding, both,
                  [&](Finding& made, const Values& given) {
                      made.places.push_back(
                          {table_.rows[other].span, fmt::format("and this one {}", said(other))});
                      made.notes.push_back(
                          fmt::format("both fit {}: there the table has no value", shown(given)));
                  });
    }

    Run& run_;
    const check::Module& module_;
    const check::Table& table_;
    encode::World world_;
    smt::Solver solver_;
    std::vector<encode::Symbol> columns_;
    std::vector<Term> rows_;  // whether each fits
};

}  // namespace

void check_tables(Run& run) {
    for (const check::Module& module : run.program.modules) {
        for (const check::Table& table : module.tables) TableAnalysis(run, module, table).report();
    }
}

}  // namespace edict::findings
