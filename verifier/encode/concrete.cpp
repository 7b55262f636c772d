#include "verifier/encode/concrete.h"

#include <algorithm>

#include "base/check.h"

namespace edict::encode {

using value::Kind;

namespace {

constexpr std::int64_t MINUTE_MS = 60'000;
constexpr int FIRST_ZONE = -14 * 60, LAST_ZONE = 14 * 60;

std::string cut(const std::string& text, std::size_t capacity) {
    return text.size() <= capacity ? text : std::string();
}

// Whether a constant that has a number is of this kind. Numbers of two kinds are never compared.
bool is_of_kind(const value::Value& constant, Kind kind) {
    switch (kind) {
        case Kind::text:
            return std::holds_alternative<std::string>(constant.data);
        case Kind::party:
            return std::holds_alternative<value::PartyId>(constant.data);
        case Kind::list:
            return std::holds_alternative<value::List>(constant.data);
        case Kind::bytes:
            return std::holds_alternative<base::Bytes>(constant.data);
        default:
            return std::holds_alternative<crypto::Hash>(constant.data);
    }
}

}  // namespace

Concrete::Concrete(const World& world, const smt::Model& model, const smt::Slice& slice)
    : world_(world), slice_(slice) {
    // The whole graph once: a story needs terms beside those of the question.
    smt::Slice all;
    for (std::uint32_t id = 0; id < world.terms.size(); ++id) all.nodes.push_back(id);
    // Variables that came after the question stand free of it, with their preferred values.
    smt::Model whole = smt::preferred_model(world.terms);
    std::copy(model.values.begin(), model.values.end(), whole.values.begin());
    smt::Evaluator evaluator(world.terms, all);
    (void)evaluator.satisfies(whole);
    for (std::uint32_t id = 0; id < world.terms.size(); ++id) {
        values_.push_back(evaluator.value(Term{id << 1}));
    }
    for (const auto& [number, constant] : world.symbols.constants()) {
        if (const auto* text = std::get_if<std::string>(&constant.data)) used_.insert(*text);
    }
}

smt::Wide Concrete::number(Term term) const {
    const smt::Wide value = values_[term.node()];
    return term.negated() ? 1 - value : value;
}

bool Concrete::matters(Term variable) const {
    return std::binary_search(slice_.nodes.begin(), slice_.nodes.end(), variable.node());
}

std::optional<std::string> Concrete::text_of(std::int64_t number, std::size_t capacity) {
    const auto found = texts_.find(number);
    if (found != texts_.end()) return cut(found->second, capacity);
    const auto hint = world_.symbols.hints().find(number);
    const std::string base = hint == world_.symbols.hints().end() ? "text" : hint->second;
    for (int i = 1; i < 10'000; ++i) {
        std::string text = base + "-" + std::to_string(i);
        if (text.size() > capacity) text = std::to_string(i);
        if (text.size() > capacity) return std::nullopt;
        if (!used_.insert(text).second) continue;
        texts_.emplace(number, text);
        return text;
    }
    return std::nullopt;
}

// Named after the first role that it holds, else after what it is to the call.
const std::string& Concrete::party_of(std::int64_t number) {
    const auto found = parties_.find(number);
    if (found != parties_.end()) return found->second;
    std::string base = "someone";
    const auto hint = world_.symbols.hints().find(number);
    if (hint != world_.symbols.hints().end()) base = hint->second;
    const auto roles = held_.find(number);
    if (roles != held_.end()) base = roles->second.front();
    std::string name;
    for (int i = 1; name.empty() || !used_.insert(name).second; ++i) {
        name = base + "_" + std::to_string(i);
    }
    order_.push_back(number);
    return parties_.emplace(number, name).first->second;
}

const value::Value* Concrete::constant_of(std::int64_t number, Kind kind) const {
    const auto constant = world_.symbols.constants().find(number);
    const bool found =
        constant != world_.symbols.constants().end() && is_of_kind(constant->second, kind);
    return found ? &constant->second : nullptr;
}

std::optional<value::Value> Concrete::name_of(std::int64_t number, const value::Type& type) {
    if (const value::Value* constant = constant_of(number, type.kind)) {
        if (!value::check(*constant, type)) return std::nullopt;  // too long
        return *constant;
    }
    switch (type.kind) {
        case Kind::text: {
            auto text = text_of(number, type.capacity);
            if (!text) return std::nullopt;
            return value::Value{*std::move(text)};
        }
        case Kind::party:
            return value::Value{value::party_named(party_of(number))};
        case Kind::list:
            return list_of(number, type);
        case Kind::commitment:
        case Kind::pseudonym:
        case Kind::hash: {
            const auto computed = hashes_.find(number);
            if (computed != hashes_.end()) return value::Value{computed->second};
            return value::Value{crypto::sha256(base::as_bytes("hash " + std::to_string(number)))};
        }
        default: {
            const auto text = text_of(number, type.capacity);
            if (!text) return std::nullopt;
            const base::ByteView bytes = base::as_bytes(*text);
            return value::Value{base::Bytes(bytes.begin(), bytes.end())};
        }
    }
}

// Each number has its own list: none, then those of one element.
std::optional<value::Value> Concrete::list_of(std::int64_t number, const value::Type& type) {
    const auto known = std::find(lists_.begin(), lists_.end(), number);
    const auto place = static_cast<std::size_t>(known - lists_.begin());
    if (known == lists_.end()) lists_.push_back(number);
    value::List made;
    if (place > 0) {
        std::vector<value::Value> elements;
        if (type.capacity == 0 || !pad(*type.parts[0], place, elements)) return std::nullopt;
        made.elements.push_back(elements[place - 1]);
    }
    return value::Value{std::move(made)};
}

// Distinct elements beyond those that the model names; what they are does not matter.
bool Concrete::pad(const value::Type& type, std::size_t size, std::vector<value::Value>& elements) {
    const auto add = [&](std::optional<value::Value> made) {
        if (!made || !value::check(*made, type)) return;
        if (std::find(elements.begin(), elements.end(), *made) == elements.end()) {
            elements.push_back(*std::move(made));
        }
    };
    constexpr std::int64_t FIRST_PAD = 2'000'000'000;  // numbers that no model has
    for (std::int64_t i = 0; elements.size() < size && i < 4 * std::int64_t{1 << 16}; ++i) {
        switch (type.kind) {
            case Kind::boolean:
                add(value::Value{i % 2 == 1});
                break;
            case Kind::integer:
                if (i > type.high - std::max<std::int64_t>(type.low, 0)) return false;
                add(value::Value{std::max<std::int64_t>(type.low, 0) + i});
                break;
            case Kind::date:
                add(value::Value{
                    value::Date{world_.symbols.reference_day + static_cast<std::int32_t>(i)}});
                break;
            case Kind::decimal:
                add(value::Value{value::Decimal::whole(i)});
                break;
            case Kind::time:
                add(value::Value{value::Time{world_.symbols.reference_day * value::MS_OF_DAY + i}});
                break;
            case Kind::duration:
                add(value::Value{value::Duration{i * value::MS_OF_DAY}});
                break;
            case Kind::enumeration:
                add(value::Value{value::EnumMember{static_cast<std::uint32_t>(i)}});
                break;
            case Kind::text:
            case Kind::bytes:
            case Kind::party:
            case Kind::hash:
                add(name_of(FIRST_PAD + i, type));
                break;
            default:
                return false;
        }
    }
    return elements.size() >= size;
}

bool Concrete::add_base_members(const BaseSet& base, std::vector<value::Value>& members) {
    const value::Type& type = *base.type->parts[0];
    std::vector<value::Value> decided;
    for (const auto& [element, membership] : base.asked) {
        auto made = make(element, type);
        if (!made) {
            if (number(membership) == 1) return false;
            continue;  // it is not in, so it need not exist
        }
        if (std::find(decided.begin(), decided.end(), *made) != decided.end()) continue;
        decided.push_back(*made);
        if (number(membership) == 1) members.push_back(*std::move(made));
    }
    if (!base.size_asked || !matters(base.size)) return true;
    std::vector<value::Value> all = decided;  // what is asked about and not in must stay out
    const auto size = static_cast<std::size_t>(number(base.size));
    if (members.size() >= size) return members.size() == size;
    const std::size_t missing = size - members.size();
    if (!pad(type, decided.size() + missing, all)) return false;
    members.insert(members.end(), all.begin() + static_cast<std::ptrdiff_t>(decided.size()),
                   all.end());
    return true;
}

std::optional<value::Value> Concrete::make_set(const SetRef& set, const value::Type& type) {
    std::vector<value::Value> members;
    switch (set->kind) {
        case SetNode::Kind::literal:
            for (const auto& [condition, element] : set->members) {
                if (number(condition) != 1) continue;
                auto made = make(element, *type.parts[0]);
                if (!made) return std::nullopt;
                members.push_back(*std::move(made));
            }
            break;
        case SetNode::Kind::base:
            if (!add_base_members(world_.symbols.bases()[set->base], members)) return std::nullopt;
            break;
        case SetNode::Kind::choice:
            return make_set(number(set->condition) == 1 ? set->left : set->right, type);
        case SetNode::Kind::combine: {
            const auto left = make_set(set->left, type), right = make_set(set->right, type);
            if (!left || !right) return std::nullopt;
            const auto& a = std::get<value::Set>(left->data).elements;
            const auto& b = std::get<value::Set>(right->data).elements;
            const bool unite = set->op == check::SetOp::unite;
            const bool keep_common = set->op == check::SetOp::intersect;
            for (const value::Value& element : a) {
                const bool in_both = std::find(b.begin(), b.end(), element) != b.end();
                if (unite || in_both == keep_common) members.push_back(element);
            }
            if (unite) members.insert(members.end(), b.begin(), b.end());
            break;
        }
    }
    return value::Value{value::make_set(std::move(members))};
}

std::optional<value::Value> Concrete::make(const Symbol& symbol, const value::Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            return value::Value{number(symbol.scalar) == 1};
        case Kind::integer:
            return value::Value{static_cast<std::int64_t>(number(symbol.scalar))};
        case Kind::date:
            return value::Value{value::Date{static_cast<std::int32_t>(number(symbol.scalar))}};
        case Kind::decimal:
            return value::Value{value::Decimal{number(symbol.scalar)}};
        case Kind::time:
            return value::Value{value::Time{static_cast<std::int64_t>(number(symbol.scalar))}};
        case Kind::duration:
            return value::Value{value::Duration{static_cast<std::int64_t>(number(symbol.scalar))}};
        case Kind::enumeration:
            return value::Value{
                value::EnumMember{static_cast<std::uint32_t>(number(symbol.scalar))}};
        case Kind::record:
        case Kind::tuple: {
            value::Record record;
            for (std::size_t i = 0; i < symbol.parts.size(); ++i) {
                const bool is_record = type.kind == Kind::record;
                auto part =
                    make(symbol.parts[i], is_record ? *type.fields[i].type : *type.parts[i]);
                if (!part) return std::nullopt;
                record.fields.push_back(*std::move(part));
            }
            return value::Value{std::move(record)};
        }
        case Kind::optional: {
            value::Optional optional;
            if (number(symbol.scalar) == 1) {
                auto part = make(symbol.parts[0], *type.parts[0]);
                if (!part) return std::nullopt;
                optional.element.push_back(*std::move(part));
            }
            return value::Value{std::move(optional)};
        }
        case Kind::set:
            return make_set(symbol.set, type);
        default:
            return name_of(static_cast<std::int64_t>(number(symbol.scalar)), type);
    }
}

