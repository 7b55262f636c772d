// The bytes of pbft: one encoding for each value, golden inputs, and the tables of docs/LEDGER.md.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "chain/consensus/pbft/codec.h"
#include "tests/unit/ledger_random.h"

namespace edict::consensus::pbft {
namespace {

using ledger::RandomMaker;

bool update_expectations() { return std::getenv("EDICT_UPDATE") != nullptr; }

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

class Maker {
public:
    explicit Maker(std::uint64_t seed) : random_(seed) {}

    PreparedProof proof() {
        return {{3}, batch(), signature(), {{1, signature()}, {2, signature()}}};
    }
    CertifiedHeader certified() {
        CertifiedHeader made{random_.make<ledger::Header>(), random_.make<ledger::Certificate>()};
        made.certificate->header = ledger::hash_of(made.header);
        return made;
    }
    ViewChange change(ValidatorIndex sender) {
        return {{1}, {4}, sender, certified(), proof(), signature()};
    }
    std::vector<std::pair<std::string, Message>> messages() {
        const CertifiedHeader header = certified();
        ledger::Batch same = batch();
        same.height = header.header.height;
        same.epoch = header.header.epoch;
        return {
            {"PrePrepare", {PrePrepare{{1}, batch(), signature()}}},
            {"Prepare", {Prepare{{1}, {2}, {3}, hash(), signature(), signature()}}},
            {"Commit", {Commit{{1}, {2}, {3}, hash()}}},
            {"HeaderVote", {HeaderVote{{9}, hash(), signature()}}},
            {"ViewChange", {change(2)}},
            {"NewView", {NewView{{1}, {4}, {change(0), change(3)}, signature()}}},
            {"Status", {Status{{1}, {2}, true, {3}, {4}}}},
            {"Fetch", {Fetch{{77}, {79}}}},
            {"Block", {Block{header, same}}},
        };
    }
    VoteRecord record() {
        return {{1},    {5}, false, certified(), Opening{{8}, hash()}, PrePrepare{{5}, batch(), {}},
                proof()};
    }
    Evidence evidence() {
        const Vote first{Phase::prepare, {1}, {2}, {3}, hash()};
        Vote second = first;
        second.batch.bytes[0] ^= 1;
        return {2, first, signature(), second, signature()};
    }

private:
    ledger::Batch batch() { return random_.make<ledger::Batch>(); }
    Hash hash() {
        return random_.make<ledger::HeaderSignature>().signature.bytes[0] % 2 == 0
                   ? crypto::sha256({})
                   : Hash{};
    }
    Signature signature() { return random_.make<ledger::HeaderSignature>().signature; }

    RandomMaker random_;
};

template <typename T>
void expect_one_encoding(const T& made) {
    const base::Bytes bytes = encode(made);
    const base::Result<T> back = decode<T>(bytes);
    ASSERT_TRUE(back.has_value()) << back.error().message;
    EXPECT_EQ(*back, made);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(decode<T>(base::ByteView(bytes).first(size)).has_value()) << size;
    }
    base::Bytes longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(decode<T>(longer).has_value());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        base::Bytes altered = bytes;
        altered[at] ^= 0x41;
        const base::Result<T> other = decode<T>(altered);
        EXPECT_TRUE(!other || encode(*other) == altered) << at;
    }
}

TEST(PbftCodec, EveryStructureHasOneEncoding) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        for (const auto& [name, message] : Maker(seed).messages()) expect_one_encoding(message);
        expect_one_encoding(Maker(seed).record());
        expect_one_encoding(Maker(seed).evidence());
    }
}

TEST(PbftCodec, TheEncodingOfEachStructureIsTheOneOfBefore) {
    // The golden bytes are the corpus of the fuzz target: a selector and the structure.
    const std::string folder = "tests/fuzz/corpus/pbft/";
    const auto expect = [&](const std::string& name, std::uint8_t selector, base::Bytes bytes) {
        bytes.insert(bytes.begin(), selector);
        if (update_expectations()) {
            std::ofstream(folder + name, std::ios::binary) << base::as_text(bytes);
        }
        EXPECT_EQ(text_of(folder + name), base::as_text(bytes))
            << "EDICT_UPDATE=1 rewrites " << folder << name;
    };
    Maker maker(42);
    for (const auto& [name, message] : maker.messages()) expect(name, 0, encode(message));
    expect("VoteRecord", 1, encode(maker.record()));
    expect("Evidence", 2, encode(maker.evidence()));
}

