// Every decoder of the ledger on arbitrary bytes: what is accepted must be the one encoding of what
// it means and survive the way to JSON. Proof files are verified too.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>

#include "base/check.h"
#include "chain/ledger/codec.h"

namespace {

using namespace edict;

template <ledger::Format T>
void try_decode(base::ByteView bytes) {
    const base::Result<T> decoded = ledger::decode<T>(bytes);
    if (!decoded) {
        EDICT_CHECK(!decoded.error().message.empty());
        return;
    }
    EDICT_CHECK(ledger::encode(*decoded) == base::Bytes(bytes.begin(), bytes.end()));
    EDICT_CHECK(!ledger::to_json(*decoded).dump().empty());
    if constexpr (std::same_as<T, ledger::Proof>) {
        // Nobody signed it: whatever it claims, it is refused without harm.
        ledger::Genesis genesis;
        genesis.name = "fuzz";
        genesis.validators.validators = {{"a", {}, {}, {}}};
        EDICT_CHECK(!ledger::verify_proof(*decoded, genesis).has_value());
    }
}

using TryDecode = void (*)(base::ByteView);
constexpr TryDecode DECODERS[] = {
#define EDICT_LEDGER_FORMAT(T) &try_decode<ledger::T>,
#include "chain/ledger/formats.def"
#undef EDICT_LEDGER_FORMAT
};

}  // namespace

// The input: u8 selector of the format, as in formats.def, then its bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    DECODERS[data[0] % std::size(DECODERS)]({data + 1, size - 1});
    return 0;
}
