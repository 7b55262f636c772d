#include "tests/support/reference_builtins.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>

namespace edict::reference {

namespace {

using check::BuiltinOp;
using value::Int128;
using value::Value;

constexpr std::int64_t BILLION = 1'000'000'000;
constexpr std::int64_t DAY_MS = 24LL * 60 * 60 * 1000;

// ---- rows of decimal digits, the first one the highest; no sign ---------------------------------

using Digits = std::vector<int>;

Digits trimmed(Digits digits) {
    const auto first = std::find_if(digits.begin(), digits.end(), [](int d) { return d != 0; });
    digits.erase(digits.begin(), first);
    return digits;
}
Digits digits_of(Int128 number) {
    Digits digits;
    for (; number != 0; number /= 10) {
        digits.insert(digits.begin(), static_cast<int>(number < 0 ? -(number % 10) : number % 10));
    }
    return digits;
}
bool less(const Digits& a, const Digits& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
}
Digits minus(Digits a, const Digits& b) {  // b is not greater
    for (std::size_t i = 0; i < b.size(); ++i) {
        a[a.size() - 1 - i] -= b[b.size() - 1 - i];
    }
    for (std::size_t i = a.size(); i-- > 1;) {
        if (a[i] < 0) {
            a[i] += 10;
            --a[i - 1];
        }
    }
    return trimmed(a);
}
Digits plus_one(Digits a) {
    for (std::size_t i = a.size(); i-- > 0;) {
        if (++a[i] < 10) return a;
        a[i] = 0;
    }
    a.insert(a.begin(), 1);
    return a;
}
Digits times(const Digits& a, const Digits& b) {
    Digits product(a.size() + b.size(), 0);
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; j < b.size(); ++j) {
            product[i + j + 1] += a[i] * b[j];
        }
    }
    for (std::size_t i = product.size(); i-- > 1;) {
        product[i - 1] += product[i] / 10;
        product[i] %= 10;
    }
    return trimmed(product);
}

// a * b / c rounded to so many places; the numbers are billionths.
Maybe ratio(Int128 a, Int128 b, Int128 c, std::int64_t places, value::Rounding rounding) {
    if (c == 0) return std::nullopt;
    Digits divisor = digits_of(c);
    for (std::int64_t i = places; i < 9; ++i) divisor.push_back(0);
    Digits whole, rest;
    for (const int digit : times(digits_of(a), digits_of(b))) {
        rest.push_back(digit);
        rest = trimmed(rest);
        int times_in = 0;
        while (!less(rest, divisor)) {
            rest = minus(rest, divisor);
            ++times_in;
        }
        whole.push_back(times_in);
    }
    const bool negative = ((a < 0) != (b < 0)) != (c < 0);
    const Digits doubled = times(rest, {2});
    const bool above = less(divisor, doubled), tie = doubled == divisor;
    const bool odd = !whole.empty() && whole.back() % 2 == 1;
    bool further = false;
    switch (rounding) {
        case value::Rounding::half_even:
            further = above || (tie && odd);
            break;
        case value::Rounding::half_up:
            further = above || tie;
            break;
        case value::Rounding::down:
            break;
        case value::Rounding::up:
            further = !rest.empty();
            break;
        case value::Rounding::floor:
            further = negative && !rest.empty();
            break;
        case value::Rounding::ceiling:
            further = !negative && !rest.empty();
            break;
    }
    whole = trimmed(further ? plus_one(whole) : whole);
    for (std::int64_t i = places; i < 9; ++i) whole.push_back(0);
    whole = trimmed(whole);
    if (whole.size() > 36) return std::nullopt;
    Int128 units = 0;
    for (const int digit : whole) units = units * 10 + digit;
    return decimal_if(negative ? -units : units);
}

// ---- the calendar, counted ----------------------------------------------------------------------

struct Day {
    std::int64_t year = 1, month = 1, day = 1;
};
bool is_leap(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }
std::int64_t length(std::int64_t year, std::int64_t month) {
    if (month == 2) return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}
