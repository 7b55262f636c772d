#include "value/calendar.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace edict::value {

namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year_month_day;
using std::chrono::year_month_day_last;

constexpr std::array<std::string_view, CALENDAR_NUMBERS> NUMBERS = {"year", "quarter", "month",
                                                                    "day", "weekday"};
constexpr std::array<std::string_view, CALENDAR_DAYS> DAYS = {
    "start_of_week", "start_of_month", "start_of_quarter", "start_of_year",
    "end_of_week",   "end_of_month",   "end_of_quarter",   "end_of_year"};
constexpr std::array<std::string_view, MONTH_ENDS> ENDS = {"last_day", "next_day", "same_day"};

template <typename Enum, std::size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

year_month_day fields(Date date) { return sys_days(days(date.days)); }

std::optional<Date> fitted(std::int64_t count) {
    if (count < FIRST_DATE.days || count > LAST_DATE.days) return std::nullopt;
    return Date{static_cast<std::int32_t>(count)};
}

std::optional<Date> fitted(sys_days when) { return fitted(when.time_since_epoch().count()); }

unsigned quarter(const year_month_day& date) {
    return (static_cast<unsigned>(date.month()) - 1) / 3;
}

unsigned weekday(Date date) {
    return std::chrono::weekday(sys_days(days(date.days))).iso_encoding();
}

}  // namespace

std::int64_t calendar_number(Date date, CalendarNumber which) {
    const year_month_day parts = fields(date);
    switch (which) {
        case CalendarNumber::year:
            return static_cast<int>(parts.year());
        case CalendarNumber::quarter:
            return quarter(parts) + 1;
        case CalendarNumber::month:
            return static_cast<unsigned>(parts.month());
        case CalendarNumber::day:
            return static_cast<unsigned>(parts.day());
        case CalendarNumber::weekday:
            return weekday(date);
    }
    return 0;
}

std::optional<Date> calendar_day(Date date, CalendarDay which) {
    const year_month_day parts = fields(date);
    const month first_of_quarter(quarter(parts) * 3 + 1);
    const auto last_of = [&](month which_month) {
        return fitted(sys_days(year_month_day_last(parts.year(), which_month / std::chrono::last)));
    };
    switch (which) {
        case CalendarDay::start_of_week:
            return fitted(std::int64_t{date.days} - (weekday(date) - 1));
        case CalendarDay::end_of_week:
            return fitted(std::int64_t{date.days} + (7 - weekday(date)));
        case CalendarDay::start_of_month:
            return fitted(sys_days(parts.year() / parts.month() / 1));
        case CalendarDay::start_of_quarter:
            return fitted(sys_days(parts.year() / first_of_quarter / 1));
        case CalendarDay::start_of_year:
            return fitted(sys_days(parts.year() / 1 / 1));
        case CalendarDay::end_of_month:
            return last_of(parts.month());
        case CalendarDay::end_of_quarter:
            return last_of(first_of_quarter + std::chrono::months(2));
        case CalendarDay::end_of_year:
            return last_of(month(12));
    }
    return std::nullopt;
}

std::optional<Date> add_months(Date date, std::int64_t months, MonthEnd end) {
    // Past this no month of the calendar is left; the sum below stays small.
    constexpr std::int64_t MOST = 12 * 10'000;
    if (months < -MOST || months > MOST) return std::nullopt;
    const year_month_day parts = fields(date);
    const std::int64_t first = std::int64_t{static_cast<int>(parts.year())} * 12 +
                               static_cast<unsigned>(parts.month()) - 1 + months;
    if (first < 12 || first >= 10'000 * 12) return std::nullopt;
    const std::chrono::year_month target{std::chrono::year(static_cast<int>(first / 12)),
                                         month(static_cast<unsigned>(first % 12 + 1))};
    const year_month_day wanted = target / parts.day();
    if (wanted.ok()) return fitted(sys_days(wanted));
    const sys_days last = sys_days(target / std::chrono::last);
    switch (end) {
        case MonthEnd::last_day:
            return fitted(last);
        case MonthEnd::next_day:
            return fitted(last + days(1));
        case MonthEnd::same_day:
            return std::nullopt;
    }
    return std::nullopt;
}

std::optional<CalendarNumber> calendar_number_named(std::string_view name) {
    return named<CalendarNumber>(NUMBERS, name);
}
std::optional<CalendarDay> calendar_day_named(std::string_view name) {
    return named<CalendarDay>(DAYS, name);
}
std::optional<MonthEnd> month_end_named(std::string_view name) {
    return named<MonthEnd>(ENDS, name);
}

}  // namespace edict::value
