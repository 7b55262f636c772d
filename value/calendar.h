// The calendar (proleptic Gregorian): what months and years mean for a day. A span of months has no
// fixed length, so who adds months says what happens where the month is too short.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "value/value.h"

namespace edict::value {

enum class CalendarNumber : std::uint8_t { year, quarter, month, day, weekday };  // Monday: 1
inline constexpr std::uint8_t CALENDAR_NUMBERS = 5;
[[nodiscard]] std::int64_t calendar_number(Date date, CalendarNumber which);

enum class CalendarDay : std::uint8_t {
    start_of_week,  // a Monday
    start_of_month,
    start_of_quarter,
    start_of_year,
    end_of_week,  // a Sunday
    end_of_month,
    end_of_quarter,
    end_of_year,
};
inline constexpr std::uint8_t CALENDAR_DAYS = 8;
// Nothing outside the years 0001 to 9999: the week of the first or last days.
[[nodiscard]] std::optional<Date> calendar_day(Date date, CalendarDay which);

// Where the month has no such day: its last day, the first day of the next month, or nothing.
enum class MonthEnd : std::uint8_t { last_day, next_day, same_day };
inline constexpr std::uint8_t MONTH_ENDS = 3;
[[nodiscard]] std::optional<Date> add_months(Date date, std::int64_t months, MonthEnd end);

// By the names above ("start_of_week"); nothing for another word.
[[nodiscard]] std::optional<CalendarNumber> calendar_number_named(std::string_view name);
[[nodiscard]] std::optional<CalendarDay> calendar_day_named(std::string_view name);
[[nodiscard]] std::optional<MonthEnd> month_end_named(std::string_view name);

}  // namespace edict::value
