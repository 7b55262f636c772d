#include "cli/moment.h"

#include <fmt/format.h>

#include <optional>

#include "value/value.h"

namespace edict::cli {

namespace {

// Two digits below `limit`.
std::optional<int> two_digits(std::string_view text, int limit) {
    if (text.size() != 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return std::nullopt;
    const int number = (text[0] - '0') * 10 + (text[1] - '0');
    if (number >= limit) return std::nullopt;
    return number;
}

struct Clock {
    int seconds = 0;  // since midnight
    std::optional<int> zone_minutes;
};

// "09:30", "09:30:15", each with nothing, "Z", "+08:00" or "-08:00" after it.
std::optional<Clock> clock_from(std::string_view text) {
    Clock clock;
    if (text.ends_with("Z")) {
        clock.zone_minutes = 0;
        text.remove_suffix(1);
    } else if (text.size() > 6 && (text[text.size() - 6] == '+' || text[text.size() - 6] == '-')) {
        const std::string_view zone = text.substr(text.size() - 6);
        const auto hours = two_digits(zone.substr(1, 2), 15);
        const auto minutes = two_digits(zone.substr(4, 2), 60);
        if (!hours || !minutes || zone[3] != ':') return std::nullopt;
        clock.zone_minutes = (zone[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes);
        text.remove_suffix(6);
    }
    const bool with_seconds = text.size() == 8;
    if ((!with_seconds && text.size() != 5) || text[2] != ':' || (with_seconds && text[5] != ':'))
        return std::nullopt;
    const auto hours = two_digits(text.substr(0, 2), 24);
    const auto minutes = two_digits(text.substr(3, 2), 60);
    const auto seconds = with_seconds ? two_digits(text.substr(6, 2), 60) : std::optional<int>(0);
    if (!hours || !minutes || !seconds) return std::nullopt;
    clock.seconds = (*hours * 60 + *minutes) * 60 + *seconds;
    return clock;
}

}  // namespace

base::Result<std::int64_t> time_from_text(std::string_view text, int zone_minutes) {
    const std::size_t split = text.find_first_of("T ");
    const auto date = value::date_from_text(text.substr(0, split));
    const auto clock = split == std::string_view::npos ? std::optional<Clock>(Clock{})
                                                       : clock_from(text.substr(split + 1));
    if (!date || !clock) {
        return base::input_error(
            fmt::format("{} is not a date or time such as 2026-02-01, 2026-02-01T09:30 or "
                        "2026-02-01T09:30:00Z",
                        text));
    }
    return value::start_of_day_ms(*date, clock->zone_minutes.value_or(zone_minutes)) +
           std::int64_t{1'000} * clock->seconds;
}

}  // namespace edict::cli
