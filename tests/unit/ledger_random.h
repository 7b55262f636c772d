// Random ledger structures that keep their rules: a visitor of the field descriptions fills every
// field within its bound, and repair() puts right what the rules ask beyond the bounds.
#pragma once

#include <algorithm>
#include <functional>
#include <random>
#include <string>

#include "chain/ledger/fields.h"

namespace edict::ledger {

class RandomMaker {
public:
    explicit RandomMaker(std::uint64_t seed) : random_(seed) {}

    template <typename T>
    T make() {
        T structure{};
        fields(*this, structure);
        repair(structure);
        return structure;
    }

    template <typename T, typename Bound>
    void operator()(std::string_view, T& field, const Bound& bound, std::string_view) {
        fill(field, bound);
    }

private:
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
    std::uint64_t number() { return random_() >> below(64); }  // small ones too

    void fill(bool& value, None) { value = below(2) == 1; }
    void fill(std::uint16_t& value, None) { value = static_cast<std::uint16_t>(number()); }
    void fill(std::uint32_t& value, None) { value = static_cast<std::uint32_t>(number()); }
    void fill(std::uint64_t& value, None) { value = number(); }
    void fill(std::int64_t& value, None) { value = static_cast<std::int64_t>(number() >> 1); }
    template <std::size_t size>
    void fill_array(std::array<std::uint8_t, size>& bytes) {
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_());
    }
    void fill(Hash& hash, None) { fill_array(hash.bytes); }
    void fill(PublicKey& key, None) { fill_array(key.bytes); }
    void fill(Signature& signature, None) { fill_array(signature.bytes); }
    void fill(PartyId& id, None) { fill_array(id.bytes); }
    void fill(std::string& text, Name) {
        text = below(4) == 0 ? "医院" : "site_";
        text += std::to_string(random_());
    }
    void fill(std::string& text, Utf8) {
        text = below(2) == 0 ? "" : "nö/" + std::to_string(below(99));
    }
    void fill(Bytes& bytes, Most bound) {
        bytes.resize(below(std::min<std::uint64_t>(bound.max, 40)));
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_());
    }
    void fill(std::vector<bool>& bits, Most bound) {
        bits.resize(below(std::min<std::uint64_t>(bound.max, 20)));
        for (auto bit : bits) bit = below(2) == 1;
    }
    template <typename Tag, typename Rep>
    void fill(base::Strong<Tag, Rep>& quantity, None none) {
        fill(quantity.value, none);
    }
    template <typename T>
    void fill(std::vector<T>& list, Most bound) {
        fill(list, Each<None>{bound.max, {}});
    }
    template <typename T, typename Bound>
    void fill(std::vector<T>& list, const Each<Bound>& bound) {
        for (std::uint64_t left = below(4); left > 0; --left) {
            fill(list.emplace_back(), bound.element);
        }
    }
    template <typename T>
    void fill(std::optional<T>& field, None none) {
        if (below(2) == 1) fill(field.emplace(), none);
    }
    template <typename... Ts>
    void fill(std::variant<Ts...>& choice, None) {
        const std::uint64_t chosen = below(sizeof...(Ts));
        std::size_t i = 0;
        ((chosen == i++ ? void(choice = make<Ts>()) : void()), ...);
    }
    template <typename T>
    void fill(T& x, None) {
        if constexpr (std::is_enum_v<T>) {
            x = static_cast<T>(below(ENUMERATORS<T>.size()));
        } else {
            x = make<T>();
        }
    }

    template <typename T, typename Key>
    static void sort_unique(std::vector<T>& list, Key key) {
        std::ranges::sort(list, {}, key);
        const auto rest = std::ranges::unique(list, {}, key);
        list.erase(rest.begin(), rest.end());
    }

    template <typename T>
    void repair(T&) {}
    void repair(ValidatorSet& x) {
        while (x.validators.empty() ||
               (x.protocol == ProtocolKind::solo && x.validators.size() != 1)) {
            x.validators = {make<Validator>()};
        }
    }
    void repair(ChainLimits& x) {
        x.batch_transactions = 1 + x.batch_transactions % 10'000;
        x.batch_bytes = static_cast<std::uint32_t>(MAX_BODY_BYTES) - x.batch_bytes % (1U << 20);
        x.open_heights |= 1;
        x.allowance_window_ms |= 1;
    }
    void repair(Genesis& x) {
        x.version = FORMAT_VERSION;
        x.endorsements |= 1;
    }
    void repair(Header& x) { x.version = FORMAT_VERSION; }
    void repair(Certificate& x) { sort_unique(x.signatures, &HeaderSignature::validator); }
    void repair(ShownValue& x) {
        if (x.as == ShownAs::none) x.bytes.clear();
        if (x.as == ShownAs::hash) x.bytes.resize(32);
    }
    void repair(RegulationAnswer& x) {
        const std::size_t rules = x.active.size();
        for (auto* bits : {&x.effective, &x.violated, &x.error}) bits->resize(rules);
        if (rules == 0) x.deciding.clear();
        for (DecidingRule& deciding : x.deciding)
            deciding.rule %= static_cast<std::uint32_t>(rules);
    }
    void repair(DecisionRecord& x) { sort_unique(x.answers, &RegulationAnswer::module); }
    void repair(Receipt& x) {
        if (x.outcome == Outcome::committed || x.outcome == Outcome::forbidden) x.reason.clear();
        if (x.outcome == Outcome::committed) return;
        x.result.clear();
        x.events.clear();
        x.duties.clear();
    }
    void repair(SourceFile& x) { x.name = "rules/" + std::to_string(below(99)) + ".edict"; }
    void repair(ModuleBundle& x) {
        x.modules.push_back({1, 2, 3});
        sort_unique(x.sources, &SourceFile::name);
    }
    void repair(Attestation& x) {
        if (x.verdict == Verdict::passed) x.finding.clear();
    }
    void repair(merkle::TreeProof& x) {
        x.siblings.resize(static_cast<std::size_t>(std::ranges::count(x.present, true)));
    }
    void repair(Proof& x) {
        x.version = FORMAT_VERSION;
        sort_unique(x.epochs, [](const EpochLink& link) { return link.header.height; });
    }

    std::mt19937_64 random_;
};

}  // namespace edict::ledger
