#include "chain/sim/costs.h"

namespace edict::sim {

Toil::Toil(const Costs& costs, std::uint64_t seed)
    : costs_(costs),
      random_(mix(seed ^ 0x7011)),
      slowness_(1 + static_cast<std::int64_t>(random_.below(costs.spread))) {}

std::int64_t Toil::sync_us() {
    if (costs_.stalls_permille > random_.below(1000)) return random_.between(20'000, 200'000);
    return about(costs_.sync_us);
}

std::int64_t Toil::about(std::int64_t usual_us) {
    const std::int64_t mine = usual_us * slowness_;
    return random_.between(mine / 2, mine * 3 / 2);
}

Costs any_costs(Random& random) {
    Costs costs;
    if (random.percent(15)) return costs;
    costs.step_us = random.between(5, 150);
    costs.batch_us = random.between(50, 5000);
    costs.sync_us = random.between(100, 5000);
    costs.spread = 1 + random.below(8);
    if (random.percent(50)) costs.stalls_permille = random.below(10);
    return costs;
}

}  // namespace edict::sim
