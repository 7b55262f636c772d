#include "value/value.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "value/json.h"
#include "value/type.h"

namespace {

using namespace edict;
using namespace edict::value;
using Json = nlohmann::json;

constexpr std::int64_t MIN_INTEGER = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t MAX_INTEGER = std::numeric_limits<std::int64_t>::max();

// "é" composed, as Form C has it, and as e with a combining accent.
const std::string COMPOSED = "\xC3\xA9";
const std::string DECOMPOSED = "e\xCC\x81";

Value integer(std::int64_t number) { return Value{number}; }
Value text(std::string content) { return Value{std::move(content)}; }
Value member(std::uint32_t ordinal) { return Value{EnumMember{ordinal}}; }
Value absent() { return Value{Optional{}}; }
Value present(Value element) {
    Optional optional;
    optional.element.push_back(std::move(element));
    return Value{std::move(optional)};
}
Value record(std::vector<Value> fields) { return Value{Record{std::move(fields)}}; }
Value set_of(std::vector<Value> elements) { return Value{make_set(std::move(elements))}; }
Value day(std::string_view written) { return Value{date_from_text(written).value()}; }

TypeRef range(std::int64_t low, std::int64_t high) { return integer_range(low, high).value(); }
TypeRef level() {
    return enum_type("hub.Level", {"public", "internal", "personal", "genetic"}, true).value();
}
TypeRef dataset() {
    return record_type("hub.Dataset", {{"owner", party_type()},
                                       {"level", level()},
                                       {"subjects", range(0, 10'000'000)},
                                       {"consent_until", optional_type(date_type()).value()}})
        .value();
}
TypeRef columns() { return set_type(text_type(64).value(), 3).value(); }

std::string hex_of(const Value& value, const Type& type) {
    return base::to_hex(to_bytes(value, type));
}

template <typename T>
std::string error_in(const base::Result<T>& result) {
    return result ? "no error" : result.error().message;
}

bool decodes(std::string_view hex, const Type& type) {
    return from_bytes(base::from_hex(hex).value(), type).has_value();
}

// ---- generated types and values ------------------------------------------------------------

class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}

    // Own arithmetic: the standard distributions differ between libraries.
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

    TypeRef type(int depth) {
        switch (below(depth > 0 ? 12 : 8)) {
            case 0:
                return boolean_type();
            case 1:
                return integer_type();
            case 2: {
                const auto low = static_cast<std::int64_t>(below(7)) - 5;
                return range(low, low + static_cast<std::int64_t>(below(4)));
            }
            case 3:
                return text_type(static_cast<std::uint32_t>(below(9))).value();
            case 4:
                return bytes_type(static_cast<std::uint32_t>(below(4))).value();
            case 5:
                return date_type();
            case 6:
                return below(2) == 0 ? party_type() : hash_type();
            case 7:
                return enum_type("m.E", {"a", "b", "丙"}, below(2) == 0).value();
            case 8:
                return optional_type(type(depth - 1)).value();
            case 9:
                return set_type(type(depth - 1), static_cast<std::uint32_t>(below(5))).value();
            case 10:
                return tuple_type({type(depth - 1), type(depth - 1)}).value();
            default: {
                std::vector<Field> fields;
                for (std::uint64_t i = below(4); i > 0; --i) {
                    fields.push_back({"f" + std::to_string(i), type(depth - 1)});
                }
                return record_type("m.R", std::move(fields)).value();
            }
        }
    }

    // Few different leaves, so that comparisons often go past an equal first part.
    Value value(const Type& type) {
        switch (type.kind) {
            case Kind::boolean:
                return Value{below(2) == 0};
            case Kind::integer:
                return integer(integer_in(type));
            case Kind::text:
                return text(text_in(type.capacity));
            case Kind::bytes: {
                base::Bytes bytes(below(type.capacity + 1));
                for (auto& byte : bytes) byte = static_cast<std::uint8_t>(below(256));
                return Value{bytes};
            }
            case Kind::date: {
                const Date days[] = {FIRST_DATE, {-1}, {0}, {20'000}, LAST_DATE};
                return Value{days[below(5)]};
            }
            case Kind::party:
                return Value{party_named(below(2) == 0 ? "xiyuan" : "guangan")};
            case Kind::hash:
                return Value{crypto::sha256(base::as_bytes(below(2) == 0 ? "a" : "b"))};
            case Kind::enumeration:
                return member(static_cast<std::uint32_t>(below(type.members.size())));
            case Kind::record:
            case Kind::tuple: {
                Record made;
                for (const Field& field : type.fields) made.fields.push_back(value(*field.type));
                for (const TypeRef& part : type.parts) made.fields.push_back(value(*part));
                return Value{std::move(made)};
            }
            case Kind::optional:
                return below(3) == 0 ? absent() : present(value(*type.parts[0]));
            case Kind::set: {
                std::vector<Value> elements;
                for (std::uint64_t i = below(type.capacity + 1); i > 0; --i) {
                    elements.push_back(value(*type.parts[0]));
                }
                return set_of(std::move(elements));
            }
            case Kind::decimal: {
                const Int128 units[] = {
                    -1, 0, 1, DECIMAL_ONE, Decimal::LIMIT - 1, 1 - Decimal::LIMIT};
                return Value{Decimal{units[below(6)]}};
            }
            case Kind::time: {
                const Time times[] = {FIRST_TIME, {-1}, {0}, LAST_TIME};
                return Value{times[below(4)]};
            }
            case Kind::duration: {
                const Duration durations[] = {{-MAX_DURATION_MS}, {0}, {1}, {MAX_DURATION_MS}};
                return Value{durations[below(4)]};
            }
            case Kind::commitment:
            case Kind::pseudonym:
                return Value{crypto::sha256(base::as_bytes(below(2) == 0 ? "a" : "b"))};
            case Kind::list: {
                List made;
                for (std::uint64_t i = below(type.capacity + 1); i > 0; --i) {
                    made.elements.push_back(value(*type.parts[0]));
                }
                return Value{std::move(made)};
            }
        }
        return {};
    }

private:
    std::int64_t integer_in(const Type& type) {
        const std::int64_t edges[] = {type.low, type.high, 0, -1, 1, 256};
        const std::int64_t number = edges[below(6)];
        return std::clamp(number, type.low, type.high);
    }

    std::string text_in(std::size_t capacity) {
        const std::string pieces[] = {"a", "b", "\n", COMPOSED, "数", "😀"};
        std::string made;
        for (std::uint64_t i = below(4); i > 0; --i) {
            const std::string& piece = pieces[below(6)];
            if (made.size() + piece.size() <= capacity) made += piece;
        }
        return made;
    }

    std::mt19937_64 random_;
};

std::strong_ordering order_of_bytes(const base::Bytes& a, const base::Bytes& b) {
    return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
}

TEST(ValueProperty, the_order_of_values_is_the_order_of_their_bytes) {
    Generator generator(1);
    for (int round = 0; round < 400; ++round) {
        const TypeRef type = generator.type(3);
        std::vector<Value> values;
        for (int i = 0; i < 8; ++i) values.push_back(generator.value(*type));
        for (const Value& a : values) {
            for (const Value& b : values) {
                ASSERT_EQ(compare(a, b), order_of_bytes(to_bytes(a, *type), to_bytes(b, *type)))
                    << to_text(*type) << ": " << to_text(a, *type) << " and " << to_text(b, *type);
            }
        }
    }
}

TEST(ValueProperty, bytes_decode_to_the_value_that_made_them_within_the_bound_of_the_type) {
    Generator generator(2);
    for (int round = 0; round < 2000; ++round) {
        const TypeRef type = generator.type(3);
        const Value value = generator.value(*type);
        ASSERT_TRUE(check(value, *type)) << error_in(check(value, *type));
        const base::Bytes bytes = to_bytes(value, *type);
        ASSERT_LE(bytes.size(), type->max_bytes);
        const base::Result<Value> back = from_bytes(bytes, *type);
        ASSERT_TRUE(back) << error_in(back);
        ASSERT_EQ(*back, value);
    }
}

TEST(ValueProperty, changed_bytes_are_refused_or_are_the_bytes_of_another_value) {
    Generator generator(3);
    for (int round = 0; round < 2000; ++round) {
        const TypeRef type = generator.type(3);
        base::Bytes bytes = to_bytes(generator.value(*type), *type);
        if (bytes.empty()) continue;
        bytes[generator.below(bytes.size())] ^= static_cast<std::uint8_t>(1 + generator.below(255));
        const base::Result<Value> back = from_bytes(bytes, *type);
        if (!back) continue;
        ASSERT_TRUE(check(*back, *type)) << error_in(check(*back, *type));
        ASSERT_EQ(to_bytes(*back, *type), bytes);
    }
}

TEST(ValueProperty, every_proper_start_of_the_bytes_is_refused) {
    Generator generator(4);
    for (int round = 0; round < 200; ++round) {
        const TypeRef type = generator.type(3);
        const base::Bytes bytes = to_bytes(generator.value(*type), *type);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            ASSERT_FALSE(from_bytes(base::ByteView(bytes).first(size), *type));
        }
    }
}

