// The fields of every structure of pbft, in the order of their bytes, for the visitors of
// chain/ledger/fields.h: encoder, decoder and the tables of docs/LEDGER.md.
#pragma once

#include "chain/consensus/pbft/messages.h"
#include "chain/ledger/fields.h"

namespace edict::ledger {

namespace pbft = consensus::pbft;

template <>
inline constexpr std::array<std::string_view, 2> ENUMERATORS<pbft::Phase> = {"pre_prepare",
                                                                             "prepare"};
template <>
inline constexpr About ABOUT<pbft::Vote> = {
    "Vote", "What a replica signs in the first two phases, after the byte 0.", 128};
template <>
inline constexpr About ABOUT<pbft::PrePrepare> = {
    "PrePrepare", "From the primary of the view (number: view mod validators)."};
template <>
inline constexpr About ABOUT<pbft::Prepare> = {"Prepare", ""};
template <>
inline constexpr About ABOUT<pbft::Commit> = {"Commit", "The sender holds a prepared proof."};
template <>
inline constexpr About ABOUT<pbft::HeaderVote> = {"HeaderVote",
                                                  "The sender executed the height to this header."};
template <>
inline constexpr About ABOUT<pbft::PrepareSignature> = {"PrepareSignature", ""};
template <>
inline constexpr About ABOUT<pbft::PreparedProof> = {
    "PreparedProof", "A quorum, the primary included, voted for this batch in this view."};
template <>
inline constexpr About ABOUT<pbft::CertifiedHeader> = {"CertifiedHeader", "A stable checkpoint."};
template <>
inline constexpr About ABOUT<pbft::ViewChange> = {"ViewChange", ""};
template <>
inline constexpr About ABOUT<pbft::NewView> = {"NewView", "From the primary of the view."};
template <>
inline constexpr About ABOUT<pbft::Status> = {"Status", ""};
template <>
inline constexpr About ABOUT<pbft::Fetch> = {"Fetch", "Asks for some Blocks."};
template <>
inline constexpr About ABOUT<pbft::Block> = {"Block", "A certified height."};
template <>
inline constexpr About ABOUT<pbft::Message> = {"Message", "What replicas of pbft send each other.",
                                               pbft::MAX_MESSAGE_BYTES};
template <>
inline constexpr About ABOUT<pbft::Opening> = {
    "Opening", "The slot that a new view filled: nothing else is accepted there in that view."};
template <>
inline constexpr About ABOUT<pbft::VoteRecord> = {
    "VoteRecord", "What a replica has promised; synced before a vote is sent.",
    pbft::MAX_MESSAGE_BYTES};
template <>
inline constexpr About ABOUT<pbft::Evidence> = {
    "Evidence", "Two votes of one validator that a correct one never casts both.", 512};

}  // namespace edict::ledger

