// Canonical bytes of a module: magic, format version, then every section in a fixed order as tag,
// length, contents. docs/BYTECODE.md has the table.
#include <fmt/format.h>

#include <array>
#include <limits>

#include "vm/bytecode/layout.h"
#include "vm/bytecode/module.h"
#include "vm/bytecode/sections.h"
#include "vm/bytecode/validate.h"

namespace edict::bytecode {

namespace {

class Encode {
public:
    Encode(base::Writer& out, const Module& module) : out_(out), module_(module) {}

    void name(const std::string& text) { out_.text(text); }
    void text(const std::string& text) { out_.text(text); }
    void hash(const crypto::Hash& hash) { crypto::write(out_, hash); }
    void u16(std::uint16_t value) { out_.u16(value); }
    void u32(std::uint32_t value) { out_.u32(value); }
    void u64(std::uint64_t value) { out_.u64(value); }
    void boolean(bool value) { out_.boolean(value); }
    void type_index(TypeIndex type) { out_.u16(type); }
    void date(const value::Date& date) { out_.i64(date.days); }
    void zone(std::int16_t minutes) { out_.i64(minutes); }
    void type(const value::TypeRef& type) { value::write(out_, *type); }
    void value(const value::Value& value, TypeIndex type) {
        value::encode(out_, value, *module_.types[type]);
    }
    template <typename Enum>
    void enumeration(Enum value, std::size_t, std::string_view) {
        out_.u8(static_cast<std::uint8_t>(value));
    }
    template <typename T, typename Each>
    void list(const std::vector<T>& items, std::size_t, Each each) {
        out_.count(items.size());
        for (const T& item : items) each(item);
    }
    template <typename T, typename Each>
    void optional(const std::optional<T>& item, Each each) {
        out_.boolean(item.has_value());
        if (item) each(*item);
    }
    template <typename T, typename Each>
    void beside(const std::vector<T>& items, Each each) {
        list(items, 0, each);
    }
    void bits(const std::vector<bool>& bits, std::size_t) {
        out_.count(bits.size());
        for (const bool bit : bits) out_.boolean(bit);
    }
    void nothing() { out_.count(0); }

private:
    base::Writer& out_;
    const Module& module_;
};

class Decode {
public:
    Decode(base::Reader& in, const Module& module) : in_(in), module_(module) {}

    void name(std::string& text) { text = in_.text(value::MAX_NAME_BYTES); }
    void text(std::string& text) { text = in_.text(MAX_TEXT_BYTES); }
    void hash(crypto::Hash& hash) { hash = crypto::read_hash(in_); }
    void u16(std::uint16_t& value) { value = in_.u16(); }
    void u32(std::uint32_t& value) { value = in_.u32(); }
    void u64(std::uint64_t& value) { value = in_.u64(); }
    void boolean(bool& value) { value = in_.boolean(); }
    void type_index(TypeIndex& type) { type = in_.u16(); }
    void date(value::Date& date) { date.days = number<std::int32_t>("date"); }
    void zone(std::int16_t& minutes) { minutes = number<std::int16_t>("zone"); }
    void type(value::TypeRef& type) { type = value::read_type(in_); }
    void value(value::Value& value, TypeIndex type) {
        if (type < module_.types.size()) {
            value = value::decode(in_, *module_.types[type]);
        } else {
            in_.fail("a value names a type that is not in the table");
        }
    }
    template <typename Enum>
    void enumeration(Enum& value, std::size_t count, std::string_view what) {
        const std::uint8_t read = in_.u8();
        if (read >= count) in_.fail(fmt::format("{} is no {}", read, what));
        value = static_cast<Enum>(read < count ? read : 0);
    }
    template <typename T, typename Each>
    void list(std::vector<T>& items, std::size_t max, Each each) {
        const std::size_t count = in_.count(max);
        for (std::size_t i = 0; i < count && in_.ok(); ++i) each(items.emplace_back());
    }
    template <typename T, typename Each>
    void optional(std::optional<T>& item, Each each) {
        if (in_.boolean()) each(item.emplace());
    }
    // A list that must be as long as `items` is already.
    template <typename T, typename Each>
    void beside(std::vector<T>& items, Each each) {
        if (in_.count(items.size()) != items.size()) in_.fail("not one entry for each action");
        for (std::size_t i = 0; i < items.size() && in_.ok(); ++i) each(items[i]);
    }
    void bits(std::vector<bool>& bits, std::size_t max) {
        const std::size_t count = in_.count(max);
        for (std::size_t i = 0; i < count && in_.ok(); ++i) bits.push_back(in_.boolean());
    }
    void nothing() { (void)in_.count(0); }

private:
    template <typename Int>
    Int number(std::string_view what) {
        const std::int64_t read = in_.i64();
        const bool fits =
            std::numeric_limits<Int>::min() <= read && read <= std::numeric_limits<Int>::max();
        if (!fits) in_.fail(fmt::format("{} is no {}", read, what));
        return fits ? static_cast<Int>(read) : Int{0};
    }

