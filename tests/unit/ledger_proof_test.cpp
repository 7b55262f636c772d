#include "chain/ledger/proof.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "chain/ledger/codec.h"
#include "chain/ledger/quorum.h"
#include "chain/merkle/log.h"
#include "tests/unit/ledger_random.h"

namespace edict::ledger {
namespace {

SecretKey key_of(const std::string& name) {
    return SecretKey::from_seed(crypto::sha256(base::as_bytes(name)).bytes);
}

ValidatorSet set_of(ProtocolKind protocol, const std::vector<std::string>& names) {
    ValidatorSet set{protocol, {}};
    for (const std::string& name : names) {
        set.validators.push_back({name, key_of(name).public_key(), {}, {}});
    }
    return set;
}

Certificate certify(const Header& header, const ValidatorSet& set,
                    const std::vector<std::uint16_t>& signers) {
    Certificate certificate{hash_of(header), {}};
    for (const std::uint16_t signer : signers) {
        const SecretKey key = key_of(set.validators.at(signer).name);
        certificate.signatures.push_back(
            {signer, sign_header(header.chain_id, certificate.header, key)});
    }
    return certificate;
}

// ---- quorums ------------------------------------------------------------------------------------

TEST(Quorum, TwoQuorumsShareACorrectValidatorAndTheCorrectOnesAreAQuorum) {
    for (std::size_t n = 1; n <= MAX_VALIDATORS; ++n) {
        for (const ProtocolKind protocol : {ProtocolKind::raft, ProtocolKind::pbft}) {
            const std::size_t f = faults_tolerated(protocol, n);
            const std::size_t q = quorum(protocol, n);
            const std::size_t traitors = protocol == ProtocolKind::pbft ? f : 0;
            EXPECT_GE(2 * q, n + traitors + 1) << n;
            EXPECT_LE(q, n - f) << n;
            // The least such number.
            EXPECT_LT(2 * (q - 1), n + traitors + 1) << n;
        }
        EXPECT_EQ(quorum(ProtocolKind::solo, n), 1U);
    }
}

TEST(Quorum, IsAsTheTableSays) {
    //                     n =  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20
    const std::size_t pbft[] = {1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9, 10, 10, 11, 12, 12, 13, 14};
    const std::size_t raft[] = {1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11};
    for (std::size_t n = 1; n <= 20; ++n) {
        EXPECT_EQ(quorum(ProtocolKind::pbft, n), pbft[n - 1]) << n;
        EXPECT_EQ(quorum(ProtocolKind::raft, n), raft[n - 1]) << n;
    }
}

// ---- signatures ---------------------------------------------------------------------------------

TEST(Transaction, ASignatureCoversEveryField) {
    Transaction transaction = RandomMaker(1).make<Transaction>();
    sign(transaction, key_of("a"));
    const PublicKey key = key_of("a").public_key();
    EXPECT_TRUE(verify_signature(transaction, key));
    EXPECT_FALSE(verify_signature(transaction, key_of("b").public_key()));
    const auto without = [&](auto change) {
        Transaction altered = transaction;
        change(altered);
        EXPECT_FALSE(verify_signature(altered, key));
        EXPECT_NE(hash_of(altered), hash_of(transaction));
    };
    without([](Transaction& x) { x.chain_id.bytes[0] ^= 1; });
    without([](Transaction& x) { x.sender.bytes[0] ^= 1; });
    without([](Transaction& x) { ++x.nonce.value; });
    without([](Transaction& x) { ++x.expiry.value; });
    without([](Transaction& x) { x.module += "x"; });
    without([](Transaction& x) { x.action += "x"; });
    without([](Transaction& x) { x.arguments.push_back(0); });
    without([](Transaction& x) { x.signature.bytes[0] ^= 1; });
}

TEST(Transaction, AHeaderSignatureIsNoTransactionSignature) {
    const Hash chain{};
    const Hash header = crypto::sha256({});
    const Signature signature = sign_header(chain, header, key_of("a"));
    EXPECT_FALSE(crypto::verify(key_of("a").public_key(), crypto::domain::TRANSACTION, chain,
                                header.bytes, signature));
}

TEST(Certificate, NeedsAQuorumOfValidSignaturesOverThisHeader) {
    const ValidatorSet set = set_of(ProtocolKind::pbft, {"a", "b", "c", "d"});
    const Header header = RandomMaker(1).make<Header>();
    EXPECT_TRUE(verify_certificate(header, certify(header, set, {0, 1, 2, 3}), set).has_value());
    EXPECT_TRUE(verify_certificate(header, certify(header, set, {0, 2, 3}), set).has_value());
    const auto error = [&](const Certificate& certificate) {
        return verify_certificate(header, certificate, set).error().message;
    };
    EXPECT_EQ(error(certify(header, set, {1, 2})), "2 of 4 validators signed; 3 are needed");
    EXPECT_EQ(error(certify(RandomMaker(2).make<Header>(), set, {0, 1, 2})),
              "it certifies another header");
    Certificate twice = certify(header, set, {0, 1, 1});
    EXPECT_NE(error(twice).find("ascending by validator"), std::string::npos);
    Certificate forged = certify(header, set, {0, 1, 2});
    forged.signatures[2].signature.bytes[5] ^= 1;
    EXPECT_EQ(error(forged), "the signature of c is not valid");
    Certificate stranger = certify(header, set, {0, 1, 2});
    stranger.signatures[2].validator = 4;
    EXPECT_EQ(error(stranger), "it names validator 4 of 4");
}

// ---- proofs -------------------------------------------------------------------------------------

// A chain of two epochs: a, b, c, d certify up to height 5, then c, d, e, f.
class ProofTest : public testing::Test {
protected:
    ProofTest() {
        genesis_ = RandomMaker(1).make<Genesis>();
        genesis_.validators = first_;
        for (int i = 0; i < 5; ++i) {
            Receipt receipt = RandomMaker(static_cast<std::uint64_t>(i) + 10).make<Receipt>();
            Transaction transaction =
                RandomMaker(static_cast<std::uint64_t>(i) + 20).make<Transaction>();
            receipt.transaction = hash_of(transaction);
            receipt.height = Height{9};
            receipt.index = static_cast<std::uint32_t>(i);
            receipts_.push_back(receipt);
            transactions_.push_back(transaction);
        }
        std::vector<merkle::TreeChange> changes;
        for (std::uint64_t i = 0; i < 50; ++i) {
            changes.push_back({state_key(place(i)), state_value_hash(value(i))});
        }
        const auto update = merkle::update_tree({}, 1, changes, read_tree());
        for (const auto& [key, node] : update->written) nodes_[key] = node;
        tree_ = update->root;
        for (std::uint64_t i = 0; i < 20; ++i) log_.push_back(leaf_hash_of(leaf(i)));
        change_ = header(5, 8, second_);
        newest_ = header(9, 20, second_);
    }

