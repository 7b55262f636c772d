// RegLang -> Edict: a contract for each one that the rules name, with the functions, arguments and
// state that they mention, and one regulation, `default permit`. RegLang has no types and coerces:
// types are inferred, each coercion is made explicit and told, and what cannot be said is refused.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "compiler/reglang/tree.h"

namespace edict::reglang {

struct Remark {  // what was assumed, and where it began to matter
    Place place;
    std::string text;
};

struct Imported {
    std::vector<std::pair<std::string, std::string>> modules;  // name and text; contracts first
    std::vector<Remark> remarks;                               // in the order of the text
};

// `name` is that of the regulation.
[[nodiscard]] base::Result<Imported> translate(const File& file, std::string_view name);

}  // namespace edict::reglang
