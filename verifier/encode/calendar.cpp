#include "verifier/encode/calendar.h"

namespace edict::encode {

namespace {

constexpr smt::Wide DAYS_OF_ERA = 146'097;
constexpr smt::Wide EPOCH = 719'468;  // days from 0000-03-01 to 1970-01-01

using smt::Term;

// Small numbers beside terms.
struct Arithmetic {
    smt::Terms& terms;
    Term plus(Term a, smt::Wide n) { return terms.add(a, terms.number(n)); }
    Term times(Term a, smt::Wide n) { return terms.multiply(terms.number(n), a); }
    Term over(Term a, smt::Wide n) { return terms.divide(a, terms.number(n)); }
    Term rest(Term a, smt::Wide n) { return terms.remainder(a, terms.number(n)); }
};

}  // namespace

CivilDay civil_of(smt::Terms& terms, Term days) {
    Arithmetic is{terms};
    const Term since = is.plus(days, EPOCH);
    const Term era = is.over(since, DAYS_OF_ERA), of_era = is.rest(since, DAYS_OF_ERA);
    // The days that leap years have added are taken out, so that each year has 365.
    Term even = terms.subtract(of_era, is.over(of_era, 1'460));
    even = terms.subtract(terms.add(even, is.over(of_era, 36'524)), is.over(of_era, 146'096));
    const Term year_of_era = is.over(even, 365);
    const Term leap_days = terms.subtract(is.over(year_of_era, 4), is.over(year_of_era, 100));
    const Term of_year = terms.subtract(of_era, terms.add(is.times(year_of_era, 365), leap_days));
    const Term from_march = is.over(is.plus(is.times(of_year, 5), 2), 153);
    const Term before_month = is.over(is.plus(is.times(from_march, 153), 2), 5);
    const Term in_old_year = terms.at_most(from_march, terms.number(9));
    const Term year = terms.add(is.times(era, 400), year_of_era);
    return {terms.choose(in_old_year, year, is.plus(year, 1)),
            terms.choose(in_old_year, is.plus(from_march, 3), is.plus(from_march, -9)),
            is.plus(terms.subtract(of_year, before_month), 1)};
}

Term quarter_of(smt::Terms& terms, Term month) {
    Arithmetic is{terms};
    return is.over(is.plus(month, 2), 3);
}

Term weekday_of(smt::Terms& terms, Term days) {
    Arithmetic is{terms};
    // 0001-01-01, day -719162, was a Monday.
    return is.plus(is.rest(is.plus(days, 719'162), 7), 1);
}

Term days_of(smt::Terms& terms, const CivilDay& day) {
    Arithmetic is{terms};
    const Term early = terms.at_most(day.month, terms.number(2));
    const Term year = terms.choose(early, is.plus(day.year, -1), day.year);
    const Term from_march = terms.choose(early, is.plus(day.month, 9), is.plus(day.month, -3));
    const Term of_year = terms.add(is.over(is.plus(is.times(from_march, 153), 2), 5), day.day);
    Term leap_days = terms.subtract(is.over(year, 4), is.over(year, 100));
    leap_days = terms.add(leap_days, is.over(year, 400));
    return is.plus(terms.add(terms.add(is.times(year, 365), leap_days), of_year), -1 - EPOCH);
}

Term month_length(smt::Terms& terms, Term year, Term month) {
    Arithmetic is{terms};
    const auto divides = [&](smt::Wide n) {
        return terms.equal(is.rest(year, n), terms.number(0));
    };
    const Term leap =
        terms.both(divides(4), terms.either(smt::Terms::negate(divides(100)), divides(400)));
    const Term february = terms.choose(leap, terms.number(29), terms.number(28));
    Term length = terms.number(31);
    for (const smt::Wide short_month : {4, 6, 9, 11}) {
        length =
            terms.choose(terms.equal(month, terms.number(short_month)), terms.number(30), length);
    }
    return terms.choose(terms.equal(month, terms.number(2)), february, length);
}

}  // namespace edict::encode
