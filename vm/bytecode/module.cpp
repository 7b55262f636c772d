#include "vm/bytecode/module.h"

#include <atomic>

namespace edict::bytecode {

std::uint64_t next_serial() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

}  // namespace edict::bytecode
