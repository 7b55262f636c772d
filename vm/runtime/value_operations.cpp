// Operations on decimals, money, times, lists and texts. All are strict; their operands are the c
// registers from b on.
#include <algorithm>
#include <optional>
#include <string_view>

#include "value/calendar.h"
#include "value/plain_text.h"
#include "vm/runtime/scalar_operations.h"

namespace edict::runtime::operations {

namespace {

Operand at(Operand first, std::uint32_t i) { return static_cast<Operand>(first + i); }

value::Decimal decimal(const Frame& f, Operand reg) {
    return std::get<value::Decimal>(f.at(reg).data);
}
std::int64_t number(const Frame& f, Operand reg) { return as_signed(f.slots[reg]); }
value::Date date(const Frame& f, Operand reg) {
    return {static_cast<std::int32_t>(number(f, reg))};
}
const std::string& text(const Frame& f, Operand reg) {
    return std::get<std::string>(f.at(reg).data);
}

void put(Frame& f, Operand a, std::optional<value::Decimal> made) {
    made ? f.set(a, f.arena->keep({*made})) : f.set_unknown(a);
}
void put(Frame& f, Operand a, std::optional<value::Date> made) {
    made ? f.set(a, static_cast<Slot>(std::int64_t{made->days})) : f.set_unknown(a);
}
void put(Frame& f, Operand a, std::optional<std::int64_t> made) {
    made ? f.set(a, static_cast<Slot>(*made)) : f.set_unknown(a);
}

bool within(std::int64_t value, std::int64_t low, std::int64_t high) {
    return low <= value && value <= high;
}

// A number of milliseconds as a value of a's type, if it is one.
void put_time(Frame& f, Operand a, std::int64_t ms) {
    const bool is_time = f.type_of(a).kind == value::Kind::time;
    const std::int64_t low = is_time ? value::FIRST_TIME.ms : -value::MAX_DURATION_MS;
    const std::int64_t high = is_time ? value::LAST_TIME.ms : value::MAX_DURATION_MS;
    put(f, a, within(ms, low, high) ? std::optional(ms) : std::nullopt);
}

// x + y, or x - y with a sign of -1. Times, days and durations are far from the ends of 64 bits.
void shift(Frame& f, Operand a, Operand b, std::int64_t sign) {
    const std::int64_t x = number(f, b), y = sign * number(f, at(b, 1));
    if (f.type_of(b).kind != value::Kind::date) return put_time(f, a, x + y);
    if (y % value::MS_OF_DAY != 0) return f.set_unknown(a);
    const std::int64_t days = x + y / value::MS_OF_DAY;
    if (!within(days, value::FIRST_DATE.days, value::LAST_DATE.days)) return f.set_unknown(a);
    f.set(a, static_cast<Slot>(days));
}

}  // namespace

void decimal_add(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    put(f, a, value::add(decimal(f, b), decimal(f, at(b, 1))));
}

void decimal_subtract(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    put(f, a, value::subtract(decimal(f, b), decimal(f, at(b, 1))));
}

void decimal_times(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    put(f, a, value::times(decimal(f, b), number(f, at(b, 1))));
}

void decimal_ratio(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    put(f, a,
        value::round_ratio(decimal(f, b), decimal(f, at(b, 1)), decimal(f, at(b, 2)),
                           static_cast<int>(number(f, at(b, 3))),
                           static_cast<value::Rounding>(number(f, at(b, 4)))));
}

void decimal_of(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    put(f, a, std::optional(value::Decimal::whole(number(f, b))));
}

void decimal_whole(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    put(f, a, value::to_whole(decimal(f, b)));
}

void decimal_as(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    put(f, a, std::optional(decimal(f, b)));
}

void money_in(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    const auto& fields = std::get<value::Record>(f.at(b).data).fields;
    if (std::get<std::string>(fields[1].data) != f.type_of(a).name) return f.set_unknown(a);
    put(f, a, std::optional(std::get<value::Decimal>(fields[0].data)));
}

void time_add(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    shift(f, a, b, 1);
}

void time_subtract(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    if (f.type_of(at(b, 1)).kind == value::Kind::duration) return shift(f, a, b, -1);
    const std::int64_t between = number(f, b) - number(f, at(b, 1));
    put_time(f, a, f.type_of(b).kind == value::Kind::date ? between * value::MS_OF_DAY : between);
}

void duration_times(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    std::int64_t product = 0;
    if (__builtin_mul_overflow(number(f, b), number(f, at(b, 1)), &product)) {
        return f.set_unknown(a);
    }
    put_time(f, a, product);
}

void duration_divide(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c) || number(f, at(b, 1)) == 0) return f.set_unknown(a);
    f.set(a, static_cast<Slot>(number(f, b) / number(f, at(b, 1))));
}

void calendar_number(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    const auto which = static_cast<value::CalendarNumber>(number(f, at(b, 1)));
    f.set(a, static_cast<Slot>(value::calendar_number(date(f, b), which)));
}

void calendar_day(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    const auto which = static_cast<value::CalendarDay>(number(f, at(b, 1)));
    put(f, a, value::calendar_day(date(f, b), which));
}

void add_months(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    const auto end = static_cast<value::MonthEnd>(number(f, at(b, 2)));
    put(f, a, value::add_months(date(f, b), number(f, at(b, 1)), end));
}

void day_of(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    const int zone = f.module->zone_minutes.value_or(0);
    const std::int64_t first = value::start_of_day_ms(value::FIRST_DATE, zone);
    const std::int64_t last = value::start_of_day_ms(value::LAST_DATE, zone) + value::MS_OF_DAY;
    const std::int64_t ms = number(f, b);
    if (ms < first || ms >= last) return f.set_unknown(a);
    put(f, a, std::optional(value::day_of(ms, zone)));
}

void start_of(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    put_time(f, a, value::start_of_day_ms(date(f, b), f.module->zone_minutes.value_or(0)));
}

void make_list(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c) || c > f.type_of(a).capacity) return f.set_unknown(a);
    value::List made;
    made.elements.reserve(c);
    for (std::uint32_t i = 0; i < c; ++i) made.elements.push_back(f.value_of(at(b, i)));
    f.set(a, f.arena->keep({std::move(made)}));
}

// The entries ascend by their days.
void as_of(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    const std::vector<value::Value>& entries = elements_of(f.at(b));
    const value::Date wanted = date(f, at(b, 1));
    const auto fields = [](const value::Value& entry) -> const std::vector<value::Value>& {
        return std::get<value::Record>(entry.data).fields;
    };
    const auto day = [&](const value::Value& entry) {
        return std::get<value::Date>(fields(entry)[0].data);
    };
    const auto after = std::partition_point(entries.begin(), entries.end(),
                                            [&](const auto& e) { return day(e) <= wanted; });
    if (after == entries.begin()) return f.set_unknown(a);
    const auto found = after - 1;
    if (found != entries.begin() && day(*(found - 1)) == day(*found)) return f.set_unknown(a);
    f.set(a, &fields(*found)[1]);
}

void value_of_text(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    auto made = value::from_plain_text(text(f, b), f.type_of(a));
    if (!made) return f.set_unknown(a);
    f.set(a, f.arena->keep(std::move(*made)));
}

void text_starts(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    f.set(a, Slot{text(f, b).starts_with(text(f, at(b, 1)))});
}

void text_ends(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    f.set(a, Slot{text(f, b).ends_with(text(f, at(b, 1)))});
}

void text_contains(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    f.set(a, Slot{text(f, b).find(text(f, at(b, 1))) != std::string::npos});
}

}  // namespace edict::runtime::operations