TEST(ValueProperty, json_reads_back_what_it_wrote) {
    Generator generator(5);
    for (int round = 0; round < 1000; ++round) {
        const TypeRef type = generator.type(3);
        const Value value = generator.value(*type);
        const Json json = Json::parse(to_json(value, *type).dump());
        const base::Result<Value> back = from_json(json, *type, "value");
        ASSERT_TRUE(back) << error_in(back) << "\n" << json.dump() << "\n" << to_text(*type);
        ASSERT_EQ(*back, value) << json.dump();
    }
}

TEST(ValueProperty, a_type_reads_back_as_it_was_written) {
    Generator generator(6);
    for (int round = 0; round < 1000; ++round) {
        const TypeRef type = generator.type(4);
        base::Writer out;
        write(out, *type);
        ASSERT_EQ(out.out().size(), type->own_bytes);
        base::Reader in(out.out());
        const TypeRef back = read_type(in);
        ASSERT_TRUE(in.finish());
        ASSERT_TRUE(same_type(*type, *back));
        ASSERT_EQ(type->max_bytes, back->max_bytes);
        ASSERT_EQ(type->depth, back->depth);
    }
}

TEST(ValueProperty, what_fits_without_check_is_a_value_of_the_wider_type_with_the_same_bytes) {
    Generator generator(7);
    int fitting = 0;
    for (int round = 0; round < 20'000; ++round) {
        const TypeRef from = generator.type(1);
        const TypeRef to = generator.type(1);
        if (!fits_without_check(*from, *to)) continue;
        ++fitting;
        const Value value = generator.value(*from);
        ASSERT_TRUE(check(value, *to));
        ASSERT_EQ(to_bytes(value, *from), to_bytes(value, *to));
        ASSERT_TRUE(same_shape(*from, *to));
    }
    EXPECT_GT(fitting, 100);
}

