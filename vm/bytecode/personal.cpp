#include "vm/bytecode/personal.h"

#include <fmt/format.h>

#include <algorithm>

namespace edict::bytecode {

namespace {

// How many places there are of what the flag names, and how many parts the named one has; one
// place without parts has the part 0.
struct Room {
    std::size_t places = 0, parts = 0;
};

Room room_of(const Module& module, const PersonalFlag& flag) {
    const auto room = [&](const auto& all, const auto& parts) {
        return Room{all.size(), flag.of < all.size() ? parts(all[flag.of]) : 0};
    };
    switch (flag.kind) {
        case PersonalKind::parameter:
            return room(module.actions, [](const auto& one) { return one.parameters.size(); });
        case PersonalKind::result:
            return room(module.actions,
                        [](const auto& one) { return std::size_t{one.result ? 1U : 0U}; });
        case PersonalKind::event:
            return room(module.events, [](const auto& one) { return one.fields.size(); });
        case PersonalKind::store:
            return room(module.stores, [](const auto&) { return std::size_t{1}; });
        case PersonalKind::elements:
            return room(module.rules, [](const auto& one) { return one.bodies.size(); });
    }
    return {};
}

}  // namespace

std::optional<std::string> published_personal(const Module& module) {
    for (const PersonalFlag& flag : module.personal) {
        switch (flag.kind) {
            case PersonalKind::parameter: {
                const ActionDecl& action = module.actions[flag.of];
                return fmt::format("the parameter {} of {}", action.parameter_names[flag.part],
                                   action.name);
            }
            case PersonalKind::result:
                return fmt::format("the result of {}", module.actions[flag.of].name);
            case PersonalKind::event: {
                const EventDecl& event = module.events[flag.of];
                return fmt::format("the field {} of the event {}", event.field_names[flag.part],
                                   event.name);
            }
            case PersonalKind::store:
                return fmt::format("the store {}", module.stores[flag.of].name);
            case PersonalKind::elements:
                break;  // what is not named is not published
        }
    }
    return std::nullopt;
}

bool has_personal_elements(const Module& module, std::uint32_t rule, std::uint32_t body) {
    return std::binary_search(module.personal.begin(), module.personal.end(),
                              PersonalFlag{PersonalKind::elements, static_cast<std::uint16_t>(rule),
                                           static_cast<std::uint16_t>(body)});
}

std::string personal_problem(const Module& module) {
    const PersonalFlag* before = nullptr;
    for (const PersonalFlag& flag : module.personal) {
        if (before != nullptr && flag <= *before)
            return "its flags of personal data are not in their order";
        before = &flag;
        const Room room = room_of(module, flag);
        if (flag.of >= room.places || flag.part >= room.parts)
            return "a flag of personal data names nothing that is there";
    }
    return {};
}

}  // namespace edict::bytecode
