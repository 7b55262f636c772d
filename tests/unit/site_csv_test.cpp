// The CSV reader, the schema, and what is said about every row that is wrong.
#include <gtest/gtest.h>

#include "site/limits.h"
#include "site/records.h"

namespace edict::site {
namespace {

std::vector<std::vector<std::string>> rows_of(std::string_view text, Faults& faults) {
    CsvReader reader(text);
    CsvRow row;
    std::vector<std::vector<std::string>> all;
    while (reader.next(row, faults)) {
        std::vector<std::string>& fields = all.emplace_back();
        for (const CsvField& field : row.fields) fields.push_back(field.text);
    }
    return all;
}

TEST(Csv, reads_what_rfc_4180_allows) {
    using Rows = std::vector<std::vector<std::string>>;
    const struct {
        std::string_view text;
        Rows rows;
    } cases[] = {
        {"", {}},
        {"a", {{"a"}}},
        {"a\n", {{"a"}}},
        {"a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
        {"a,\n,b\n", {{"a", ""}, {"", "b"}}},
        {"\"a,b\",\"c\"\"d\"\n", {{"a,b", "c\"d"}}},
        {"\"two\nlines\",x\n", {{"two\nlines", "x"}}},
        {"\xEF\xBB\xBF"
         "a,b\n",
         {{"a", "b"}}},
        {"\"\"\n", {{""}}},
        {"a\n\nb\n", {{"a"}, {""}, {"b"}}},
        {"\xE5\xB9\xB4\xE9\xBE\x84,b\n", {{"\xE5\xB9\xB4\xE9\xBE\x84", "b"}}},
    };
    for (const auto& one : cases) {
        Faults faults;
        EXPECT_EQ(rows_of(one.text, faults), one.rows) << one.text;
        EXPECT_TRUE(faults.empty()) << one.text;
    }
}

TEST(Csv, names_line_and_column_of_what_it_refuses) {
    const struct {
        std::string_view text;
        std::uint64_t line, column;
        std::string_view what;
    } cases[] = {
        {"a,b\"c\n", 1, 4, "a quote inside"},
        {"a\n\"b\"c,d\n", 2, 4, "text after the closing quote"},
        {"a,b\nc,\"d\n", 2, 3, "a quote that is not closed"},
        {"a\rb\n", 1, 2, "a carriage return"},
        {"\xC3\xA9,\xC3\xA9\"\n", 1, 4, "a quote inside"},
    };
    for (const auto& one : cases) {
        Faults faults;
        (void)rows_of(one.text, faults);
        ASSERT_EQ(faults.count(), 1U) << one.text;
        EXPECT_EQ(faults.first()[0].line, one.line) << one.text;
        EXPECT_EQ(faults.first()[0].column, one.column) << one.text;
        EXPECT_TRUE(faults.first()[0].what.starts_with(one.what)) << faults.first()[0].what;
    }
}

TEST(Csv, goes_on_after_a_row_that_is_wrong) {
    Faults faults;
    const auto rows = rows_of("a,b\nx\"y,1\nc,d\n", faults);
    EXPECT_EQ(faults.count(), 1U);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1][0], "c");
}

TEST(Csv, finds_bytes_that_are_not_utf8) {
    for (const std::string_view bad :
         {"\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE0\x80\x80", "\x80"}) {
        Faults faults;
        EXPECT_FALSE(check_encoding("a\nbc" + std::string(bad), faults));
        ASSERT_EQ(faults.count(), 1U);
        EXPECT_EQ(faults.first()[0].line, 2U);
        EXPECT_EQ(faults.first()[0].column, 3U);
    }
    Faults faults;
    EXPECT_TRUE(check_encoding("\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80", faults));
}

constexpr std::string_view SCHEMA = R"(
name = "ward"
period_from = 2024-01-01
period_to = 2024-12-31
[[column]]
name = "age"
type = "Int"
low = 0
high = 120
[[column]]
name = "sex"
type = "enum"
members = ["female", "male"]
[[column]]
name = "smoke"
type = "Bool"
true = "yes"
false = "no"
optional = true
[[column]]
name = "cholest"
type = "Int"
decimals = 1
low = 0
high = 20
[[column]]
name = "seen"
type = "Date"
[[column]]
name = "note"
type = "Text"
bytes = 8
)";
constexpr std::string_view HEADER = "age,sex,smoke,cholest,seen,note\n";

Schema schema() { return read_schema(SCHEMA, "ward.toml").value(); }

TEST(Schema, reads_every_type) {
    const Schema made = schema();
    ASSERT_EQ(made.columns.size(), 6U);
    EXPECT_EQ(value::to_text(made.columns[0].core()), "Int 0..120");
    EXPECT_TRUE(made.columns[2].is_optional());
    EXPECT_EQ(made.columns[3].core().high, 200);
    EXPECT_EQ(value::to_text(made.period_to), "2024-12-31");
}

TEST(Schema, its_hash_is_of_names_and_types_only) {
    const Schema made = schema();
    const auto with = [](std::string_view from, std::string_view to) {
        std::string text(SCHEMA);
        text.replace(text.find(from), from.size(), to);
        return hash_of(read_schema(text, "ward.toml").value());
    };
    EXPECT_EQ(with("name = \"ward\"", "name = \"other\""), hash_of(made));
    EXPECT_EQ(with("\"yes\"", "\"ja\""), hash_of(made));
    EXPECT_NE(with("high = 120", "high = 121"), hash_of(made));
    EXPECT_NE(with("decimals = 1", "decimals = 2"), hash_of(made));
    EXPECT_NE(with("optional = true", "optional = false"), hash_of(made));
    EXPECT_NE(with("\"male\"", "\"other\""), hash_of(made));
}

