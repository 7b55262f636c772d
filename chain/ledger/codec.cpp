#include "chain/ledger/codec.h"

#include <fmt/format.h>

#include "chain/ledger/decoder.h"
#include "chain/ledger/encoder.h"

namespace edict::ledger {

namespace {

// "transaction: nonce: byte 12: ends too early", for whoever reads the error.
base::Error named(const About& about, const std::string& where, const base::Error& error) {
    std::string message = std::string(about.name) + ": ";
    if (!where.empty()) message += where + ": ";
    return {error.kind, message + error.message};
}

}  // namespace

template <Format T>
Bytes encode(const T& structure) {
    base::Writer out;
    Encoder(out).structure(structure);
    return out.take();
}

template <Format T>
base::Result<T> decode(ByteView bytes) {
    static constexpr About about = ABOUT<T>;
    static_assert(about.max_bytes > 0);
    if (bytes.size() > about.max_bytes) {
        return base::input_error(fmt::format("{}: {} bytes; the limit is {}", about.name,
                                             bytes.size(), about.max_bytes));
    }
    base::Reader in(bytes);
    Decoder decoder(in);
    T structure;
    decoder.structure(structure);
    if (const base::Status status = in.finish(); !status) {
        return tl::unexpected(named(about, decoder.where(), status.error()));
    }
    return structure;
}

template <Format T>
base::Status check(const T& structure) {
    const base::Result<T> read_back = decode<T>(encode(structure));
    if (!read_back) return base::error_of(read_back);
    return {};
}

template <Format T>
void write(base::Writer& out, const T& structure) {
    Encoder(out).structure(structure);
}

template <Format T>
T read(base::Reader& in) {
    T structure;
    Decoder(in).structure(structure);
    return structure;
}

#define EDICT_LEDGER_FORMAT(T)                    \
    template Bytes encode<T>(const T&);           \
    template base::Result<T> decode(ByteView);    \
    template base::Status check(const T&);        \
    template void write(base::Writer&, const T&); \
    template T read(base::Reader&);
#include "chain/ledger/formats.def"
#undef EDICT_LEDGER_FORMAT

}  // namespace edict::ledger
