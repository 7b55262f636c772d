#include "chain/store/key_value.h"

#include <cstdio>
#include <cstdlib>

namespace edict::store {

namespace {

constexpr int EXIT_ENVIRONMENT = 4;

Bytes copy_of(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

// The least byte string above all that begin with `prefix`; empty if there is none.
Bytes end_of_prefix(ByteView prefix) {
    Bytes end = copy_of(prefix);
    while (!end.empty() && end.back() == 0xFF) end.pop_back();
    if (!end.empty()) ++end.back();
    return end;
}

}  // namespace

void WriteBatch::put(Column column, ByteView key, ByteView value) {
    writes_.push_back({column, copy_of(key), copy_of(value)});
}

void WriteBatch::erase(Column column, ByteView key) {
    writes_.push_back({column, copy_of(key), std::nullopt});
}

void KeyValue::visit_prefix(Column column, ByteView prefix, const Visit& visit) const {
    visit_range(column, prefix, end_of_prefix(prefix), visit);
}

void storage_failed(const std::string& what) {
    std::fflush(stdout);
    std::fprintf(stderr,
                 "error: %s\n"
                 "help: the node stops here, so that nothing is acknowledged that is not stored; "
                 "remove the cause and start it again\n",
                 what.c_str());
    std::fflush(stderr);
    std::_Exit(EXIT_ENVIRONMENT);
}

}  // namespace edict::store
