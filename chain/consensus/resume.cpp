#include "chain/consensus/resume.h"

#include <fmt/format.h>

#include <algorithm>

#include "chain/ledger/quorum.h"

namespace edict::consensus {

namespace {

constexpr std::uint16_t FORMAT = 1;
constexpr std::uint8_t KIND = 2;  // of what is signed as a vote; 0 and 1 are those of pbft

base::Bytes signed_bytes(const Resume& resume) {
    base::Writer out;
    out.u8(KIND);
    out.u64(resume.epoch.value);
    out.u64(resume.height.value);
    crypto::write(out, resume.header);
    return out.take();
}

void add(Resume& resume, const ledger::HeaderSignature& signature) {
    const auto at = std::ranges::lower_bound(resume.signatures, signature.validator, {},
                                             &ledger::HeaderSignature::validator);
    if (at != resume.signatures.end() && at->validator == signature.validator) return;
    resume.signatures.insert(at, signature);
}

}  // namespace

base::Bytes encode(const Resume& resume) {
    base::Writer out;
    out.u16(FORMAT);
    out.u64(resume.epoch.value);
    out.u64(resume.height.value);
    crypto::write(out, resume.header);
    out.count(resume.signatures.size());
    for (const ledger::HeaderSignature& one : resume.signatures) {
        out.u16(one.validator);
        crypto::write(out, one.signature);
    }
    return out.take();
}

base::Result<Resume> decode_resume(base::ByteView bytes) {
    base::Reader in(bytes);
    if (in.u16() != FORMAT) in.fail("another format than 1");
    Resume resume;
    resume.epoch.value = in.u64();
    resume.height.value = in.u64();
    resume.header = crypto::read_hash(in);
    if (in.ok() && resume.epoch.value == 0) in.fail("the epoch is at least 1");
    const std::size_t count = in.count(ledger::MAX_VALIDATORS, 66);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        ledger::HeaderSignature one;
        one.validator = in.u16();
        one.signature = crypto::read_signature(in);
        if (i > 0 && one.validator <= resume.signatures.back().validator) {
            in.fail("the signatures are not ascending by validator");
        }
        resume.signatures.push_back(one);
    }
    if (const base::Status whole = in.finish(); !whole) return base::error_of(whole);
    return resume;
}

void sign(Resume& resume, const ledger::Hash& chain_id, ValidatorIndex validator,
          const ledger::SecretKey& key) {
    add(resume,
        {validator, crypto::sign(key, crypto::domain::VOTE, chain_id, signed_bytes(resume))});
}

bool merge(Resume& resume, const Resume& other) {
    if (other.epoch != resume.epoch || other.height != resume.height ||
        other.header != resume.header) {
        return false;
    }
    for (const ledger::HeaderSignature& one : other.signatures) add(resume, one);
    return true;
}

base::Status check_signatures(const Resume& resume, const ledger::Hash& chain_id,
                              const ledger::ValidatorSet& set) {
    for (const ledger::HeaderSignature& one : resume.signatures) {
        if (one.validator >= set.validators.size()) {
            return base::input_error(
                fmt::format("there is no validator with the index {}", one.validator));
        }
        const ledger::Validator& validator = set.validators[one.validator];
        if (!crypto::verify(validator.consensus_key, crypto::domain::VOTE, chain_id,
                            signed_bytes(resume), one.signature)) {
            return base::input_error(
                fmt::format("the signature of {} is not by its key", validator.name));
        }
    }
    return {};
}

base::Status check(const Resume& resume, const ledger::Hash& chain_id,
                   const ledger::ValidatorSet& set) {
    if (const base::Status good = check_signatures(resume, chain_id, set); !good) return good;
    if (resume.signatures.size() >= ledger::quorum(set)) return {};
    return base::input_error(fmt::format("{} of {} validators signed; {} must",
                                         resume.signatures.size(), set.validators.size(),
                                         ledger::quorum(set)));
}

}  // namespace edict::consensus
