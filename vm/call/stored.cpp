#include "vm/call/stored.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "vm/bytecode/schema.h"

namespace edict::call {

namespace {

// The code of an upgrade is pure: the validator has seen to it.
class Nowhere final : public runtime::Host {
public:
    const value::Value* read(const bytecode::Module&, std::uint16_t, const value::Value*,
                             Moment) override {
        never();
    }
    void write(const bytecode::Module&, std::uint16_t, const value::Value*,
               const value::Value&) override {
        never();
    }
    void remove(const bytecode::Module&, std::uint16_t, const value::Value&) override { never(); }
    void emit(const bytecode::Module&, std::uint16_t, std::vector<value::Value>) override {
        never();
    }
    bool call(const bytecode::Module&, std::uint16_t, std::vector<value::Value>,
              value::Value&) override {
        never();
    }
    bool has_role(const value::PartyId&, std::string_view) override { never(); }
    bool has_duty(const bytecode::Module&, std::uint16_t, const value::PartyId&, bool) override {
        never();
    }
    value::Date today(const bytecode::Module&) override { never(); }
    value::Time now() override { never(); }
    const value::PartyId& caller() override { never(); }
    const value::PartyId& signer() override { never(); }

private:
    [[noreturn]] static void never() {
        base::check_failed("an upgrade looked beyond the old record", __FILE__, __LINE__);
    }
};

class Converter {
public:
    Converter(const bytecode::Module& module, runtime::Engine& engine)
        : module_(module), engine_(engine) {}

    // Nothing if an upgrade has no value for it.
    std::optional<value::Value> value(const value::Value& old, const value::Type& from,
                                      const value::Type& to) {
        if (value::same_type(from, to) || to.kind == value::Kind::enumeration) return old;
        switch (to.kind) {
            case value::Kind::record:
                return record(std::get<value::Record>(old.data), from, to);
            case value::Kind::tuple: {
                value::Record made;
                const auto& parts = std::get<value::Record>(old.data).fields;
                for (std::size_t i = 0; i < parts.size(); ++i) {
                    if (!add(made.fields, parts[i], *from.parts[i], *to.parts[i]))
                        return std::nullopt;
                }
                return value::Value{std::move(made)};
            }
            case value::Kind::optional: {
                value::Optional made;
                if (!add_all(made.element, std::get<value::Optional>(old.data).element, from, to))
                    return std::nullopt;
                return value::Value{std::move(made)};
            }
            case value::Kind::set: {
                std::vector<value::Value> made;
                if (!add_all(made, std::get<value::Set>(old.data).elements, from, to))
                    return std::nullopt;
                return value::Value{value::make_set(std::move(made))};
            }
            case value::Kind::list: {
                value::List made;
                if (!add_all(made.elements, std::get<value::List>(old.data).elements, from, to))
                    return std::nullopt;
                return value::Value{std::move(made)};
            }
            default:
                EDICT_CHECK(false);
        }
    }

private:
    bool add(std::vector<value::Value>& all, const value::Value& old, const value::Type& from,
             const value::Type& to) {
        std::optional<value::Value> made = value(old, from, to);
        if (made) all.push_back(*std::move(made));
        return made.has_value();
    }
    bool add_all(std::vector<value::Value>& all, const std::vector<value::Value>& old,
                 const value::Type& from, const value::Type& to) {
        for (const value::Value& one : old) {
            if (!add(all, one, *from.parts[0], *to.parts[0])) return false;
        }
        return true;
    }

    std::optional<value::Value> record(const value::Record& old, const value::Type& from,
                                       const value::Type& to) {
        if (const bytecode::UpgradeDecl* upgrade = bytecode::upgrade_of(module_, from, to)) {
            const bytecode::Function& code = module_.functions[upgrade->code];
            std::vector<value::Value> arguments;
            for (std::size_t i = 0; i < old.fields.size(); ++i) {
                if (!add(arguments, old.fields[i], *from.fields[i].type,
                         *module_.types[code.registers[i]]))
                    return std::nullopt;
            }
            Nowhere nowhere;
            return engine_.run_message(module_, upgrade->code, arguments, nowhere).at(0);
        }
        value::Record made;
        std::size_t next = 0;
        for (std::size_t i = 0; i < to.fields.size(); ++i) {
            if (next < from.fields.size() && from.fields[next].name == to.fields[i].name) {
                if (!add(made.fields, old.fields[next], *from.fields[next].type,
                         *to.fields[i].type))
                    return std::nullopt;
                ++next;
                continue;
            }
            const bytecode::FieldDefault* lacking = bytecode::default_of(module_, to, i);
            EDICT_CHECK(lacking != nullptr);
            made.fields.push_back(module_.constants[lacking->value].value);
        }
        return value::Value{std::move(made)};
    }

    const bytecode::Module& module_;
    runtime::Engine& engine_;
};

}  // namespace

Writes initial_data(const bytecode::Module& module) {
    Writes all;
    for (const bytecode::InitialValue& one : module.initial) {
        const bytecode::StoreDecl& store = module.stores[one.store];
        StateKey place{module.name, store.name, {}};
        if (one.key) {
            place.key =
                value::to_bytes(module.constants[*one.key].value, *module.types[*store.key]);
        }
        all[std::move(place)] =
            value::to_bytes(module.constants[one.value].value, *module.types[store.value]);
    }
    return all;
}

base::Result<value::Value> read_stored(const LinkedSet& set, const LinkedStore& store,
                                       base::ByteView bytes, std::optional<std::uint32_t> schema,
                                       runtime::Engine& engine) {
    const auto known = schema ? std::ranges::find(store.numbers, *schema) : store.numbers.end() - 1;
    if (known == store.numbers.end()) {
        return base::input_error(fmt::format(
            "it was stored as type number {}, which the module in force does not know", *schema));
    }
    const auto at = static_cast<std::size_t>(known - store.numbers.begin());
    const bool is_old = at < store.older.size();
    const value::Type& from = is_old ? *store.older[at] : *store.value;
    base::Result<value::Value> value = value::from_bytes(bytes, from);
    if (!value || !is_old) return value;
    const bytecode::Module* module = set.find(store.module);
    EDICT_CHECK(module != nullptr);
    std::optional<value::Value> made = Converter(*module, engine).value(*value, from, *store.value);
    if (made) return *std::move(made);
    return base::input_error("its upgrade has no value for it");
}

}  // namespace edict::call
