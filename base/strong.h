// Strong<Tag, Rep>: an id or quantity that mixes with no other.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace edict::base {

template <typename Tag, typename Rep>
struct Strong {
    Rep value{};

    friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
    friend constexpr bool operator==(const Strong&, const Strong&) = default;
};

}  // namespace edict::base

template <typename Tag, typename Rep>
struct std::hash<edict::base::Strong<Tag, Rep>> {
    std::size_t operator()(const edict::base::Strong<Tag, Rep>& id) const noexcept {
        return std::hash<Rep>{}(id.value);
    }
};
