// What the registry's actions carry: a set of modules with its sources, and what is said about it.
#pragma once

#include <string>
#include <vector>

#include "chain/ledger/genesis.h"

namespace edict::ledger {

struct SourceFile {
    std::string name;  // relative, with '/'
    std::string text;  // as it was written
    friend bool operator==(const SourceFile&, const SourceFile&) = default;
};

// A set to be deployed: modules and the sources that must compile to exactly these bytes. The files
// are ascending by name, each once.
struct ModuleBundle {
    std::vector<Bytes> modules;
    std::vector<SourceFile> sources;
    friend bool operator==(const ModuleBundle&, const ModuleBundle&) = default;
};

// A regulator agrees that a pending set may come into force in place of the set that it saw.
struct Endorsement {
    Hash bundle;
    Hash set_in_force;
    friend bool operator==(const Endorsement&, const Endorsement&) = default;
};

enum class Verdict : std::uint8_t {
    passed,   // nothing blocks
    blocked,  // a finding blocks; the text says which
    unknown,  // the verifier did not settle a question within its limit
};

// What one validator's verifier found out about a pending set.
struct Attestation {
    Hash bundle;                // of the sources and modules, as hash_of(ModuleBundle)
    Hash set_in_force;          // identity of the set that the bundle was verified against
    std::vector<Hash> modules;  // hashes of the new modules, in the order of the bundle
    std::string verifier_version;
    Verdict verdict = Verdict::unknown;
    std::string finding;  // what blocks, in an officer's words; empty if passed
    friend bool operator==(const Attestation&, const Attestation&) = default;
};

[[nodiscard]] Hash hash_of(const ModuleBundle& bundle);
[[nodiscard]] Hash module_hash(ByteView module);  // SHA-256: the identity of a module

}  // namespace edict::ledger
