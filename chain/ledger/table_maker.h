// Visitor that makes the tables of docs/LEDGER.md from the field descriptions. Only the sources
// that describe fields include it.
#pragma once

#include <fmt/format.h>

#include <string>

#include "chain/ledger/fields.h"

namespace edict::ledger {

template <typename T>
std::string link_to() {
    std::string anchor(ABOUT<T>.name);
    for (char& c : anchor) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return fmt::format("[{}](#{})", ABOUT<T>.name, anchor);
}

inline std::string bound_text(None) { return {}; }
inline std::string bound_text(Name) { return fmt::format("1 to {} bytes", MAX_NAME_BYTES); }
inline std::string bound_text(Utf8 bound) {
    return fmt::format("at most {} bytes", bound.max_bytes);
}

class TableMaker {
public:
    template <typename T, typename Bound>
    void operator()(std::string_view name, const T& field, const Bound& bound,
                    std::string_view meaning) {
        rows_ += fmt::format("| {} | {} | {} | {} |\n", name, type_of(field, bound),
                             limit_of(field, bound), meaning);
    }

    template <typename T>
    static std::string table() {
        TableMaker maker;
        const T structure{};
        fields(maker, structure);
        std::string text = fmt::format("### {}\n\n{}", ABOUT<T>.name, ABOUT<T>.meaning);
        if (ABOUT<T>.max_bytes > 0) {
            text += fmt::format(" At most {} bytes.", ABOUT<T>.max_bytes);
        }
        text += "\n\n";
        if (maker.rows_.empty()) return text + "No fields.\n\n";
        return text + "| field | type | limit | meaning |\n| --- | --- | --- | --- |\n" +
               maker.rows_ + "\n";
    }

private:
    static std::string type_of(bool, None) { return "Boolean"; }
    static std::string type_of(std::uint16_t, None) { return "u16"; }
    static std::string type_of(std::uint32_t, None) { return "u32"; }
    static std::string type_of(std::uint64_t, None) { return "u64"; }
    static std::string type_of(std::int64_t, None) { return "i64"; }
    static std::string type_of(const Hash&, None) { return "hash, 32 bytes"; }
    static std::string type_of(const PublicKey&, None) { return "Ed25519 key, 32 bytes"; }
    static std::string type_of(const Signature&, None) { return "Ed25519 signature, 64 bytes"; }
    static std::string type_of(const PartyId&, None) { return "party id, 32 bytes"; }
    static std::string type_of(const std::string&, Name) { return "name"; }
    static std::string type_of(const std::string&, Utf8) { return "text"; }
    static std::string type_of(const Bytes&, Most) { return "bytes"; }
    static std::string type_of(const std::vector<bool>&, Most) { return "bit set"; }

    template <typename Tag, typename Rep>
    static std::string type_of(const base::Strong<Tag, Rep>& quantity, None none) {
        return type_of(quantity.value, none);
    }
    template <typename T>
    static std::string type_of(const std::vector<T>&, Most) {
        return "list of " + type_of(T{}, None{});
    }
    template <typename T, typename Bound>
    static std::string type_of(const std::vector<T>&, const Each<Bound>& bound) {
        return "list of " + type_of(T{}, bound.element);
    }
    template <typename T>
    static std::string type_of(const std::optional<T>&, None none) {
        return "optional " + type_of(T{}, none);
    }
    template <typename... Ts>
    static std::string type_of(const std::variant<Ts...>&, None) {
        std::string text;
        std::size_t number = 0;
        ((text += fmt::format("{}{} {}", number == 0 ? "choice: " : ", ", number, link_to<Ts>()),
          ++number),
         ...);
        return text;
    }
    template <typename T>
    static std::string type_of(const T&, None) {
        if constexpr (std::is_enum_v<T>) {
            std::string text = "u8:";
            for (std::size_t i = 0; i < ENUMERATORS<T>.size(); ++i) {
                text += fmt::format("{} {} {}", i == 0 ? "" : ",", i, ENUMERATORS<T>[i]);
            }
            return text;
        } else {
            return link_to<T>();
        }
    }

    template <typename T, typename Bound>
    static std::string limit_of(const T&, const Bound& bound) {
        return bound_text(bound);
    }
    static std::string limit_of(const Bytes&, Most bound) {
        return fmt::format("at most {} bytes", bound.max);
    }
    static std::string limit_of(const std::vector<bool>&, Most bound) {
        return fmt::format("at most {} bits", bound.max);
    }
    template <typename T>
    static std::string limit_of(const std::vector<T>&, Most bound) {
        return fmt::format("at most {}", bound.max);
    }
    template <typename T, typename Bound>
    static std::string limit_of(const std::vector<T>&, const Each<Bound>& bound) {
        return fmt::format("at most {}; each {}", bound.max, limit_of(T{}, bound.element));
    }

    std::string rows_;
};

template <typename... Ts>
std::string tables() {
    return (TableMaker::table<Ts>() + ...);
}

}  // namespace edict::ledger
