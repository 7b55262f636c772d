#include "compiler/check/dates.h"

#include <chrono>

namespace edict::check {

value::Date date_of(const ast::Date& date) {
    const std::chrono::sys_days days =
        std::chrono::year(date.year) / std::chrono::month(date.month) / std::chrono::day(date.day);
    return {static_cast<std::int32_t>(days.time_since_epoch().count())};
}

}  // namespace edict::check
