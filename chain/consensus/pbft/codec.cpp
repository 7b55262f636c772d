#include "chain/consensus/pbft/codec.h"

#include <fmt/format.h>

#include <algorithm>

#include "chain/consensus/pbft/fields.h"
#include "chain/consensus/pbft/limits.h"
#include "chain/ledger/decoder.h"
#include "chain/ledger/encoder.h"
#include "chain/ledger/table_maker.h"

namespace edict::consensus::pbft {

namespace {

// Whether each element's key is above the key of the one before it.
template <typename T, typename Key>
bool ascends(const std::vector<T>& elements, Key key) {
    return std::ranges::adjacent_find(elements, std::ranges::greater_equal(), key) ==
           elements.end();
}

}  // namespace

// Found by the decoder: what a structure must keep beyond the bounds of its fields.
static std::string broken_rule(const PreparedProof& proof) {
    if (ascends(proof.prepares, &PrepareSignature::validator)) return {};
    return "the prepares do not ascend by validator";
}
static std::string broken_rule(const NewView& view) {
    if (ascends(view.view_changes, &ViewChange::sender)) return {};
    return "the view changes do not ascend by sender";
}
static std::string broken_rule(const CertifiedHeader& certified) {
    if (!certified.certificate) return {};
    if (certified.certificate->header == ledger::hash_of(certified.header)) return {};
    return "the certificate is for another header";
}
static std::string broken_rule(const Status& status) {
    const std::uint64_t applied = status.applied.value;
    if (applied == 0 || applied - 1 <= status.certified.value) return {};
    return "more than one height is applied and not certified";
}
static std::string broken_rule(const Fetch& fetch) {
    if (fetch.last >= fetch.height && fetch.last.value - fetch.height.value < MAX_FETCHED_HEIGHTS) {
        return {};
    }
    return "no heights are asked for, or too many";
}
static std::string broken_rule(const Block& block) {
    const ledger::Header& header = block.certified.header;
    if (block.batch.height == header.height && block.batch.epoch == header.epoch) return {};
    return "the batch is for another height or epoch than the header";
}
static std::string broken_rule(const Evidence& evidence) {
    Vote other = evidence.second;
    other.batch = evidence.first.batch;
    if (other == evidence.first && evidence.second.batch != evidence.first.batch) return {};
    return "the two votes do not contradict each other";
}

template <Format T>
base::Bytes encode(const T& structure) {
    base::Writer out;
    ledger::Encoder(out).structure(structure);
    return out.take();
}

template <Format T>
base::Result<T> decode(base::ByteView bytes) {
    static constexpr ledger::About about = ledger::ABOUT<T>;
    if (bytes.size() > about.max_bytes) {
        return base::input_error(fmt::format("{}: {} bytes; the limit is {}", about.name,
                                             bytes.size(), about.max_bytes));
    }
    base::Reader in(bytes);
    ledger::Decoder decoder(in);
    T structure;
    decoder.structure(structure);
    if (const base::Status status = in.finish(); !status) {
        return base::in_context(std::string(about.name) + ": " + decoder.where(), status.error());
    }
    return structure;
}

template base::Bytes encode<Message>(const Message&);
template base::Bytes encode<VoteRecord>(const VoteRecord&);
template base::Bytes encode<Evidence>(const Evidence&);
template base::Result<Message> decode<Message>(base::ByteView);
template base::Result<VoteRecord> decode<VoteRecord>(base::ByteView);
template base::Result<Evidence> decode<Evidence>(base::ByteView);

base::Bytes signed_bytes(const Vote& vote) {
    base::Writer out;
    out.u8(0);
    ledger::Encoder(out).structure(vote);
    return out.take();
}

base::Bytes signed_bytes(const ViewChange& change) {
    base::Writer out;
    out.u8(1);
    ledger::Encoder(out).structure(change);
    base::Bytes bytes = out.take();
    bytes.resize(bytes.size() - change.signature.bytes.size());
    return bytes;
}

std::string field_tables() {
    return ledger::tables<Message, PrePrepare, Prepare, Commit, HeaderVote, ViewChange, NewView,
                          Status, Fetch, Block, Vote, PreparedProof, PrepareSignature,
                          CertifiedHeader, VoteRecord, Opening, Evidence>();
}

}  // namespace edict::consensus::pbft
