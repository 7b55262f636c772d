// A type and a value of it from arbitrary bytes: what is accepted must be the one encoding of what
// it means, lie within the type's bounds, and survive the way through JSON.
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "value/json.h"
#include "value/value.h"

namespace {

using namespace edict;

// Where a type was accepted, its bytes are the ones that were read.
value::TypeRef read_exact_type(base::Reader& in, base::ByteView all) {
    const std::size_t start = in.position();
    value::TypeRef type = value::read_type(in);
    if (!in.ok()) return nullptr;
    base::Writer again;
    value::write(again, *type);
    const base::ByteView read = all.subspan(start, in.position() - start);
    EDICT_CHECK(again.out() == base::Bytes(read.begin(), read.end()));
    EDICT_CHECK(again.out().size() == type->own_bytes);
    return type;
}

void check_accepted(const value::Value& found, const value::Type& type, base::ByteView bytes) {
    EDICT_CHECK(bytes.size() <= type.max_bytes);
    EDICT_CHECK(value::check(found, type).has_value());
    EDICT_CHECK(value::to_bytes(found, type) == base::Bytes(bytes.begin(), bytes.end()));
    // Not always in Form C: the escape of a line feed may stand before a combining character.
    EDICT_CHECK(value::to_nfc(value::to_text(found, type)).has_value());
    const auto json = nlohmann::json::parse(value::to_json(found, type).dump());
    const base::Result<value::Value> back = value::from_json(json, type, "value");
    EDICT_CHECK(back.has_value() && *back == found);
}

}  // namespace

// The input: u8 length of a text, a type, the text (to normalize), a value of the type.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const base::ByteView all(data, size);
    base::Reader in(all);
    const std::size_t text_size = in.u8();
    const value::TypeRef type = read_exact_type(in, all);
    if (!type) return 0;

    const base::ByteView text = in.raw(text_size);
    if (!in.ok()) return 0;
    if (const base::Result<std::string> normal = value::to_nfc(base::as_text(text))) {
        EDICT_CHECK(value::is_canonical_text(*normal));
        EDICT_CHECK(value::is_canonical_text(base::as_text(text)) ==
                    (*normal == base::as_text(text)));
    }

    const base::ByteView bytes = all.subspan(in.position());
    const base::Result<value::Value> found = value::from_bytes(bytes, *type);
    if (found) check_accepted(*found, *type, bytes);
    return 0;
}
