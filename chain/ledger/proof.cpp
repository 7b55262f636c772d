#include "chain/ledger/proof.h"

#include <fmt/format.h>

#include "chain/ledger/codec.h"
#include "chain/merkle/log.h"

namespace edict::ledger {

namespace {

constexpr std::string_view FILE_HEAD = "edict proof 1\n";

// Each check returns the statement that is now certain.
using Statement = base::Result<std::string>;

// The validator set of an epoch of the proof, and the height up to which it certifies.
struct Reign {
    const ValidatorSet* set = nullptr;
    Height first;  // the lowest height that it certifies
};

base::Status verify_header(const Header& header, const Certificate& certificate, const Hash& chain,
                           const Reign& reign) {
    if (header.chain_id != chain) {
        return base::input_error("it is of another chain: " + header.chain_id.hex());
    }
    if (header.height < reign.first) {
        return base::input_error(
            fmt::format("the set in force from height {} cannot certify it", reign.first.value));
    }
    return verify_certificate(header, certificate, *reign.set);
}

// The sets that ruled, oldest first.
base::Result<std::vector<Reign>> reigns_of(const Proof& proof, const Genesis& genesis,
                                           const Hash& chain) {
    std::vector<Reign> reigns = {{&genesis.validators, Height{0}}};
    for (const EpochLink& link : proof.epochs) {
        const std::string where = fmt::format("epoch link at height {}", link.header.height.value);
        const auto status = verify_header(link.header, link.certificate, chain, reigns.back());
        if (!status) return base::in_context(where, status.error());
        if (link.header.next_validators != hash_of(link.next)) {
            return base::input_error(where + ": the header names another validator set");
        }
        reigns.push_back({&link.next, Height{link.header.height.value + 1}});
    }
    return reigns;
}

struct ClaimChecker {
    const Header& header;
    const Hash& chain;
    const std::vector<Reign>& reigns;

    Statement operator()(const HeaderClaim&) const {
        return fmt::format("the header of height {} is certified", header.height.value);
    }

    Statement operator()(const LeafClaim& claim) const {
        const LogLeaf& leaf = claim.leaf;
        if (!merkle::verify_inclusion(leaf_hash_of(leaf), claim.position, header.log_size,
                                      claim.path, header.log_root)) {
            return base::input_error("the leaf is not in the log of the header");
        }
        return fmt::format("{} {} of height {}, index {}, is entry {} of the log",
                           leaf.kind == LeafKind::anchor ? "anchor" : "transaction",
                           leaf.hash.hex(), leaf.height.value, leaf.index, claim.position);
    }

    Statement operator()(const ReceiptClaim& claim) const {
        const Receipt& receipt = claim.receipt;
        const Hash transaction = hash_of(claim.transaction);
        if (receipt.transaction != transaction) {
            return base::input_error("the receipt is of another transaction");
        }
        if (receipt.height != header.height) {
            return base::input_error("the receipt is of another height");
        }
        if (!merkle::verify_inclusion(merkle::leaf_hash(encode(receipt)), receipt.index,
                                      claim.count, claim.path, header.receipts_root)) {
            return base::input_error("the receipt is not among the receipts of the header");
        }
        static constexpr std::string_view ENDED[] = {"committed", "forbidden", "failed", "refused"};
        return fmt::format("the call of {}.{} by {} (transaction {}) was {} at height {}",
                           claim.transaction.module, claim.transaction.action,
                           claim.transaction.sender.hex(), transaction.hex(),
                           ENDED[static_cast<std::size_t>(receipt.outcome)], header.height.value);
    }

    Statement operator()(const ValueClaim& claim) const {
        if (!merkle::verify_present(header.state_root, state_key(claim.place),
                                    state_value_hash(claim.value), claim.path)) {
            return base::input_error("the value is not in the state of the header");
        }
        return fmt::format("{}.{}[{}] holds {} after height {}", claim.place.module,
                           claim.place.name, base::to_hex(claim.place.key),
                           base::to_hex(claim.value.bytes), header.height.value);
    }

    Statement operator()(const AbsenceClaim& claim) const {
        if (!merkle::verify_absent(header.state_root, state_key(claim.place), claim.path)) {
            return base::input_error("the absence does not follow from the state of the header");
        }
        return fmt::format("{}.{}[{}] holds nothing after height {}", claim.place.module,
                           claim.place.name, base::to_hex(claim.place.key), header.height.value);
    }

    Statement operator()(const ConsistencyClaim& claim) const {
        const Header& older = claim.older;
        if (older.height > header.height) {
            return base::input_error("the older header is above the newer one");
        }
        const Reign* reign = &reigns.front();
        for (const Reign& next : reigns) {
            if (next.first <= older.height) reign = &next;
        }
        const auto status = verify_header(older, claim.certificate, chain, *reign);
        if (!status) return base::in_context("older header", status.error());
        const bool holds =
            older.log_size == 0
                ? claim.path.empty() && older.log_root == merkle::empty_log_root()
                : merkle::verify_consistency(older.log_size, older.log_root, header.log_size,
                                             header.log_root, claim.path);
        if (!holds) return base::input_error("the log of the older header was altered");
        return fmt::format("the log of {} entries at height {} begins with the {} of height {}",
                           header.log_size, header.height.value, older.log_size,
                           older.height.value);
    }
};

}  // namespace

base::Result<VerifiedClaim> verify_proof(const Proof& proof, const Genesis& genesis) {
    if (const base::Status status = check(genesis); !status) return base::error_of(status);
    if (const base::Status status = check(proof); !status) return base::error_of(status);
    const Hash chain = chain_id(genesis);
    const auto reigns = reigns_of(proof, genesis, chain);
    if (!reigns) return base::error_of(reigns);
    const auto status = verify_header(proof.header, proof.certificate, chain, reigns->back());
    if (!status) return base::in_context("header", status.error());
    Statement statement = std::visit(ClaimChecker{proof.header, chain, *reigns}, proof.claim);
    if (!statement) return base::error_of(statement);
    return VerifiedClaim{proof.header.height, proof.header.time_ms, hash_of(proof.header),
                         proof.certificate.signatures.size(), std::move(*statement)};
}

Bytes proof_file(const Proof& proof) {
    base::Writer out;
    out.raw(base::as_bytes(FILE_HEAD));
    out.raw(encode(proof));
    return out.take();
}

base::Result<Proof> read_proof_file(ByteView file) {
    if (!base::as_text(file).starts_with(FILE_HEAD)) {
        return base::input_error(
            "this is not a proof file: it does not begin with 'edict proof 1'");
    }
    return decode<Proof>(file.subspan(FILE_HEAD.size()));
}

}  // namespace edict::ledger
