#include "verifier/encode/world.h"

#include <algorithm>

namespace edict::encode {

using smt::Terms;

namespace {

constexpr std::int64_t FIRST_DAY = 0;         // 1970-01-01: no call is older
constexpr std::int64_t LAST_DAY = 2'932'895;  // a day in every zone before the end of the year 9999

Term same_key(World& world, const check::Store& store, const Symbol& a, const Symbol& b) {
    return store.key ? world.symbols.equal(a, b, *store.key) : Terms::yes();
}

}  // namespace

World::World(const check::Program& of) : program(of) {
    // A natural date for witnesses: one on which every rule is in force, if it is that simple.
    for (const check::Module& module : program.modules) {
        for (const check::Rule& rule : module.rules) {
            if (rule.window.from) {
                symbols.reference_day = std::max(symbols.reference_day, rule.window.from->days);
            }
        }
    }
}

Term World::role_name(const std::string& role) {
    return symbols.constant(value::Value{role}, *value::text_type(128).value()).scalar;
}

Term World::has_role(Term party, Term role) {
    std::vector<std::pair<Term, Term>> earlier;
    for (const RoleEntry& entry : roles_) {
        const Term same =
            terms.both(terms.equal(party, entry.party), terms.equal(role, entry.role));
        if (same == Terms::no()) continue;
        earlier.emplace_back(same, entry.held);
        if (same == Terms::yes()) break;
    }
    Term held;
    if (earlier.empty() || earlier.back().first != Terms::yes()) {
        held = terms.bool_variable();
        roles_.push_back({party, role, held});
    }
    for (auto at = earlier.rbegin(); at != earlier.rend(); ++at) {
        held = terms.choose_bool(at->first, at->second, held);
    }
    return held;
}

Term World::today(const Site& site) {
    if (!site.apart) return today(site.module);
    return terms.int_variable(FIRST_DAY, LAST_DAY, symbols.reference_day,
                              symbols.abstraction({}, "the legal time of a call from inside"));
}

Term World::now(const Site& site) {
    if (!site.apart) return now();
    return terms.int_variable(value::FIRST_TIME.ms, value::LAST_TIME.ms,
                              symbols.reference_day * value::MS_OF_DAY,
                              symbols.abstraction({}, "the legal time of a call from inside"));
}

Term World::today(check::ModuleId module) {
    const int zone = program.at(module).zone_minutes.value_or(0);
    const auto found = days_.find(zone);
    if (found != days_.end()) return found->second;
    const Term day = terms.int_variable(FIRST_DAY, LAST_DAY, symbols.reference_day);
    // Zones are at most 26 hours apart.
    for (const auto& [other_zone, other] : days_) {
        const Term earlier = other_zone < zone ? other : day;
        const Term later = other_zone < zone ? day : other;
        const Term near = terms.both(terms.at_most(earlier, later),
                                     terms.at_most(later, terms.add(earlier, terms.number(2))));
        terms.attach(day, near);
        terms.attach(other, near);
    }
    days_.emplace(zone, day);
    if (now_) relate(day, zone);
    return day;
}

Term World::now() {
    if (now_) return *now_;
    const std::int64_t usual = symbols.reference_day * value::MS_OF_DAY;
    now_ = terms.int_variable(value::FIRST_TIME.ms, value::LAST_TIME.ms, usual);
    for (const auto& [zone, day] : days_) relate(day, zone);
    return *now_;
}

// The moment lies in the day, but for the ends of the calendar, where days are held inside it.
void World::relate(Term day, int zone) {
    constexpr std::int64_t MINUTE_MS = 60'000;
    const Term start = terms.add(terms.multiply(terms.number(value::MS_OF_DAY), day),
                                 terms.number(-zone * MINUTE_MS));
    const Term end = terms.add(start, terms.number(value::MS_OF_DAY));
    const Term first = terms.equal(day, terms.number(FIRST_DAY));
    const Term last = terms.equal(day, terms.number(LAST_DAY));
    const Term inside = terms.both(terms.either(first, terms.at_most(start, *now_)),
                                   terms.either(last, terms.less(*now_, end)));
    terms.attach(day, inside);
    terms.attach(*now_, inside);
}

// The cell as it was before anything wrote to it (epoch 0), or as something unknown left it.
Cell World::initial(check::StoreRef ref, const Symbol& key, std::uint32_t epoch,
                    smt::Origin origin) {
    const check::Store& store = program.at(ref);
    std::vector<std::pair<Term, const Cell*>> earlier;
    const auto consider = [&](const Entry& entry) {
        const Term same = same_key(*this, store, key, entry.key);
        if (same != Terms::no()) earlier.emplace_back(same, &entry.cell);
        return same == Terms::yes();
    };
    bool exact = false;
    if (epoch == 0) {
        for (std::size_t i = 0; i < entries_.size() && !exact; ++i) {
            if (entries_[i].store == ref) exact = consider(entries_[i]);
        }
    } else {
        for (std::size_t i = 0; i < forgotten_.size() && !exact; ++i) {
            const Forgotten& cell = forgotten_[i];
            if (cell.epoch == epoch && cell.entry.store == ref) exact = consider(cell.entry);
        }
    }
    Cell cell;
    if (exact) {
        cell = *earlier.back().second;
        earlier.pop_back();
    } else {
        cell.present = terms.bool_variable(origin);
        cell.value = symbols.fresh(*store.value, store.name, origin);
    }
    const Cell own = cell;
    for (auto at = earlier.rbegin(); at != earlier.rend(); ++at) {
        cell.present = terms.choose_bool(at->first, at->second->present, cell.present);
        cell.value = symbols.choose(at->first, at->second->value, cell.value, *store.value);
    }
    if (exact) return cell;
    if (epoch == 0) {
        entries_.push_back({ref, key, own});
    } else {
        forgotten_.push_back({epoch, {ref, key, own}});
    }
    return cell;
}

Cell World::read(const Memory& memory, check::StoreRef ref, const Symbol& key) {
    // Newest first, until one is certain.
    std::vector<Effect> effects;
    bool certain = false;
    for (const Write* write = memory.get(); write != nullptr && !certain;
         write = write->before.get()) {
        if (write->store != ref) continue;
        Effect effect = write->effect(key);
        if (effect.condition == Terms::no()) continue;
        certain = effect.condition == Terms::yes();
        effects.push_back(std::move(effect));
    }
    Cell cell;
    if (certain) {
        cell = effects.back().cell;
        effects.pop_back();
    } else {
        cell = initial(ref, key, 0, 0);
    }
    const value::Type& type = *program.at(ref).value;
    for (auto effect = effects.rbegin(); effect != effects.rend(); ++effect) {
        const Term condition = effect->condition;
        cell.present = terms.choose_bool(condition, effect->cell.present, cell.present);
        cell.value = symbols.choose(condition, effect->cell.value, cell.value, type);
    }
    return cell;
}

}  // namespace edict::encode