namespace edict::consensus::pbft {

using ledger::Is;
using ledger::Most;
using ledger::None;

template <typename V, Is<Vote> T>
void fields(V& visit, T& x) {
    visit("phase", x.phase, None{}, "");
    visit("epoch", x.epoch, None{}, "");
    visit("view", x.view, None{}, "");
    visit("height", x.height, None{}, "");
    visit("batch", x.batch, None{}, "hash of the Batch");
}

template <typename V, Is<PrePrepare> T>
void fields(V& visit, T& x) {
    visit("view", x.view, None{}, "");
    visit("batch", x.batch, None{}, "names epoch and height");
    visit("signature", x.signature, None{}, "over the Vote");
}

template <typename V, Is<Prepare> T>
void fields(V& visit, T& x) {
    visit("epoch", x.epoch, None{}, "");
    visit("view", x.view, None{}, "");
    visit("height", x.height, None{}, "");
    visit("batch", x.batch, None{}, "hash of the Batch");
    visit("proposal", x.proposal, None{}, "the primary's signature");
    visit("signature", x.signature, None{}, "over the Vote");
}

template <typename V, Is<Commit> T>
void fields(V& visit, T& x) {
    visit("epoch", x.epoch, None{}, "");
    visit("view", x.view, None{}, "");
    visit("height", x.height, None{}, "");
    visit("batch", x.batch, None{}, "hash of the Batch");
}

template <typename V, Is<HeaderVote> T>
void fields(V& visit, T& x) {
    visit("height", x.height, None{}, "");
    visit("header", x.header, None{}, "hash of the Header");
    visit("signature", x.signature, None{}, "as in a certificate");
}

template <typename V, Is<PrepareSignature> T>
void fields(V& visit, T& x) {
    visit("validator", x.validator, None{}, "index into the validator set");
    visit("signature", x.signature, None{}, "over the Vote");
}

template <typename V, Is<PreparedProof> T>
void fields(V& visit, T& x) {
    visit("view", x.view, None{}, "");
    visit("batch", x.batch, None{}, "");
    visit("proposal", x.proposal, None{}, "the primary's signature");
    visit("prepares", x.prepares, Most{ledger::MAX_VALIDATORS},
          "of others, ascending by validator, each once");
}

template <typename V, Is<CertifiedHeader> T>
void fields(V& visit, T& x) {
    visit("header", x.header, None{}, "");
    visit("certificate", x.certificate, None{}, "none: the anchor of the epoch");
}

template <typename V, Is<ViewChange> T>
void fields(V& visit, T& x) {
    visit("epoch", x.epoch, None{}, "");
    visit("view", x.view, None{}, "that it asks for");
    visit("sender", x.sender, None{}, "index into the validator set");
    visit("certified", x.certified, None{}, "the sender's last");
    visit("prepared", x.prepared, None{}, "for the height above");
    visit("signature", x.signature, None{}, "over the byte 1 and the fields above");
}

template <typename V, Is<NewView> T>
void fields(V& visit, T& x) {
    visit("epoch", x.epoch, None{}, "");
    visit("view", x.view, None{}, "");
    visit("view_changes", x.view_changes, Most{ledger::MAX_VALIDATORS},
          "a quorum, ascending by sender, each once");
    visit("proposal", x.proposal, None{}, "over the Vote for what they amount to");
}

template <typename V, Is<Status> T>
void fields(V& visit, T& x) {
    visit("epoch", x.epoch, None{}, "");
    visit("view", x.view, None{}, "");
    visit("changing", x.changing, None{}, "the view is asked for, not entered");
    visit("applied", x.applied, None{}, "at most one above certified");
    visit("certified", x.certified, None{}, "");
}

template <typename V, Is<Fetch> T>
void fields(V& visit, T& x) {
    visit("height", x.height, None{}, "the first");
    visit("last", x.last, None{}, "not below the first; at most 8 heights");
}

template <typename V, Is<Block> T>
void fields(V& visit, T& x) {
    visit("certified", x.certified, None{}, "");
    visit("batch", x.batch, None{}, "of the same epoch and height");
}

template <typename V, Is<Message> T>
void fields(V& visit, T& x) {
    visit("payload", x.payload, None{}, "");
}

template <typename V, Is<Opening> T>
void fields(V& visit, T& x) {
    visit("height", x.height, None{}, "");
    visit("batch", x.batch, None{}, "hash of the Batch");
}

template <typename V, Is<VoteRecord> T>
void fields(V& visit, T& x) {
    visit("epoch", x.epoch, None{}, "");
    visit("view", x.view, None{}, "");
    visit("changing", x.changing, None{}, "the view is asked for, not entered");
    visit("certified", x.certified, None{}, "below the height of the votes");
    visit("opening", x.opening, None{}, "of the view");
    visit("accepted", x.accepted, None{}, "what it voted for last");
    visit("prepared", x.prepared, None{}, "");
}

template <typename V, Is<Evidence> T>
void fields(V& visit, T& x) {
    visit("validator", x.validator, None{}, "index into the validator set");
    visit("first", x.first, None{}, "");
    visit("first_signature", x.first_signature, None{}, "");
    visit("second", x.second, None{}, "of the same phase, epoch, view and height");
    visit("second_signature", x.second_signature, None{}, "");
}

}  // namespace edict::consensus::pbft