Day day_at(std::int64_t days) {
    std::int64_t left = days - value::FIRST_DATE.days;
    Day at;
    while (left >= (is_leap(at.year) ? 366 : 365)) left -= is_leap(at.year++) ? 366 : 365;
    while (left >= length(at.year, at.month)) left -= length(at.year, at.month++);
    at.day += left;
    return at;
}
std::int64_t days_of(const Day& day) {
    std::int64_t days = value::FIRST_DATE.days;
    for (std::int64_t year = 1; year < day.year; ++year) days += is_leap(year) ? 366 : 365;
    for (std::int64_t month = 1; month < day.month; ++month) days += length(day.year, month);
    return days + day.day - 1;
}
// 0001-01-01 was a Monday.
std::int64_t weekday(std::int64_t days) { return (days - value::FIRST_DATE.days) % 7 + 1; }

Maybe date_if(std::int64_t days) {
    if (days < value::FIRST_DATE.days || days > value::LAST_DATE.days) return std::nullopt;
    return Value{value::Date{static_cast<std::int32_t>(days)}};
}

Maybe calendar_day(std::int64_t days, std::int64_t which) {
    Day at = day_at(days);
    const bool ends = which >= 4;
    switch (which % 4) {
        case 0:
            return date_if(ends ? days + 7 - weekday(days) : days + 1 - weekday(days));
        case 1:
            break;
        case 2:
            at.month = (at.month - 1) / 3 * 3 + (ends ? 3 : 1);
            break;
        default:
            at.month = ends ? 12 : 1;
            break;
    }
    at.day = ends ? length(at.year, at.month) : 1;
    return date_if(days_of(at));
}

