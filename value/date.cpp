#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "value/value.h"

namespace edict::value {

namespace {

constexpr std::int64_t MS_PER_MINUTE = 60'000;
constexpr std::int64_t MS_PER_DAY = 24 * 60 * MS_PER_MINUTE;

static_assert(std::chrono::sys_days(std::chrono::days(FIRST_DATE.days)) ==
              std::chrono::year(1) / 1 / 1);
static_assert(std::chrono::sys_days(std::chrono::days(LAST_DATE.days)) ==
              std::chrono::year(9999) / 12 / 31);

constexpr std::string_view FORM = "a date is written as 2026-02-01 (year, month, day)";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

unsigned number(std::string_view digits) {
    unsigned value = 0;
    for (const char digit : digits) value = value * 10 + static_cast<unsigned>(digit - '0');
    return value;
}

}  // namespace

base::Result<Date> date_from_text(std::string_view text) {
    bool well_formed = text.size() == 10;
    for (std::size_t i = 0; well_formed && i < text.size(); ++i) {
        well_formed = i == 4 || i == 7 ? text[i] == '-' : is_digit(text[i]);
    }
    if (!well_formed) return base::input_error(fmt::format("{}, not {}", FORM, text));
    const std::chrono::year_month_day day{
        std::chrono::year(static_cast<int>(number(text.substr(0, 4)))),
        std::chrono::month(number(text.substr(5, 2))), std::chrono::day(number(text.substr(8, 2)))};
    if (!day.ok() || day.year() < std::chrono::year(1)) {
        return base::input_error(fmt::format("{} is no day of the calendar", text));
    }
    const auto count = std::chrono::sys_days(day).time_since_epoch().count();
    return Date{static_cast<std::int32_t>(count)};
}

std::string to_text(Date date) {
    const std::chrono::year_month_day day{std::chrono::sys_days(std::chrono::days(date.days))};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                       static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

Date day_of(std::int64_t time_ms, int zone_minutes) {
    // Moments this far out end at FIRST_DATE or LAST_DATE in every zone; the sum then cannot
    // overflow.
    constexpr std::int64_t FAR_MS = 4'000'000 * MS_PER_DAY;
    const std::int64_t local_ms =
        std::clamp(time_ms, -FAR_MS, FAR_MS) + zone_minutes * MS_PER_MINUTE;
    std::int64_t days = local_ms / MS_PER_DAY;
    if (local_ms % MS_PER_DAY < 0) --days;
    days = std::clamp<std::int64_t>(days, FIRST_DATE.days, LAST_DATE.days);
    return Date{static_cast<std::int32_t>(days)};
}

std::int64_t start_of_day_ms(Date date, int zone_minutes) {
    return date.days * MS_PER_DAY - zone_minutes * MS_PER_MINUTE;
}

}  // namespace edict::value
