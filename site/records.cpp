#include "site/records.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "site/limits.h"

namespace edict::site {

namespace {

using value::Kind;
using value::Value;

std::string quoted(std::string_view text) {
    constexpr std::size_t SHOWN = 40;
    std::size_t end = std::min(text.size(), SHOWN);
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    std::string shown;
    for (const char c : text.substr(0, end)) {
        shown += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return fmt::format("\"{}{}\"", shown, end < text.size() ? "…" : "");
}

// What is wrong with one field; the caller adds the place.
struct Wrong {
    std::string what;
    std::string repair;
};

// "-12" or, with decimals, "5.2": digits, at most `decimals` of them after a point.
std::optional<std::int64_t> whole_number(std::string_view text, std::uint32_t decimals) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    const std::string_view after = point == text.npos ? "" : text.substr(point + 1);
    if (point != text.npos && (after.empty() || after.size() > decimals)) return std::nullopt;
    std::string digits(text.substr(0, point));
    if (digits.empty()) return std::nullopt;
    digits += after;
    digits.append(decimals - after.size(), '0');
    if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return std::nullopt;
    }
    std::int64_t number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (read.ec != std::errc()) return std::nullopt;
    return negative ? -number : number;
}

std::optional<Value> read_integer(const Column& column, std::string_view text, Wrong& wrong) {
    const std::optional<std::int64_t> number = whole_number(text, column.decimals);
    if (!number) {
        wrong.what =
            fmt::format("{} is not {}", quoted(text),
                        column.decimals == 0
                            ? "a whole number"
                            : fmt::format("a number with at most {} decimals", column.decimals));
        wrong.repair = "write digits only, with a point before decimals: no spaces, no separators";
        return std::nullopt;
    }
    const value::Type& type = column.core();
    if (*number >= type.low && *number <= type.high) return Value{*number};
    Column plain = column;
    plain.type = value::integer_type();
    wrong.what = fmt::format("{} is not from {} to {}", text, field_text(plain, Value{type.low}),
                             field_text(plain, Value{type.high}));
    wrong.repair = "correct the value, or the bounds in the schema";
    return std::nullopt;
}

std::optional<Value> read_core(const Column& column, std::string_view text, Wrong& wrong) {
    const value::Type& type = column.core();
    switch (type.kind) {
        case Kind::integer:
            return read_integer(column, text, wrong);
        case Kind::boolean:
            if (text == column.true_text) return Value{true};
            if (text == column.false_text) return Value{false};
            wrong.what = fmt::format("{} is neither \"{}\" nor \"{}\"", quoted(text),
                                     column.true_text, column.false_text);
            wrong.repair = "write one of the two, in the same letters";
            return std::nullopt;
        case Kind::enumeration: {
            const auto member = std::find(type.members.begin(), type.members.end(), text);
            if (member != type.members.end()) {
                return Value{
                    value::EnumMember{static_cast<std::uint32_t>(member - type.members.begin())}};
            }
            wrong.what =
                fmt::format("{} is none of: {}", quoted(text), fmt::join(type.members, ", "));
            wrong.repair = "write one of them, in the same letters";
            return std::nullopt;
        }
        case Kind::date:
            if (const auto date = value::date_from_text(text)) return Value{*date};
            wrong.what = fmt::format("{} is not a date", quoted(text));
            wrong.repair = "write year, month and day: 2026-02-01";
            return std::nullopt;
        default:
            break;
    }
    const base::Result<std::string> canonical = value::to_nfc(text);
    if (canonical && canonical->size() <= type.capacity) return Value{*canonical};
    wrong.what = canonical ? fmt::format("a text of {} bytes; the limit is {}", canonical->size(),
                                         type.capacity)
                           : canonical.error().message;
    wrong.repair = canonical ? "shorten it, or raise `bytes` in the schema" : "correct the text";
    return std::nullopt;
}

std::optional<Value> read_field(const Column& column, const CsvField& field, Wrong& wrong) {
    if (!column.is_optional()) {
        if (!field.text.empty() || column.core().kind == Kind::text) {
            return read_core(column, field.text, wrong);
        }
        wrong.what = "the value is missing";
        wrong.repair = "fill it in, or say `optional = true` in the schema";
        return std::nullopt;
    }
    if (field.text.empty() && !field.quoted) return Value{value::Optional{}};
    std::optional<Value> there = read_core(column, field.text, wrong);
    if (!there) return std::nullopt;
    return Value{value::Optional{{std::move(*there)}}};
}

// Whether the first row names the columns of the schema, in its order.
bool check_header(const CsvRow& header, const Schema& schema, Faults& faults) {
    const auto repair = [&] {
        std::vector<std::string> names;
        for (const Column& column : schema.columns) names.push_back(column.name);
        return fmt::format("the first line is: {}", fmt::join(names, ","));
    };
    const char separator = header.fields[0].text.find(';') != std::string::npos    ? ';'
                           : header.fields[0].text.find('\t') != std::string::npos ? '\t'
                                                                                   : ',';
    if (header.fields.size() == 1 && separator != ',') {
        faults.add({header.line, 1,
                    fmt::format("the fields are separated by {}, not by commas",
                                separator == ';' ? "semicolons" : "tabs"),
                    "save the file as CSV with commas"});
        return false;
    }
    const std::size_t common = std::min(header.fields.size(), schema.columns.size());
    for (std::size_t i = 0; i < common; ++i) {
        const CsvField& field = header.fields[i];
        if (field.text == schema.columns[i].name) continue;
        faults.add({field.line, field.column,
                    fmt::format("column {} is called {}, and in the schema {}", i + 1,
                                quoted(field.text), quoted(schema.columns[i].name)),
                    repair()});
        return false;
    }
    if (header.fields.size() == schema.columns.size()) return true;
    faults.add({header.line, 1,
                fmt::format("{} columns, and the schema has {}", header.fields.size(),
                            schema.columns.size()),
                repair()});
    return false;
}

std::optional<Value> read_row(const CsvRow& row, const Schema& schema, Faults& faults) {
    if (row.fields.size() != schema.columns.size()) {
        const bool is_empty = row.fields.size() == 1 && row.fields[0].text.empty();
        faults.add({row.line, 1,
                    is_empty ? "an empty line"
                             : fmt::format("{} fields, and there are {} columns", row.fields.size(),
                                           schema.columns.size()),
                    is_empty ? "remove it" : "look for a comma too few or too many"});
        return std::nullopt;
    }
    bool right = true;
    value::Record record;
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
        const CsvField& field = row.fields[i];
        Wrong wrong;
        std::optional<Value> value = read_field(schema.columns[i], field, wrong);
        if (value) {
            record.fields.push_back(std::move(*value));
            continue;
        }
        right = false;
        faults.add({field.line, field.column,
                    fmt::format("{}: {}", schema.columns[i].name, wrong.what), wrong.repair});
    }
    if (!right) return std::nullopt;
    return Value{std::move(record)};
}

}  // namespace