Maybe add_months(std::int64_t days, Int128 months, std::int64_t end) {
    Day at = day_at(days);
    const Int128 count = Int128{at.year} * 12 + at.month - 1 + months;
    if (count < 12 || count >= Int128{12} * 10'000) return std::nullopt;
    at.year = static_cast<std::int64_t>(count / 12);
    at.month = static_cast<std::int64_t>(count % 12) + 1;
    const std::int64_t most = length(at.year, at.month);
    if (at.day > most && end == 2) return std::nullopt;
    const bool next = at.day > most && end == 1;
    at.day = std::min(at.day, most);
    return date_if(days_of(at) + (next ? 1 : 0));
}

Maybe duration_if(Int128 ms) {
    if (ms < -value::MAX_DURATION_MS || ms > value::MAX_DURATION_MS) return std::nullopt;
    return Value{value::Duration{static_cast<std::int64_t>(ms)}};
}
Maybe time_if(Int128 ms) {
    if (ms < value::FIRST_TIME.ms || ms > value::LAST_TIME.ms) return std::nullopt;
    return Value{value::Time{static_cast<std::int64_t>(ms)}};
}

std::int64_t number(const Value& value) { return std::get<std::int64_t>(value.data); }
std::int64_t day(const Value& value) { return std::get<value::Date>(value.data).days; }
std::int64_t span(const Value& value) { return std::get<value::Duration>(value.data).ms; }
Int128 units(const Value& value) { return std::get<value::Decimal>(value.data).units; }
const std::string& text(const Value& value) { return std::get<std::string>(value.data); }

Maybe shifted(const Value& from, const Value& by, int sign) {
    if (const auto* time = std::get_if<value::Time>(&from.data)) {
        if (const auto* other = std::get_if<value::Time>(&by.data)) {
            return duration_if(Int128{time->ms} - other->ms);
        }
        return time_if(Int128{time->ms} + sign * span(by));
    }
    if (std::holds_alternative<value::Duration>(from.data)) {
        return duration_if(Int128{span(from)} + sign * span(by));
    }
    if (std::holds_alternative<value::Date>(by.data)) {
        return duration_if((Int128{day(from)} - day(by)) * DAY_MS);
    }
    if (span(by) % DAY_MS != 0) return std::nullopt;
    return date_if(day(from) + sign * (span(by) / DAY_MS));
}

Int128 amount(const Value& value) {
    const auto* number = std::get_if<std::int64_t>(&value.data);
    return number != nullptr ? Int128{*number} : units(value);
}

Maybe amount_if(Int128 total, const value::Type& type) {
    if (type.kind == value::Kind::decimal) return decimal_if(total);
    if (total < type.low || total > type.high) return std::nullopt;
    return Value{static_cast<std::int64_t>(total)};
}

// The total of the days from `first` to `last`.
Int128 between(const std::vector<Value>& entries, std::int64_t first, std::int64_t last) {
    Int128 total = 0;
    for (const Value& entry : entries) {
        const auto& fields = std::get<value::Record>(entry.data).fields;
        if (first <= day(fields[0]) && day(fields[0]) <= last) total += amount(fields[1]);
    }
    return total;
}

// Of all windows of so many days that the day lies in.
Int128 largest(const std::vector<Value>& entries, std::int64_t wanted, std::int64_t days) {
    Int128 most = between(entries, wanted, wanted + days - 1);
    for (std::int64_t end = wanted; end < wanted + days; ++end) {
        const Int128 total = between(entries, end - days + 1, end);
        if (total > most) most = total;
    }
    return most;
}

Maybe with_more(const std::vector<Value>& entries, const Value& more, std::int64_t when,
                std::int64_t keep, const value::Type& type) {
    std::map<std::int64_t, std::vector<Int128>> by_day;
    for (const Value& entry : entries) {
        const auto& fields = std::get<value::Record>(entry.data).fields;
        by_day[day(fields[0])].push_back(amount(fields[1]));
    }
    Int128 total = amount(more);
    for (const Int128 one : by_day[when]) total += one;
    by_day[when] = {total};
    const std::int64_t newest = by_day.rbegin()->first;
    value::Set made;
    for (const auto& [at, amounts] : by_day) {
        if (at <= newest - keep) continue;
        for (const Int128 one : amounts) {
            const Maybe fits = amount_if(one, *type.parts[0]->parts[1]);
            if (!fits) return std::nullopt;
            const value::Date date{static_cast<std::int32_t>(at)};
            made.elements.push_back({value::Record{{{date}, *fits}}});
        }
    }
    if (made.elements.size() > type.capacity) return std::nullopt;
    return Value{made};
}

Maybe as_of(const std::vector<Value>& entries, std::int64_t wanted) {
    Maybe found;
    std::optional<std::int64_t> when;
    bool twice = false;
    for (const Value& entry : entries) {
        const auto& fields = std::get<value::Record>(entry.data).fields;
        if (day(fields[0]) > wanted || (when && day(fields[0]) < *when)) continue;
        twice = when && day(fields[0]) == *when;
        when = day(fields[0]);
        found = fields[1];
    }
    return twice ? std::nullopt : found;
}

// Only the one writing that a value has.
Maybe value_of_text(const std::string& text, const value::Type& type) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (type.kind == value::Kind::boolean && (text == "true" || text == "false"))
        return Value{text == "true"};
    if (type.kind == value::Kind::enumeration) {
        for (std::uint32_t i = 0; i < type.members.size(); ++i) {
            if (type.members[i] == text) return Value{value::EnumMember{i}};
        }
    }
    if (type.kind == value::Kind::integer) {
        const bool negative = text.starts_with('-');
        const std::string digits = text.substr(negative ? 1 : 0);
        if (digits.empty() || digits.size() > 19 || !std::ranges::all_of(digits, is_digit))
            return std::nullopt;
        if (digits[0] == '0' && (digits.size() > 1 || negative)) return std::nullopt;
        Int128 number = 0;
        for (const char c : digits) number = number * 10 + (c - '0');
        if (negative) number = -number;
        if (number < type.low || number > type.high) return std::nullopt;
        return Value{static_cast<std::int64_t>(number)};
    }
    if (type.kind == value::Kind::date) {
        const auto date = value::date_from_text(text);
        if (date) return Value{*date};
    }
    if (type.kind == value::Kind::decimal) {
        const auto number = value::decimal_from_text(text);
        if (number && value::to_text(*number) == text) return Value{*number};
    }
    return std::nullopt;
}

bool starts(const std::string& all, const std::string& part) {
    return all.substr(0, part.size()) == part;
}

}  // namespace

Maybe decimal_if(Int128 number) {
    const Int128 most = Int128{BILLION} * BILLION * BILLION * BILLION;
    if (number <= -most || number >= most) return std::nullopt;
    return Value{value::Decimal{number}};
}

