// The calendar as terms, on numbers: against the texts of all days of some years, and of some days
// of all years.
#include <gtest/gtest.h>

#include "value/value.h"
#include "verifier/encode/calendar.h"

namespace edict::encode {
namespace {

std::int64_t number(const smt::Terms& terms, smt::Term term) {
    const auto found = terms.constant(term);
    EXPECT_TRUE(found.has_value());
    return found ? static_cast<std::int64_t>(*found) : 0;
}

TEST(EncodedCalendar, SaysOfADayWhatItsTextSays) {
    std::int64_t weekday = 1;  // 0001-01-01
    for (std::int32_t days = value::FIRST_DATE.days; days <= value::LAST_DATE.days; ++days) {
        const std::int64_t expected_weekday = weekday;
        weekday = weekday == 7 ? 1 : weekday + 1;
        const bool all = days < value::FIRST_DATE.days + 1'500 ||
                         days > value::LAST_DATE.days - 800 || (days > -26'000 && days < -25'000) ||
                         (days > 10'900 && days < 11'100) || (days > 47'000 && days < 48'000);
        if (!all && days % 61 != 0) continue;
        const std::string text = value::to_text(value::Date{days});
        const int day = std::stoi(text.substr(8)), month = std::stoi(text.substr(5, 2));
        const int year = std::stoi(text.substr(0, 4));
        smt::Terms terms;
        const smt::Term term = terms.number(days);
        const CivilDay civil = civil_of(terms, term);
        ASSERT_EQ(number(terms, civil.year), year) << text;
        ASSERT_EQ(number(terms, civil.month), month) << text;
        ASSERT_EQ(number(terms, civil.day), day) << text;
        ASSERT_EQ(number(terms, quarter_of(terms, civil.month)), (month + 2) / 3) << text;
        ASSERT_EQ(number(terms, weekday_of(terms, term)), expected_weekday) << text;
        ASSERT_EQ(number(terms, days_of(terms, civil)), days) << text;
        if (days == value::LAST_DATE.days) break;
        const bool last = value::to_text(value::Date{days + 1}).substr(8) == "01";
        ASSERT_EQ(day == number(terms, month_length(terms, civil.year, civil.month)), last) << text;
    }
}

}  // namespace
}  // namespace edict::encode