void Concrete::compute_hashes() {
    for (const HashUse& use : world_.symbols.hashes()) {
        if (!matters(use.value)) continue;
        base::Writer out;
        bool made_all = true;
        for (std::size_t i = 0; i < use.arguments.size() && made_all; ++i) {
            const auto made = make(use.arguments[i], *use.types[i]);
            made_all = made && value::check(*made, *use.types[i]);
            if (made_all) out.bytes(value::to_bytes(*made, *use.types[i]));
        }
        if (!made_all) continue;
        hashes_.emplace(static_cast<std::int64_t>(number(use.value)), crypto::sha256(out.out()));
    }
}

// A moment at which every zone has the day that the model says.
std::optional<std::int64_t> Concrete::moment() const {
    std::vector<std::pair<int, value::Date>> wanted;
    for (const auto& [zone, day] : world_.days()) {
        wanted.emplace_back(zone, value::Date{static_cast<std::int32_t>(number(day))});
    }
    if (world_.moment()) return static_cast<std::int64_t>(number(*world_.moment()));
    if (wanted.empty()) {
        return value::start_of_day_ms(value::Date{world_.symbols.reference_day}, 0);
    }
    for (const auto& [zone, day] : wanted) {
        const std::int64_t start = value::start_of_day_ms(day, zone);
        for (int later = 0; later <= LAST_ZONE - FIRST_ZONE; later += 15) {
            const std::int64_t time = start + later * MINUTE_MS;
            if (value::day_of(time, zone) != day) break;
            const bool fits = std::all_of(wanted.begin(), wanted.end(), [&](const auto& other) {
                return value::day_of(time, other.first) == other.second;
            });
            if (fits) return time;
        }
    }
    return std::nullopt;
}

