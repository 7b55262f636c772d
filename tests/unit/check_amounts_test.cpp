// Decimals, units, money, times, lists: what an expression means, as the checker says it.
#include <gtest/gtest.h>

#include "tests/unit/check_support.h"

namespace edict::check {
namespace {

struct Row {
    const char* expression;
    const char* typed;
};

void expect_all(const std::vector<Row>& rows) {
    for (const Row& row : rows) EXPECT_EQ(typed(row.expression), row.typed) << row.expression;
}

TEST(Amounts, HaveTheMeaningThatTheyShow) {
    expect_all({
        {"0.25 + 1", "(decimal_add 0.25 1)"},
        {"1_000.50 - 0.5", "(decimal_subtract 1000.5 0.5)"},
        {"5 mg * n", "(decimal_times 5 mg p0)"},
        {"n * 5 mg", "(decimal_times 5 mg p0)"},
        {"-5 mg", "-5 mg"},
        {"-(5 mg + 1 mg)", "(decimal_subtract 0 mg (decimal_add 5 mg 1 mg))"},
        {"decimal(n)", "(decimal_of p0)"},
        {"whole(0.5)", "(decimal_whole 0.5)"},
        {"number(5 mg)", "(decimal_as 5 mg)"},
        {"5 mg is at least 3 mg", "(>= 5 mg 3 mg)"},
        {"0.5 is more than 0", "(> 0.5 0)"},
        {"round half_even to 2 (0.5 * 0.25)", "(decimal_ratio 0.5 0.25 1 2 0)"},
        {"round up to 0 (n / 3)", "(decimal_ratio (decimal_of p0) 1 3 0 3)"},
    });
}

TEST(Amounts, ARatioOfOneUnitIsANumber) {
    EXPECT_EQ(typed("round floor to 9 (5 mg * n / 3 mg)"),
              "(decimal_ratio 5 mg (decimal_of p0) 3 mg 9 4)");
    EXPECT_EQ(typed("(round floor to 9 (5 mg / 3 mg)) + 0.5"),
              "(decimal_add (decimal_ratio 5 mg 1 3 mg 9 4) 0.5)");
    EXPECT_EQ(typed("(round floor to 9 (5 mg * 0.5)) + 1 mg"),
              "(decimal_add (decimal_ratio 5 mg 0.5 1 9 4) 1 mg)");
    EXPECT_EQ(typed("(round floor to 2 (200 CNY * 3 percent)) + 1 CNY"),
              "(decimal_add (decimal_ratio 200 CNY (decimal_as 3 percent) (decimal_times 1 100) 2 "
              "4) 1 CNY)");
}

TEST(Amounts, RefuseWhatDoesNotGoTogether) {
    expect_all({
        {"0.5 * 0.5", "error E0326"},
        {"0.5 / 2", "error E0326"},
        {"0.5 mod 2", "error E0306"},
        {"0.5 + n", "error E0322"},
        {"5 mg + 5 g", "error E0322"},
        {"5 mg + 1", "error E0322"},
        {"5 mg is 5", "error E0303"},
        {"5 mg is 5 CNY", "error E0303"},
        {"round half_even to 2 (5 mg * 3 kg)", "error E0322"},
        {"round half_even to 2 (2 / 3 kg)", "error E0322"},
        {"round bankers to 2 (0.5)", "error E0320"},
        {"round half_even to 10 (0.5)", "error E0320"},
        {"round half_even to 2 (text)", "error E0306"},
        {"5 mg is in CNY", "error E0322"},
        {"convert 5 CNY to USD at 7.1", "error E0326"},
        {"decimal(0.5)", "error E0301"},
        {"whole(n)", "error E0301"},
        {"0.5 + text", "error E0306"},
    });
}

TEST(Times, HaveTheMeaningThatTheyShow) {
    expect_all({
        {"today + 30 days", "(time_add today 30 days)"},
        {"30 days + today", "(time_add today 30 days)"},
        {"today - 2026-02-01", "(time_subtract today 2026-02-01)"},
        {"now - 36 hours", "(time_subtract now 36 hours)"},
        {"now is less than 2026-02-01 09:30", "(< now 2026-02-01T09:30:00Z)"},
        {"1.5 hours * n", "(duration_times 90 minutes p0)"},
        {"(today - 2026-02-01) / 1 day",
         "(duration_divide (time_subtract today 2026-02-01) 1 day)"},
        {"year(today)", "(calendar_number today 0)"},
        {"end_of_month(today)", "(calendar_day today 5)"},
        {"add_months(today, 1, last_day)", "(add_months today 1 0)"},
        {"add_years(today, n, same_day)", "(add_months today (* p0 12) 2)"},
        {"date_of(now)", "(day_of now)"},
        {"start_of_day(today)", "(start_of today)"},
        {"today + 1", "error E0306"},
        {"today + 12 hours", "error E0305"},
        {"now + now", "error E0306"},
        {"now * 2", "error E0306"},
        {"0.0000001 seconds", "error E0305"},
        {"9_999_999 days", "error E0305"},
        {"2 months", "error E0321"},
        {"1 week", "error E0321"},
        {"add_months(today, 1, first_day)", "error E0321"},
        {"add_months(today, 1)", "error E0312"},
        {"year(now)", "error E0301"},
    });
}

TEST(Collections, HaveTheMeaningThatTheyShow) {
    expect_all({
        {"[n, 3]", "(make_list p0 3)"},
        {"3 in [n, 3]", "(in 3 (make_list p0 3))"},
        {"count([n])", "(count (make_list p0))"},
        {"count x in names satisfies x is text", "(sum l0 p3 (if (== l0 p7) 1 0))"},
        {"sum x in [1, 2] of x * n", "(sum l0 (make_list 1 2) (* l0 p0))"},
        {"min x in [day] of x", "(min l0 (make_list (unwrap p2)) l0)"},
        {"max x in [0.5] of x", "(max l0 (make_list 0.5) l0)"},
        {"text starts with \"C18\"", "(text_starts p7 \"C18\")"},
        {"text ends with \"\"", "(text_ends p7 \"\")"},
        {"text contains \"a\"", "(text_contains p7 \"a\")"},
        {"{ (today, 0.5) } as of today",
         "(as_of (Set<(Date, Decimal), 1> ((Date, Decimal) today 0.5)) today)"},
        {"at least 2 of (n > 1, n > 2)",
         "(if (>= (+ (if (else (> p0 1) false) 1 0) (if (else (> p0 2) false) 1 0)) 2) true (if "
         "(>= "
         "(+ (if (else (> p0 1) true) 1 0) (if (else (> p0 2) true) 1 0)) 2) (and (if (> p0 1) "
         "true true) (if (> p0 "
         "2) true true)) false))"},
        {"[]", "error E0302"},
        {"[n, text]", "error E0303"},
        {"sum x in names of x", "error E0306"},
        {"min x in names of x", "error E0304"},
        {"min x in [flagless] of x", "error E0201"},
        {"count x in n satisfies true", "error E0306"},
        {"text starts with text", "error E0314"},
        {"n contains \"a\"", "error E0306"},
        {"names as of today", "error E0306"},
        {"at least 2 of x in names satisfies n", "error E0301"},
    });
}

TEST(Amounts, MoneyInAnotherCurrencyMustBeAnswered) {
    const auto codes = [](const std::string& body) {
        return check_texts(
                   {"contract till version 1.0.0\n  zone +08:00\n  regulators none\nrole "
                    "clerk\nstore total: Money<CNY> default 0 CNY\nstore last: Money\naction "
                    "pay(funds: Money, rate: Decimal) by clerk {\n" +
                    body + "\n}\n"})
            .codes();
    };
    using Codes = std::vector<std::string>;
    EXPECT_EQ(codes("total += funds"), Codes{"E0307"});
    EXPECT_EQ(codes("if funds is in CNY { total += funds }"), Codes{});
    EXPECT_EQ(codes("if funds is in USD { total += funds }"), Codes{"E0307"});
    EXPECT_EQ(codes("if not (funds is in CNY) { fail \"no\" }\ntotal += funds"), Codes{});
    EXPECT_EQ(codes("total += funds else 0 CNY"), Codes{});
    EXPECT_EQ(codes("last = 5 USD"), Codes{});
    EXPECT_EQ(codes("last = total"), Codes{});
    EXPECT_EQ(codes("total += round half_even to 2 (convert funds to CNY at rate)"), Codes{});
    EXPECT_EQ(codes("let x = 5\ntotal = 5 CNY"), Codes{});
    EXPECT_EQ(codes("let x = 5 total = 5 CNY"), Codes{});
}

}  // namespace
}  // namespace edict::check
