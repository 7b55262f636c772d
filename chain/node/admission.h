// Admission: what the node does about pending sets, off the thread that executes. Each set is
// compiled and verified by an AdmissionCheck, and what it found is sent as a signed call of
// std.registry.attest.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chain/ledger/deploy.h"
#include "chain/node/node.h"

namespace edict::node {

// What a pending set would come into force beside.
struct InForce {
    std::map<std::string, ledger::Hash> modules;  // by name
    std::vector<ledger::ModuleBundle> bundles;    // that they came with; those of genesis have none
};

struct Finding {
    ledger::Verdict verdict = ledger::Verdict::unknown;
    std::string text;              // what blocks, in an officer's words; empty if passed
    std::string verifier_version;  // at most 64 bytes
};

// The port: the node sees neither compiler nor verifier.
class AdmissionCheck {
public:
    virtual ~AdmissionCheck() = default;
    // Whether the sources compile to exactly the modules, and what the verifier says about them
    // together with what is in force. May take seconds.
    [[nodiscard]] virtual Finding check(const ledger::ModuleBundle& bundle,
                                        const InForce& in_force) = 0;
};

// The validator as a party: it holds the role `validator`.
struct Attester {
    ledger::PartyId party;
    ledger::SecretKey key;
};

class AdmissionWorker {
public:
    // Registers itself with the node, which has not started yet; all must outlive the worker,
    // and the node may go on without it.
    AdmissionWorker(Node& node, AdmissionCheck& check, const Attester& attester);
    ~AdmissionWorker();  // as stop()

    // Begins with the pending sets that it has not attested against the set in force.
    void start();
    void stop();  // after the check that runs

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace edict::node
