#include "compiler/lower/tables.h"

#include <algorithm>

#include "base/check.h"
#include "vm/bytecode/limits.h"

namespace edict::lower {

namespace {
constexpr std::size_t MAX_ENTRIES = 65'535;  // what a 16-bit operand can name
}

std::uint16_t Tables::index(std::size_t entry) {
    if (entry < MAX_ENTRIES) return static_cast<std::uint16_t>(entry);
    overflowed_ = true;
    return 0;
}

bytecode::TypeIndex Tables::type(const value::TypeRef& type) {
    EDICT_CHECK(type != nullptr);
    if (const auto seen = seen_types_.find(type.get()); seen != seen_types_.end())
        return seen->second;
    base::Writer bytes;
    write(bytes, *type);
    const auto [entry, added] = types_.try_emplace(bytes.take());
    if (added) {
        entry->second = index(module_.types.size());
        module_.types.push_back(type);
    }
    seen_types_.emplace(type.get(), entry->second);
    kept_types_.push_back(type);
    return entry->second;
}

std::vector<bytecode::TypeIndex> Tables::types(const std::vector<check::Parameter>& parameters) {
    std::vector<bytecode::TypeIndex> found;
    found.reserve(parameters.size());
    for (const check::Parameter& parameter : parameters) found.push_back(type(parameter.type));
    return found;
}

std::uint16_t Tables::constant(const value::Value& value, const value::TypeRef& type) {
    const bytecode::TypeIndex type_index = this->type(type);
    const auto [entry, added] = constants_.try_emplace({type_index, value::to_bytes(value, *type)});
    if (added) {
        entry->second = index(module_.constants.size());
        module_.constants.push_back({type_index, value});
    }
    return entry->second;
}

std::uint16_t Tables::text(const std::string& text) {
    // One type for all but long texts.
    const auto capacity = static_cast<std::uint32_t>(
        std::max<std::size_t>(text.size(), value::DEFAULT_TEXT_CAPACITY));
    const auto type = value::text_type(capacity);
    EDICT_CHECK(type.has_value());  // a literal is far below the limit of a value
    return constant(value::Value{text}, *type);
}

std::uint16_t Tables::store(check::StoreRef ref) {
    const auto [entry, added] = stores_.try_emplace(ref);
    if (added) {
        const check::Store& store = program_.at(ref);
        bytecode::StoreUse use;
        use.module = program_.at(ref.module).name;
        use.store = store.name;
        if (store.key) use.key = type(store.key);
        use.value = type(store.value);
        use.initial = store.initial;
        entry->second = index(module_.store_table.size());
        module_.store_table.push_back(std::move(use));
    }
    return entry->second;
}

std::uint16_t Tables::event(check::EventRef ref) {
    EDICT_CHECK(ref.module == self_);  // the checker lets a module emit its own events only
    return index(ref.index);
}

std::optional<bytecode::TypeIndex> Tables::result(const check::Action& action) {
    if (action.result == nullptr) return std::nullopt;
    return type(action.result);
}

std::uint16_t Tables::callee(check::ActionRef ref) {
    const auto [entry, added] = callees_.try_emplace(ref);
    if (added) {
        const check::Action& action = program_.at(ref);
        entry->second = index(module_.callees.size());
        module_.callees.push_back(
            {program_.at(ref.module).name, action.name, types(action.parameters), result(action)});
    }
    return entry->second;
}

}  // namespace edict::lower
