// Moments and durations as texts.
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "value/value.h"

namespace edict::value {

namespace {

struct Unit {
    std::string_view one, many;
    std::int64_t ms = 0;
};
// The largest first.
constexpr std::array<Unit, 5> UNITS = {{{"day", "days", MS_OF_DAY},
                                        {"hour", "hours", 3'600'000},
                                        {"minute", "minutes", 60'000},
                                        {"second", "seconds", 1'000},
                                        {"millisecond", "milliseconds", 1}}};

std::optional<std::int64_t> digits(std::string_view text) {
    std::int64_t number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        number = number * 10 + (c - '0');
    }
    return number;
}

}  // namespace

std::optional<std::int64_t> milliseconds_of(std::string_view unit) {
    for (const Unit& one : UNITS) {
        if (unit == one.one || unit == one.many) return one.ms;
    }
    return std::nullopt;
}

std::string to_text(Time time) {
    const Date day = day_of(time.ms, 0);
    const std::int64_t rest = time.ms - start_of_day_ms(day, 0);
    const std::string text = fmt::format("{}T{:02}:{:02}:{:02}", to_text(day), rest / 3'600'000,
                                         rest / 60'000 % 60, rest / 1'000 % 60);
    return rest % 1'000 == 0 ? text + "Z" : fmt::format("{}.{:03}Z", text, rest % 1'000);
}

base::Result<Time> time_from_text(std::string_view text) {
    const auto wrong = [&] {
        return base::input_error(
            fmt::format("a moment is written as 2026-02-01T09:30:00Z, not {}", text.substr(0, 60)));
    };
    if (text.size() != 20 && text.size() != 24) return wrong();
    const base::Result<Date> day = date_from_text(text.substr(0, 10));
    const auto hours = digits(text.substr(11, 2)), minutes = digits(text.substr(14, 2)),
               seconds = digits(text.substr(17, 2));
    const auto ms = text.size() == 24 ? digits(text.substr(20, 3)) : 0;
    if (!day || !hours || !minutes || !seconds || !ms) return wrong();
    const std::int64_t into_day = *hours * 3'600'000 + *minutes * 60'000 + *seconds * 1'000 + *ms;
    if (into_day >= MS_OF_DAY) return wrong();
    const Time read{start_of_day_ms(*day, 0) + into_day};
    if (to_text(read) != text) return wrong();
    return read;
}

std::string to_text(Duration duration) {
    if (duration.ms == 0) return "0 days";
    for (const Unit& unit : UNITS) {
        if (duration.ms % unit.ms != 0) continue;
        const std::int64_t number = duration.ms / unit.ms;
        return fmt::format("{} {}", number, number == 1 ? unit.one : unit.many);
    }
    return {};  // every number is a number of milliseconds
}

base::Result<Duration> duration_from_text(std::string_view text) {
    const auto wrong = [&] {
        return base::input_error(fmt::format(
            "a duration is written as 30 days, 8 hours or 90 minutes, not {}", text.substr(0, 60)));
    };
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return wrong();
    const auto ms = milliseconds_of(text.substr(space + 1));
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + space, number);
    if (!ms || error != std::errc() || rest != text.data() + space) return wrong();
    Duration read;
    if (__builtin_mul_overflow(number, *ms, &read.ms)) return wrong();
    if (read.ms > MAX_DURATION_MS || read.ms < -MAX_DURATION_MS || to_text(read) != text) {
        return wrong();
    }
    return read;
}

}  // namespace edict::value