bool Concrete::add_state(call::Case& story) {
    std::vector<std::pair<check::StoreRef, value::Value>> decided;
    for (const Entry& entry : world_.entries()) {
        const check::Store& store = world_.program.at(entry.store);
        const bool present = matters(entry.cell.present) && number(entry.cell.present) == 1;
        call::CaseGiven given;
        given.module = world_.program.at(entry.store.module).name;
        given.store = store.name;
        value::Value place{value::Record{}};
        if (store.key) {
            auto key = make(entry.key, *store.key);
            // No such key can be in the store: what was read under it had no value anyway.
            if (!key || !value::check(*key, *store.key)) continue;
            place = *key;
            given.key = *std::move(key);
        }
        const bool again = std::any_of(decided.begin(), decided.end(), [&](const auto& earlier) {
            return earlier.first == entry.store && earlier.second == place;
        });
        if (again) continue;
        decided.emplace_back(entry.store, std::move(place));
        if (!present) continue;
        auto held = make(entry.cell.value, *store.value);
        if (!held || !value::check(*held, *store.value)) return false;
        given.written = *std::move(held);
        story.steps.push_back({0, std::move(given)});
    }
    return true;
}

void Concrete::add_parties(call::Case& story) {
    for (const std::int64_t number : order_) {
        call::CaseParty party{parties_.at(number), {}};
        const auto roles = held_.find(number);
        if (roles != held_.end()) party.roles = roles->second;
        story.parties.push_back(std::move(party));
    }
}

