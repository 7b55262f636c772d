#include "site/schema.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <optional>
#include <set>

#include "site/limits.h"

namespace edict::site {

namespace {

using value::Kind;

constexpr std::int64_t MOST = 9'000'000'000'000'000;  // an Int when its column says no bounds

class SchemaReader {
public:
    SchemaReader(const toml::table& table, std::string path)
        : table_(table), path_(std::move(path)) {}

    base::Result<Schema> read() {
        only(table_, {"name", "period_from", "period_to", "column"});
        Schema schema;
        schema.name = text(table_, "name", "");
        if (schema.name.empty()) complain(table_, "the schema has no `name`");
        schema.period_from = date(table_, "period_from");
        schema.period_to = date(table_, "period_to");
        if (schema.period_to < schema.period_from) {
            complain(table_, "the period ends before it begins");
        }
        const toml::array* columns = table_["column"].as_array();
        if (columns == nullptr || columns->empty()) {
            complain(table_, "the schema has no [[column]]");
        } else if (columns->size() > MAX_COLUMNS) {
            complain(*columns,
                     fmt::format("{} columns; the limit is {}", columns->size(), MAX_COLUMNS));
        } else {
            for (const toml::node& node : *columns) read_column(node, schema);
        }
        if (error_) return base::input_error(*error_);
        return complete(std::move(schema));
    }

private:
    void complain(const toml::node& node, const std::string& what) {
        if (!error_) error_ = fmt::format("{}:{}: {}", path_, node.source().begin.line, what);
    }

    // A key that means nothing is most often one that is misspelt.
    void only(const toml::table& table, const std::set<std::string_view>& known) {
        for (const auto& [key, node] : table) {
            if (known.contains(key.str())) continue;
            complain(node, fmt::format("there is no `{}` here; there are: {}", key.str(),
                                       fmt::join(known, ", ")));
        }
    }

    std::string text(const toml::table& table, std::string_view key, std::string_view otherwise) {
        const toml::node* node = table.get(key);
        if (node == nullptr) return std::string(otherwise);
        const auto found = node->value_exact<std::string>();
        if (!found) complain(*node, fmt::format("`{}` is a text in quotes", key));
        const base::Result<std::string> canonical = value::to_nfc(found.value_or(""));
        if (canonical) return *canonical;
        complain(*node, canonical.error().message);
        return {};
    }

    std::optional<std::int64_t> integer(const toml::table& table, std::string_view key) {
        const toml::node* node = table.get(key);
        if (node == nullptr) return std::nullopt;
        const auto found = node->value_exact<std::int64_t>();
        if (!found) complain(*node, fmt::format("`{}` is a whole number", key));
        return found;
    }

    std::int64_t bounded(const toml::table& table, std::string_view key, std::int64_t low,
                         std::int64_t high, std::int64_t otherwise) {
        const std::int64_t found = integer(table, key).value_or(otherwise);
        if (found >= low && found <= high) return found;
        complain(*table.get(key), fmt::format("`{}` is from {} to {}", key, low, high));
        return otherwise;
    }

    value::Date date(const toml::table& table, std::string_view key) {
        const toml::node* node = table.get(key);
        if (node == nullptr) {
            complain(table, fmt::format("the schema has no `{}`, a date such as 2026-02-01", key));
            return {};
        }
        const auto found = node->value_exact<toml::date>();
        if (found) {
            const auto read = value::date_from_text(
                fmt::format("{:04}-{:02}-{:02}", found->year, found->month, found->day));
            if (read) return *read;
        }
        complain(*node, fmt::format("`{}` is a date without quotes: 2026-02-01", key));
        return {};
    }

    void read_column(const toml::node& node, Schema& schema) {
        const toml::table* table = node.as_table();
        if (table == nullptr) return complain(node, "a column is written as [[column]]");
        Column column;
        column.name = text(*table, "name", "");
        if (column.name.empty() || column.name.size() > MAX_COLUMN_NAME_BYTES ||
            column.name.find_first_of("=,\"\n\t") != std::string::npos) {
            complain(*table, fmt::format("a column has a name of 1 to {} bytes, without = , \"",
                                         MAX_COLUMN_NAME_BYTES));
        } else if (find_column(schema, column.name) != nullptr) {
            complain(*table, fmt::format("the column {} stands here twice", column.name));
        }
        const base::Result<value::TypeRef> type = read_type(*table, column);
        if (!type) return complain(*table, type.error().message);
        column.type = *type;
        if (const toml::node* optional = table->get("optional")) {
            const auto wanted = optional->value_exact<bool>();
            if (!wanted) complain(*optional, "`optional` is true or false");
            if (wanted.value_or(false)) column.type = *value::optional_type(column.type);
        }
        schema.columns.push_back(std::move(column));
    }

