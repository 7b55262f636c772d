// Constants of RegLang: what can be computed when a text is imported, as RegLang computes it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "compiler/reglang/tree.h"

namespace edict::reglang {

struct Constant;
using List = std::vector<Constant>;  // numbers only, or strings only

struct Constant {
    std::variant<std::int64_t, std::string, List> value;
};

// "10", "0xff"; none if it is not a number of 64 bits.
[[nodiscard]] std::optional<std::int64_t> number_in(const std::string& text);
[[nodiscard]] std::string lower_case(std::string text);  // of ASCII letters

using Tell = std::function<void(Place, std::string)>;  // of a coercion

// A string in arithmetic counts as the number that it holds.
[[nodiscard]] base::Result<std::int64_t> as_number(const Constant& constant, Place place,
                                                   const Tell& tell);
[[nodiscard]] base::Result<Constant> arithmetic(const Node& node, const Constant& left,
                                                const Constant& right, const Tell& tell);
// As numbers if both are, else as texts without regard to case.
[[nodiscard]] base::Result<bool> compare(const Node& node, const Constant& left,
                                         const Constant& right, const Tell& tell);

// The knowledge of all knowledgebases, after every add and del: by "base.name".
[[nodiscard]] base::Result<std::map<std::string, Constant>> knowledge_of(const File& file,
                                                                         const Tell& tell);

[[nodiscard]] base::Error error_at(Place place, const std::string& what);

}  // namespace edict::reglang