bool Concrete::assign_roles() {
    std::set<std::pair<std::int64_t, std::int64_t>> decided;
    for (const RoleEntry& entry : world_.roles()) {
        const auto party = static_cast<std::int64_t>(number(entry.party));
        const auto role = static_cast<std::int64_t>(number(entry.role));
        if (!decided.emplace(party, role).second) continue;
        if (!matters(entry.held) || number(entry.held) != 1) continue;
        const value::Value* name = constant_of(role, Kind::text);
        // A module may hold a role, but no party of a story can stand for it.
        if (name == nullptr || constant_of(party, Kind::party) != nullptr) return false;
        held_[party].push_back(std::get<std::string>(name->data));
    }
    return true;
}

std::optional<call::Case> Concrete::story() {
    if (!assign_roles()) return std::nullopt;
    const Frame& frame = world_.frames.back();
    const auto caller = static_cast<std::int64_t>(number(frame.caller));
    if (constant_of(caller, Kind::party) != nullptr) return std::nullopt;
    const std::string by = party_of(caller);  // named first
    compute_hashes();

    call::Case story;
    story.assumed = true;
    const check::Action& action = world_.program.at(frame.action);
    call::CaseCall call;
    call.module = world_.program.at(frame.action.module).name;
    call.action = action.name;
    call.by = by;
    for (std::size_t i = 0; i < action.parameters.size(); ++i) {
        auto argument = make(frame.arguments->at(i), *action.parameters[i].type);
        if (!argument || !value::check(*argument, *action.parameters[i].type)) return std::nullopt;
        call.arguments.push_back(*std::move(argument));
    }
    const auto time = moment();
    if (!time || !add_state(story)) return std::nullopt;
    story.steps.push_back({0, call::CaseAt{*time}});
    story.steps.push_back({0, std::move(call)});
    add_parties(story);
    return story;
}

std::vector<Abstraction> Concrete::abstractions(const smt::Slice& of) const {
    std::set<smt::Origin> origins;
    for (const std::uint32_t index : of.variables) {
        origins.insert(world_.terms.variables()[index].origin);
    }
    std::vector<Abstraction> found;
    for (const smt::Origin origin : origins) {
        if (origin != 0) found.push_back(world_.symbols.abstractions()[origin - 1]);
    }
    return found;
}

}  // namespace edict::encode
