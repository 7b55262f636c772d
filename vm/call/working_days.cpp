#include "vm/call/working_days.h"

#include <algorithm>

#include "base/check.h"
#include "value/calendar.h"

namespace edict::call {

namespace {

constexpr std::int64_t MONDAY_TO_FRIDAY = 5;

bool has(const std::vector<std::int32_t>& days, std::int64_t day) {
    return std::binary_search(days.begin(), days.end(), day);
}

// Monday 0. 1970-01-01 was a Thursday.
std::int64_t weekday(std::int64_t day) { return ((day + 3) % 7 + 7) % 7; }

std::vector<std::int32_t> days_of(const value::Value& set) {
    std::vector<std::int32_t> days;
    for (const value::Value& one : std::get<value::Set>(set.data).elements)
        days.push_back(std::get<value::Date>(one.data).days);
    return days;
}

}  // namespace

std::int32_t year_of(const LinkedSet& set, base::ByteView key) {
    const auto year = value::from_bytes(key, *set.stores[set.days_off_store].key);
    EDICT_CHECK(year.has_value());
    return static_cast<std::int32_t>(std::get<std::int64_t>(year->data));
}

WorkingDeadline working_days_after(value::Date from, std::uint32_t count,
                                   const Published& published) {
    WorkingDeadline made{from.days, std::nullopt};
    std::optional<std::int32_t> year;
    std::optional<PublishedYear> of_year;
    while (count > 0) {
        ++made.day;
        // After the year 9999 nothing is ever published.
        if (made.day <= value::LAST_DATE.days) {
            const value::Date date{static_cast<std::int32_t>(made.day)};
            const auto this_year = static_cast<std::int32_t>(
                value::calendar_number(date, value::CalendarNumber::year));
            if (year != this_year) of_year = published(this_year);
            year = this_year;
        } else {
            of_year.reset();
        }
        const bool weekend = weekday(made.day) >= MONDAY_TO_FRIDAY;
        if (of_year) {
            const bool works =
                weekend ? has(of_year->worked, made.day) : !has(of_year->off, made.day);
            if (works) --count;
            continue;
        }
        if (!made.waits_for) made.waits_for = year;
        if (!weekend) --count;
    }
    return made;
}

Published published_in(const LinkedSet& set, ReadStore read) {
    return [&set, read = std::move(read)](std::int32_t year) -> std::optional<PublishedYear> {
        const value::Value key{std::int64_t{year}};
        const auto off = read(set.days_off_store, key);
        if (!off) return std::nullopt;
        PublishedYear made{days_of(*off), {}};
        if (const auto worked = read(set.days_worked_store, key)) made.worked = days_of(*worked);
        return made;
    };
}

Published published_in(const LinkedSet& set, const StateView& state) {
    return published_in(set, [&](std::uint32_t index, const value::Value& key) {
        const LinkedStore& store = set.stores[index];
        const auto bytes = state.get({store.module, store.store, value::to_bytes(key, *store.key)});
        if (!bytes) return std::optional<value::Value>();
        base::Result<value::Value> read = value::from_bytes(*bytes, *store.value);
        EDICT_CHECK(read.has_value());  // std.calendar alone writes it
        return std::optional(*std::move(read));
    });
}

}  // namespace edict::call