Records read_records(std::string_view csv, const Schema& schema, Faults& faults) {
    Records all;
    if (csv.size() > MAX_CSV_BYTES) {
        faults.add({1, 1,
                    fmt::format("a file of {} bytes; the limit is {}", csv.size(), MAX_CSV_BYTES),
                    "split it into several data sets"});
        return all;
    }
    if (!check_encoding(csv, faults)) return all;
    CsvReader reader(csv);
    CsvRow row;
    if (!reader.next(row, faults)) {
        if (faults.empty())
            faults.add({1, 1, "the file is empty", "begin it with the column names"});
        return all;
    }
    if (!check_header(row, schema, faults)) return all;
    while (reader.next(row, faults)) {
        const std::optional<Value> record = read_row(row, schema, faults);
        if (!record) continue;
        all.records.push_back(value::to_bytes(*record, *schema.record));
        all.lines.push_back(row.line);
    }
    if (all.records.empty() && faults.empty()) {
        faults.add({row.line, 1, "there are column names and no records", "add the records"});
    }
    return all;
}

std::string render(const Faults& faults, const std::string& path) {
    std::string text;
    for (const Fault& fault : faults.first()) {
        text += fmt::format("{}:{}:{}: {}\n    help: {}\n", path, fault.line, fault.column,
                            fault.what, fault.repair);
    }
    const std::uint64_t more = faults.count() - faults.first().size();
    if (more != 0) text += fmt::format("and {} more\n", more);
    return text;
}

}  // namespace edict::site
