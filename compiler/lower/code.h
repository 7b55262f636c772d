// Code: the function being built. A register holds one value of one type; those of finished
// subexpressions are used again.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/lower/tables.h"
#include "vm/bytecode/debug.h"

namespace edict::lower {

using Register = std::uint16_t;

class Code {
public:
    // Registers 0 .. n-1 are the parameters; `locals` are those that LocalId names.
    Code(Tables& tables, bytecode::FunctionKind kind, source::Span span,
         const std::vector<check::Parameter>& parameters, const std::vector<check::Local>& locals);

    // A register that release() gives back; the first of consecutive ones, each of its type (they
    // are there only if overflow() is still empty).
    [[nodiscard]] Register fresh(const value::TypeRef& type);
    [[nodiscard]] Register consecutive(const std::vector<value::TypeRef>& types);
    // The register of a local, made at its first mention and never given back.
    [[nodiscard]] Register local(check::LocalId id);
    [[nodiscard]] const std::string& local_name(check::LocalId id) const {
        return locals_[id.value].name;
    }
    [[nodiscard]] const value::TypeRef& type(Register reg) const { return types_[reg]; }
    // Says that nothing reads it any more; parameters and locals stay.
    void release(Register reg);

    // Appends an instruction and returns its index.
    std::uint16_t emit(bytecode::Opcode op, std::uint16_t a = 0, std::uint16_t b = 0,
                       std::uint16_t c = 0);
    [[nodiscard]] std::uint16_t here() const;  // index of the next instruction
    // Makes the branch or for_each at `branch` go on at the next instruction.
    void land(std::uint16_t branch);
    // A loop over `set`: open() before its body, close() with what open() returned after it.
    [[nodiscard]] std::uint16_t open_loop(Register element, Register set);
    void close_loop(std::uint16_t loop);

    // The span that the instructions which follow come from; returns the one before.
    source::Span at(source::Span span);

    [[nodiscard]] Tables& tables() { return tables_; }
    // What is over a limit of bytecode/limits.h, in a few words; empty if nothing is. The code is
    // worthless then.
    [[nodiscard]] const std::string& overflow() const { return overflow_; }

    struct Finished {
        bytecode::Function function;
        bytecode::FunctionDebug debug;
    };
    [[nodiscard]] Finished finish() &&;

private:
    [[nodiscard]] Register append(const value::TypeRef& type, bool kept);

    Tables& tables_;
    const std::vector<check::Local>& locals_;
    bytecode::Function function_;
    bytecode::FunctionDebug debug_;
    source::Span span_;
    std::size_t loop_depth_ = 0;
    std::string overflow_;

    std::vector<value::TypeRef> types_;                                    // of each register
    std::vector<bool> kept_;                                               // parameters and locals
    std::vector<std::optional<Register>> local_at_;                        // by LocalId
    std::unordered_map<bytecode::TypeIndex, std::vector<Register>> free_;  // by type
};

}  // namespace edict::lower
