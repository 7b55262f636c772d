// The schema of a data set: what each column of its CSV file holds, written as TOML.
//
//     name = "stroke register"
//     period_from = 1991-01-01        # what the records cover
//     period_to = 1993-12-31
//
//     [[column]]                      # one for each column, in the order of the file
//     name = "age"
//     type = "Int"                    # whole numbers; low and high bound them
//     low = 0
//     high = 120
//
//     [[column]]
//     name = "cholest"
//     type = "Int"
//     decimals = 1                    # 5.2 is kept, and summed up, as 52 tenths
//
//     [[column]]
//     name = "atrialFib"
//     type = "Bool"
//     true = "yes"                    # how the file writes it; "true" and "false" if not said
//     false = "no"
//
//     [[column]]
//     name = "sex"
//     type = "enum"
//     members = ["female", "male"]
//     optional = true                 # an empty field is a value that is missing
//
// Also type = "Text" with bytes = 80 (256 if not said), and "Date" (2026-02-01).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/hash.h"
#include "value/value.h"

namespace edict::site {

struct Column {
    std::string name;
    value::TypeRef type;  // an optional's element stands in its parts
    std::uint32_t decimals = 0;
    std::string true_text = "true";
    std::string false_text = "false";

    [[nodiscard]] bool is_optional() const { return type->kind == value::Kind::optional; }
    // The type of a value that is there.
    [[nodiscard]] const value::Type& core() const {
        return is_optional() ? *type->parts[0] : *type;
    }
};

struct Schema {
    std::string name;
    value::Date period_from;
    value::Date period_to;
    std::vector<Column> columns;
    value::TypeRef record;  // of all columns
};

// The error names the place: "schema.toml:12: …".
[[nodiscard]] base::Result<Schema> read_schema(std::string_view toml, const std::string& path);

// Of the names and types of the columns; what is anchored as `schema`.
[[nodiscard]] crypto::Hash hash_of(const Schema& schema);

// The column of this name; null if there is none.
[[nodiscard]] const Column* find_column(const Schema& schema, std::string_view name);

// A value as the file writes it; empty if it is missing.
[[nodiscard]] std::string field_text(const Column& column, const value::Value& value);

}  // namespace edict::site
