#include "site/statistics.h"

#include <fmt/format.h>

#include <limits>
#include <optional>

#include "site/limits.h"

namespace edict::site {

namespace {

using value::Kind;
using value::Value;

// Wide enough for 10^9 squares of values below 10^16.
__extension__ using Wide = __int128;

// A value that a record must have to be counted.
struct Condition {
    std::size_t column = 0;
    Value value;
};

// One name of a study, and what was found for it so far.
struct Question {
    std::string name;
    std::vector<Condition> conditions;  // of a count
    std::optional<std::size_t> number;  // the Int column that is summed
    Wide cell = 0, sum = 0, squares = 0;
    Wide others = 0;  // records of a count with values in all its columns, but others
};

// What a record has in a column; null if it is missing.
const Value* there(const Schema& schema, const value::Record& record, std::size_t column) {
    const Value& field = record.fields[column];
    if (!schema.columns[column].is_optional()) return &field;
    const auto& element = std::get<value::Optional>(field.data).element;
    return element.empty() ? nullptr : &element.front();
}

base::Result<Condition> read_condition(const Schema& schema, std::string_view text,
                                       const std::string& name) {
    const std::size_t sign = text.find('=');
    const Column* column = find_column(schema, text.substr(0, sign));
    if (sign == text.npos || column == nullptr) {
        return base::input_error(
            fmt::format("the study asks for {}, and these data have no column \"{}\"", name,
                        text.substr(0, sign)));
    }
    const auto index = static_cast<std::size_t>(column - schema.columns.data());
    const std::string_view wanted = text.substr(sign + 1);
    const value::Type& type = column->core();
    if (type.kind == Kind::boolean) {
        if (wanted == column->true_text) return Condition{index, Value{true}};
        if (wanted == column->false_text) return Condition{index, Value{false}};
    }
    if (type.kind == Kind::enumeration) {
        for (std::uint32_t i = 0; i < type.members.size(); ++i) {
            if (type.members[i] == wanted) return Condition{index, Value{value::EnumMember{i}}};
        }
    }
    return base::input_error(fmt::format(
        "the study asks for {}; counts are of the values of Bool and enum columns, and {} has no "
        "value \"{}\"",
        name, column->name, wanted));
}

base::Result<Question> read_question(const Schema& schema, const std::string& name) {
    Question question;
    question.name = name;
    if (name.find('=') != std::string::npos) {
        std::string_view rest = name;
        while (true) {
            const std::size_t comma = rest.find(',');
            auto condition = read_condition(schema, rest.substr(0, comma), name);
            if (!condition) return base::error_of(condition);
            question.conditions.push_back(*std::move(condition));
            if (comma == rest.npos) return question;
            rest.remove_prefix(comma + 1);
        }
    }
    if (const Column* column = find_column(schema, name)) {
        if (column->core().kind == Kind::integer) {
            question.number = static_cast<std::size_t>(column - schema.columns.data());
            return question;
        }
        return base::input_error(fmt::format(
            "the study asks for {}, which is no Int column; a count is written {}=VALUE", name,
            name));
    }
    if (name == "n") return question;
    return base::input_error(
        fmt::format("the study asks for {}, and these data have no such column", name));
}

void take(const Schema& schema, const value::Record& record, Question& question) {
    if (question.number) {
        const Value* value = there(schema, record, *question.number);
        if (value == nullptr) return;
        const Wide amount = std::get<std::int64_t>(value->data);
        ++question.cell;
        question.sum += amount;
        question.squares += amount * amount;
        return;
    }
    bool all = true;
    for (const Condition& condition : question.conditions) {
        const Value* value = there(schema, record, condition.column);
        if (value == nullptr) return;
        all = all && *value == condition.value;
    }
    ++(all ? question.cell : question.others);
}

class SummaryMaker {
public:
    base::Status add(const Question& question) {
        if (const auto ok = put(MeasureKind::cell, question.name, question.cell); !ok) return ok;
        note_cell(question.cell, question.name);
        if (question.others != 0) note_cell(question.others, "not " + question.name);
        if (!question.number) return {};
        if (const auto ok = put(MeasureKind::sum, question.name, question.sum); !ok) return ok;
        return put(MeasureKind::sum_of_squares, question.name, question.squares);
    }
    [[nodiscard]] Summary take() { return std::move(made_); }

private:
    base::Status put(MeasureKind kind, const std::string& name, Wide amount) {
        if (amount > std::numeric_limits<std::int64_t>::max() ||
            amount < std::numeric_limits<std::int64_t>::min()) {
            return base::input_error(fmt::format("a sum over {} does not fit into an Int", name));
        }
        made_.measures.push_back({kind, name, static_cast<std::int64_t>(amount)});
        if (made_.measures.size() <= MAX_MEASURES) return {};
        return base::input_error(
            fmt::format("the study asks for more than {} values", MAX_MEASURES));
    }

    void note_cell(Wide cell, const std::string& name) {
        if (!made_.smallest_name.empty() && cell >= made_.smallest_cell) return;
        made_.smallest_cell = static_cast<std::int64_t>(cell);
        made_.smallest_name = name;
    }

    Summary made_;
};

}  // namespace

base::Result<Summary> summarize(const Schema& schema, std::span<const base::Bytes> records,
                                const std::vector<std::string>& names) {
    std::vector<Question> questions;
    for (const std::string& name : names) {
        auto question = read_question(schema, name);
        if (!question) return base::error_of(question);
        questions.push_back(*std::move(question));
    }
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto record = value::from_bytes(records[i], *schema.record);
        if (!record) {
            return base::in_context(fmt::format("record {}", i + 1), record.error());
        }
        for (Question& question : questions) {
            take(schema, std::get<value::Record>(record->data), question);
        }
    }
    SummaryMaker maker;
    for (const Question& question : questions) {
        if (const auto ok = maker.add(question); !ok) return base::error_of(ok);
    }
    return maker.take();
}

}  // namespace edict::site
