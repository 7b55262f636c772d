#include "vm/bytecode/typing.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "value/calendar.h"
#include "value/plain_text.h"
#include "vm/bytecode/cost.h"

namespace edict::bytecode {

using value::Kind;
using value::Type;

bool TypeRelations::fits(const Type& from, const Type& to) {
    if (&from == &to) return true;
    const auto [known, is_new] = fits_.try_emplace({&from, &to}, false);
    if (is_new) known->second = value::fits_without_check(from, to);
    return known->second;
}

bool TypeRelations::same_shape(const Type& a, const Type& b) {
    if (&a == &b) return true;
    const auto [known, is_new] = same_shape_.try_emplace({&a, &b}, false);
    if (is_new) known->second = value::same_shape(a, b);
    return known->second;
}

bool TypeRelations::same(const Type& a, const Type& b) {
    if (&a == &b) return true;
    const auto [known, is_new] = same_.try_emplace({&a, &b}, false);
    if (is_new) known->second = value::same_type(a, b);
    return known->second;
}

namespace {

__extension__ typedef __int128 Wide;  // products of two Ints

struct Interval {
    Wide low = 0, high = 0;
};

std::size_t operands_of(Opcode op) {
    switch (op) {
        case Opcode::decimal_of:
        case Opcode::decimal_whole:
        case Opcode::decimal_as:
        case Opcode::money_in:
        case Opcode::day_of:
        case Opcode::start_of:
        case Opcode::value_of_text:
            return 1;
        case Opcode::window_add:
            return 4;
        case Opcode::add_months:
        case Opcode::window_total:
        case Opcode::window_peak:
            return 3;
        case Opcode::decimal_ratio:
            return 5;
        default:
            return 2;
    }
}

Wide magnitude(Interval i) { return std::max(i.high, -i.low); }

// Where the results of an arithmetic opcode lie, if they exist at all.
Interval result_of(Opcode op, Interval b, Interval c) {
    switch (op) {
        case Opcode::add:
            return {b.low + c.low, b.high + c.high};
        case Opcode::subtract:
            return {b.low - c.high, b.high - c.low};
        case Opcode::multiply: {
            const auto [low, high] =
                std::minmax({b.low * c.low, b.low * c.high, b.high * c.low, b.high * c.high});
            return {low, high};
        }
        case Opcode::divide: {
            const Wide most = magnitude(b);
            return {b.low >= 0 && c.low >= 0 ? 0 : -most, most};
        }
        default: {  // remainder
            const Wide most = std::min(magnitude(b), std::max<Wide>(magnitude(c) - 1, 0));
            return {b.low >= 0 ? 0 : -most, b.high <= 0 ? 0 : most};
        }
    }
}

class Typing {
public:
    Typing(const Module& module, const Function& function, const Instruction& in,
           TypeRelations& relations)
        : module_(module), function_(function), in_(in), relations_(relations) {}

    [[nodiscard]] std::string problem() {
        check();
        return std::move(problem_);
    }

private:
    [[nodiscard]] const Type& at(std::uint32_t reg) const {
        return *module_.types[function_.registers[reg]];
    }
    [[nodiscard]] const Type& type(TypeIndex index) const { return *module_.types[index]; }
    void need(bool good, std::string_view what) {
        if (!good && problem_.empty()) problem_ = what;
    }
    void need_kind(std::uint32_t reg, Kind kind, std::string_view kind_name) {
        if (at(reg).kind == kind || !problem_.empty()) return;
        problem_ =
            fmt::format("register {} is {}, not {}", reg, value::to_text(at(reg)), kind_name);
    }
    void need_boolean(std::uint32_t reg) { need_kind(reg, Kind::boolean, "Bool"); }
    void need_set(std::uint32_t reg) { need_kind(reg, Kind::set, "a Set"); }
    void need_collection(std::uint32_t reg) {
        if (at(reg).kind != Kind::list) need_set(reg);
    }
    void need_text(std::uint32_t reg) { need_kind(reg, Kind::text, "Text"); }
    void need_fits(const Type& from, const Type& to) {
        if (!problem_.empty() || relations_.fits(from, to)) return;
        problem_ = fmt::format("a {} is not always a {}", value::to_text(from), value::to_text(to));
    }
    void need_same_shape(const Type& a, const Type& b) {
        if (!problem_.empty() || relations_.same_shape(a, b)) return;
        problem_ =
            fmt::format("{} and {} cannot be compared", value::to_text(a), value::to_text(b));
    }
    void need_registers_fit(std::uint32_t first, const std::vector<TypeIndex>& types) {
        need(in_.c == types.size(), fmt::format("{} registers for {} places", in_.c, types.size()));
        for (std::uint32_t i = 0; i < types.size() && problem_.empty(); ++i) {
            need_fits(at(first + i), type(types[i]));
        }
    }