TEST(Schema, names_the_line_of_a_mistake) {
    const struct {
        std::string_view from, to, message;
    } cases[] = {
        {"name = \"age\"", "nam = \"age\"", "ward.toml:5: a column has a name"},
        {"type = \"Date\"", "type = \"Day\"", "there are Int, Bool, enum, Text and Date"},
        {"low = 0\nhigh = 120", "low = 5\nhigh = 4", "`low` is above `high`"},
        {"members = [\"female\", \"male\"]", "members = [1]", "a member is a text"},
        {"period_to = 2024-12-31", "period_to = 2023-12-31", "ends before it begins"},
        {"period_to = 2024-12-31", "period_to = \"x\"", "a date without quotes"},
        {"name = \"sex\"", "name = \"age\"", "the column age stands here twice"},
        {"bytes = 8", "lenght = 8", "there is no `lenght` here"},
        {"high = 120", "high = ", "ward.toml:9:"},
    };
    for (const auto& one : cases) {
        std::string text(SCHEMA);
        text.replace(text.find(one.from), one.from.size(), one.to);
        const auto read = read_schema(text, "ward.toml");
        ASSERT_FALSE(read.has_value()) << one.to;
        EXPECT_NE(read.error().message.find(one.message), std::string::npos)
            << read.error().message;
    }
}

TEST(Records, are_read_when_every_row_is_right) {
    const Schema made = schema();
    Faults faults;
    const Records all = read_records(std::string(HEADER) +
                                         "71,female,yes,5.2,2024-03-01,\"a,b\"\n"
                                         "40,male,,6,2024-03-02,\n",
                                     made, faults);
    EXPECT_EQ(render(faults, "x.csv"), "");
    ASSERT_EQ(all.records.size(), 2U);
    EXPECT_EQ(all.lines, (std::vector<std::uint64_t>{2, 3}));
    const auto record = value::from_bytes(all.records[0], *made.record);
    ASSERT_TRUE(record.has_value());
    std::vector<std::string> fields;
    for (std::size_t i = 0; i < made.columns.size(); ++i) {
        fields.push_back(
            field_text(made.columns[i], std::get<value::Record>(record->data).fields[i]));
    }
    EXPECT_EQ(fields,
              (std::vector<std::string>{"71", "female", "yes", "5.2", "2024-03-01", "a,b"}));
}

TEST(Records, every_mistake_is_told_with_its_place_and_repair) {
    const struct {
        std::string_view row, said;
    } cases[] = {
        {"x,male,no,5,2024-03-01,a", "w.csv:2:1: age: \"x\" is not a whole number"},
        {"121,male,no,5,2024-03-01,a", "w.csv:2:1: age: 121 is not from 0 to 120"},
        {"-1,male,no,5,2024-03-01,a", "age: -1 is not from 0 to 120"},
        {" 7,male,no,5,2024-03-01,a", "is not a whole number"},
        {",male,no,5,2024-03-01,a", "age: the value is missing"},
        {"7,Male,no,5,2024-03-01,a", "w.csv:2:3: sex: \"Male\" is none of: female, male"},
        {"7,male,No,5,2024-03-01,a", "smoke: \"No\" is neither \"yes\" nor \"no\""},
        {"7,male,no,5.25,2024-03-01,a",
         "cholest: \"5.25\" is not a number with at most 1 decimals"},
        {"7,male,no,20.1,2024-03-01,a", "cholest: 20.1 is not from 0.0 to 20.0"},
        {"7,male,no,5.,2024-03-01,a", "is not a number"},
        {"7,male,no,5,2024-02-30,a", "seen: \"2024-02-30\" is not a date"},
        {"7,male,no,5,2024-03-01,123456789", "note: a text of 9 bytes; the limit is 8"},
        {"7,male,no,5,2024-03-01", "w.csv:2:1: 5 fields, and there are 6 columns"},
        {"", "w.csv:2:1: an empty line"},
    };
    for (const auto& one : cases) {
        Faults faults;
        (void)read_records(std::string(HEADER) + std::string(one.row) + "\n", schema(), faults);
        const std::string said = render(faults, "w.csv");
        EXPECT_NE(said.find(one.said), std::string::npos) << said;
        EXPECT_NE(said.find("help: "), std::string::npos) << said;
    }
}

TEST(Records, wrong_columns_are_one_mistake) {
    for (const std::string_view header :
         {"age,sex,smoke,cholest,note,seen\n", "age,sex\n", "Age\n"}) {
        Faults faults;
        (void)read_records(std::string(header) + "1,2,3\n", schema(), faults);
        EXPECT_EQ(faults.count(), 1U);
        EXPECT_NE(render(faults, "w.csv").find("the first line is: age,sex,smoke"),
                  std::string::npos);
    }
    Faults faults;
    (void)read_records("", schema(), faults);
    EXPECT_EQ(faults.count(), 1U);
    Faults none;
    (void)read_records(HEADER, schema(), none);
    EXPECT_EQ(none.count(), 1U);
}

TEST(Records, the_report_is_bounded_and_counts_the_rest) {
    std::string text(HEADER);
    for (std::size_t i = 0; i < MAX_REPORTED_FAULTS + 7; ++i) text += "x,male,no,5,2024-03-01,a\n";
    Faults faults;
    (void)read_records(text, schema(), faults);
    EXPECT_EQ(faults.count(), MAX_REPORTED_FAULTS + 7);
    EXPECT_EQ(faults.first().size(), MAX_REPORTED_FAULTS);
    EXPECT_NE(render(faults, "w.csv").find("and 7 more"), std::string::npos);
}

}  // namespace
}  // namespace edict::site
