// Visitor that reads a structure back and checks every bound and rule. Only the sources
// of this folder and of chain/consensus/pbft include it. It accepts exactly what Encoder makes of
// structures that keep their rules.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/codec.h"
#include "base/utf8.h"
#include "chain/ledger/fields.h"
#include "chain/ledger/rules.h"

namespace edict::ledger {

class Decoder {
public:
    explicit Decoder(base::Reader& in) : in_(in) {}

    // The first error sticks; where() then names the field that it is in.
    template <typename T, typename Bound>
    void operator()(std::string_view name, T& field, const Bound& bound, std::string_view) {
        if (!in_.ok()) return;
        get(field, bound);
        if (!in_.ok()) name_error(std::string(name));
    }

    template <typename T>
    void structure(T& x) {
        fields(*this, x);
        if (!in_.ok()) return;
        if (std::string broken = broken_rule(x); !broken.empty()) in_.fail(std::move(broken));
    }

    [[nodiscard]] const std::string& where() const { return where_; }

private:
    void name_error(const std::string& outer) {
        const bool joined = where_.empty() || where_.front() == '[';
        where_ = outer + (joined ? "" : ".") + where_;
    }

    void get(bool& value, None) { value = in_.boolean(); }
    void get(std::uint16_t& value, None) { value = in_.u16(); }
    void get(std::uint32_t& value, None) { value = in_.u32(); }
    void get(std::uint64_t& value, None) { value = in_.u64(); }
    void get(std::int64_t& value, None) { value = in_.i64(); }
    void get(Hash& hash, None) { hash = crypto::read_hash(in_); }
    void get(PublicKey& key, None) { key = crypto::read_public_key(in_); }
    void get(Signature& signature, None) { signature = crypto::read_signature(in_); }
    void get(PartyId& id, None) {
        const ByteView bytes = in_.raw(id.bytes.size());
        std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
    }

    void get(std::string& text, Name) {
        text = in_.text(MAX_NAME_BYTES);
        if (!in_.ok()) return;
        if (text.empty()) in_.fail("a name is empty");
        if (!value::is_canonical_text(text)) in_.fail("a name is not UTF-8 in form NFC");
        if (text.find_first_of("\n\t") != text.npos) in_.fail("a name has a control character");
    }
    void get(std::string& text, Utf8 bound) {
        text = in_.text(bound.max_bytes);
        if (!base::is_utf8(text)) in_.fail("a text is not UTF-8");
    }
    void get(Bytes& bytes, Most bound) {
        const ByteView found = in_.bytes(bound.max);
        bytes.assign(found.begin(), found.end());
    }

    void get(std::vector<bool>& bits, Most bound) {
        const std::size_t size = in_.u32();
        if (size > bound.max) {
            in_.fail(fmt::format("a set of {} bits; the limit is {}", size, bound.max));
            return;
        }
        const ByteView bytes = in_.raw((size + 7) / 8);
        if (!in_.ok()) return;
        for (std::size_t i = 0; i < size; ++i) bits.push_back((bytes[i / 8] >> i % 8 & 1) == 1);
        if (size % 8 != 0 && bytes.back() >> size % 8 != 0) in_.fail("an unused bit is not 0");
    }

    template <typename Tag, typename Rep>
    void get(base::Strong<Tag, Rep>& quantity, None none) {
        get(quantity.value, none);
    }

    template <typename T>
    void get(std::vector<T>& list, Most bound) {
        get(list, Each<None>{bound.max, {}});
    }
    template <typename T, typename Bound>
    void get(std::vector<T>& list, const Each<Bound>& bound) {
        const std::size_t count = in_.count(bound.max);
        for (std::size_t i = 0; i < count && in_.ok(); ++i) {
            get(list.emplace_back(), bound.element);
            if (!in_.ok()) name_error(fmt::format("[{}]", i));
        }
    }

    template <typename T>
    void get(std::optional<T>& field, None none) {
        if (in_.boolean()) get(field.emplace(), none);
    }

    template <typename... Ts>
    void get(std::variant<Ts...>& choice, None) {
        const std::size_t number = in_.u8();
        if (!in_.ok()) return;
        if (number >= sizeof...(Ts)) {
            in_.fail(fmt::format("choice {} of {}", number, sizeof...(Ts)));
            return;
        }
        choose(choice, number, std::index_sequence_for<Ts...>());
    }
    template <typename... Ts, std::size_t... Is>
    void choose(std::variant<Ts...>& choice, std::size_t number, std::index_sequence<Is...>) {
        ((number == Is ? get(choice.template emplace<Is>(), None{}) : void()), ...);
    }

    template <typename T>
    void get(T& x, None) {
        if constexpr (std::is_enum_v<T>) {
            const std::size_t number = in_.u8();
            if (number >= ENUMERATORS<T>.size()) {
                in_.fail(fmt::format("{} is none of {} choices", number, ENUMERATORS<T>.size()));
                return;
            }
            x = static_cast<T>(number);
        } else {
            structure(x);
        }
    }

    base::Reader& in_;
    std::string where_;
};

}  // namespace edict::ledger
