#include "chain/net/frame.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace edict::net {

namespace {

constexpr std::string_view MAGIC = "edict/peer";

}  // namespace

std::size_t max_bytes(Channel channel) {
    switch (channel) {
        case Channel::ping:
            return 0;
        case Channel::consensus:
            return MAX_CONSENSUS_BYTES;
        case Channel::calls:
            return MAX_CALLS_BYTES;
        case Channel::want:
            return MAX_WANT_BYTES;
        case Channel::bodies:
            return MAX_BODIES_BYTES;
    }
    EDICT_CHECK(false);
    return 0;
}

void write_head(base::Writer& out, const FrameHead& head) {
    out.u32(head.length);
    out.u8(static_cast<std::uint8_t>(head.channel));
}

base::Result<FrameHead> read_head(base::ByteView bytes) {
    base::Reader in(bytes);
    FrameHead head;
    head.length = in.u32();
    const std::uint8_t kind = in.u8();
    if (const base::Status whole = in.finish(); !whole) return base::error_of(whole);
    if (kind >= CHANNELS) {
        return base::input_error(fmt::format("a frame of the unknown kind {}", kind));
    }
    head.channel = static_cast<Channel>(kind);
    if (head.length > max_bytes(head.channel)) {
        return base::input_error(fmt::format("a frame of {} bytes; one of kind {} has at most {}",
                                             head.length, kind, max_bytes(head.channel)));
    }
    return head;
}

base::Bytes encode(const Hello& hello) {
    base::Writer out;
    out.raw(base::as_bytes(MAGIC));
    out.u16(hello.version);
    crypto::write(out, hello.chain_id);
    out.u64(hello.epoch.value);
    return out.take();
}

std::optional<Hello> decode_hello(base::ByteView bytes) {
    base::Reader in(bytes);
    const base::ByteView magic = in.raw(MAGIC.size());
    if (base::as_text(magic) != MAGIC) return std::nullopt;
    Hello hello;
    hello.version = in.u16();
    hello.chain_id = crypto::read_hash(in);
    hello.epoch.value = in.u64();
    if (!in.finish()) return std::nullopt;
    return hello;
}

base::Bytes encode(const Answer& answer) {
    base::Writer out;
    out.u8(static_cast<std::uint8_t>(answer.refusal));
    out.raw(encode(answer.hello));
    return out.take();
}

std::optional<Answer> decode_answer(base::ByteView bytes) {
    if (bytes.size() != ANSWER_BYTES || bytes[0] > static_cast<std::uint8_t>(Refusal::epoch)) {
        return std::nullopt;
    }
    const std::optional<Hello> hello = decode_hello(bytes.subspan(1));
    if (!hello) return std::nullopt;
    return Answer{static_cast<Refusal>(bytes[0]), *hello};
}

Refusal judge(const Hello& own, const std::optional<Hello>& other) {
    if (!other) return Refusal::garbage;
    if (other->version != own.version) return Refusal::version;
    if (other->chain_id != own.chain_id) return Refusal::chain;
    if (other->epoch != own.epoch) return Refusal::epoch;
    return Refusal::none;
}

std::string explain(Refusal refusal, const Hello& own, const Hello& other) {
    switch (refusal) {
        case Refusal::none:
            return "it is welcome";
        case Refusal::garbage:
            return "it does not greet as a validator does";
        case Refusal::version:
            return fmt::format(
                "it speaks version {} of the peer protocol, this node version {}: run the same "
                "program on both",
                other.version, own.version);
        case Refusal::chain:
            return fmt::format("it is of the chain {}, this node of {}", other.chain_id.hex(),
                               own.chain_id.hex());
        case Refusal::epoch:
            return fmt::format("it is in epoch {}, this node in epoch {}", other.epoch.value,
                               own.epoch.value);
    }
    EDICT_CHECK(false);
    return {};
}

}  // namespace edict::net