Maybe builtin(BuiltinOp op, const std::vector<Value>& all, const check::Builtin&,
              const value::Type& type, int zone_minutes) {
    const std::int64_t zone_ms = std::int64_t{zone_minutes} * 60'000;
    switch (op) {
        case BuiltinOp::decimal_add:
            return decimal_if(units(all[0]) + units(all[1]));
        case BuiltinOp::decimal_subtract:
            return decimal_if(units(all[0]) - units(all[1]));
        case BuiltinOp::decimal_times:
            return ratio(units(all[0]), Int128{number(all[1])} * BILLION, BILLION, 9,
                         value::Rounding::down);
        case BuiltinOp::decimal_ratio:
            return ratio(units(all[0]), units(all[1]), units(all[2]), number(all[3]),
                         static_cast<value::Rounding>(number(all[4])));
        case BuiltinOp::decimal_of:
            return decimal_if(Int128{number(all[0])} * BILLION);
        case BuiltinOp::decimal_whole: {
            const Int128 whole = units(all[0]) / BILLION;
            if (whole * BILLION != units(all[0]) || whole != static_cast<std::int64_t>(whole)) {
                return std::nullopt;
            }
            return Value{static_cast<std::int64_t>(whole)};
        }
        case BuiltinOp::decimal_as:
            return all[0];
        case BuiltinOp::money_in: {
            const auto& fields = std::get<value::Record>(all[0].data).fields;
            return text(fields[1]) == type.name ? Maybe(fields[0]) : std::nullopt;
        }
        case BuiltinOp::time_add:
            return shifted(all[0], all[1], 1);
        case BuiltinOp::time_subtract:
            return shifted(all[0], all[1], -1);
        case BuiltinOp::duration_times:
            return duration_if(Int128{span(all[0])} * number(all[1]));
        case BuiltinOp::duration_divide:
            if (span(all[1]) == 0) return std::nullopt;
            return Value{span(all[0]) / span(all[1])};
        case BuiltinOp::calendar_number: {
            const Day at = day_at(day(all[0]));
            const std::int64_t numbers[] = {at.year, (at.month + 2) / 3, at.month, at.day,
                                            weekday(day(all[0]))};
            return Value{numbers[number(all[1])]};
        }
        case BuiltinOp::calendar_day:
            return calendar_day(day(all[0]), number(all[1]));
        case BuiltinOp::add_months:
            return add_months(day(all[0]), number(all[1]), number(all[2]));
        case BuiltinOp::day_of: {
            const std::int64_t local = std::get<value::Time>(all[0].data).ms + zone_ms;
            std::int64_t days = local / DAY_MS;
            while (days * DAY_MS > local) --days;
            return date_if(days);
        }
        case BuiltinOp::start_of:
            return time_if(Int128{day(all[0])} * DAY_MS - zone_ms);
        case BuiltinOp::make_list:
            if (all.size() > type.capacity) return std::nullopt;
            return Value{value::List{all}};
        case BuiltinOp::as_of:
            return as_of(std::get<value::Set>(all[0].data).elements, day(all[1]));
        case BuiltinOp::window_add:
            return with_more(std::get<value::Set>(all[0].data).elements, all[1], day(all[2]),
                             number(all[3]), type);
        case BuiltinOp::window_total: {
            const std::int64_t last = day(all[1]);
            return amount_if(between(std::get<value::Set>(all[0].data).elements,
                                     last - number(all[2]) + 1, last),
                             type);
        }
        case BuiltinOp::window_peak:
            return amount_if(
                largest(std::get<value::Set>(all[0].data).elements, day(all[1]), number(all[2])),
                type);
        case BuiltinOp::value_of_text:
            return value_of_text(text(all[0]), type);
        case BuiltinOp::text_starts:
            return Value{starts(text(all[0]), text(all[1]))};
        case BuiltinOp::text_ends: {
            const std::string back(text(all[0]).rbegin(), text(all[0]).rend());
            return Value{starts(back, std::string(text(all[1]).rbegin(), text(all[1]).rend()))};
        }
        case BuiltinOp::text_contains: {
            bool found = false;
            for (std::size_t i = 0; i <= text(all[0]).size(); ++i) {
                found = found || starts(text(all[0]).substr(i), text(all[1]));
            }
            return Value{found};
        }
    }
    return std::nullopt;
}

}  // namespace edict::reference
