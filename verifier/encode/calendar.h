// The proleptic Gregorian calendar as terms: closed forms over the number of a day, so that the
// year of a day is a function of it for the solver as well.
//
// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil and
// civil_from_days: years that begin on 1 March, in eras of 400.
#pragma once

#include "verifier/smt/term.h"

namespace edict::encode {

// Days count from 1970-01-01, within FIRST_DATE to LAST_DATE of value.h.
struct CivilDay {
    smt::Term year, month, day;
};
[[nodiscard]] CivilDay civil_of(smt::Terms& terms, smt::Term days);
[[nodiscard]] smt::Term quarter_of(smt::Terms& terms, smt::Term month);
[[nodiscard]] smt::Term weekday_of(smt::Terms& terms, smt::Term days);  // Monday is 1

// Of years 1 to 9999 and a bit past both ends, which are no dates.
[[nodiscard]] smt::Term days_of(smt::Terms& terms, const CivilDay& day);
[[nodiscard]] smt::Term month_length(smt::Terms& terms, smt::Term year, smt::Term month);

}  // namespace edict::encode
