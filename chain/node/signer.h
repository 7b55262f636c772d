// Signer: the port for header signatures, so that a key may stay in another process or device.
#pragma once

#include <memory>

#include "chain/ledger/block.h"

namespace edict::node {

class Signer {
public:
    virtual ~Signer() = default;
    [[nodiscard]] virtual ledger::Signature sign_header(const ledger::Hash& chain_id,
                                                        const ledger::Hash& header) = 0;
};

// Signs with a key in memory.
[[nodiscard]] std::unique_ptr<Signer> make_signer(const ledger::SecretKey& key);

}  // namespace edict::node