    base::Result<value::TypeRef> read_type(const toml::table& table, Column& column) {
        const std::string type = text(table, "type", "");
        if (type == "Int") return read_integer(table, column);
        if (type == "Bool") {
            only(table, {"name", "type", "optional", "true", "false"});
            column.true_text = text(table, "true", "true");
            column.false_text = text(table, "false", "false");
            if (column.true_text == column.false_text || column.true_text.empty() ||
                column.false_text.empty()) {
                return base::input_error("`true` and `false` are two texts that are not empty");
            }
            return value::boolean_type();
        }
        if (type == "enum") return read_enum(table, column);
        if (type == "Text") {
            only(table, {"name", "type", "optional", "bytes"});
            return value::text_type(
                static_cast<std::uint32_t>(bounded(table, "bytes", 1, MAX_FIELD_BYTES, 256)));
        }
        if (type == "Date") {
            only(table, {"name", "type", "optional"});
            return value::date_type();
        }
        return base::input_error(
            fmt::format("the column {} has the type `{}`; there are Int, Bool, enum, Text and Date",
                        column.name, type));
    }

    base::Result<value::TypeRef> read_integer(const toml::table& table, Column& column) {
        only(table, {"name", "type", "optional", "low", "high", "decimals"});
        column.decimals =
            static_cast<std::uint32_t>(bounded(table, "decimals", 0, MAX_DECIMALS, 0));
        std::int64_t unit = 1;
        for (std::uint32_t i = 0; i < column.decimals; ++i) unit *= 10;
        const std::int64_t most = MOST / unit;
        const std::int64_t low = bounded(table, "low", -most, most, -most);
        const std::int64_t high = bounded(table, "high", -most, most, most);
        if (low > high) return base::input_error("`low` is above `high`");
        return value::integer_range(low * unit, high * unit);
    }

    base::Result<value::TypeRef> read_enum(const toml::table& table, const Column& column) {
        only(table, {"name", "type", "optional", "members"});
        const toml::array* array = table["members"].as_array();
        if (array == nullptr) return base::input_error("an enum has `members`, a list of texts");
        std::vector<std::string> members;
        for (const toml::node& node : *array) {
            const auto member = node.value_exact<std::string>();
            if (!member || member->empty() ||
                member->find_first_of("=,\"\n\t") != std::string::npos) {
                return base::input_error("a member is a text that is not empty, without = , \"");
            }
            members.push_back(*member);
        }
        return value::enum_type(column.name, std::move(members), false);
    }

    base::Result<Schema> complete(Schema schema) {
        std::vector<value::Field> fields;
        for (const Column& column : schema.columns) fields.push_back({column.name, column.type});
        base::Result<value::TypeRef> record = value::record_type("site.Record", std::move(fields));
        if (!record) return base::in_context(path_, record.error());
        schema.record = *record;
        return schema;
    }

    const toml::table& table_;
    std::string path_;
    std::optional<std::string> error_;  // the first
};

}  // namespace

base::Result<Schema> read_schema(std::string_view toml, const std::string& path) {
    if (toml.size() > MAX_SCHEMA_BYTES) {
        return base::input_error(fmt::format("{}: a schema of {} bytes; the limit is {}", path,
                                             toml.size(), MAX_SCHEMA_BYTES));
    }
    try {
        const toml::table table = toml::parse(toml, path);
        return SchemaReader(table, path).read();
    } catch (const toml::parse_error& error) {
        return base::input_error(fmt::format("{}:{}:{}: {}", path, error.source().begin.line,
                                             error.source().begin.column, error.description()));
    }
}

crypto::Hash hash_of(const Schema& schema) {
    base::Writer out;
    out.text("edict/schema/1");
    out.count(schema.columns.size());
    for (const Column& column : schema.columns) {
        out.text(column.name);
        out.u32(column.decimals);
        value::write(out, *column.type);
    }
    return crypto::sha256(out.out());
}

const Column* find_column(const Schema& schema, std::string_view name) {
    const auto found = std::find_if(schema.columns.begin(), schema.columns.end(),
                                    [&](const Column& column) { return column.name == name; });
    return found == schema.columns.end() ? nullptr : &*found;
}

std::string field_text(const Column& column, const value::Value& value) {
    const value::Value* there = &value;
    if (column.is_optional()) {
        const auto& element = std::get<value::Optional>(value.data).element;
        if (element.empty()) return {};
        there = &element.front();
    }
    switch (column.core().kind) {
        case Kind::boolean:
            return std::get<bool>(there->data) ? column.true_text : column.false_text;
        case Kind::text:
            return std::get<std::string>(there->data);
        case Kind::integer:
            break;
        default:
            return value::to_text(*there, column.core());
    }
    const auto number = std::get<std::int64_t>(there->data);
    if (column.decimals == 0) return std::to_string(number);
    const auto bits = static_cast<std::uint64_t>(number);
    const std::string digits =
        fmt::format("{:0{}}", number < 0 ? 0 - bits : bits, column.decimals + 1);
    const std::string_view shown = digits;
    const std::size_t whole = shown.size() - column.decimals;
    return fmt::format("{}{}.{}", number < 0 ? "-" : "", shown.substr(0, whole),
                       shown.substr(whole));
}

}  // namespace edict::site
