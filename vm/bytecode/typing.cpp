#include "vm/bytecode/typing.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

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
    const bool ordered = kind == Kind::integer || kind == Kind::date ||
                         (kind == Kind::enumeration && at(in_.b).ordered);
    need(ordered, "only Int, Date and ordered enums have an order");
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
            need_set(in_.c);
            if (problem_.empty()) need_same_shape(at(in_.b), *at(in_.c).parts[0]);
            return;
        case Opcode::set_unite:
            for (const std::uint32_t reg : {in_.a, in_.b, in_.c}) need_set(reg);
            if (!problem_.empty()) return;
            need_fits(*at(in_.b).parts[0], *at(in_.a).parts[0]);
            return need_fits(*at(in_.c).parts[0], *at(in_.a).parts[0]);
        case Opcode::count: {
            need_kind(in_.a, Kind::integer, "Int");
            need_set(in_.b);
            if (!problem_.empty()) return;
            const bool enough = at(in_.a).low <= 0 && at(in_.a).high >= at(in_.b).capacity;
            return need(enough, "the number of elements may be outside the range of its register");
        }
        case Opcode::for_each:
            need_set(in_.b);
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
            return need_registers_fit(in_.b, module_.callees[in_.a].parameters);
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
        case Opcode::format:
        case Opcode::fail:
            return check_value();
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