    static StatePlace place(std::uint64_t i) {
        base::Writer key;
        key.u64(i);
        return {"anchor", "sets", key.take()};
    }
    static StateValue value(std::uint64_t i) { return {1, Bytes(i + 1, 7)}; }
    static LogLeaf leaf(std::uint64_t i) {
        return {LeafKind::anchor, Height{i}, 3, crypto::sha256(base::as_bytes(std::to_string(i)))};
    }
    [[nodiscard]] merkle::ReadTreeNode read_tree() const {
        return [this](ByteView key) -> base::Result<Bytes> {
            return nodes_.at(Bytes(key.begin(), key.end()));
        };
    }
    [[nodiscard]] std::vector<Hash> consistency(std::uint64_t older, std::uint64_t newer) const {
        std::vector<std::pair<merkle::LogNode, Hash>> completed;
        merkle::LogEdge edge;
        for (const Hash& leaf : log_) edge.append(leaf, &completed);
        const std::map<merkle::LogNode, Hash> nodes(completed.begin(), completed.end());
        return *merkle::consistency_path(older, newer, [&nodes](merkle::LogNode node) {
            return std::optional<Hash>(nodes.at(node));
        });
    }
    [[nodiscard]] Header header(std::uint64_t height, std::size_t log_size,
                                const ValidatorSet& next) const {
        Header header;
        header.chain_id = chain_id(genesis_);
        header.height = Height{height};
        header.epoch = Epoch{height > 5 ? 1U : 0U};
        header.receipts_root = receipts_root(receipts_);
        header.state_root = tree_.hash;
        header.log_size = log_size;
        header.log_root = merkle::log_root(std::span(log_).first(log_size));
        header.next_validators = hash_of(next);
        return header;
    }
    [[nodiscard]] Proof proof_of(Claim claim) const {
        Proof proof;
        proof.epochs = {{change_, certify(change_, first_, {0, 1, 3}), second_}};
        proof.header = newest_;
        proof.certificate = certify(newest_, second_, {1, 2, 3});
        proof.claim = std::move(claim);
        return proof;
    }
    [[nodiscard]] std::string said(const Proof& proof) const {
        const auto verified = verify_proof(proof, genesis_);
        return verified ? verified->statement : "error: " + verified.error().message;
    }

