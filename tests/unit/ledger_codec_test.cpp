#include "chain/ledger/codec.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "chain/ledger/decoder.h"
#include "chain/ledger/encoder.h"
#include "tests/unit/ledger_random.h"

namespace edict::ledger {
namespace {

bool update_expectations() { return std::getenv("EDICT_UPDATE") != nullptr; }

template <typename T>
class EveryFormat : public testing::Test {};
using Formats = testing::Types<Genesis, ValidatorSet, Transaction, Batch, Body, Header,
                               HeaderSignature, Certificate, LogLeaf, Receipt, StatePlace,
                               StateValue, ModuleBundle, Endorsement, Attestation, Proof>;
TYPED_TEST_SUITE(EveryFormat, Formats);

TYPED_TEST(EveryFormat, SurvivesEncodingAndDecoding) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const auto made = RandomMaker(seed).make<TypeParam>();
        const Bytes bytes = encode(made);
        const base::Result<TypeParam> back = decode<TypeParam>(bytes);
        ASSERT_TRUE(back.has_value()) << back.error().message;
        EXPECT_EQ(*back, made);
        EXPECT_EQ(encode(*back), bytes);
        EXPECT_TRUE(check(made).has_value());
    }
}

TYPED_TEST(EveryFormat, IsReadInPlaceInALongerRecord) {
    const auto made = RandomMaker(1).make<TypeParam>();
    base::Writer out;
    out.u8(7);
    write(out, made);
    out.u8(9);
    base::Reader in(out.out());
    EXPECT_EQ(in.u8(), 7);
    EXPECT_EQ(read<TypeParam>(in), made);
    EXPECT_EQ(in.u8(), 9);
    EXPECT_TRUE(in.finish().has_value());
}

TYPED_TEST(EveryFormat, IsRefusedWhenItIsCutShortOrTooLong) {
    const auto made = RandomMaker(2).make<TypeParam>();
    Bytes bytes = encode(made);
    const std::size_t step = bytes.size() / 300 + 1;
    for (std::size_t size = 0; size < bytes.size(); size += step) {
        EXPECT_FALSE(decode<TypeParam>(ByteView(bytes).first(size)).has_value()) << size;
    }
    bytes.push_back(0);
    EXPECT_FALSE(decode<TypeParam>(bytes).has_value());
}

