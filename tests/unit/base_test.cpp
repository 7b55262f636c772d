#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <unordered_set>

#include "base/check.h"
#include "base/codec.h"
#include "base/result.h"
#include "base/strong.h"
#include "base/utf8.h"
#include "base/whole_number.h"

namespace edict::base {
namespace {

Bytes of(std::string_view hex) {
    const Result<Bytes> bytes = from_hex(hex);
    EDICT_CHECK(bytes.has_value());
    return *bytes;
}

// What a Reader says after `read` was done with the bytes.
template <typename Read>
std::string failure(std::string_view hex, Read read) {
    const Bytes bytes = of(hex);
    Reader in(bytes);
    read(in);
    const Status status = in.finish();
    return status ? "" : status.error().message;
}

TEST(Writer, integers_are_big_endian_and_of_fixed_width) {
    Writer out;
    out.u8(0x01);
    out.u16(0x0203);
    out.u32(0x04050607);
    out.u64(0x08090a0b0c0d0e0f);
    EXPECT_EQ(to_hex(out.out()), "0102030405060708090a0b0c0d0e0f");
}

TEST(Writer, byte_strings_carry_their_length_and_raw_ones_do_not) {
    Writer out;
    out.text("ab");
    out.raw(as_bytes("cd"));
    out.boolean(true);
    out.boolean(false);
    EXPECT_EQ(to_hex(out.out()), "00000002616263640100");
}

TEST(Writer, signed_integers_sort_as_their_bytes_do) {
    const std::int64_t numbers[] = {std::numeric_limits<std::int64_t>::min(), -256, -1, 0, 1, 255,
                                    std::numeric_limits<std::int64_t>::max()};
    Bytes before;
    for (const std::int64_t number : numbers) {
        Writer out;
        out.i64(number);
        const Bytes bytes = out.take();
        EXPECT_LT(before, bytes) << number;
        Reader in(bytes);
        EXPECT_EQ(in.i64(), number);
        EXPECT_TRUE(in.finish());
        before = bytes;
    }
    EXPECT_EQ(to_hex(before), "ffffffffffffffff");
}

TEST(WriterDeathTest, a_count_that_no_u32_holds_is_a_broken_invariant) {
    Writer out;
    out.count(std::numeric_limits<std::uint32_t>::max());
    EXPECT_EQ(to_hex(out.out()), "ffffffff");
    EXPECT_DEATH(out.count(std::size_t{std::numeric_limits<std::uint32_t>::max()} + 1),
                 "internal error: value <= ");
}

TEST(Reader, reads_back_what_was_written) {
    Writer out;
    out.u8(0xfe);
    out.u16(0xfedc);
    out.u32(0xfedcba98);
    out.u64(0xfedcba9876543210);
    out.boolean(true);
    out.text("naïve");
    out.count(2);
    out.raw(as_bytes("xy"));
    const Bytes bytes = out.take();

    Reader in(bytes);
    EXPECT_EQ(in.u8(), 0xfe);
    EXPECT_EQ(in.u16(), 0xfedc);
    EXPECT_EQ(in.u32(), 0xfedcba98);
    EXPECT_EQ(in.u64(), 0xfedcba9876543210);
    EXPECT_TRUE(in.boolean());
    EXPECT_EQ(in.text(6), "naïve");
    EXPECT_EQ(in.count(2), 2U);
    EXPECT_EQ(in.left(), 2U);
    EXPECT_EQ(as_text(in.raw(2)), "xy");
    EXPECT_EQ(in.position(), bytes.size());
    EXPECT_TRUE(in.finish());
}

TEST(Reader, says_what_is_missing_when_the_bytes_end_too_early) {
    const auto u8 = [](Reader& in) { EXPECT_EQ(in.u8(), 0); };
    const auto u16 = [](Reader& in) { EXPECT_EQ(in.u16(), 0); };
    const auto u32 = [](Reader& in) { EXPECT_EQ(in.u32(), 0U); };
    const auto u64 = [](Reader& in) { EXPECT_EQ(in.u64(), 0U); };
    const auto i64 = [](Reader& in) { EXPECT_EQ(in.i64(), 0); };
    const auto raw = [](Reader& in) { EXPECT_TRUE(in.raw(3).empty()); };
    const auto bytes = [](Reader& in) { EXPECT_TRUE(in.bytes(100).empty()); };
    const auto boolean = [](Reader& in) { EXPECT_FALSE(in.boolean()); };
    EXPECT_EQ(failure("", u8), "byte 0: ends too early: 1 more bytes expected, 0 left");
    EXPECT_EQ(failure("", boolean), "byte 0: ends too early: 1 more bytes expected, 0 left");
    EXPECT_EQ(failure("01", u16), "byte 0: ends too early: 2 more bytes expected, 1 left");
    EXPECT_EQ(failure("010203", u32), "byte 0: ends too early: 4 more bytes expected, 3 left");
    EXPECT_EQ(failure("01020304050607", u64),
              "byte 0: ends too early: 8 more bytes expected, 7 left");
    EXPECT_EQ(failure("01020304050607", i64),
              "byte 0: ends too early: 8 more bytes expected, 7 left");
    EXPECT_EQ(failure("0102", raw), "byte 0: ends too early: 3 more bytes expected, 2 left");
    EXPECT_EQ(failure("0000000361", bytes),
              "byte 4: ends too early: 3 more bytes expected, 1 left");
}

TEST(Reader, accepts_only_0_and_1_as_a_boolean) {
    const auto boolean = [](Reader& in) { EXPECT_FALSE(in.boolean()); };
    EXPECT_EQ(failure("00", boolean), "");
    EXPECT_EQ(failure("02", boolean), "byte 1: a Boolean is 0 or 1, not 2");
    EXPECT_EQ(failure("ff", boolean), "byte 1: a Boolean is 0 or 1, not 255");
}

TEST(Reader, takes_a_byte_string_at_its_limit_and_not_one_byte_more) {
    EXPECT_EQ(failure("00000003616263", [](Reader& in) { EXPECT_EQ(in.text(3), "abc"); }), "");
    EXPECT_EQ(failure("00000003616263", [](Reader& in) { EXPECT_EQ(in.text(2), ""); }),
              "byte 4: a field of 3 bytes; the limit is 2");
    EXPECT_EQ(failure("00000003616263", [](Reader& in) { EXPECT_TRUE(in.bytes(2).empty()); }),
              "byte 4: a field of 3 bytes; the limit is 2");
}

TEST(Reader, takes_a_count_at_its_limit_and_not_one_more) {
    EXPECT_EQ(failure("000000020102",
                      [](Reader& in) {
                          EXPECT_EQ(in.count(2), 2U);
                          EXPECT_EQ(in.u16(), 0x0102);
                      }),
              "");
    EXPECT_EQ(failure("000000020102", [](Reader& in) { EXPECT_EQ(in.count(1), 0U); }),
              "byte 4: a count of 2; the limit is 1");
}

TEST(Reader, refuses_a_count_whose_elements_cannot_fit_in_what_is_left) {
    EXPECT_EQ(failure("0000000201020304",
                      [](Reader& in) {
                          EXPECT_EQ(in.count(100, 2), 2U);
                          EXPECT_EQ(in.u32(), 0x01020304U);
                      }),
              "");
    EXPECT_EQ(failure("00000002010203", [](Reader& in) { EXPECT_EQ(in.count(100, 2), 0U); }),
              "byte 4: ends too early: 4 more bytes expected, 3 left");
    EXPECT_EQ(failure("ffffffff", [](Reader& in) { EXPECT_EQ(in.count(0xffffffff, 8), 0U); }),
              "byte 4: ends too early: 34359738360 more bytes expected, 0 left");
}

TEST(Reader, refuses_bytes_that_nothing_reads) {
    EXPECT_EQ(failure("0102", [](Reader& in) { EXPECT_EQ(in.u8(), 1); }),
              "byte 1: 1 bytes too many");
}

TEST(Reader, keeps_the_first_error_and_reads_zeros_after_it) {
    EXPECT_EQ(failure("0211223344",
                      [](Reader& in) {
                          EXPECT_FALSE(in.boolean());
                          EXPECT_FALSE(in.ok());
                          EXPECT_EQ(in.u32(), 0U);
                          EXPECT_EQ(in.i64(), 0);
                          EXPECT_EQ(in.text(10), "");
                          EXPECT_EQ(in.count(10), 0U);
                          in.fail("a later mistake");
                      }),
              "byte 1: a Boolean is 0 or 1, not 2");
}

TEST(Reader, an_error_of_the_caller_is_one_of_the_user_and_has_a_place) {
    const Bytes bytes = of("07");
    Reader in(bytes);
    EXPECT_EQ(in.u8(), 7);
    in.fail("7 is no version");
    const Status status = in.finish();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error(), (Error{ErrorKind::input, "byte 1: 7 is no version"}));
}

TEST(Hex, is_lower_case_both_ways) {
    EXPECT_EQ(to_hex(Bytes{0x00, 0x9a, 0xff}), "009aff");
    EXPECT_EQ(from_hex("009aff").value(), (Bytes{0x00, 0x9a, 0xff}));
    EXPECT_EQ(from_hex("").value(), Bytes{});
}

TEST(Hex, refuses_every_other_text) {
    EXPECT_EQ(from_hex("abc").error().message, "hexadecimal text has an odd number of digits");
    EXPECT_EQ(from_hex("00AB").error().message, "'AB' is not lower-case hexadecimal (position 2)");
    EXPECT_EQ(from_hex("0g").error().message, "'0g' is not lower-case hexadecimal (position 0)");
    for (int c = 0; c < 256; ++c) {
        const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        EXPECT_EQ(from_hex(std::string{'0', static_cast<char>(c)}).has_value(), digit) << c;
    }
}

TEST(Result, errors_keep_their_kind_when_they_are_handed_on) {
    const Result<int> lost = environment_error("the disk is full");
    const Result<std::string> handed_on = error_of(lost);
    EXPECT_EQ(handed_on.error(), lost.error());
    const Result<int> placed = in_context("node.toml", lost.error());
    EXPECT_EQ(placed.error(), (Error{ErrorKind::environment, "node.toml: the disk is full"}));
    EXPECT_EQ(Status(fail(ErrorKind::forbidden, "no")).error().kind, ErrorKind::forbidden);
    EXPECT_EQ(Status(input_error("no")).error().kind, ErrorKind::input);
}

struct HeightTag {};
struct CostTag {};
using Height = Strong<HeightTag, std::uint64_t>;
using Cost = Strong<CostTag, std::uint64_t>;

TEST(Strong, orders_and_hashes_as_what_it_holds_and_mixes_with_no_other) {
    EXPECT_LT(Height{1}, Height{2});
    EXPECT_EQ(Height{}, Height{0});
    EXPECT_EQ((std::unordered_set<Height>{{1}, {2}, {1}}.size()), 2U);
    static_assert(!std::is_convertible_v<Height, Cost>);
    static_assert(!std::is_convertible_v<std::uint64_t, Height>);
}

TEST(WholeNumber, is_decimal_digits_up_to_the_largest_allowed) {
    struct Case {
        std::string_view text;
        std::uint64_t max;
        std::optional<std::uint64_t> number;
    };
    constexpr std::uint64_t LARGEST = std::numeric_limits<std::uint64_t>::max();
    const Case cases[] = {
        {"0", LARGEST, 0},
        {"010", LARGEST, 10},
        {"18446744073709551615", LARGEST, LARGEST},
        {"18446744073709551616", LARGEST, std::nullopt},
        {"65535", 65535, 65535},
        {"65536", 65535, std::nullopt},
        {"", LARGEST, std::nullopt},
        {"-1", LARGEST, std::nullopt},
        {"+1", LARGEST, std::nullopt},
        {" 1", LARGEST, std::nullopt},
        {"1 ", LARGEST, std::nullopt},
        {"0x10", LARGEST, std::nullopt},
        {"1.5", LARGEST, std::nullopt},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(read_whole_number(one.text, one.max), one.number) << one.text;
    }
}

TEST(Utf8, is_that_of_rfc_3629) {
    for (const char* good : {"", "a", "é", "医", "😀", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(is_utf8(good)) << good;
    }
    for (const char* bad :
         {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe5\x8c", "\xff", "a\xc3"}) {
        EXPECT_FALSE(is_utf8(bad));
    }
}

TEST(CheckDeathTest, names_the_broken_invariant_and_its_place) {
    EDICT_CHECK(1 + 1 == 2);
    EXPECT_DEATH(EDICT_CHECK(1 + 1 == 3),
                 "internal error: 1 \\+ 1 == 3 does not hold \\(tests/unit/base_test.cpp:");
}

}  // namespace
}  // namespace edict::base