    const ValidatorSet first_ = set_of(ProtocolKind::pbft, {"a", "b", "c", "d"});
    const ValidatorSet second_ = set_of(ProtocolKind::pbft, {"c", "d", "e", "f"});
    Genesis genesis_;
    std::vector<Receipt> receipts_;
    std::vector<Transaction> transactions_;
    std::map<Bytes, Bytes> nodes_;
    merkle::TreeRoot tree_;
    std::vector<Hash> log_;
    Header change_, newest_;

    [[nodiscard]] std::vector<Proof> all() const {
        std::vector<Hash> leaves;
        for (const Receipt& receipt : receipts_) {
            leaves.push_back(merkle::leaf_hash(encode(receipt)));
        }
        const auto path = [this](std::uint64_t i) {
            return *merkle::prove_in_tree(tree_, state_key(place(i)), read_tree());
        };
        return {proof_of(HeaderClaim{}),
                proof_of(LeafClaim{leaf(7), 7, merkle::inclusion_path(7, log_)}),
                proof_of(ReceiptClaim{transactions_[2], receipts_[2], 5,
                                      merkle::inclusion_path(2, leaves)}),
                proof_of(ValueClaim{place(3), value(3), path(3)}),
                proof_of(AbsenceClaim{place(77), path(77)}),
                proof_of(ConsistencyClaim{change_, certify(change_, first_, {0, 1, 2}),
                                          consistency(8, 20)})};
    }
};

TEST_F(ProofTest, EveryKindOfClaimIsVerifiedWithGenesisAlone) {
    const std::vector<Proof> proofs = all();
    const char* statements[] = {
        "the header of height 9 is certified",
        "is entry 7 of the log",
        "at height 9",
        "anchor.sets[0000000000000003] holds 07070707 after height 9",
        "anchor.sets[000000000000004d] holds nothing after height 9",
        "the log of 20 entries at height 9 begins with the 8 of height 5",
    };
    for (std::size_t i = 0; i < proofs.size(); ++i) {
        EXPECT_NE(said(proofs[i]).find(statements[i]), std::string::npos) << said(proofs[i]);
        const auto verified = verify_proof(proofs[i], genesis_);
        EXPECT_EQ(verified->signatures, 3U);
        EXPECT_EQ(verified->height, Height{9});
        EXPECT_EQ(verified->header, hash_of(newest_));
        EXPECT_EQ(*read_proof_file(proof_file(proofs[i])), proofs[i]);
        EXPECT_FALSE(to_json(proofs[i]).dump().empty());
    }
}

TEST_F(ProofTest, AnAlteredFileIsRefusedOrSaysTheSame) {
    for (const Proof& proof : all()) {
        const Bytes file = proof_file(proof);
        for (std::size_t i = 0; i < file.size(); ++i) {
            Bytes altered = file;
            altered[i] ^= 1;
            const auto read = read_proof_file(altered);
            if (!read) continue;
            const auto verified = verify_proof(*read, genesis_);
            // The number of receipts beside the path is not bound by the header.
            EXPECT_TRUE(!verified || verified->statement == said(proof)) << i;
        }
    }
}

TEST_F(ProofTest, AProofNamesTheFirstThingThatDoesNotHold) {
    Proof proof = proof_of(HeaderClaim{});
    proof.epochs.clear();
    EXPECT_NE(said(proof).find("error: header: "), std::string::npos);
    proof = proof_of(HeaderClaim{});
    proof.epochs[0].next = first_;
    EXPECT_EQ(said(proof), "error: epoch link at height 5: the header names another validator set");
    proof = proof_of(HeaderClaim{});
    proof.epochs[0].certificate = certify(change_, first_, {0, 1});
    EXPECT_EQ(said(proof), "error: epoch link at height 5: 2 of 4 validators signed; 3 are needed");
    proof = proof_of(HeaderClaim{});
    proof.header = header(4, 8, second_);
    proof.certificate = certify(proof.header, second_, {0, 1, 2});
    EXPECT_EQ(said(proof), "error: header: the set in force from height 6 cannot certify it");
    Genesis other = genesis_;
    other.name += "x";
    EXPECT_NE(verify_proof(proof_of(HeaderClaim{}), other).error().message.find("another chain"),
              std::string::npos);
}

TEST_F(ProofTest, AReceiptOfAnotherHeightOrTransactionProvesNothing) {
    Proof proof = all()[2];
    std::get<ReceiptClaim>(proof.claim).transaction = transactions_[1];
    EXPECT_EQ(said(proof), "error: the receipt is of another transaction");
    proof = all()[2];
    std::get<ReceiptClaim>(proof.claim).receipt.cost.value += 1;
    EXPECT_EQ(said(proof), "error: the receipt is not among the receipts of the header");
    proof = all()[3];
    std::get<ValueClaim>(proof.claim).value.schema = 2;
    EXPECT_EQ(said(proof), "error: the value is not in the state of the header");
    proof = all()[4];
    std::get<AbsenceClaim>(proof.claim).place = place(3);
    EXPECT_EQ(said(proof), "error: the absence does not follow from the state of the header");
}

TEST_F(ProofTest, AnEmptyOlderLogIsConsistentWithEveryLog) {
    const Header empty = header(2, 0, first_);
    EXPECT_EQ(said(proof_of(ConsistencyClaim{empty, certify(empty, first_, {0, 1, 2}), {}})),
              "the log of 20 entries at height 9 begins with the 0 of height 2");
    Header altered = change_;
    altered.log_root.bytes[0] ^= 1;
    EXPECT_EQ(said(proof_of(ConsistencyClaim{altered, certify(altered, first_, {0, 1, 2}),
                                             consistency(8, 20)})),
              "error: the log of the older header was altered");
}

TEST_F(ProofTest, AnotherFileIsNoProof) {
    EXPECT_NE(read_proof_file(base::as_bytes("hello")).error().message.find("not a proof file"),
              std::string::npos);
}

TEST(WritesDigest, DistinguishesRemovalValueAndKey) {
    const Hash a = crypto::sha256(base::as_bytes("a"));
    const Hash b = crypto::sha256(base::as_bytes("b"));
    const std::vector<std::vector<StateWrite>> cases = {
        {}, {{a, std::nullopt}}, {{a, a}}, {{a, b}}, {{b, b}}, {{a, b}, {b, b}}};
    for (std::size_t i = 0; i < cases.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            EXPECT_NE(writes_digest(cases[i]), writes_digest(cases[k]));
        }
    }
}

}  // namespace
}  // namespace edict::ledger
