// Decimals: every operation against a reckoning in thousandths that a person can check.
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "value/json.h"
#include "value/value.h"

namespace edict::value {
namespace {

Decimal number(std::string_view text) {
    const auto read = decimal_from_text(text);
    EXPECT_TRUE(read.has_value()) << text;
    return read ? *read : Decimal{};
}

std::string shown(const std::optional<Decimal>& decimal) {
    return decimal ? to_text(*decimal) : "no value";
}

TEST(Decimal, OneTextForEachNumber) {
    for (const char* text : {"0", "1", "-1", "0.5", "-0.000000001", "12.34", "999.999999999",
                             "999999999999999999999999999.999999999"}) {
        EXPECT_EQ(to_text(number(text)), text);
    }
    for (const char* text : {"", "-", "-0", "+1", "01", "1.", ".5", "0.50", "1.0", "1e3", "1_000",
                             "0.0000000001", "1000000000000000000000000000", "1.2.3", " 1", "--1",
                             "99999999999999999999999999999999999999999999999999999"}) {
        EXPECT_FALSE(decimal_from_text(text).has_value()) << text;
    }
}

TEST(Decimal, RoundsAsNamed) {
    struct Case {
        const char* number;
        const char* rounded[ROUNDINGS];  // half_even, half_up, down, up, floor, ceiling
    };
    for (const Case& row :
         {Case{"2.5", {"2", "3", "2", "3", "2", "3"}}, Case{"3.5", {"4", "4", "3", "4", "3", "4"}},
          Case{"-2.5", {"-2", "-3", "-2", "-3", "-3", "-2"}},
          Case{"2.500000001", {"3", "3", "2", "3", "2", "3"}},
          Case{"2.4", {"2", "2", "2", "3", "2", "3"}},
          Case{"-0.1", {"0", "0", "0", "-1", "-1", "0"}},
          Case{"7", {"7", "7", "7", "7", "7", "7"}}}) {
        for (std::uint8_t i = 0; i < ROUNDINGS; ++i) {
            const auto rounding = static_cast<Rounding>(i);
            EXPECT_EQ(shown(round_ratio(number(row.number), number("1"), number("1"), 0, rounding)),
                      row.rounded[i])
                << row.number << " " << name_of(rounding);
            EXPECT_EQ(rounding_named(name_of(rounding)), rounding);
        }
    }
    EXPECT_FALSE(rounding_named("bankers").has_value());
}

TEST(Decimal, RatiosAreExactBeforeTheyAreRounded) {
    const auto ratio = [](const char* a, const char* b, const char* c, int places) {
        return shown(round_ratio(number(a), number(b), number(c), places, Rounding::half_even));
    };
    EXPECT_EQ(ratio("1", "1", "3", 9), "0.333333333");
    EXPECT_EQ(ratio("2", "1", "3", 9), "0.666666667");
    EXPECT_EQ(ratio("1", "1", "8", 2), "0.12");  // 0.125: a tie
    EXPECT_EQ(ratio("3", "1", "8", 2), "0.38");  // 0.375: a tie
    EXPECT_EQ(ratio("0.000000001", "0.5", "1", 9), "0");
    EXPECT_EQ(ratio("0.000000003", "0.5", "1", 9), "0.000000002");
    EXPECT_EQ(ratio("999999999999999999999999999", "999999999999999999999999999",
                    "999999999999999999999999999", 0),
              "999999999999999999999999999");
    EXPECT_EQ(ratio("999999999999999999999999999", "10", "1", 0), "no value");
    EXPECT_EQ(ratio("1", "1", "0", 0), "no value");
    EXPECT_EQ(ratio("999999999999999999999999999.6", "1", "1", 0), "no value");
    EXPECT_EQ(ratio("-7", "2", "-7", 3), "2");
}

// Against 128-bit arithmetic on numbers that are small enough for it.
TEST(Decimal, RatiosAgreeWithSmallNumbers) {
    std::mt19937_64 random(7);
    std::uniform_int_distribution<std::int64_t> small(-2'000, 2'000);
    std::uniform_int_distribution<int> place(0, 9);
    for (int i = 0; i < 20'000; ++i) {
        const Int128 a = small(random) * Int128{1'000}, b = small(random) * Int128{1'000'000},
                     c = small(random) * Int128{10'000'000};
        if (c == 0) continue;
        const int places = place(random);
        Int128 step = c < 0 ? -c : c;
        for (int k = places; k < DECIMAL_PLACES; ++k) step *= 10;
        const Int128 product = c < 0 ? -a * b : a * b;
        Int128 down = product / step;  // toward zero
        const Int128 unit = step / (c < 0 ? -c : c);
        EXPECT_EQ(shown(round_ratio({a}, {b}, {c}, places, Rounding::down)),
                  to_text(Decimal{down * unit}));
        if (product % step < 0) --down;
        EXPECT_EQ(shown(round_ratio({a}, {b}, {c}, places, Rounding::floor)),
                  to_text(Decimal{down * unit}));
    }
}

TEST(Decimal, SumsEndAtTheLimit) {
    const Decimal most = number("999999999999999999999999999.999999999");
    EXPECT_EQ(shown(add(most, number("0.000000001"))), "no value");
    EXPECT_EQ(shown(subtract(number("0"), most)), "-999999999999999999999999999.999999999");
    EXPECT_EQ(shown(subtract(subtract(number("0"), most).value(), number("0.000000001"))),
              "no value");
    EXPECT_EQ(shown(times(number("0.1"), 3)), "0.3");
    EXPECT_EQ(shown(times(most, 2)), "no value");
    EXPECT_EQ(shown(times(most, std::numeric_limits<std::int64_t>::min())), "no value");
    EXPECT_EQ(to_whole(number("-12")), -12);
    EXPECT_EQ(to_whole(number("0.5")), std::nullopt);
    EXPECT_EQ(to_whole(number("9223372036854775808")), std::nullopt);
}

TEST(Decimal, BytesAreInTheOrderOfNumbers) {
    const TypeRef type = quantity_type("mg").value();
    std::optional<base::Bytes> before;
    for (const char* text : {"-999999999999999999999999999", "-1", "-0.000000001", "0",
                             "0.000000001", "1", "999999999999999999999999999"}) {
        const Value value{number(text)};
        const base::Bytes bytes = to_bytes(value, *type);
        EXPECT_EQ(bytes.size(), type->max_bytes);
        EXPECT_EQ(from_bytes(bytes, *type).value(), value);
        if (before) {
            EXPECT_LT(*before, bytes);
        }
        before = bytes;
    }
    EXPECT_FALSE(from_bytes(base::Bytes(16, 0xFF), *type).has_value());
}

TEST(Decimal, UnitsAreOfTheType) {
    EXPECT_EQ(to_text(*quantity_type("mg").value()), "Quantity<mg>");
    EXPECT_EQ(to_text(*quantity_type("CNY").value()), "Money<CNY>");
    EXPECT_EQ(to_text(*decimal_type()), "Decimal");
    EXPECT_FALSE(same_shape(*quantity_type("mg").value(), *quantity_type("g").value()));
    EXPECT_TRUE(quantity_type(std::string(MAX_UNIT_BYTES, 'x')).has_value());
    EXPECT_FALSE(quantity_type(std::string(MAX_UNIT_BYTES + 1, 'x')).has_value());
    EXPECT_EQ(to_text(Value{number("2.5")}, *quantity_type("mg").value()), "2.5 mg");
}

TEST(Decimal, TypesHaveOneEncoding) {
    for (const TypeRef& type :
         {decimal_type(), quantity_type("percent").value(), money_type(), time_type(),
          duration_type(), pseudonym_type(), commitment_type(money_type()).value(),
          list_type(quantity_type("mg").value(), 5).value()}) {
        base::Writer out;
        write(out, *type);
        const base::Bytes bytes = out.take();
        EXPECT_EQ(bytes.size(), type->own_bytes);
        base::Reader in(bytes);
        EXPECT_TRUE(same_type(*read_type(in), *type));
        EXPECT_TRUE(in.finish().has_value());
    }
}

TEST(Decimal, JsonIsExact) {
    const TypeRef type = decimal_type();
    const auto read = [&](const char* json) {
        return from_json(nlohmann::json::parse(json), *type, "x");
    };
    EXPECT_EQ(to_json(Value{number("0.1")}, *type), "0.1");
    EXPECT_EQ(read("\"0.1\"").value(), Value{number("0.1")});
    EXPECT_EQ(read("12").value(), Value{number("12")});
    EXPECT_EQ(read("-12").value(), Value{number("-12")});
    for (const char* json :
         {"0.1", "\"0.10\"", "1e2", "\"1e2\"", "18446744073709551615", "true", "null", "\"\""}) {
        EXPECT_FALSE(read(json).has_value()) << json;
    }
}

TEST(Time, OneTextForEachMoment) {
    for (const char* text : {"2026-02-01T09:30:00Z", "1969-12-31T23:59:59.999Z",
                             "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"}) {
        const auto read = time_from_text(text);
        ASSERT_TRUE(read.has_value()) << text;
        EXPECT_EQ(to_text(*read), text);
        const Value value{*read};
        EXPECT_EQ(from_bytes(to_bytes(value, *time_type()), *time_type()).value(), value);
    }
    for (const char* text :
         {"2026-02-01", "2026-02-01T09:30Z", "2026-02-30T09:30:00Z", "2026-02-01T24:00:00Z",
          "2026-02-01T09:60:00Z", "2026-02-01T09:30:00.000Z", "2026-02-01 09:30:00Z",
          "2026-02-01T09:30:00+", ""}) {
        EXPECT_FALSE(time_from_text(text).has_value()) << text;
    }
    EXPECT_FALSE(check(Value{Time{LAST_TIME.ms + 1}}, *time_type()).has_value());
    EXPECT_FALSE(check(Value{Time{FIRST_TIME.ms - 1}}, *time_type()).has_value());
}

TEST(Duration, OneTextForEachDuration) {
    for (const char* text : {"30 days", "1 day", "0 days", "-90 minutes", "36 hours",
                             "1500 milliseconds", "7 seconds"}) {
        const auto read = duration_from_text(text);
        ASSERT_TRUE(read.has_value()) << text;
        EXPECT_EQ(to_text(*read), text);
    }
    for (const char* text : {"24 hours", "1 days", "2 months", "days", "+1 day", "1.5 days",
                             "99999999999999999999 days", "4000000 days", ""}) {
        EXPECT_FALSE(duration_from_text(text).has_value()) << text;
    }
    EXPECT_TRUE(check(Value{Duration{MAX_DURATION_MS}}, *duration_type()).has_value());
    EXPECT_FALSE(check(Value{Duration{-MAX_DURATION_MS - 1}}, *duration_type()).has_value());
}

TEST(List, KeepsOrderAndDoubles) {
    const TypeRef type = list_type(integer_type(), 3).value();
    const Value list{
        List{{Value{std::int64_t{3}}, Value{std::int64_t{1}}, Value{std::int64_t{3}}}}};
    EXPECT_EQ(to_text(list, *type), "[3, 1, 3]");
    EXPECT_EQ(from_bytes(to_bytes(list, *type), *type).value(), list);
    EXPECT_EQ(from_json(to_json(list, *type), *type, "x").value(), list);
    EXPECT_FALSE(from_json(nlohmann::json::parse("[1, 2, 3, 4]"), *type, "x").has_value());
    EXPECT_FALSE(check(list, *list_type(integer_type(), 2).value()).has_value());
    EXPECT_TRUE(list_type(boolean_type(), MAX_LIST_ELEMENTS).has_value());
    EXPECT_FALSE(list_type(boolean_type(), MAX_LIST_ELEMENTS + 1).has_value());
}

}  // namespace
}  // namespace edict::value
