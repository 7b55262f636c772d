#include "vm/bytecode/schema.h"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/hash.h"
#include "vm/bytecode/cost.h"
#include "vm/bytecode/limits.h"

namespace edict::bytecode {

namespace {

constexpr std::uint64_t NODE_COST = 4;  // of one part of a value, beside what is searched for it

class Converting {
public:
    Converting(const Module& module, std::uint64_t& steps) : module_(module), steps_(steps) {}

    Conversion value(const value::Type& from, const value::Type& to) {
        const std::uint64_t searched =
            module_.history.defaults.size() + module_.history.upgrades.size();
        const std::uint64_t work = NODE_COST + searched;
        if (steps_ < work) return {"there is too much to convert", 0};
        steps_ -= work;
        Conversion made = of_kind(from, to);
        made.cost = saturating_add(made.cost, work);
        return made;
    }

private:
    static Conversion no(const value::Type& from, const value::Type& to) {
        return {
            fmt::format("a {} cannot be read as a {}", value::to_text(from), value::to_text(to)),
            0};
    }

    Conversion of_kind(const value::Type& from, const value::Type& to) {
        if (value::same_type(from, to)) return {{}, from.max_bytes / BYTES_PER_UNIT};
        if (from.kind != to.kind) return no(from, to);
        switch (to.kind) {
            case value::Kind::enumeration: {
                const bool fits =
                    from.name == to.name && from.ordered == to.ordered &&
                    from.members.size() <= to.members.size() &&
                    std::equal(from.members.begin(), from.members.end(), to.members.begin());
                return fits ? Conversion{} : no(from, to);
            }
            case value::Kind::record:
                return record(from, to);
            case value::Kind::optional:
            case value::Kind::tuple:
            case value::Kind::set:
            case value::Kind::list:
                break;
            default:
                return no(from, to);
        }
        if (from.parts.size() != to.parts.size() || from.capacity > to.capacity)
            return no(from, to);
        Conversion all;
        for (std::size_t i = 0; i < to.parts.size() && all.problem.empty(); ++i)
            add(all, value(*from.parts[i], *to.parts[i]));
        const bool many = to.kind == value::Kind::set || to.kind == value::Kind::list;
        if (many) all.cost = saturating_multiply(all.cost, from.capacity);
        return all;
    }

    Conversion record(const value::Type& from, const value::Type& to) {
        if (from.name != to.name) return no(from, to);
        Conversion all;
        if (const UpgradeDecl* upgrade = upgrade_of(module_, from, to)) {
            const Function& code = module_.functions[upgrade->code];
            if (code.parameters != from.fields.size())
                return {"an upgrade takes other fields than the old record has", 0};
            all.cost = code.cost;
            for (std::size_t i = 0; i < from.fields.size() && all.problem.empty(); ++i)
                add(all, value(*from.fields[i].type, *module_.types[code.registers[i]]));
            return all;
        }
        std::size_t found = 0;  // of the old fields, which keep their order
        for (std::size_t i = 0; i < to.fields.size() && all.problem.empty(); ++i) {
            const bool kept =
                found < from.fields.size() && from.fields[found].name == to.fields[i].name;
            if (kept) {
                add(all, value(*from.fields[found].type, *to.fields[i].type));
                ++found;
            } else if (default_of(module_, to, i) == nullptr) {
                return no(from, to);
            } else {
                all.cost = saturating_add(all.cost, to.fields[i].type->max_bytes / BYTES_PER_UNIT);
            }
        }
        return found == from.fields.size() || !all.problem.empty() ? all : no(from, to);
    }

    static void add(Conversion& all, Conversion part) {
        all.cost = saturating_add(all.cost, part.cost);
        if (all.problem.empty()) all.problem = std::move(part.problem);
    }

    const Module& module_;
    std::uint64_t& steps_;
};

}  // namespace

std::uint32_t type_number(const value::Type& type) {
    base::Writer out;
    value::write(out, type);
    const crypto::Hash hash = crypto::sha256(out.out());
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8U | hash.bytes[i];
    return number;
}

const std::vector<TypeIndex>* older_types(const Module& module, std::size_t store) {
    for (const OlderTypes& older : module.history.stores) {
        if (older.store == store) return &older.types;
    }
    return nullptr;
}

const UpgradeDecl* upgrade_of(const Module& module, const value::Type& from,
                              const value::Type& to) {
    for (const UpgradeDecl& upgrade : module.history.upgrades) {
        if (value::same_type(*module.types[upgrade.from], from) &&
            value::same_type(*module.types[upgrade.to], to))
            return &upgrade;
    }
    return nullptr;
}

const FieldDefault* default_of(const Module& module, const value::Type& record, std::size_t field) {
    for (const FieldDefault& one : module.history.defaults) {
        if (one.field == field && value::same_type(*module.types[one.record], record)) return &one;
    }
    return nullptr;
}

Conversion conversion_of(const Module& module, const value::Type& from, const value::Type& to,
                         std::uint64_t& steps) {
    return Converting(module, steps).value(from, to);
}

std::uint64_t conversion_cost(const Module& module, std::size_t store) {
    const std::vector<TypeIndex>* older = older_types(module, store);
    std::uint64_t most = 0;
    if (older == nullptr) return most;
    for (const TypeIndex from : *older) {
        std::uint64_t steps = MAX_CONVERSION_STEPS;
        const value::Type& to = *module.types[module.stores[store].value];
        most = std::max(most, conversion_of(module, *module.types[from], to, steps).cost);
    }
    return most;
}

}  // namespace edict::bytecode
