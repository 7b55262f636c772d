// What a peer may send before and after it is known (messages of pbft are in pbft_fuzz), and
// addresses as operators write them: what is accepted must be the one encoding of what it means.
#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "chain/net/address.h"
#include "chain/net/frame.h"
#include "chain/node/parcels.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace edict;
    const base::ByteView bytes(data, size);
    const base::Bytes whole(bytes.begin(), bytes.end());
    if (const auto hello = net::decode_hello(bytes)) EDICT_CHECK(net::encode(*hello) == whole);
    if (const auto answer = net::decode_answer(bytes)) EDICT_CHECK(net::encode(*answer) == whole);
    if (const auto head = net::read_head(bytes.first(std::min(size, net::FRAME_HEAD)))) {
        EDICT_CHECK(head->length <= net::max_bytes(head->channel));
        base::Writer out;
        net::write_head(out, *head);
        EDICT_CHECK(std::equal(out.out().begin(), out.out().end(), bytes.begin()));
    }
    if (const auto calls = node::read_transactions(bytes); calls && !calls->empty()) {
        const auto parcels = node::transactions_parcels(*calls, whole.size() + 4);
        EDICT_CHECK(parcels.size() == 1 && *parcels.front() == whole);
    }
    if (const auto wanted = node::read_want(bytes)) {
        EDICT_CHECK(*node::want_parcel(*wanted) == whole);
    }
    if (const auto address = net::read_address(std::string(base::as_text(bytes)))) {
        EDICT_CHECK(net::read_address(net::to_text(*address)) == *address);
    }
    return 0;
}