    void check();
    void check_scalar();
    void check_value();
    void check_set();
    void check_effect();
    void check_computed();
    void arithmetic();
    void comparison();
    void record();
    void one_field(const Type& record, std::uint16_t index, std::uint32_t reg, bool is_read);
    void key(const StoreUse& use, std::uint16_t reg);

    const Module& module_;
    const Function& function_;
    const Instruction& in_;
    TypeRelations& relations_;
    std::string problem_;
};

void Typing::arithmetic() {
    for (const std::uint32_t reg : {in_.a, in_.b, in_.c}) need_kind(reg, Kind::integer, "Int");
    if (!problem_.empty()) return;
    const Interval found =
        result_of(in_.op, {at(in_.b).low, at(in_.b).high}, {at(in_.c).low, at(in_.c).high});
    const bool any = at(in_.a).low == std::numeric_limits<std::int64_t>::min() &&
                     at(in_.a).high == std::numeric_limits<std::int64_t>::max();
    need(any || (at(in_.a).low <= found.low && found.high <= at(in_.a).high),
         "the result may be outside the range of its register");
}

void Typing::comparison() {
    need_boolean(in_.a);
    const Kind kind = at(in_.b).kind;
    const bool ordered = kind == Kind::integer || kind == Kind::date || kind == Kind::decimal ||
                         kind == Kind::time || kind == Kind::duration ||
                         (kind == Kind::enumeration && at(in_.b).ordered);
    need(ordered, "only numbers, times and ordered enums have an order");
    need_same_shape(at(in_.b), at(in_.c));
}

void Typing::one_field(const Type& record, std::uint16_t index, std::uint32_t reg, bool is_read) {
    const bool is_record = record.kind == Kind::record;
    need(is_record || record.kind == Kind::tuple, "a field of what is no record and no tuple");
    if (!problem_.empty()) return;
    const std::size_t count = is_record ? record.fields.size() : record.parts.size();
    need(index < count, "there is no such field");
    if (!problem_.empty()) return;
    const Type& field = is_record ? *record.fields[index].type : *record.parts[index];
    is_read ? need_fits(field, at(reg)) : need_fits(at(reg), field);
}

void Typing::record() {
    const Type& made = at(in_.a);
    need(made.kind == Kind::record || made.kind == Kind::tuple, "the result is no record or tuple");
    const std::size_t count = made.kind == Kind::record ? made.fields.size() : made.parts.size();
    need(in_.c == count, "not as many registers as fields");
    for (std::uint16_t i = 0; i < in_.c && problem_.empty(); ++i) {
        one_field(made, i, std::uint32_t{in_.b} + i, false);
    }
}

void Typing::key(const StoreUse& use, std::uint16_t reg) {
    need(use.key.has_value() == (reg != NO_REGISTER),
         "a key for a single store, or none for a map");
    if (use.key && problem_.empty()) need_fits(at(reg), type(*use.key));
}

void Typing::check_scalar() {
    switch (in_.op) {
        case Opcode::constant:
            return need_fits(type(module_.constants[in_.b].type), at(in_.a));
        case Opcode::move:
            return need_fits(at(in_.b), at(in_.a));
        case Opcode::logical_not:
            need_boolean(in_.a);
            return need_boolean(in_.b);
        case Opcode::is_known:
            return need_boolean(in_.a);
        case Opcode::or_else:
            need_fits(at(in_.b), at(in_.a));
            return need_fits(at(in_.c), at(in_.a));
        case Opcode::strict_with:
            return need_fits(at(in_.b), at(in_.a));
        case Opcode::choose:
            need_boolean(in_.b);
            return need_fits(at(in_.c), at(in_.a));
        case Opcode::jump_unless:
            return need_boolean(in_.a);
        default:  // logical_and, logical_or, logical_implies
            need_boolean(in_.a);
            need_boolean(in_.b);
            return need_boolean(in_.c);
    }
}

void Typing::check_value() {
    switch (in_.op) {
        case Opcode::equal:
        case Opcode::not_equal:
            need_boolean(in_.a);
            return need_same_shape(at(in_.b), at(in_.c));
        case Opcode::narrow:
            return need_same_shape(at(in_.b), at(in_.a));
        case Opcode::wrap:
            need_kind(in_.a, Kind::optional, "an optional");
            if (problem_.empty()) need_fits(at(in_.b), *at(in_.a).parts[0]);
            return;
        case Opcode::unwrap:
            need_kind(in_.b, Kind::optional, "an optional");
            if (problem_.empty()) need_fits(*at(in_.b).parts[0], at(in_.a));
            return;
        case Opcode::field:
            return one_field(at(in_.b), in_.c, in_.a, true);
        case Opcode::set_field:
            return one_field(at(in_.a), in_.b, in_.c, false);
        case Opcode::hash:
            if (at(in_.a).kind == Kind::commitment) return;
            return need_kind(in_.a, Kind::hash, "Hash");
        case Opcode::today:
            return need_kind(in_.a, Kind::date, "Date");
        case Opcode::caller:
        case Opcode::signer:
            return need_kind(in_.a, Kind::party, "Party");
        case Opcode::has_role:
            need_boolean(in_.a);
            need_kind(in_.b, Kind::party, "Party");
            return need_text(in_.c);
        case Opcode::open_duty:
        case Opcode::breached_duty:
            need_boolean(in_.a);
            return need_kind(in_.b, Kind::party, "Party");
        default:  // format, fail
            return need_text(in_.a);
    }
}

void Typing::check_set() {
    switch (in_.op) {
        case Opcode::make_set:
            need_set(in_.a);
            for (std::uint32_t i = 0; i < in_.c && problem_.empty(); ++i) {
                need_fits(at(in_.b + i), *at(in_.a).parts[0]);
            }
            return;
        case Opcode::contains:
            need_boolean(in_.a);
            need_collection(in_.c);
            if (problem_.empty()) need_same_shape(at(in_.b), *at(in_.c).parts[0]);
            return;
        case Opcode::set_unite:
            for (const std::uint32_t reg : {in_.a, in_.b, in_.c}) need_set(reg);
            if (!problem_.empty()) return;
            need_fits(*at(in_.b).parts[0], *at(in_.a).parts[0]);
            return need_fits(*at(in_.c).parts[0], *at(in_.a).parts[0]);
        case Opcode::count: {
            need_kind(in_.a, Kind::integer, "Int");
            need_collection(in_.b);
            if (!problem_.empty()) return;
            const bool enough = at(in_.a).low <= 0 && at(in_.a).high >= at(in_.b).capacity;
            return need(enough, "the number of elements may be outside the range of its register");
        }
        case Opcode::for_each:
            need_collection(in_.b);
            if (problem_.empty()) need_fits(*at(in_.b).parts[0], at(in_.a));
            return;
        default:  // set_subtract, set_intersect
            for (const std::uint32_t reg : {in_.a, in_.b, in_.c}) need_set(reg);
            need_fits(at(in_.b), at(in_.a));
            return need_same_shape(at(in_.b), at(in_.c));
    }
}

void Typing::check_effect() {
    switch (in_.op) {
        case Opcode::read_now:
        case Opcode::read_before:
        case Opcode::read_after:
            key(module_.store_table[in_.b], in_.c);
            return need_fits(type(module_.store_table[in_.b].value), at(in_.a));
        case Opcode::write_store:
            need(module_.store_table[in_.b].module == module_.name, "a write to another's store");
            key(module_.store_table[in_.b], in_.c);
            return need_fits(at(in_.a), type(module_.store_table[in_.b].value));
        case Opcode::remove_key:
            need(module_.store_table[in_.b].module == module_.name, "a write to another's store");
            return key(module_.store_table[in_.b], in_.c);
        case Opcode::emit:
            return need_registers_fit(in_.b, module_.events[in_.a].fields);
        default:  // call_action
            need(module_.callees[in_.a].module != module_.name,
                 "a call of an action of the same module");
            if (!problem_.empty()) return;
            need_registers_fit(in_.b, module_.callees[in_.a].parameters);
            if (!returned_by(module_, in_) || !problem_.empty()) return;
            need(std::size_t{in_.b} + in_.c < function_.registers.size(),
                 "no register for what the callee returns");
            if (problem_.empty()) need_fits(type(*returned_by(module_, in_)), at(in_.b + in_.c));
            return;
    }
}

// Operands x, y, z are the registers from b on.
void Typing::check_computed() {
    if (in_.op == Opcode::now) return need_kind(in_.a, Kind::time, "Time");
    if (in_.op == Opcode::make_list) {
        need_kind(in_.a, Kind::list, "a List");
        for (std::uint32_t i = 0; i < in_.c && problem_.empty(); ++i) {
            need_fits(at(in_.b + i), *at(in_.a).parts[0]);
        }
        return;
    }
    const std::size_t operands = operands_of(in_.op);
    need(in_.c == operands, fmt::format("{} registers for {} operands", in_.c, operands));
    if (!problem_.empty()) return;
    const std::uint32_t x = in_.b, y = x + 1, z = x + 2;
    const auto is = [this](std::uint32_t reg, Kind kind) { return at(reg).kind == kind; };
    const auto need_int = [this](std::uint32_t reg, std::int64_t low, std::int64_t high) {
        need_kind(reg, Kind::integer, "Int");
        need(at(reg).low >= low && at(reg).high <= high,
             fmt::format("register {} may be outside of {}..{}", reg, low, high));
    };
    const auto need_window = [this](std::uint32_t reg) {
        need_set(reg);
        if (!problem_.empty()) return;
        const Type& entry = *at(reg).parts[0];
        const bool fits =
            entry.kind == Kind::tuple && entry.parts.size() == 2 &&
            entry.parts[0]->kind == Kind::date &&
            (entry.parts[1]->kind == Kind::integer || entry.parts[1]->kind == Kind::decimal);
        need(fits, fmt::format("register {} is no set of days with amounts", reg));
    };
    const auto need_any_int = [this](std::uint32_t reg) {
        need_kind(reg, Kind::integer, "Int");
        need(at(reg).low == std::numeric_limits<std::int64_t>::min() &&
                 at(reg).high == std::numeric_limits<std::int64_t>::max(),
             "the result may be outside the range of its register");
    };
    switch (in_.op) {
        case Opcode::decimal_add:
        case Opcode::decimal_subtract:
            for (const std::uint32_t reg : {x, y}) {
                need_kind(reg, Kind::decimal, "a Decimal");
                need_same_shape(at(reg), at(in_.a));
            }
            return;
        case Opcode::decimal_times:
            need_kind(x, Kind::decimal, "a Decimal");
            need_same_shape(at(x), at(in_.a));
            return need_kind(y, Kind::integer, "Int");
        case Opcode::decimal_ratio:
            for (const std::uint32_t reg : {std::uint32_t{in_.a}, x, y, z}) {
                need_kind(reg, Kind::decimal, "a Decimal");
            }
            need_int(x + 3, 0, value::DECIMAL_PLACES);
            return need_int(x + 4, 0, value::ROUNDINGS - 1);
        case Opcode::decimal_of:
            need_kind(in_.a, Kind::decimal, "a Decimal");
            return need_kind(x, Kind::integer, "Int");
        case Opcode::decimal_whole:
            need_any_int(in_.a);
            return need_kind(x, Kind::decimal, "a Decimal");
        case Opcode::decimal_as:
            need_kind(in_.a, Kind::decimal, "a Decimal");
            return need_kind(x, Kind::decimal, "a Decimal");
        case Opcode::money_in:
            need_kind(in_.a, Kind::decimal, "Money of a currency");
            return need_same_shape(at(x), *value::money_type());
        case Opcode::time_add:
        case Opcode::time_subtract: {
            const bool shifts = is(y, Kind::duration) && at(x).kind == at(in_.a).kind &&
                                (is(x, Kind::time) || is(x, Kind::date) || is(x, Kind::duration));
            const bool measures = in_.op == Opcode::time_subtract && is(in_.a, Kind::duration) &&
                                  at(x).kind == at(y).kind &&
                                  (is(x, Kind::time) || is(x, Kind::date));
            return need(shifts || measures, "no sum or difference of times");
        }
        case Opcode::duration_times:
            need_kind(in_.a, Kind::duration, "Duration");
            need_kind(x, Kind::duration, "Duration");
            return need_kind(y, Kind::integer, "Int");
        case Opcode::duration_divide:
            need_any_int(in_.a);
            need_kind(x, Kind::duration, "Duration");
            return need_kind(y, Kind::duration, "Duration");
        case Opcode::calendar_number:
            need_any_int(in_.a);
            need_kind(x, Kind::date, "Date");
            return need_int(y, 0, value::CALENDAR_NUMBERS - 1);
        case Opcode::calendar_day:
            need_kind(in_.a, Kind::date, "Date");
            need_kind(x, Kind::date, "Date");
            return need_int(y, 0, value::CALENDAR_DAYS - 1);
        case Opcode::add_months:
            need_kind(in_.a, Kind::date, "Date");
            need_kind(x, Kind::date, "Date");
            need_kind(y, Kind::integer, "Int");
            return need_int(z, 0, value::MONTH_ENDS - 1);
        case Opcode::day_of:
            need_kind(in_.a, Kind::date, "Date");
            return need_kind(x, Kind::time, "Time");
        case Opcode::start_of:
            need_kind(in_.a, Kind::time, "Time");
            return need_kind(x, Kind::date, "Date");
        case Opcode::as_of: {
            need_set(x);
            need_kind(y, Kind::date, "Date");
            if (!problem_.empty()) return;
            const Type& entry = *at(x).parts[0];
            const bool dated = entry.kind == Kind::tuple && entry.parts.size() == 2 &&
                               entry.parts[0]->kind == Kind::date;
            need(dated, "a set of what is not dated");
            if (dated) need_fits(*entry.parts[1], at(in_.a));
            return;
        }
        case Opcode::window_add:
            need_window(x);
            need_window(in_.a);
            need_kind(z, Kind::date, "Date");
            need_int(z + 1, 1, value::MAX_SET_ELEMENTS);
            if (!problem_.empty()) return;
            need_same_shape(at(x), at(in_.a));
            return need_same_shape(at(y), *at(x).parts[0]->parts[1]);
        case Opcode::window_total:
        case Opcode::window_peak:
            need_window(x);
            need_kind(y, Kind::date, "Date");
            need_int(z, 1, value::MAX_SET_ELEMENTS);
            if (!problem_.empty()) return;
            return need_same_shape(at(in_.a), *at(x).parts[0]->parts[1]);
        case Opcode::value_of_text:
            need_text(x);
            return need(value::has_plain_text(at(in_.a)), "a text is no value of that type");
        default:  // text_starts, text_ends, text_contains
            need_boolean(in_.a);
            need_text(x);
            return need_text(y);
    }
}

void Typing::check() {
    switch (in_.op) {
        case Opcode::unknown:
        case Opcode::jump:
        case Opcode::jump_known:
        case Opcode::next:
        case Opcode::ret:  // what it returns depends on the kind of function
            return;
        case Opcode::add:
        case Opcode::subtract:
        case Opcode::multiply:
        case Opcode::divide:
        case Opcode::remainder:
            return arithmetic();
        case Opcode::less:
        case Opcode::less_equal:
            return comparison();
        case Opcode::make_record:
            return record();
        case Opcode::constant:
        case Opcode::move:
        case Opcode::logical_and:
        case Opcode::logical_or:
        case Opcode::logical_implies:
        case Opcode::logical_not:
        case Opcode::is_known:
        case Opcode::or_else:
        case Opcode::strict_with:
        case Opcode::choose:
        case Opcode::jump_unless:
            return check_scalar();
        case Opcode::equal:
        case Opcode::not_equal:
        case Opcode::narrow:
        case Opcode::wrap:
        case Opcode::unwrap:
        case Opcode::field:
        case Opcode::set_field:
        case Opcode::hash:
        case Opcode::today:
        case Opcode::caller:
        case Opcode::signer:
        case Opcode::has_role:
        case Opcode::open_duty:
        case Opcode::breached_duty:
        case Opcode::format:
        case Opcode::fail:
            return check_value();
        case Opcode::decimal_add:
        case Opcode::decimal_subtract:
        case Opcode::decimal_times:
        case Opcode::decimal_ratio:
        case Opcode::decimal_of:
        case Opcode::decimal_whole:
        case Opcode::decimal_as:
        case Opcode::money_in:
        case Opcode::time_add:
        case Opcode::time_subtract:
        case Opcode::duration_times:
        case Opcode::duration_divide:
        case Opcode::calendar_number:
        case Opcode::calendar_day:
        case Opcode::add_months:
        case Opcode::day_of:
        case Opcode::start_of:
        case Opcode::now:
        case Opcode::make_list:
        case Opcode::as_of:
        case Opcode::value_of_text:
        case Opcode::text_starts:
        case Opcode::text_ends:
        case Opcode::text_contains:
        case Opcode::window_add:
        case Opcode::window_total:
        case Opcode::window_peak:
            return check_computed();
        case Opcode::make_set:
        case Opcode::contains:
        case Opcode::set_unite:
        case Opcode::set_subtract:
        case Opcode::set_intersect:
        case Opcode::count:
        case Opcode::for_each:
            return check_set();
        case Opcode::read_now:
        case Opcode::read_before:
        case Opcode::read_after:
        case Opcode::write_store:
        case Opcode::remove_key:
        case Opcode::emit:
        case Opcode::call_action:
            return check_effect();
    }
}

}  // namespace

std::string type_problem(const Module& module, const Function& function, const Instruction& in,
                         TypeRelations& relations) {
    return Typing(module, function, in, relations).problem();
}

}  // namespace edict::bytecode
