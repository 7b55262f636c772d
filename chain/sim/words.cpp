#include "chain/sim/words.h"

#include <fmt/format.h>

#include "chain/consensus/pbft/codec.h"
#include "chain/ledger/codec.h"

namespace edict::sim {

std::string words_of(const base::Bytes& bytes) {
    namespace pbft = consensus::pbft;
    static constexpr std::string_view NAMES[] = {"PrePrepare", "Prepare",    "Commit",
                                                 "HeaderVote", "ViewChange", "NewView",
                                                 "Status",     "Fetch",      "Block"};
    const base::Result<pbft::Message> message = pbft::decode<pbft::Message>(bytes);
    if (!message) return "what nobody can read";
    std::string words(NAMES[message->payload.index()]);
    std::visit(
        [&words](const auto& payload) {
            if constexpr (requires { payload.view; }) {
                words += fmt::format(" view {}", payload.view.value);
            }
            if constexpr (requires { payload.height; }) {
                words += fmt::format(" height {}", payload.height.value);
            }
            if constexpr (requires { payload.batch.height; }) {
                words += fmt::format(" height {} batch {}", payload.batch.height.value,
                                     ledger::hash_of(payload.batch).hex().substr(0, 8));
            } else if constexpr (requires { payload.batch; }) {
                words += fmt::format(" batch {}", payload.batch.hex().substr(0, 8));
            }
            if constexpr (requires { payload.certified.header; }) {
                words += fmt::format(" certified {}", payload.certified.header.height.value);
            }
            if constexpr (requires { payload.prepared; }) {
                if (payload.prepared) {
                    words +=
                        fmt::format(" prepared view {} batch {}", payload.prepared->view.value,
                                    ledger::hash_of(payload.prepared->batch).hex().substr(0, 8));
                }
            }
        },
        message->payload);
    return words;
}

}  // namespace edict::sim