// ---- the encoding ----------------------------------------------------------------------------

TEST(Encoding, each_kind_has_the_bytes_of_the_specification) {
    struct Case {
        TypeRef type;
        Value value;
        std::string hex;
    };
    const std::string owner = party_named("xiyuan").hex();
    const Case cases[] = {
        {boolean_type(), Value{true}, "01"},
        {integer_type(), integer(0), "8000000000000000"},
        {integer_type(), integer(-1), "7fffffffffffffff"},
        {integer_type(), integer(MIN_INTEGER), "0000000000000000"},
        {integer_type(), integer(MAX_INTEGER), "ffffffffffffffff"},
        {date_type(), day("1970-01-02"), "8000000000000001"},
        {text_type(8).value(), text("pbc"), "00000003706263"},
        {bytes_type(8).value(), Value{base::Bytes{0, 255}}, "0000000200ff"},
        {level(), member(3), "00000003"},
        {party_type(), Value{party_named("xiyuan")}, owner},
        {optional_type(boolean_type()).value(), absent(), "00"},
        {optional_type(boolean_type()).value(), present(Value{false}), "0100"},
        {columns(), set_of({text("sex"), text("age")}), "000000020000000361676500000003736578"},
        {tuple_type({boolean_type(), level()}).value(), record({Value{true}, member(1)}),
         "0100000001"},
        {dataset(),
         record(
             {Value{party_named("xiyuan")}, member(2), integer(418), present(day("1970-01-01"))}),
         owner + "00000002" + "80000000000001a2" + "01" + "8000000000000000"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(hex_of(c.value, *c.type), c.hex) << to_text(*c.type);
        EXPECT_TRUE(decodes(c.hex, *c.type)) << to_text(*c.type);
    }
}

TEST(Encoding, other_bytes_for_the_same_value_are_refused) {
    struct Case {
        TypeRef type;
        std::string hex;
        std::string why;
    };
    const Case cases[] = {
        {boolean_type(), "02", "a Boolean beyond 1"},
        {boolean_type(), "0100", "a byte too many"},
        {range(0, 10), "800000000000000b", "past the range"},
        {range(0, 10), "7fffffffffffffff", "before the range"},
        {date_type(), "80000000002cc0a1", "10000-01-01"},
        {date_type(), "ffffffffffffffff", "a day beyond all calendars"},
        {level(), "00000004", "no such member"},
        {text_type(2).value(), "00000003616263", "past the capacity"},
        {text_type(8).value(), "0000000365cc81", "not in Form C"},
        {text_type(8).value(), "00000001ff", "not UTF-8"},
        {text_type(8).value(), "0000000100", "a control character"},
        {optional_type(boolean_type()).value(), "0200", "a tag beyond 1"},
        {columns(), "000000020000000373657800000003616765", "descending"},
        {columns(), "000000020000000361676500000003616765", "the same element twice"},
        {columns(), "ffffffff", "a hostile count"},
    };
    for (const Case& c : cases) EXPECT_FALSE(decodes(c.hex, *c.type)) << c.why;
}

TEST(Encoding, check_names_the_place_of_what_is_wrong) {
    const auto error = [](const Value& value, const Type& type) {
        return error_in(check(value, type));
    };
    const Value owner{party_named("xiyuan")};
    EXPECT_EQ(error(record({owner, member(0), integer(-1), absent()}), *dataset()),
              ".subjects: -1 is outside of Int 0..10_000_000");
    EXPECT_EQ(error(record({owner, member(4), integer(0), absent()}), *dataset()),
              ".level: Level has 4 members; there is no member 4");
    EXPECT_EQ(error(record({owner}), *dataset()), "1 parts; Dataset has 4");
    EXPECT_EQ(error(set_of({text("ok"), text(DECOMPOSED)}), *columns()),
              "[1]: the text is not in Unicode Normalization Form C");
    EXPECT_EQ(error(Value{Set{{text("b"), text("a")}}}, *columns()),
              "[1]: the elements of a Set are in strictly ascending order");
    EXPECT_EQ(error(integer(1), *columns()), "the value is no Set<Text<64>, 3>");
    EXPECT_EQ(error(set_of({text("a"), text("b"), text("c"), text("d")}), *columns()),
              "4 elements; Set<Text<64>, 3> holds at most 3");
    EXPECT_EQ(error(Value{Date{LAST_DATE.days + 1}}, *date_type()),
              "day 2932897 is outside of the years 0001 to 9999");
}

TEST(Encoding, encode_ends_the_process_for_a_value_of_another_type) {
    EXPECT_DEATH((void)to_bytes(integer(11), *range(0, 10)), "internal error");
    EXPECT_DEATH((void)to_bytes(integer(1), *boolean_type()), "internal error");
    EXPECT_DEATH((void)to_bytes(Value{Set{{text("b"), text("a")}}}, *columns()), "internal error");
}

// ---- types -----------------------------------------------------------------------------------

TEST(Type, is_written_as_in_source) {
    EXPECT_EQ(to_text(*integer_type()), "Int");
    EXPECT_EQ(to_text(*range(0, 10)), "Int 0..10");
    EXPECT_EQ(to_text(*range(-1'000, 1'234'567)), "Int -1_000..1_234_567");
    EXPECT_EQ(to_text(*range(-100, 999)), "Int -100..999");
    EXPECT_EQ(to_text(*text_type(DEFAULT_TEXT_CAPACITY).value()), "Text");
    EXPECT_EQ(to_text(*columns()), "Set<Text<64>, 3>");
    EXPECT_EQ(to_text(*level()), "Level");
    EXPECT_EQ(to_text(*optional_type(date_type()).value()), "Date?");
    EXPECT_EQ(to_text(*tuple_type({party_type(), bytes_type(9).value()}).value()),
              "(Party, Bytes<9>)");
}

TEST(Type, the_bound_is_the_size_of_the_largest_value) {
    EXPECT_EQ(boolean_type()->max_bytes, 1U);
    EXPECT_EQ(integer_type()->max_bytes, 8U);
    EXPECT_EQ(date_type()->max_bytes, 8U);
    EXPECT_EQ(party_type()->max_bytes, 32U);
    EXPECT_EQ(hash_type()->max_bytes, 32U);
    EXPECT_EQ(level()->max_bytes, 4U);
    EXPECT_EQ(dataset()->max_bytes, 32U + 4 + 8 + 9);
    EXPECT_EQ(columns()->max_bytes, 4U + 3 * 68);
    EXPECT_EQ(dataset()->depth, 3U);
}

TEST(Type, limits_hold_at_the_edge_and_refuse_one_past_it) {
    constexpr auto MOST = static_cast<std::uint32_t>(MAX_VALUE_BYTES);
    EXPECT_TRUE(text_type(MOST - 4));
    EXPECT_FALSE(text_type(MOST - 3));
    EXPECT_FALSE(bytes_type(std::numeric_limits<std::uint32_t>::max()));
    EXPECT_TRUE(set_type(boolean_type(), MAX_SET_ELEMENTS));
    EXPECT_FALSE(set_type(boolean_type(), MAX_SET_ELEMENTS + 1));
    EXPECT_FALSE(set_type(party_type(), MAX_SET_ELEMENTS));  // past MAX_VALUE_BYTES

    std::vector<std::string> members;
    for (std::size_t i = 0; i < MAX_ENUM_MEMBERS; ++i) members.push_back("m" + std::to_string(i));
    EXPECT_TRUE(enum_type("m.E", members, false));
    members.push_back("last");
    EXPECT_FALSE(enum_type("m.E", members, false));

    std::vector<Field> fields;
    for (std::size_t i = 0; i < MAX_RECORD_FIELDS; ++i) {
        fields.push_back({"f" + std::to_string(i), boolean_type()});
    }
    EXPECT_TRUE(record_type("m.R", fields));
    fields.push_back({"last", boolean_type()});
    EXPECT_FALSE(record_type("m.R", fields));

    EXPECT_TRUE(tuple_type(std::vector<TypeRef>(MAX_TUPLE_PARTS, boolean_type())));
    EXPECT_FALSE(tuple_type(std::vector<TypeRef>(MAX_TUPLE_PARTS + 1, boolean_type())));
    EXPECT_FALSE(tuple_type({boolean_type()}));

    EXPECT_TRUE(enum_type(std::string(MAX_NAME_BYTES, 'n'), {"a"}, false));
    EXPECT_FALSE(enum_type(std::string(MAX_NAME_BYTES + 1, 'n'), {"a"}, false));
}

TEST(Type, nesting_is_bounded_when_made_and_when_read) {
    TypeRef type = boolean_type();
    while (type->depth < MAX_TYPE_DEPTH) type = optional_type(type).value();
    EXPECT_EQ(error_in(optional_type(type)),
              "a type is nested 33 deep; the limit is 32 "
              "(MAX_TYPE_DEPTH)");
    base::Writer out;
    write(out, *type);
    base::Reader deep(out.out());
    EXPECT_TRUE(same_type(*read_type(deep), *type));
    EXPECT_TRUE(deep.finish());

    const base::Bytes hostile(1'000'000, static_cast<std::uint8_t>(Kind::optional));
    base::Reader in(hostile);
    (void)read_type(in);
    EXPECT_FALSE(in.ok());
}

// Parts are shared in memory and written in place, so a few lines of source could ask for a
// description of any size.
TEST(Type, the_description_of_a_type_is_bounded_although_its_values_are_small) {
    TypeRef type = record_type("m.Empty", {}).value();
    base::Result<TypeRef> doubled = type;
    for (int i = 0; i < 31 && doubled; ++i) doubled = tuple_type({*doubled, *doubled});
    EXPECT_FALSE(doubled);
    // The values of a Set of no elements are empty, whatever its elements would be.
    doubled = type;
    for (int i = 0; i < 15 && doubled; ++i) {
        doubled = tuple_type({*doubled, *doubled});
        if (doubled) doubled = set_type(*doubled, 0);
    }
    ASSERT_TRUE(doubled);
    EXPECT_LE((*doubled)->own_bytes, MAX_TYPE_BYTES);
    std::vector<Field> fields;
    for (int i = 0; i < 5; ++i) fields.push_back({"f" + std::to_string(i), *doubled});
    EXPECT_NE(error_in(record_type("m.R", fields)).find("MAX_TYPE_BYTES"), std::string::npos);
}

TEST(Type, names_are_there_and_distinct) {
    EXPECT_EQ(error_in(enum_type("m.E", {}, false)),
              "members of enum m.E: 0 found, at least 1 needed");
    EXPECT_EQ(error_in(enum_type("m.E", {"a", "a"}, false)), "enum m.E has two members a");
    EXPECT_EQ(error_in(enum_type("m.E", {""}, false)), "a member of enum m.E has an empty name");
    EXPECT_EQ(error_in(record_type("m.R", {{"f", date_type()}, {"f", date_type()}})),
              "record m.R has two fields f");
    EXPECT_FALSE(record_type("", {}));
    EXPECT_FALSE(enum_type("m.E", {DECOMPOSED}, false));
    EXPECT_EQ(error_in(integer_range(2, 1)),
              "the range 2..1 is empty: its first bound is the larger one");
}

TEST(Type, shape_ignores_ranges_and_capacities_only) {
    const TypeRef wide = set_type(range(0, 100), 8).value();
    const TypeRef narrow = set_type(range(1, 10), 4).value();
    EXPECT_TRUE(same_shape(*wide, *narrow));
    EXPECT_FALSE(same_type(*wide, *narrow));
    EXPECT_TRUE(fits_without_check(*narrow, *wide));
    EXPECT_FALSE(fits_without_check(*wide, *narrow));
    EXPECT_FALSE(same_shape(*text_type(8).value(), *bytes_type(8).value()));
    const TypeRef same_members = enum_type("hub.Other", level()->members, true).value();
    EXPECT_FALSE(same_shape(*level(), *same_members));
    EXPECT_TRUE(same_type(*dataset(), *dataset()));
    EXPECT_FALSE(fits_without_check(*date_type(), *optional_type(date_type()).value()));
}

TEST(Type, bytes_that_no_type_writes_are_refused) {
    for (const std::string_view hex : {
             "0c",                                    // no such kind
             "01800000000000000a8000000000000000",    // the range 10..0
             "02ffffffff",                            // Text<4294967295>
             "07000000036d2e450000000000",            // an enum without members
             "07000000036d2e4502000000010000000161",  // ordered: 2
             "0b0000000100",                          // a tuple of one
         }) {
        const base::Bytes bytes = base::from_hex(hex).value();
        base::Reader in(bytes);
        (void)read_type(in);
        EXPECT_FALSE(in.ok()) << hex;
    }
}

// ---- texts of values ---------------------------------------------------------------------------

TEST(Text, values_are_written_as_an_officer_writes_them) {
    EXPECT_EQ(to_text(day("2026-02-01"), *date_type()), "2026-02-01");
    EXPECT_EQ(to_text(text("a \"b\"\n\\"), *text_type(9).value()), "\"a \\\"b\\\"\\n\\\\\"");
    EXPECT_EQ(to_text(member(2), *level()), "personal");
    EXPECT_EQ(to_text(set_of({text("sex"), text("age")}), *columns()), "{ \"age\", \"sex\" }");
    EXPECT_EQ(to_text(set_of({}), *columns()), "{}");
    EXPECT_EQ(to_text(absent(), *optional_type(date_type()).value()), "absent");
    EXPECT_EQ(to_text(integer(-5), *integer_type()), "-5");
    EXPECT_EQ(to_text(record({integer(1), Value{true}}),
                      *tuple_type({integer_type(), boolean_type()}).value()),
              "(1, true)");
    EXPECT_EQ(
        to_text(record({Value{PartyId{}}, member(0), integer(418), present(day("2025-12-31"))}),
                *dataset()),
        "Dataset { owner: " + std::string(64, '0') +
            ", level: public, subjects: 418, consent_until: 2025-12-31 }");
}

TEST(Text, canonical_text_is_nfc_utf8_of_known_characters_without_controls) {
    EXPECT_TRUE(is_canonical_text(""));
    EXPECT_TRUE(is_canonical_text("a\tb\nc"));
    EXPECT_TRUE(is_canonical_text(COMPOSED));
    EXPECT_TRUE(is_canonical_text("数据出境 😀"));
    EXPECT_FALSE(is_canonical_text(DECOMPOSED));
    EXPECT_FALSE(is_canonical_text("\xE2\x84\xAB"));  // the sign ANGSTROM, which NFC replaces
    EXPECT_FALSE(is_canonical_text("a\r\n"));
    EXPECT_FALSE(is_canonical_text(std::string(1, '\0')));
    EXPECT_FALSE(is_canonical_text("\x7F"));
    EXPECT_FALSE(is_canonical_text("\xC2\x85"));          // U+0085, a control character
    EXPECT_FALSE(is_canonical_text("\xC0\x80"));          // an overlong form
    EXPECT_FALSE(is_canonical_text("\xED\xA0\x80"));      // a surrogate
    EXPECT_FALSE(is_canonical_text("\xF4\x90\x80\x80"));  // past U+10FFFF
    EXPECT_FALSE(is_canonical_text("abc\xE6\x95"));       // cut off
    EXPECT_EQ(error_in(check_text("ab\x07")),
              "byte 2: the control character U+0007; only tab and line feed are allowed");
}

TEST(Text, characters_after_unicode_15_0_are_refused_whatever_icu_knows) {
    EXPECT_TRUE(is_canonical_text("\xF0\xB1\x8D\x90"));   // U+31350, of Unicode 15.0
    EXPECT_FALSE(is_canonical_text("\xF0\xAE\xAF\xB0"));  // U+2EBF0, of Unicode 15.1
    EXPECT_EQ(error_in(to_nfc("\xF3\xA0\x82\x80")),
              "byte 0: U+E0080 is no character of Unicode 15.0");
}

TEST(Text, to_nfc_repairs_the_form_and_nothing_else) {
    EXPECT_EQ(to_nfc("plain").value(), "plain");
    EXPECT_EQ(to_nfc("caf" + DECOMPOSED).value(), "caf" + COMPOSED);
    EXPECT_FALSE(to_nfc("\xFF"));
    EXPECT_FALSE(to_nfc("a\r"));
    // The characters that grow most: three code points from one.
    EXPECT_EQ(to_nfc("\xF0\x9D\x85\xA0").value(),
              "\xF0\x9D\x85\x98\xF0\x9D\x85\xA5\xF0\x9D\x85\xAE");
    EXPECT_EQ(to_nfc("\xEF\xAC\xAC").value(), "\xD7\xA9\xD6\xBC\xD7\x81");
}

// ---- dates -------------------------------------------------------------------------------------

TEST(Dates, are_days_of_the_gregorian_calendar) {
    const std::pair<const char*, std::int32_t> cases[] = {
        {"1970-01-01", 0},
        {"1969-12-31", -1},
        {"2000-02-29", 11'016},
        {"2026-02-01", 20'485},
        {"0001-01-01", FIRST_DATE.days},
        {"9999-12-31", LAST_DATE.days},
    };
    for (const auto& [written, days] : cases) {
        EXPECT_EQ(date_from_text(written).value().days, days) << written;
        EXPECT_EQ(to_text(Date{days}), written);
    }
}

TEST(Dates, every_day_reads_back) {
    for (std::int32_t days = FIRST_DATE.days; days <= LAST_DATE.days; days += 97) {
        ASSERT_EQ(date_from_text(to_text(Date{days})).value().days, days);
    }
}

TEST(Dates, no_other_form_and_no_other_day_is_read) {
    for (const char* written :
         {"", "2026-2-1", "2026-02-30", "2023-02-29", "1900-02-29", "2026-13-01", "2026-00-01",
          "2026-01-00", "0000-12-31", "10000-01-01", "2026/02/01", "2026-02-01 ", "+026-02-01",
          "２０２６-02"}) {
        EXPECT_FALSE(date_from_text(written)) << written;
    }
    EXPECT_EQ(error_in(date_from_text("2026-02-30")), "2026-02-30 is no day of the calendar");
}

TEST(Dates, the_day_of_a_moment_depends_on_the_zone) {
    constexpr std::int64_t HOUR_MS = 3'600'000;
    const std::int64_t evening =
        date_from_text("2026-02-01").value().days * 24 * HOUR_MS + 20 * HOUR_MS;
    EXPECT_EQ(to_text(day_of(evening, 0)), "2026-02-01");
    EXPECT_EQ(to_text(day_of(evening, 8 * 60)), "2026-02-02");
    EXPECT_EQ(to_text(day_of(-1, 0)), "1969-12-31");
    EXPECT_EQ(to_text(day_of(0, -1)), "1969-12-31");
    EXPECT_EQ(day_of(MIN_INTEGER, -14 * 60), FIRST_DATE);
    EXPECT_EQ(day_of(MAX_INTEGER, 14 * 60), LAST_DATE);
    for (const int zone : {-12 * 60, -210, 0, 345, 8 * 60, 14 * 60}) {
        const Date date{20'485};
        EXPECT_EQ(day_of(start_of_day_ms(date, zone), zone), date);
        EXPECT_EQ(day_of(start_of_day_ms(date, zone) - 1, zone).days, date.days - 1);
    }
}

// ---- parties -----------------------------------------------------------------------------------

TEST(Party, ids_of_names_and_modules_are_hashes_with_different_prefixes) {
    EXPECT_EQ(party_named("xiyuan").bytes,
              crypto::sha256(base::as_bytes("edict/party/xiyuan")).bytes);
    EXPECT_EQ(party_of_module("stroke_hub").bytes,
              crypto::sha256(base::as_bytes("edict/module/stroke_hub")).bytes);
}

// ---- JSON --------------------------------------------------------------------------------------

TEST(JsonForm, is_the_documented_one) {
    const Value value =
        record({Value{party_named("xiyuan")}, member(2), integer(418), present(day("2025-12-31"))});
    const Json json = {{"owner", party_named("xiyuan").hex()},
                       {"level", "personal"},
                       {"subjects", "418"},
                       {"consent_until", "2025-12-31"}};
    EXPECT_EQ(to_json(value, *dataset()), json);
    EXPECT_EQ(to_json(set_of({text("sex"), text("age")}), *columns()), Json({"age", "sex"}));
    EXPECT_EQ(to_json(absent(), *optional_type(date_type()).value()), Json(nullptr));
}

TEST(JsonForm, input_may_be_written_in_several_ways) {
    EXPECT_EQ(from_json(Json(7), *integer_type(), "n").value(), integer(7));
    EXPECT_EQ(from_json(Json("-7"), *integer_type(), "n").value(), integer(-7));
    EXPECT_EQ(from_json(Json({"sex", "age"}), *columns(), "c").value(),
              set_of({text("age"), text("sex")}));
    const Json short_record = {{"owner", "xiyuan"}, {"level", "public"}, {"subjects", 1}};
    const PartyNames names = [](std::string_view name) -> std::optional<PartyId> {
        if (name == "xiyuan") return party_named(name);
        return std::nullopt;
    };
    const auto read = from_json(short_record, *dataset(), "d", names);
    ASSERT_TRUE(read) << error_in(read);
    EXPECT_EQ(*read, record({Value{party_named("xiyuan")}, member(0), integer(1), absent()}));
}

TEST(JsonForm, two_layers_of_optional_are_told_apart) {
    const TypeRef type = optional_type(optional_type(boolean_type()).value()).value();
    EXPECT_EQ(to_json(absent(), *type), Json(nullptr));
    EXPECT_EQ(to_json(present(absent()), *type), Json::array({nullptr}));
    EXPECT_EQ(to_json(present(present(Value{true})), *type), Json::array({true}));
}

TEST(JsonForm, an_error_says_where_what_and_what_is_allowed) {
    struct Case {
        TypeRef type;
        Json json;
        std::string error;
    };
    const TypeRef arguments =
        record_type("arguments", {{"columns", columns()}, {"data", dataset()}}).value();
    const Json good = {{"owner", std::string(64, 'a')}, {"level", "public"}, {"subjects", 1}};
    const auto changed = [&](const std::string& field, const Json& value) {
        Json data = good;
        data[field] = value;
        return Json{{"columns", Json::array()}, {"data", data}};
    };
    const auto with_columns = [&](const Json& value) {
        return Json{{"columns", value}, {"data", good}};
    };
    std::vector<std::string> many;
    for (int i = 0; i < 10; ++i) many.push_back("m" + std::to_string(i));
    const Case cases[] = {
        {arguments, with_columns({"a", "b", 3}), "in.columns[2]: expected a string, found 3"},
        {arguments, with_columns({"a", "b", "a"}),
         "in.columns[2]: the same element as in.columns[0]"},
        {arguments, with_columns({"a", "b", "c", "d"}),
         "in.columns: expected at most 3 elements, found an array of 4"},
        {arguments, with_columns({"a", DECOMPOSED}),
         "in.columns[1]: \"" + DECOMPOSED +
             "\" is not in Unicode Normalization Form C\nhelp: normalize the string to NFC before "
             "you send it"},
        {arguments, with_columns({std::string(65, 'x')}),
         "in.columns[0]: 65 bytes; Text<64> holds at most 64"},
        {arguments, changed("level", "secret"),
         "in.data.level: expected a member of Level (public, internal, personal, genetic), found "
         "\"secret\""},
        {arguments, changed("subjects", -1),
         "in.data.subjects: expected a whole number, Int 0..10_000_000, found -1"},
        {arguments, changed("subjects", 1.5),
         "in.data.subjects: expected a whole number, Int 0..10_000_000, found 1.5"},
        {arguments, changed("subjects", "007"),
         "in.data.subjects: expected a whole number, Int 0..10_000_000, found \"007\""},
        {arguments, changed("owner", "xiyuan"),
         "in.data.owner: expected a party's id: 64 lower-case hexadecimal digits, found "
         "\"xiyuan\""},
        {arguments, changed("consent_until", "2026-02-30"),
         "in.data.consent_until: expected a date such as \"2026-02-01\", found \"2026-02-30\""},
        {arguments, changed("lvl", 1),
         "in.data: Dataset has no field \"lvl\"; its fields are: owner, level, subjects, "
         "consent_until"},
        {arguments, Json{{"columns", Json::array()}},
         "in: the field \"data\" of arguments is missing"},
        {arguments, Json::array(), "in: expected an object (arguments), found an array of 0"},
        {enum_type("m.Many", many, false).value(), Json("x"),
         "in: expected a member of Many (m0, m1, m2, m3, m4, m5, m6, m7 and 2 more), found \"x\""},
        {integer_type(), Json(std::uint64_t{1} << 63),
         "in: expected a whole number, Int, found 9223372036854775808"},
        {bytes_type(4).value(), Json("ABCD"),
         "in: expected an even number of lower-case hexadecimal digits, found \"ABCD\""},
        {boolean_type(), Json(nullptr), "in: expected true or false, found null"},
        {tuple_type({date_type(), date_type()}).value(), Json::array({"2026-02-01"}),
         "in: expected an array of 2: (Date, Date), found an array of 1"},
    };
    for (const Case& c : cases) EXPECT_EQ(error_in(from_json(c.json, *c.type, "in")), c.error);
}

TEST(JsonForm, text_that_is_no_utf8_and_long_text_are_shown_safely) {
    const std::string error = error_in(from_json(Json("\xFF"), *date_type(), "d"));
    EXPECT_EQ(error, "d: expected a date such as \"2026-02-01\", found \"\xEF\xBF\xBD\"");
    std::string long_text;
    for (int i = 0; i < 100; ++i) long_text += "数";
    const std::string shown = error_in(from_json(Json(long_text), *date_type(), "d"));
    EXPECT_LT(shown.size(), 160U);
    EXPECT_TRUE(is_canonical_text(shown));
}

}  // namespace
