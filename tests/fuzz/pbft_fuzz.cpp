// Every decoder of pbft on arbitrary bytes, and a replica that is sent them: what is accepted must
// be the one encoding of what it means, and nothing that a peer sends may stop a replica.
#include <cstdint>

#include "base/check.h"
#include "chain/consensus/pbft/codec.h"
#include "chain/consensus/pbft/pbft.h"
#include "chain/consensus/resume.h"

namespace {

using namespace edict;
namespace pbft = consensus::pbft;

template <typename T>
void try_decode(base::ByteView bytes) {
    const base::Result<T> decoded = pbft::decode<T>(bytes);
    if (!decoded) {
        EDICT_CHECK(!decoded.error().message.empty());
        return;
    }
    EDICT_CHECK(pbft::encode(*decoded) == base::Bytes(bytes.begin(), bytes.end()));
}

void try_resume(base::ByteView bytes) {
    const auto resume = consensus::decode_resume(bytes);
    if (resume) EDICT_CHECK(consensus::encode(*resume) == base::Bytes(bytes.begin(), bytes.end()));
}

// Every signature is good, so that the bytes get as far as they can.
class Gullible final : public consensus::Authority {
public:
    ledger::Signature sign_vote(base::ByteView) const override { return {}; }
    bool verify_vote(consensus::ValidatorIndex, base::ByteView,
                     const ledger::Signature&) const override {
        return true;
    }
    bool verify_header(const ledger::Hash&, const ledger::HeaderSignature&) const override {
        return true;
    }
};

void feed_replica(base::ByteView bytes) {
    const Gullible authority;
    pbft::Config config;
    config.validators = 4;
    config.self = 2;
    const ledger::Header genesis;
    config.anchor = {{0}, ledger::hash_of(genesis)};
    const auto replica = pbft::make_pbft(config, authority);
    consensus::Started started;
    started.header = config.anchor.header;
    started.last_applied = started.last_certified = genesis;
    (void)replica->step(started);
    base::Reader in(bytes);
    while (in.left() > 0) {  // several messages of up to 64 KiB, from any peer
        const std::uint8_t from = in.u8();
        const base::ByteView message = in.bytes(1 << 16);
        if (!in.ok()) break;
        const consensus::Update update =
            replica->step(consensus::Received{from, {message.begin(), message.end()}});
        for (const consensus::Deliver& deliver : update.deliver) {
            EDICT_CHECK(deliver.batch.height.value == 1);
        }
    }
}

}  // namespace

// The input: u8 selector, then the bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const base::ByteView bytes{data + 1, size - 1};
    switch (data[0] % 4) {
        case 0:
            try_decode<pbft::Message>(bytes);
            break;
        case 1:
            try_decode<pbft::VoteRecord>(bytes);
            break;
        case 2:
            try_decode<pbft::Evidence>(bytes);
            break;
        default:
            feed_replica(bytes);
            try_resume(bytes);
    }
    return 0;
}