TEST(PbftCodec, WhatBreaksARuleIsRefused) {
    const auto why = [](const auto& made) {
        const auto back = decode<std::decay_t<decltype(made)>>(encode(made));
        return back ? std::string("accepted") : back.error().message;
    };
    Maker maker(1);
    VoteRecord record = maker.record();
    record.prepared->prepares = {{2, {}}, {2, {}}};
    EXPECT_NE(why(record).find("ascend by validator"), std::string::npos) << why(record);
    record = maker.record();
    record.certified.certificate->header.bytes[0] ^= 1;
    EXPECT_NE(why(record).find("another header"), std::string::npos) << why(record);
    const Message view{NewView{{1}, {4}, {maker.change(3), maker.change(0)}, {}}};
    EXPECT_NE(why(view).find("ascend by sender"), std::string::npos) << why(view);
    EXPECT_EQ(why(Message{Status{{1}, {2}, true, {4}, {3}}}), "accepted");
    const std::string early = why(Message{Status{{1}, {2}, true, {5}, {3}}});
    EXPECT_NE(early.find("applied and not certified"), std::string::npos) << early;
    const Height first{7};
    for (const std::uint64_t last : {std::uint64_t{7}, 7 + MAX_FETCHED_HEIGHTS - 1}) {
        EXPECT_EQ(why(Message{Fetch{first, {last}}}), "accepted") << last;
    }
    for (const std::uint64_t last :
         {std::uint64_t{6}, 7 + MAX_FETCHED_HEIGHTS, ~std::uint64_t{0}}) {
        const std::string said = why(Message{Fetch{first, {last}}});
        EXPECT_NE(said.find("too many"), std::string::npos) << said;
    }
    Message block = maker.messages().back().second;
    std::get<Block>(block.payload).batch.height.value += 1;
    EXPECT_NE(why(block).find("another height"), std::string::npos) << why(block);
    Evidence evidence = maker.evidence();
    evidence.second = evidence.first;
    EXPECT_NE(why(evidence).find("contradict"), std::string::npos) << why(evidence);
    evidence = maker.evidence();
    evidence.second.view.value += 1;
    EXPECT_NE(why(evidence).find("contradict"), std::string::npos) << why(evidence);
    EXPECT_FALSE(decode<Message>(base::Bytes(MAX_MESSAGE_BYTES + 1)).has_value());
    const base::Bytes unknown{9};
    EXPECT_NE(decode<Message>(unknown).error().message.find("choice 9 of 9"), std::string::npos);
}

TEST(PbftCodec, ASignatureCoversEveryFieldThatItSpeaksOf) {
    const ViewChange change = Maker(3).change(1);
    const base::Bytes signed_before = signed_bytes(change);
    ViewChange other = change;
    other.signature.bytes[0] ^= 1;
    EXPECT_EQ(signed_bytes(other), signed_before);
    other = change;
    other.prepared.reset();
    EXPECT_NE(signed_bytes(other), signed_before);
    other = change;
    other.epoch.value += 1;
    EXPECT_NE(signed_bytes(other), signed_before);
    const Vote vote{Phase::pre_prepare, {1}, {2}, {3}, {}};
    EXPECT_EQ(signed_bytes(vote).front(), 0);  // no vote is a view change
    EXPECT_EQ(signed_before.front(), 1);
}

TEST(PbftDocumentation, TheTablesInTheDocumentAreThoseOfTheCode) {
    static constexpr std::string_view BEGIN = "<!-- pbft tables: begin -->\n";
    static constexpr std::string_view END = "<!-- pbft tables: end -->\n";
    const std::string path = "docs/LEDGER.md";
    std::string text = text_of(path);
    const std::size_t begin = text.find(BEGIN);
    const std::size_t end = text.find(END);
    ASSERT_NE(begin, std::string::npos);
    ASSERT_NE(end, std::string::npos);
    const std::size_t from = begin + BEGIN.size();
    if (update_expectations()) {
        text.replace(from, end - from, "\n" + field_tables());
        std::ofstream(path, std::ios::binary) << text;
        return;
    }
    EXPECT_EQ(text.substr(from, end - from), "\n" + field_tables())
        << "EDICT_UPDATE=1 rewrites the tables of " << path;
}

}  // namespace
}  // namespace edict::consensus::pbft