TYPED_TEST(EveryFormat, HasOneEncodingForEachValue) {
    std::mt19937_64 random(3);
    const Bytes bytes = encode(RandomMaker(4).make<TypeParam>());
    for (int i = 0; i < 2000; ++i) {
        Bytes altered = bytes;
        altered[random() % altered.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
        const base::Result<TypeParam> back = decode<TypeParam>(altered);
        EXPECT_TRUE(!back || encode(*back) == altered);
    }
}

TYPED_TEST(EveryFormat, HasJsonWithEveryFieldByName) {
    const auto made = RandomMaker(5).make<TypeParam>();
    const nlohmann::json json = to_json(made);
    std::size_t count = 0;
    const auto visit = [&](std::string_view name, const auto&, const auto&, std::string_view) {
        ++count;
        EXPECT_TRUE(json.contains(std::string(name))) << name;
    };
    fields(visit, made);
    EXPECT_EQ(json.size(), count);
    EXPECT_FALSE(json.dump().empty());
}

// ---- limits -------------------------------------------------------------------------------------

// For each bounded field of a structure: at its limit nobody complains of the limit, one past it
// the decoder does, and names the field.
class LimitProbe {
public:
    template <typename T>
    static void probe() {
        LimitProbe probe;
        T structure{};
        fields(probe, structure);
        for (std::size_t field = 0; field < probe.limits_.size(); ++field) {
            for (const std::size_t past : {0U, 1U}) {
                T tested = RandomMaker(1).make<T>();
                probe.wanted_ = field;
                probe.size_ = probe.limits_[field] + past;
                probe.at_ = 0;
                probe.setting_ = true;
                fields(probe, tested);
                probe.setting_ = false;
                expect<T>(tested, past == 1);
            }
        }
    }

    template <typename T, typename Bound>
    void operator()(std::string_view, T& field, const Bound& bound, std::string_view) {
        set(field, bound);
    }

private:
    template <typename T>
    static void expect(const T& tested, bool past) {
        base::Writer out;
        Encoder(out).structure(tested);
        base::Reader in(out.out());
        Decoder decoder(in);
        T back{};
        decoder.structure(back);
        const base::Status status = in.finish();
        const bool limit = !status && status.error().message.find("limit is") != std::string::npos;
        EXPECT_EQ(limit, past) << ABOUT<T>.name << " " << decoder.where();
        EXPECT_TRUE(!past || !decoder.where().empty());
    }

    // True if this is the field to be set now.
    bool meets(std::size_t limit) {
        if (!setting_) limits_.push_back(limit);
        return setting_ && at_++ == wanted_;
    }
    template <typename T, typename Bound>
    void set(T&, const Bound&) {}
    void set(std::string& text, Name) {
        if (meets(MAX_NAME_BYTES)) text = std::string(size_, 'a');
    }
    void set(std::string& text, Utf8 bound) {
        if (meets(bound.max_bytes)) text = std::string(size_, 'a');
    }
    template <typename T>
    void set(std::vector<T>& list, Most bound) {
        if (meets(bound.max)) list.resize(size_);
    }
    template <typename T, typename Bound>
    void set(std::vector<T>& list, const Each<Bound>& bound) {
        if (meets(bound.max)) list.resize(size_);
    }

    std::vector<std::size_t> limits_;
    std::size_t wanted_ = 0, size_ = 0, at_ = 0;
    bool setting_ = false;
};

template <typename... Ts>
void probe_all() {
    (LimitProbe::probe<Ts>(), ...);
}

TEST(LedgerLimits, EveryFieldKeepsItsLimitAndIsRefusedOnePastIt) {
    probe_all<Genesis, ValidatorSet, Validator, Party, PartyAttribute, ChainLimits, Transaction,
              Batch, Body, Header, HeaderSignature, Certificate, LogLeaf, Receipt, DecisionRecord,
              RegulationAnswer, DecidingRule, FailedObserver, ShownValue, EventRecord, DutyRecord,
              StatePlace, StateValue, ModuleBundle, SourceFile, Endorsement, Attestation, Proof,
              EpochLink, LeafClaim, ReceiptClaim, ValueClaim, AbsenceClaim, ConsistencyClaim,
              merkle::TreeProof>();
}

TEST(LedgerLimits, ATransactionHoldsTheLargestArgumentsAndNotMore) {
    Transaction transaction = RandomMaker(1).make<Transaction>();
    transaction.module = transaction.action = std::string(MAX_NAME_BYTES, 'a');
    transaction.arguments.resize(MAX_ARGUMENT_BYTES);
    EXPECT_TRUE(check(transaction).has_value());
    transaction.arguments.push_back(0);
    EXPECT_FALSE(check(transaction).has_value());
}

TEST(LedgerLimits, WhatIsTooLongAsAWholeIsRefusedBeforeItIsRead) {
    const Bytes bytes(MAX_LOG_LEAF_BYTES + 1);
    EXPECT_EQ(decode<LogLeaf>(bytes).error().message, "LogLeaf: 257 bytes; the limit is 256");
}

TEST(LedgerLimits, AReasonIsCutAtTheEndOfACharacter) {
    EXPECT_EQ(bounded_reason("short"), "short");
    EXPECT_EQ(bounded_reason(std::string(MAX_REASON_BYTES, 'x')).size(), MAX_REASON_BYTES);
    for (std::size_t shift = 0; shift < 4; ++shift) {
        std::string text(shift, 'x');
        while (text.size() < 2 * MAX_REASON_BYTES) text += "医";
        const std::string cut = bounded_reason(text);
        EXPECT_LE(cut.size(), MAX_REASON_BYTES);
        EXPECT_GT(cut.size(), MAX_REASON_BYTES - 4);
        EXPECT_TRUE(base::is_utf8(cut));
        EXPECT_TRUE(cut.ends_with("…"));
    }
}

TEST(LedgerLimits, AValueIsShownInFullUpToAKilobyte) {
    const Bytes full(MAX_SHOWN_BYTES, 1);
    EXPECT_EQ(shown(full), (ShownValue{ShownAs::bytes, full}));
    const Bytes longer(MAX_SHOWN_BYTES + 1, 1);
    EXPECT_EQ(shown(longer).as, ShownAs::hash);
    EXPECT_EQ(shown(longer).bytes.size(), 32U);
}

// ---- rules --------------------------------------------------------------------------------------

template <typename T, typename Change>
std::string error_after(Change change, std::uint64_t seed = 11) {
    T structure = RandomMaker(seed).make<T>();
    change(structure);
    const base::Status status = check(structure);
    return status ? "accepted" : status.error().message;
}

void expect_part(const std::string& message, std::string_view part) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST(LedgerRules, GenesisIsRefusedWithWhatIsWrong) {
    const auto broken = [](auto change) { return error_after<Genesis>(change); };
    expect_part(broken([](Genesis& x) { x.version = 2; }), "this program knows version 1");
    expect_part(broken([](Genesis& x) { x.name.clear(); }),
                "Genesis: name: byte 6: a name is empty");
    expect_part(broken([](Genesis& x) { x.name = "a\xff"; }), "not UTF-8");
    expect_part(broken([](Genesis& x) { x.name = "e\xcc\x81"; }), "form NFC");
    expect_part(broken([](Genesis& x) { x.name = "a\nb"; }), "control character");
    expect_part(broken([](Genesis& x) { x.time_ms = -1; }), "before 1970");
    expect_part(broken([](Genesis& x) { x.endorsements = 0; }), "endorsements");
    expect_part(broken([](Genesis& x) { x.validators.validators.clear(); }), "validators: byte");
    expect_part(broken([](Genesis& x) {
                    x.validators.protocol = ProtocolKind::solo;
                    x.validators.validators = {{"a", {}, {}, {}}, {"b", {}, {}, {}}};
                }),
                "solo has one validator, not 2");
    expect_part(broken([](Genesis& x) {
                    x.validators.protocol = ProtocolKind::raft;
                    x.validators.validators = {{"a", {}, {}, {}}, {"b", {}, {}, {}}};
                }),
                "one consensus key");
    expect_part(broken([](Genesis& x) {
                    PublicKey key;
                    key.bytes[0] = 1;
                    x.parties = {{"a", {}, {}, {}, {}}, {"b", {}, key, {}, {}}};
                }),
                "two parties have one id");
    expect_part(
        broken([](Genesis& x) { x.parties = {{"a", {}, {}, {"hospital", "hospital"}, {}}}; }),
        "parties[0]: byte");
    expect_part(broken([](Genesis& x) { x.limits.open_heights = 0; }), "open_heights is 0");
    expect_part(broken([](Genesis& x) { x.limits.batch_bytes = 100; }), "batch_bytes is 100");
    expect_part(broken([](Genesis& x) { x.limits.batch_transactions = 10'001; }),
                "1 to 10000 are allowed");
}

TEST(LedgerRules, EveryOtherRuleOfAFormatIsKept) {
    expect_part(error_after<Batch>([](Batch& x) { x.transactions = {Hash{}, Hash{}}; }),
                "named twice");
    expect_part(error_after<Batch>([](Batch& x) { x.proposed_time_ms = -1; }), "before 1970");
    expect_part(error_after<Header>([](Header& x) { x.version = 0; }), "format version 0");
    expect_part(error_after<Certificate>([](Certificate& x) { x.signatures = {{2, {}}, {1, {}}}; }),
                "ascending by validator");
    expect_part(error_after<Certificate>([](Certificate& x) { x.signatures = {{1, {}}, {1, {}}}; }),
                "ascending by validator");
    expect_part(error_after<ModuleBundle>([](ModuleBundle& x) { x.modules.clear(); }), "no module");
    for (const char* name : {"/etc/x", "../x", "a/../b", "a//b", "./a", "a\\b", "c:x", "a/", ""}) {
        expect_part(
            error_after<ModuleBundle>([name](ModuleBundle& x) { x.sources = {{name, "text"}}; }),
            "is not a relative path");
    }
    expect_part(
        error_after<ModuleBundle>([](ModuleBundle& x) { x.sources = {{"b", ""}, {"a", ""}}; }),
        "ascending by name");
    expect_part(error_after<Attestation>([](Attestation& x) {
                    x.verdict = Verdict::passed;
                    x.finding = "a conflict";
                }),
                "has no finding");
    expect_part(
        error_after<Proof>([](Proof& x) { x.epochs.assign(2, RandomMaker(1).make<EpochLink>()); }),
        "ascending by height");
}

TEST(LedgerRules, AReceiptSaysOnlyWhatItsOutcomeAllows) {
    const auto with = [](Outcome outcome, auto change) {
        return error_after<Receipt>([outcome, &change](Receipt& x) {
            x = Receipt{};
            x.outcome = outcome;
            change(x);
        });
    };
    expect_part(with(Outcome::committed, [](Receipt& x) { x.reason = "no"; }), "have a reason");
    expect_part(with(Outcome::forbidden, [](Receipt& x) { x.result = {1}; }), "only a committed");
    expect_part(with(Outcome::failed, [](Receipt& x) { x.events = {{"a", "b", {}}}; }),
                "only a committed");
    expect_part(with(Outcome::committed,
                     [](Receipt& x) {
                         x.decisions = {{"a", "b", true, false, {RegulationAnswer{}}}};
                         x.decisions[0].answers[0].module = "c";
                         x.decisions[0].answers[0].active = {true};
                     }),
                "decisions[0].answers[0]: byte");
    expect_part(with(Outcome::refused, [](Receipt& x) { x.reason = "\xc0\x80"; }), "not UTF-8");
}

TEST(LedgerCodec, TheErrorNamesTheFieldInsideItsLists) {
    Body body{{RandomMaker(1).make<Transaction>(), RandomMaker(2).make<Transaction>()}};
    body.transactions[1].action.clear();
    expect_part(check(body).error().message, "Body: transactions[1].action: byte");
}

TEST(LedgerCodec, UnusedBitsAndUnknownChoicesAreRefused) {
    Attestation attestation = RandomMaker(1).make<Attestation>();
    attestation.verdict = static_cast<Verdict>(3);
    expect_part(check(attestation).error().message, "verdict: byte");
    const auto proof = RandomMaker(1).make<merkle::TreeProof>();
    base::Writer out;
    out.u32(1);  // one bit in a byte that has two
    out.u8(3);
    base::Reader in(out.out());
    merkle::TreeProof back;
    Decoder decoder(in);
    decoder.structure(back);
    expect_part(in.finish().error().message, "an unused bit is not 0");
    EXPECT_EQ(proof, proof);
}

TEST(LedgerCodec, AHostileCountReservesNothing) {
    base::Writer out;
    out.u64(1);
    out.u64(1);
    out.i64(1);
    out.u32(10'000);
    expect_part(decode<Batch>(out.out()).error().message, "ends too early");
}

// ---- documentation and corpus -------------------------------------------------------------------

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(LedgerDocumentation, TheTablesInTheDocumentAreThoseOfTheCode) {
    static constexpr std::string_view BEGIN = "<!-- tables: begin -->\n";
    static constexpr std::string_view END = "<!-- tables: end -->\n";
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

TEST(LedgerCorpus, HoldsOneInputForEachFormat) {
    const std::string folder = "tests/fuzz/corpus/ledger/";
    std::uint8_t selector = 0;
    const auto input = [&]<typename T>(const T&) {
        Bytes bytes = encode(RandomMaker(42).make<T>());
        bytes.insert(bytes.begin(), selector++);
        const std::string path = folder + std::string(ABOUT<T>.name);
        if (update_expectations()) {
            std::ofstream(path, std::ios::binary) << base::as_text(bytes);
        }
        EXPECT_EQ(text_of(path), base::as_text(bytes)) << "EDICT_UPDATE=1 rewrites " << path;
    };
#define EDICT_LEDGER_FORMAT(T) input(T{});
#include "chain/ledger/formats.def"
#undef EDICT_LEDGER_FORMAT
}

}  // namespace
}  // namespace edict::ledger
