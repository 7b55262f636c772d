// The canonical byte codec: one encoding for each value, no optional forms.
// All integers are big-endian and of fixed width; lengths and counts are u32.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace edict::base {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Appends fields to a byte string.
class Writer {
public:
    void u8(std::uint8_t value);
    void u16(std::uint16_t value);
    void u32(std::uint32_t value);
    void u64(std::uint64_t value);
    // Order preserving: the sign bit is flipped, so ascending bytes are ascending numbers.
    void i64(std::int64_t value);
    void boolean(bool value);
    void raw(ByteView bytes);          // no length
    void bytes(ByteView bytes);        // u32 length, then the bytes
    void text(std::string_view text);  // as bytes
    void count(std::size_t value);     // u32; checked to fit

    [[nodiscard]] const Bytes& out() const { return out_; }
    [[nodiscard]] Bytes take() { return std::move(out_); }

private:
    Bytes out_;
};

// Reads fields back. The first error sticks: later reads return zeros, and finish() tells it.
class Reader {
public:
    explicit Reader(ByteView bytes) : bytes_(bytes) {}

    std::uint8_t u8();
    std::uint16_t u16();
    std::uint32_t u32();
    std::uint64_t u64();
    std::int64_t i64();
    bool boolean();  // only 0 and 1 are accepted
    ByteView raw(std::size_t size);
    ByteView bytes(std::size_t max_size);  // u32 length first
    std::string text(std::size_t max_size);
    // A count of elements of at least `min_element_size` bytes each: checked against what is left,
    // so that a hostile count reserves nothing.
    std::size_t count(std::size_t max_count, std::size_t min_element_size = 1);

    void fail(std::string what);
    [[nodiscard]] bool ok() const { return error_.empty(); }
    [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
    [[nodiscard]] std::size_t position() const { return at_; }
    // Ok when nothing failed and every byte was read.
    [[nodiscard]] Status finish();

private:
    bool need(std::size_t size);

    ByteView bytes_;
    std::size_t at_ = 0;
    std::string error_;
};

[[nodiscard]] std::string to_hex(ByteView bytes);
// Lower-case hexadecimal only: one text for each byte string.
[[nodiscard]] Result<Bytes> from_hex(std::string_view hex);

}  // namespace edict::base