    base::Reader& in_;
    const Module& module_;
};

template <typename Io>
void section(Io& io, Section which, layout::Like<Module> auto& m) {
    const auto walk = [&](auto& item) { layout::fields(io, item); };
    const auto walk_name = [&](auto& name) { io.name(name); };
    switch (which) {
        case Section::module:
            return layout::header(io, m);
        case Section::imports:
            return io.list(m.imports, MAX_DECLARATIONS, walk);
        case Section::types:
            return io.list(m.types, MAX_TYPES, [&](auto& type) { io.type(type); });
        case Section::constants:
            return io.list(m.constants, MAX_CONSTANTS, [&](auto& constant) {
                io.type_index(constant.type);
                io.value(constant.value, constant.type);
            });
        case Section::regulators:
            return io.list(m.regulators, MAX_DECLARATIONS, walk_name);
        case Section::roles:
            return io.list(m.roles, MAX_DECLARATIONS, walk_name);
        case Section::events:
            return io.list(m.events, MAX_DECLARATIONS, walk);
        case Section::stores:
            return io.list(m.stores, MAX_DECLARATIONS, walk);
        case Section::store_table:
            return io.list(m.store_table, MAX_DECLARATIONS, walk);
        case Section::callees:
            return io.list(m.callees, MAX_DECLARATIONS, walk);
        case Section::functions:
            return io.list(m.functions, MAX_FUNCTIONS, walk);
        case Section::actions:
            return io.list(m.actions, MAX_DECLARATIONS, walk);
        case Section::read_write_sets:
            return io.beside(m.actions, [&](auto& action) { layout::effects(io, action); });
        case Section::governs:
            return io.list(m.governs, MAX_DECLARATIONS, walk_name);
        case Section::governed_actions:
            return io.list(m.governed_actions, MAX_DECLARATIONS, walk);
        case Section::sources:
            return io.list(m.sources, MAX_DECLARATIONS, walk);
        case Section::rules:
            return io.list(m.rules, MAX_RULES, walk);
        case Section::defaults:
            return io.list(m.defaults, MAX_DECLARATIONS, walk);
        case Section::counters:
            return io.list(m.observers, MAX_DECLARATIONS, walk);
        case Section::personal_flags:
            return io.list(m.personal, MAX_DECLARATIONS, walk);
        case Section::duties:
        case Section::parameters:
        case Section::tables:
            return io.nothing();
        case Section::schema_history:
            return layout::fields(io, m.history);
        case Section::invariants:
            return io.list(m.invariants, MAX_DECLARATIONS, walk);
        case Section::initial_data:
            io.list(m.origins, MAX_DECLARATIONS, walk);
            return io.list(m.initial, MAX_INITIAL_VALUES, walk);
    }
}

base::Status read_section(base::Reader& in, Section expected, std::string_view name,
                          Module& module) {
    const std::uint8_t tag = in.u8();
    const base::ByteView contents = in.bytes(MAX_MODULE_BYTES);
    if (!in.ok()) return base::input_error(fmt::format("the module ends before section {}", name));
    if (tag != static_cast<std::uint8_t>(expected)) {
        return base::input_error(
            fmt::format("section {} is expected where the module has tag {}", name, tag));
    }
    base::Reader inside(contents);
    Decode io(inside, module);
    section(io, expected, module);
    if (base::Status status = inside.finish(); !status) {
        return base::in_context(fmt::format("section {} of the module", name), status.error());
    }
    return {};
}

}  // namespace

base::Bytes encode(const Module& module) {
    base::Writer out;
    out.raw(base::as_bytes(MODULE_MAGIC));
    out.u16(FORMAT_VERSION);
    for (const SectionInfo& info : SECTIONS) {
        base::Writer contents;
        Encode io(contents, module);
        section(io, info.section, module);
        out.u8(static_cast<std::uint8_t>(info.section));
        out.bytes(contents.out());
    }
    return out.take();
}

base::Result<Module> decode(base::ByteView bytes) {
    if (bytes.size() > MAX_MODULE_BYTES) {
        return base::input_error(fmt::format("a module of {} bytes; at most {} are allowed",
                                             bytes.size(), MAX_MODULE_BYTES));
    }
    base::Reader in(bytes);
    const base::ByteView magic = in.raw(MODULE_MAGIC.size());
    if (!in.ok() || base::as_text(magic) != MODULE_MAGIC) {
        return base::input_error("this is no compiled module: it does not begin as one");
    }
    const std::uint16_t version = in.u16();
    if (!in.ok() || version != FORMAT_VERSION) {
        return base::input_error(
            fmt::format("the module has format version {}; only {} can be read: build it again",
                        version, FORMAT_VERSION));
    }
    Module module;
    for (const SectionInfo& info : SECTIONS) {
        base::Status status = read_section(in, info.section, info.name, module);
        if (!status) return base::error_of(status);
    }
    if (base::Status status = in.finish(); !status) {
        return base::in_context("after the last section of the module", status.error());
    }
    if (base::Status status = validate(module); !status) return base::error_of(status);
    return module;
}

crypto::Hash identity(const Module& module) { return crypto::sha256(encode(module)); }

}  // namespace edict::bytecode
