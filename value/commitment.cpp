#include "value/commitment.h"

namespace edict::value {

crypto::Hash commitment_of(const Value& value, const Type& type, const Salt& salt) {
    const auto canonical = [](const auto& write_part) {
        base::Writer part;
        write_part(part);
        return part.take();
    };
    base::Writer all;
    all.bytes(canonical([](base::Writer& out) { out.text(COMMITMENT_DOMAIN); }));
    all.bytes(canonical([&](base::Writer& out) { out.bytes(salt); }));
    all.bytes(canonical([&](base::Writer& out) { encode(out, value, type); }));
    return crypto::sha256(all.out());
}

}  // namespace edict::value
