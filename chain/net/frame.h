// Frames: what two validators send each other inside TLS. Integers are big-endian.
//
//     frame  = length u32 (of the payload), kind u8, payload
//     hello  = "edict/peer" (10 bytes), version u16, chain id 32 bytes, epoch u64    (52 bytes)
//     answer = reason u8, hello of who answers                                       (53 bytes)
//
// Who connects sends one hello and reads one answer; then only it sends frames, and only the other
// reads. For the other direction there is another connection.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "chain/ledger/ids.h"
#include "chain/net/limits.h"
#include "crypto/hash.h"

namespace edict::net {

enum class Channel : std::uint8_t {
    ping,       // empty
    consensus,  // a message of the protocol
    calls,      // transactions that wait
    want,       // hashes of transactions that the sender lacks
    bodies,     // transactions that were wanted
};
inline constexpr std::size_t CHANNELS = 5;

// The longest payload.
[[nodiscard]] std::size_t max_bytes(Channel channel);

inline constexpr std::size_t FRAME_HEAD = 5;
struct FrameHead {
    Channel channel = Channel::ping;
    std::uint32_t length = 0;
};
void write_head(base::Writer& out, const FrameHead& head);
// The error says what is wrong: an unknown kind, a length over its limit.
[[nodiscard]] base::Result<FrameHead> read_head(base::ByteView bytes);

struct Hello {
    std::uint16_t version = PROTOCOL_VERSION;
    crypto::Hash chain_id;
    ledger::Epoch epoch;
    friend bool operator==(const Hello&, const Hello&) = default;
};
inline constexpr std::size_t HELLO_BYTES = 52;
inline constexpr std::size_t ANSWER_BYTES = HELLO_BYTES + 1;

enum class Refusal : std::uint8_t { none, garbage, version, chain, epoch };

[[nodiscard]] base::Bytes encode(const Hello& hello);
// None: it does not begin as a hello does. What follows the version of another one is not looked
// at.
[[nodiscard]] std::optional<Hello> decode_hello(base::ByteView bytes);

struct Answer {
    Refusal refusal = Refusal::none;
    Hello hello;  // of who answers
};
[[nodiscard]] base::Bytes encode(const Answer& answer);
[[nodiscard]] std::optional<Answer> decode_answer(base::ByteView bytes);

[[nodiscard]] Refusal judge(const Hello& own, const std::optional<Hello>& other);
// For a notice: "it is in epoch 1, this node in epoch 0".
[[nodiscard]] std::string explain(Refusal refusal, const Hello& own, const Hello& other);

}  // namespace edict::net
