// What the operations on decimals, money, times, lists and texts yield, also without value.
#include "tests/unit/runtime_cases.h"

namespace edict::runtime::test {

const std::vector<ValueCase>& computed_cases() {
    static const std::vector<ValueCase> cases = {
        {"decimals add and subtract", "#18 #18 #18 #18",
         "constant r0 c21|constant r1 c22|decimal_add r2 r0 x2|decimal_subtract r3 r0 x2|ret r2 x2",
         "2.625 2.375"},
        {"no decimal has 28 digits before its point", "#18 #18 #18",
         "constant r0 c23|constant r1 c21|decimal_add r2 r0 x2|ret r2 x1", "?"},
        {"a decimal without an operand", "#18 #18 #18",
         "constant r0 c21|unknown r1|decimal_add r2 r0 x2|ret r2 x1", "?"},
        {"a decimal times an Int", "#18 #0 #18",
         "constant r0 c21|constant r1 c1|"
         "decimal_times r2 r0 x2|ret r2 x1",
         "-5"},
        {"a ratio is rounded as it says", "#18 #18 #18 #28 #29 #18 #18",
         "constant r0 c22|constant r1 c24|constant r2 c24|constant r3 c25|constant r4 c26|"
         "decimal_ratio r5 r0 x5|constant r4 c27|decimal_ratio r6 r0 x5|ret r5 x2",
         "0.12 0.13"},
        {"nothing is divided by zero", "#18 #18 #18 #28 #29 #18 #18",
         "constant r0 c22|constant r1 c24|decimal_subtract r2 r0 x2|move r1 r0|"
         "decimal_subtract r2 r0 x2|constant r3 c25|constant r4 c26|decimal_ratio r5 r0 x5|ret r5 "
         "x1",
         "?"},
        {"an Int as a decimal and back", "#0 #18 #0 #18 #0",
         "constant r0 c0|decimal_of r1 r0 x1|decimal_whole r2 r1 x1|constant r3 c21|"
         "decimal_whole r4 r3 x1|move r3 r1|ret r3 x2",
         "7 ?"},
        {"the bare number of a quantity", "#19 #18",
         "constant r0 c28|decimal_as r1 r0 x1|ret r1 x1", "5"},
        {"money in its currency and in another", "#25 #20 #35",
         "constant r0 c29|money_in r1 r0 x1|money_in r2 r0 x1|ret r1 x2", "12.5 CNY ?"},
        {"order and equality of decimals", "#18 #18 #1 #1 #1 #1",
         "constant r0 c21|constant r1 c22|less r2 r1 r0|less_equal r3 r0 r1|equal r4 r0 r0|"
         "unknown r0|less r5 r0 r1|ret r2 x4",
         "true false true ?"},
        {"times, days and durations", "#21 #22 #21 #21 #3 #22 #3 #3 #3 #22",
         "constant r0 c30|constant r1 c31|time_add r2 r0 x2|time_subtract r3 r0 x2|"
         "constant r4 c11|constant r5 c31|time_add r6 r4 x2|constant r5 c32|time_add r6 r4 x2|"
         "move r7 r4|move r8 r6|ret r6 x1",
         "2026-02-03"},
        {"a day has no half", "#3 #22 #3",
         "constant r0 c11|constant r1 c31|time_subtract r2 r0 x2|ret r2 x1", "?"},
        {"what lies between two times", "#21 #21 #22 #3 #3 #22",
         "constant r0 c30|move r1 r0|time_subtract r2 r0 x2|constant r3 c11|move r4 r3|"
         "time_subtract r5 r3 x2|ret r2 x1",
         "0 days"},
        {"durations times and in each other", "#22 #0 #22 #22 #0",
         "constant r0 c31|constant r1 c0|duration_times r2 r0 x2|move r3 r0|"
         "duration_divide r4 r2 x2|ret r4 x1",
         "7"},
        {"parts of a day of the calendar", "#3 #30 #0 #3 #31 #3",
         "constant r0 c11|constant r1 c33|calendar_number r2 r0 x2|constant r3 c11|constant r4 c34|"
         "calendar_day r5 r3 x2|ret r5 x1",
         "2026-02-28"},
        {"a month after the last of January", "#3 #0 #32 #3 #32 #3 #3",
         "constant r0 c35|constant r1 c36|constant r2 c37|add_months r3 r0 x3|constant r2 c38|"
         "add_months r5 r0 x3|constant r2 c39|add_months r6 r0 x3|ret r5 x2",
         "2026-03-01 ?"},
        {"days and moments in the zone", "#21 #3 #3 #21",
         "constant r0 c30|day_of r1 r0 x1|constant r2 c11|start_of r3 r2 x1|ret r3 x1",
         "2026-01-31T16:00:00Z"},
        {"legal time", "#21", "now r0|ret r0 x1", "2024-10-04T00:00:00.001Z"},
        {"lists", "#0 #0 #23 #23 #1 #0 #9 #36",
         "constant r0 c0|constant r1 c1|make_list r2 r0 x2|constant r3 c40|contains r4 r1 r2|"
         "count r5 r3|make_list r7 r0 x2|move r3 r2|ret r4 x2",
         "true 3"},
        {"a list past its capacity", "#0 #0 #36",
         "constant r0 c0|constant r1 c1|make_list r2 r0 x2|ret r2 x1", "?"},
        {"for_each walks through a list in its order", "#23 #0 #0 #0 #0",
         "constant r0 c40|constant r2 c2|constant r3 c0|for_each r1 r0 @end|multiply r4 r2 r3|"
         "add r2 r4 r1|end:|next @3|ret r2 x1",
         "157"},
        {"values by date", "#27 #3 #18 #27 #3 #18 #18",
         "constant r0 c41|constant r1 c11|as_of r2 r0 x2|constant r3 c41|constant r4 c35|"
         "as_of r5 r3 x2|move r6 r2|ret r5 x2",
         "1 7.5"},
        {"no value before the first date", "#27 #3 #18",
         "constant r0 c41|today r1|as_of r2 r0 x2|ret r2 x1", "?"},
        {"two values of one date are none", "#27 #3 #18",
         "constant r0 c42|constant r1 c11|as_of r2 r0 x2|ret r2 x1", "?"},
        {"the total over days", "#27 #3 #37 #18 #18",
         "constant r0 c46|constant r1 c35|constant r2 c44|window_total r3 r0 x3|"
         "window_peak r4 r0 x3|ret r3 x2",
         "2 9.5"},
        {"the total over one day, and of what is unknown", "#27 #3 #37 #18 #18",
         "constant r0 c46|constant r1 c11|constant r2 c45|window_total r3 r0 x3|unknown r0|"
         "window_peak r4 r0 x3|ret r3 x2",
         "7.5 ?"},
        {"an amount is added to its day", "#27 #18 #3 #37 #27 #3 #37 #18",
         "constant r0 c46|constant r1 c22|constant r2 c35|constant r3 c44|window_add r4 r0 x4|"
         "constant r5 c35|constant r6 c44|window_total r7 r4 x3|ret r7 x1",
         "2.125"},
        {"days that are too old are dropped", "#27 #18 #3 #37 #27 #3 #37 #18",
         "constant r0 c46|constant r1 c22|constant r2 c11|constant r3 c45|window_add r4 r0 x4|"
         "constant r5 c11|constant r6 c44|window_total r7 r4 x3|ret r7 x1",
         "7.625"},
        {"no amount has 28 digits before its point", "#27 #18 #3 #37 #27",
         "constant r0 c46|constant r1 c23|constant r2 c11|constant r3 c44|window_add r4 r0 x4|"
         "ret r4 x1",
         "?"},
        {"values of texts", "#2 #3 #6 #0 #2 #1 #0",
         "constant r0 c47|value_of_text r1 r0 x1|constant r0 c48|value_of_text r2 r0 x1|"
         "constant r0 c49|value_of_text r3 r0 x1|unknown r4|value_of_text r5 r4 x1|move r6 r3|"
         "ret r1 x3",
         "2026-02-01 high -2"},
        {"a text that is no value of the type", "#2 #0 #18 #1 #2",
         "constant r0 c7|value_of_text r1 r0 x1|constant r0 c50|value_of_text r2 r0 x1|"
         "value_of_text r3 r0 x1|move r4 r0|ret r1 x3",
         "? ? ?"},
        {"patterns of texts", "#2 #2 #1 #1 #1 #2 #2 #1",
         "constant r0 c8|constant r1 c43|text_starts r2 r0 x2|text_ends r3 r0 x2|"
         "text_contains r4 r0 x2|unknown r5|move r6 r0|text_ends r7 r5 x2|ret r2 x3",
         "true false true"},
    };
    return cases;
}

}  // namespace edict::runtime::test
