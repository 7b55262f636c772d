// Visitor that appends the canonical bytes of a structure. Only the sources of this folder and of
// chain/consensus/pbft include it. Lists are a count and the elements; an optional field is a
// Boolean and then the value; a choice is its number (one byte) and then the chosen structure; bit
// i of a bit set is bit i mod 8 (from the least significant) of byte i / 8, and unused bits are 0.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/codec.h"
#include "chain/ledger/fields.h"

namespace edict::ledger {

class Encoder {
public:
    explicit Encoder(base::Writer& out) : out_(out) {}

    template <typename T, typename Bound>
    void operator()(std::string_view, const T& field, const Bound&, std::string_view) {
        put(field);
    }

    template <typename T>
    void structure(const T& x) {
        fields(*this, x);
    }

private:
    void put(bool value) { out_.boolean(value); }
    void put(std::uint16_t value) { out_.u16(value); }
    void put(std::uint32_t value) { out_.u32(value); }
    void put(std::uint64_t value) { out_.u64(value); }
    void put(std::int64_t value) { out_.i64(value); }
    void put(const Hash& hash) { crypto::write(out_, hash); }
    void put(const PublicKey& key) { crypto::write(out_, key); }
    void put(const Signature& signature) { crypto::write(out_, signature); }
    void put(const PartyId& id) { out_.raw(id.bytes); }
    void put(const std::string& text) { out_.text(text); }
    void put(const Bytes& bytes) { out_.bytes(bytes); }

    void put(const std::vector<bool>& bits) {
        out_.count(bits.size());
        for (std::size_t i = 0; i < bits.size(); i += 8) {
            unsigned byte = 0;
            for (std::size_t k = 0; k < 8 && i + k < bits.size(); ++k) {
                byte |= (bits[i + k] ? 1U : 0U) << k;
            }
            out_.u8(static_cast<std::uint8_t>(byte));
        }
    }

    template <typename Tag, typename Rep>
    void put(const base::Strong<Tag, Rep>& quantity) {
        put(quantity.value);
    }

    template <typename T>
    void put(const std::vector<T>& list) {
        out_.count(list.size());
        for (const T& element : list) put(element);
    }

    template <typename T>
    void put(const std::optional<T>& field) {
        out_.boolean(field.has_value());
        if (field) put(*field);
    }

    template <typename... Ts>
    void put(const std::variant<Ts...>& choice) {
        out_.u8(static_cast<std::uint8_t>(choice.index()));
        std::visit([this](const auto& chosen) { this->put(chosen); }, choice);
    }

    template <typename T>
    void put(const T& x) {
        if constexpr (std::is_enum_v<T>) {
            out_.u8(static_cast<std::uint8_t>(x));
        } else {
            structure(x);
        }
    }

    base::Writer& out_;
};

}  // namespace edict::ledger
