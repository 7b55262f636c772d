// Working days: what the office of std.calendar has published, year by year, and deadlines counted
// by them. In a year that is not published Monday to Friday stand for its working days, and what is
// counted through it is provisional.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "value/value.h"
#include "vm/call/call.h"

namespace edict::call {

// Of a published year: the days from Monday to Friday that are off, and those at a weekend that are
// worked; as numbers of days since 1970-01-01, ascending.
struct PublishedYear {
    std::vector<std::int32_t> off, worked;
};
// Nothing: the year is not published.
using Published = std::function<std::optional<PublishedYear>(std::int32_t year)>;

struct WorkingDeadline {
    std::int64_t day = 0;  // the last day in time, since 1970-01-01
    // The first year that the count went through and that is not published.
    std::optional<std::int32_t> waits_for;
};

// The year whose days stand in std.calendar under that key.
[[nodiscard]] std::int32_t year_of(const LinkedSet& set, base::ByteView key);

// The `count`-th working day after `from`; `from` itself for 0.
[[nodiscard]] WorkingDeadline working_days_after(value::Date from, std::uint32_t count,
                                                 const Published& published);

// As the state has it. `read` gives the value of a key of a store of the set (an index into
// LinkedSet::stores), or nothing.
using ReadStore = std::function<std::optional<value::Value>(std::uint32_t, const value::Value&)>;
[[nodiscard]] Published published_in(const LinkedSet& set, ReadStore read);
[[nodiscard]] Published published_in(const LinkedSet& set, const StateView& state);

}  // namespace edict::call
