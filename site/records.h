// Records: the rows of a CSV file as values of its schema, or everything that is wrong with it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "site/csv.h"
#include "site/schema.h"

namespace edict::site {

struct Records {
    std::vector<base::Bytes> records;  // canonical bytes, in the order of the file
    std::vector<std::uint64_t> lines;  // where each begins
};

// All rows, or the faults of every row. The first row names the columns, as the schema does and in
// its order.
[[nodiscard]] Records read_records(std::string_view csv, const Schema& schema, Faults& faults);

// "sites/a.csv:17:4: …" with its repair, one line for each fault, and how many more there are.
[[nodiscard]] std::string render(const Faults& faults, const std::string& path);

}  // namespace edict::site
