#include "base/codec.h"

#include <fmt/format.h>

#include <limits>

#include "base/check.h"

namespace edict::base {

namespace {

template <typename Unsigned>
void append_big_endian(Bytes& out, Unsigned value) {
    for (int shift = (static_cast<int>(sizeof(Unsigned)) - 1) * 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> shift));
    }
}

std::uint64_t big_endian(ByteView bytes) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes) value = value << 8 | byte;
    return value;
}

constexpr std::uint64_t SIGN_BIT = std::uint64_t{1} << 63;

}  // namespace

void Writer::u8(std::uint8_t value) { out_.push_back(value); }
void Writer::u16(std::uint16_t value) { append_big_endian(out_, value); }
void Writer::u32(std::uint32_t value) { append_big_endian(out_, value); }
void Writer::u64(std::uint64_t value) { append_big_endian(out_, value); }
void Writer::i64(std::int64_t value) { u64(static_cast<std::uint64_t>(value) ^ SIGN_BIT); }
void Writer::boolean(bool value) { u8(value ? 1 : 0); }
void Writer::raw(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

void Writer::bytes(ByteView bytes) {
    count(bytes.size());
    raw(bytes);
}

void Writer::text(std::string_view text) { bytes(as_bytes(text)); }

void Writer::count(std::size_t value) {
    EDICT_CHECK(value <= std::numeric_limits<std::uint32_t>::max());
    u32(static_cast<std::uint32_t>(value));
}

bool Reader::need(std::size_t size) {
    if (!ok()) return false;
    if (left() >= size) return true;
    fail(fmt::format("ends too early: {} more bytes expected, {} left", size, left()));
    return false;
}

std::uint8_t Reader::u8() { return static_cast<std::uint8_t>(big_endian(raw(1))); }
std::uint16_t Reader::u16() { return static_cast<std::uint16_t>(big_endian(raw(2))); }
std::uint32_t Reader::u32() { return static_cast<std::uint32_t>(big_endian(raw(4))); }
std::uint64_t Reader::u64() { return big_endian(raw(8)); }

std::int64_t Reader::i64() {
    const std::uint64_t bits = u64();
    return ok() ? static_cast<std::int64_t>(bits ^ SIGN_BIT) : 0;
}

bool Reader::boolean() {
    const std::uint8_t byte = u8();
    if (byte > 1) fail(fmt::format("a Boolean is 0 or 1, not {}", byte));
    return byte == 1;
}

ByteView Reader::raw(std::size_t size) {
    if (!need(size)) return {};
    const ByteView found = bytes_.subspan(at_, size);
    at_ += size;
    return found;
}

ByteView Reader::bytes(std::size_t max_size) {
    const std::size_t size = u32();
    if (size > max_size) {
        fail(fmt::format("a field of {} bytes; the limit is {}", size, max_size));
        return {};
    }
    return raw(size);
}

std::string Reader::text(std::size_t max_size) { return std::string(as_text(bytes(max_size))); }

std::size_t Reader::count(std::size_t max_count, std::size_t min_element_size) {
    const std::size_t value = u32();
    if (value > max_count) {
        fail(fmt::format("a count of {}; the limit is {}", value, max_count));
        return 0;
    }
    if (!need(value * min_element_size)) return 0;
    return value;
}

void Reader::fail(std::string what) {
    if (ok()) error_ = fmt::format("byte {}: {}", at_, what);
}

Status Reader::finish() {
    if (ok() && left() > 0) fail(fmt::format("{} bytes too many", left()));
    if (!ok()) return input_error(error_);
    return {};
}

std::string to_hex(ByteView bytes) {
    static constexpr char DIGITS[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        hex.push_back(DIGITS[byte >> 4]);
        hex.push_back(DIGITS[byte & 15]);
    }
    return hex;
}

Result<Bytes> from_hex(std::string_view hex) {
    if (hex.size() % 2 != 0) return input_error("hexadecimal text has an odd number of digits");
    const auto digit = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        return -1;
    };
    Bytes bytes;
    bytes.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const int high = digit(hex[i]);
        const int low = digit(hex[i + 1]);
        if (high < 0 || low < 0) {
            return input_error(fmt::format("'{}' is not lower-case hexadecimal (position {})",
                                           hex.substr(i, 2), i));
        }
        bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return bytes;
}

}  // namespace edict::base
