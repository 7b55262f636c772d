// Operations on what a counter over days keeps: a set of (day, amount), ascending. All are strict;
// their operands are the c registers from b on.
#include <algorithm>
#include <optional>

#include "vm/runtime/scalar_operations.h"

namespace edict::runtime::operations {

namespace {

struct Bucket {
    std::int64_t day = 0;
    value::Int128 amount = 0;
};

// Far from the ends of 128 bits, also a sum of as many as a set may hold: see Decimal::LIMIT.
value::Int128 amount_of(const value::Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value.data)) return *number;
    return std::get<value::Decimal>(value.data).units;
}

std::vector<Bucket> buckets_of(const value::Value& set) {
    std::vector<Bucket> made;
    for (const value::Value& entry : elements_of(set)) {
        const std::vector<value::Value>& fields = std::get<value::Record>(entry.data).fields;
        made.push_back({std::get<value::Date>(fields[0].data).days, amount_of(fields[1])});
    }
    return made;
}

// As an amount of this type; nothing outside its range.
std::optional<value::Value> as_amount(value::Int128 total, const value::Type& type) {
    if (type.kind == value::Kind::decimal) {
        const value::Decimal decimal{total};
        return decimal.in_range() ? std::optional(value::Value{decimal}) : std::nullopt;
    }
    if (total < type.low || total > type.high) return std::nullopt;
    return value::Value{static_cast<std::int64_t>(total)};
}

void put_total(Frame& f, Operand a, value::Int128 total) {
    std::optional<value::Value> made = as_amount(total, f.type_of(a));
    if (!made) return f.set_unknown(a);
    if (f.type_of(a).kind == value::Kind::integer) return f.set(a, slot_of(*made));
    f.set(a, f.arena->keep(std::move(*made)));
}

std::int64_t operand(const Frame& f, Operand b, std::uint32_t i) {
    return as_signed(f.slots[b + i]);
}

}  // namespace

void window_add(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    const value::Type& type = f.type_of(a);
    const std::int64_t day = operand(f, b, 2), keep = operand(f, b, 3);
    std::vector<Bucket> buckets = buckets_of(f.at(b));
    Bucket added{day, amount_of(f.value_of(static_cast<Operand>(b + 1)))};
    std::int64_t newest = day;
    for (const Bucket& one : buckets) {
        if (one.day == day) added.amount += one.amount;
        newest = std::max(newest, one.day);
    }
    std::erase_if(buckets, [&](const Bucket& one) { return one.day == day; });
    const auto at = std::partition_point(buckets.begin(), buckets.end(),
                                         [&](const Bucket& one) { return one.day < day; });
    buckets.insert(at, added);
    std::erase_if(buckets, [&](const Bucket& one) { return one.day <= newest - keep; });
    if (buckets.size() > type.capacity) return f.set_unknown(a);
    value::Set made;
    for (const Bucket& one : buckets) {
        std::optional<value::Value> amount = as_amount(one.amount, *type.parts[0]->parts[1]);
        if (!amount) return f.set_unknown(a);
        const value::Date when{static_cast<std::int32_t>(one.day)};
        made.elements.push_back({value::Record{{{when}, std::move(*amount)}}});
    }
    f.set(a, f.arena->keep({std::move(made)}));
}

void window_total(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    const std::int64_t last = operand(f, b, 1), days = operand(f, b, 2);
    value::Int128 total = 0;
    for (const Bucket& one : buckets_of(f.at(b))) {
        if (one.day <= last && one.day > last - days) total += one.amount;
    }
    put_total(f, a, total);
}

// The total changes only where a window takes a day in at its end or leaves one at its start.
void window_peak(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    const std::int64_t day = operand(f, b, 1), days = operand(f, b, 2);
    const std::vector<Bucket> buckets = buckets_of(f.at(b));
    std::size_t in = 0, out = 0;  // those up to the end, and those before the start
    value::Int128 total = 0;
    std::optional<value::Int128> most;
    for (std::int64_t end = day; end < day + days; ++end) {
        for (; in < buckets.size() && buckets[in].day <= end; ++in) total += buckets[in].amount;
        for (; out < in && buckets[out].day <= end - days; ++out) total -= buckets[out].amount;
        most = most ? std::max(*most, total) : total;
    }
    if (!most) return f.set_unknown(a);
    put_total(f, a, *most);
}

}  // namespace edict::runtime::operations
