// The one encoding of every ledger format, and its forms for people. All of it derives from the
// field descriptions in fields.h.
#pragma once

#include <concepts>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "chain/ledger/block.h"
#include "chain/ledger/deploy.h"
#include "chain/ledger/proof.h"
#include "chain/ledger/state.h"

namespace edict::ledger {

template <typename T, typename... Ts>
concept OneOf = (std::same_as<T, Ts> || ...);

// What stands alone: in a file, in the store, on the wire.
template <typename T>
concept Format =
    OneOf<T, Genesis, ValidatorSet, Transaction, Batch, Body, Header, HeaderSignature, Certificate,
          LogLeaf, Receipt, StatePlace, StateValue, ModuleBundle, Endorsement, Attestation, Proof>;

// Canonical bytes of a structure that check() accepts.
template <Format T>
[[nodiscard]] Bytes encode(const T& structure);
// Accepts exactly what encode() makes of structures that check() accepts; the error names the
// field.
template <Format T>
[[nodiscard]] base::Result<T> decode(ByteView bytes);
// Whether the structure keeps every limit and rule of its format.
template <Format T>
[[nodiscard]] base::Status check(const T& structure);
// For people and programs outside: hashes, keys and bytes in hexadecimal, 64-bit integers as text.
template <Format T>
[[nodiscard]] nlohmann::json to_json(const T& structure);

// Part of a longer record: the same fields, in place. On failure in.ok() is false.
template <Format T>
void write(base::Writer& out, const T& structure);
template <Format T>
[[nodiscard]] T read(base::Reader& in);

// The tables of docs/LEDGER.md: one for each structure, with the name, type and limit of each
// field.
[[nodiscard]] std::string field_tables();

}  // namespace edict::ledger
