// Tables: the shared parts of the module being built. Each entry is made once, however often it is
// asked for.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/check/program.h"
#include "vm/bytecode/module.h"

namespace edict::lower {

class Tables {
public:
    Tables(const check::Program& program, check::ModuleId self, bytecode::Module& module)
        : program_(program), self_(self), module_(module) {}

    [[nodiscard]] bytecode::TypeIndex type(const value::TypeRef& type);
    [[nodiscard]] std::vector<bytecode::TypeIndex> types(
        const std::vector<check::Parameter>& parameters);
    [[nodiscard]] std::optional<bytecode::TypeIndex> result(const check::Action& action);
    [[nodiscard]] std::uint16_t constant(const value::Value& value, const value::TypeRef& type);
    [[nodiscard]] std::uint16_t text(const std::string& text);  // a constant
    [[nodiscard]] std::uint16_t store(check::StoreRef ref);     // in the store table
    [[nodiscard]] std::uint16_t event(check::EventRef ref);     // of this module
    [[nodiscard]] std::uint16_t callee(check::ActionRef ref);

    [[nodiscard]] const check::Program& program() const { return program_; }
    [[nodiscard]] bytecode::Module& module() { return module_; }
    // Whether some table has more entries than an operand can name; indexes are wrong from then on.
    [[nodiscard]] bool overflowed() const { return overflowed_; }

private:
    [[nodiscard]] std::uint16_t index(std::size_t entry);

    const check::Program& program_;
    check::ModuleId self_;
    bytecode::Module& module_;
    bool overflowed_ = false;

    std::unordered_map<const value::Type*, bytecode::TypeIndex> seen_types_;  // by address, first
    std::vector<value::TypeRef> kept_types_;  // keeps the addresses of seen_types_ in use
    std::map<base::Bytes, bytecode::TypeIndex> types_;
    std::map<std::pair<bytecode::TypeIndex, base::Bytes>, std::uint16_t> constants_;
    std::map<check::StoreRef, std::uint16_t> stores_;
    std::map<check::ActionRef, std::uint16_t> callees_;
};

}  // namespace edict::lower
