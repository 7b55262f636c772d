// A duty from arbitrary bytes: what is read must be the one encoding of what it means, and its
// identity must not depend on a deadline that may be dated again.
#include <cstdint>

#include "base/check.h"
#include "vm/call/duties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace edict;
    const base::ByteView bytes(data, size);
    const base::Result<call::DutyState> state = call::decode_duty(bytes);
    if (!state) {
        EDICT_CHECK(!state.error().message.empty());
        return 0;
    }
    EDICT_CHECK(call::encode(*state) == base::Bytes(bytes.begin(), bytes.end()));
    call::Duty later = state->duty;
    later.deadline_ms ^= 1;
    const bool same = call::identity(later) == call::identity(state->duty);
    EDICT_CHECK(same == state->duty.working.has_value());
    return 0;
}
