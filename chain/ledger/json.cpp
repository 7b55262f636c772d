// The form for people and for programs outside: the same fields, by name.
#include <nlohmann/json.hpp>

#include "chain/ledger/codec.h"
#include "chain/ledger/fields.h"

namespace edict::ledger {

namespace {

using nlohmann::json;

class JsonMaker {
public:
    template <typename T, typename Bound>
    void operator()(std::string_view name, const T& field, const Bound&, std::string_view) {
        made_[std::string(name)] = of(field);
    }

    template <typename T>
    static json structure(const T& x) {
        JsonMaker maker;
        fields(maker, x);
        return std::move(maker.made_);
    }

private:
    static json of(bool value) { return value; }
    static json of(std::uint16_t value) { return value; }
    static json of(std::uint32_t value) { return value; }
    static json of(std::uint64_t value) { return std::to_string(value); }
    static json of(std::int64_t value) { return std::to_string(value); }
    static json of(const Hash& hash) { return base::to_hex(hash.bytes); }
    static json of(const PublicKey& key) { return base::to_hex(key.bytes); }
    static json of(const Signature& signature) { return base::to_hex(signature.bytes); }
    static json of(const PartyId& id) { return base::to_hex(id.bytes); }
    static json of(const std::string& text) { return text; }
    static json of(const Bytes& bytes) { return base::to_hex(bytes); }

    static json of(const std::vector<bool>& bits) {  // "0110": the first bit first
        std::string text;
        for (const bool bit : bits) text.push_back(bit ? '1' : '0');
        return text;
    }

    template <typename Tag, typename Rep>
    static json of(const base::Strong<Tag, Rep>& quantity) {
        return of(quantity.value);
    }

    template <typename T>
    static json of(const std::vector<T>& list) {
        json array = json::array();
        for (const T& element : list) array.push_back(of(element));
        return array;
    }

    template <typename T>
    static json of(const std::optional<T>& field) {
        return field ? of(*field) : json(nullptr);
    }

    template <typename... Ts>
    static json of(const std::variant<Ts...>& choice) {
        return std::visit(
            []<typename T>(const T& chosen) {
                json made = structure(chosen);
                made["is"] = std::string(ABOUT<T>.name);
                return made;
            },
            choice);
    }

    template <typename T>
    static json of(const T& x) {
        if constexpr (std::is_enum_v<T>) {
            return std::string(ENUMERATORS<T>.at(static_cast<std::size_t>(x)));
        } else {
            return structure(x);
        }
    }

    json made_ = json::object();
};

}  // namespace

template <Format T>
json to_json(const T& structure) {
    return JsonMaker::structure(structure);
}

#define EDICT_LEDGER_FORMAT(T) template json to_json(const T&);
#include "chain/ledger/formats.def"
#undef EDICT_LEDGER_FORMAT

}  // namespace edict::ledger
