// What a site computes on its own records for a study: exact whole numbers only.
//
// The name of a measure says what is computed:
//     n                        how many records there are
//     age                      of an Int column: how many have a value, their sum, sum of squares
//     atrialFib=yes            how many records have this value (Bool or enum column)
//     sex=female,hemor=yes     how many have all of these values
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "site/schema.h"

namespace edict::site {

enum class MeasureKind : std::uint8_t { cell, sum, sum_of_squares };  // as in std.federation

struct Measure {
    MeasureKind kind = MeasureKind::cell;
    std::string name;
    std::int64_t amount = 0;
    friend bool operator==(const Measure&, const Measure&) = default;
};

struct Summary {
    std::vector<Measure> measures;
    // The smallest number of persons that the summary shows: a cell, or what is left of a column's
    // values beside one (130 records with 126 "no" show 4 others).
    std::int64_t smallest_cell = 0;
    std::string smallest_name;
};

// The error says which name is none of a measure, or which sum does not fit into an Int.
[[nodiscard]] base::Result<Summary> summarize(const Schema& schema,
                                              std::span<const base::Bytes> records,
                                              const std::vector<std::string>& names);

}  // namespace edict::site
