#include "compiler/lower/code.h"

#include <fmt/format.h>

#include "base/check.h"
#include "vm/bytecode/limits.h"

namespace edict::lower {

using bytecode::Opcode;

Code::Code(Tables& tables, bytecode::FunctionKind kind, source::Span span,
           const std::vector<check::Parameter>& parameters, const std::vector<check::Local>& locals)
    : tables_(tables), locals_(locals), span_(span), local_at_(locals.size()) {
    function_.kind = kind;
    function_.parameters = static_cast<std::uint16_t>(parameters.size());
    debug_.range = {0, span.begin, span.end};
    for (const check::Parameter& parameter : parameters) {
        const Register reg = append(parameter.type, true);
        debug_.locals.push_back({reg, parameter.name});
    }
}

Register Code::append(const value::TypeRef& type, bool kept) {
    if (types_.size() >= bytecode::MAX_REGISTERS) {  // given up: any register will do from now on
        overflow_ = fmt::format("it needs more than {} values at once", bytecode::MAX_REGISTERS);
        types_.back() = type;
        return static_cast<Register>(types_.size() - 1);
    }
    function_.registers.push_back(tables_.type(type));
    types_.push_back(type);
    kept_.push_back(kept);
    return static_cast<Register>(types_.size() - 1);
}

Register Code::fresh(const value::TypeRef& type) {
    const auto pool = free_.find(tables_.type(type));
    if (pool == free_.end() || pool->second.empty()) return append(type, false);
    const Register reg = pool->second.back();
    pool->second.pop_back();
    return reg;
}

Register Code::consecutive(const std::vector<value::TypeRef>& types) {
    if (types.empty() || !overflow_.empty()) return 0;
    const Register first = append(types.front(), false);
    for (std::size_t i = 1; i < types.size(); ++i) (void)append(types[i], false);
    return first;
}

Register Code::local(check::LocalId id) {
    EDICT_CHECK(id.value < locals_.size());
    std::optional<Register>& at = local_at_[id.value];
    if (!at) {
        at = append(locals_[id.value].type, true);
        debug_.locals.push_back({*at, locals_[id.value].name});
    }
    return *at;
}

void Code::release(Register reg) {
    if (!overflow_.empty() || kept_[reg]) return;
    free_[function_.registers[reg]].push_back(reg);
}

std::uint16_t Code::emit(Opcode op, std::uint16_t a, std::uint16_t b, std::uint16_t c) {
    const std::uint16_t at = here();
    if (function_.code.size() >= bytecode::MAX_CODE) {
        overflow_ = fmt::format("it has more than {} instructions", bytecode::MAX_CODE);
        return at;
    }
    function_.code.push_back({op, a, b, c});
    const bytecode::SourceRange range{0, span_.begin, span_.end};
    if (debug_.code.empty() || debug_.code.back().range != range)
        debug_.code.push_back({at, range});
    return at;
}

std::uint16_t Code::here() const { return static_cast<std::uint16_t>(function_.code.size()); }

void Code::land(std::uint16_t branch) {
    if (!overflow_.empty()) return;
    bytecode::Instruction& instruction = function_.code[branch];
    switch (instruction.op) {
        case Opcode::jump:
            instruction.a = here();
            break;
        case Opcode::jump_unless:
        case Opcode::jump_known:
            instruction.b = here();
            break;
        case Opcode::for_each:
            instruction.c = here();
            break;
        default:
            EDICT_CHECK(false);
    }
}

std::uint16_t Code::open_loop(Register element, Register set) {
    if (++loop_depth_ > bytecode::MAX_LOOP_DEPTH)
        overflow_ =
            fmt::format("more than {} loops stand in one another", bytecode::MAX_LOOP_DEPTH);
    return emit(Opcode::for_each, element, set);
}

void Code::close_loop(std::uint16_t loop) {
    land(loop);  // at its next
    emit(Opcode::next, loop);
    --loop_depth_;
}

source::Span Code::at(source::Span span) { return std::exchange(span_, span); }

Code::Finished Code::finish() && { return {std::move(function_), std::move(debug_)}; }

}  // namespace edict::lower
