#include "vm/jit/emit.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Intrinsics.h>

#include <limits>
#include <map>

#include "base/check.h"
#include "vm/jit/native_code.h"
#include "vm/runtime/operations.h"

namespace edict::jit {

namespace {

using bytecode::Instruction;
using bytecode::Opcode;
using runtime::Truth;

// What native code calls for a loop; each is a leaf that touches nothing but its argument.
const value::Value* elements_begin(const value::Value* set) {
    return runtime::elements_of(*set).data();
}
const value::Value* elements_end(const value::Value* set) {
    const auto& elements = runtime::elements_of(*set);
    return elements.data() + elements.size();
}
runtime::Slot element_slot(const value::Value* element) { return runtime::slot_of(*element); }

// Registers that only inlined instructions touch live in variables of the native function, which
// LLVM keeps in machine registers; the others stay in the frame, where the operations find them.
class Emitter {
public:
    Emitter(llvm::Module& target, const std::string& name, const bytecode::Module& module,
            const bytecode::Function& function)
        : module_(module), function_(function), context_(target.getContext()), build_(context_) {
        llvm::Type* pointer = build_.getPtrTy();
        native_ = llvm::Function::Create(
            llvm::FunctionType::get(build_.getInt8Ty(), {pointer, pointer, pointer}, false),
            llvm::Function::ExternalLinkage, name, target);
        native_->addFnAttr(llvm::Attribute::NoUnwind);
    }

    void run();

private:
    struct Variable {
        llvm::AllocaInst* slot = nullptr;   // i64
        llvm::AllocaInst* known = nullptr;  // i1
    };
    struct Truths {  // a condition: neither when it has no value
        llvm::Value* is_true = nullptr;
        llvm::Value* is_false = nullptr;
    };
    struct Loop {
        llvm::AllocaInst* at = nullptr;
        llvm::AllocaInst* end = nullptr;
        llvm::BasicBlock* body = nullptr;
        llvm::BasicBlock* after = nullptr;
        std::uint16_t element = 0;
    };

    [[nodiscard]] bool is_inlined(const Instruction& in) const;
    [[nodiscard]] value::Kind kind_of(std::uint16_t reg) const {
        return module_.types[function_.registers[reg]]->kind;
    }
    void place_registers();
    void emit(const Instruction& in);
    void emit_logic(const Instruction& in);
    void emit_arithmetic(const Instruction& in);
    void emit_division(const Instruction& in);
    void emit_compare(const Instruction& in);
    void emit_moves(const Instruction& in);
    void emit_narrow(const Instruction& in);
    void emit_for_each(const Instruction& in);
    void emit_next();
    void emit_operation(const Instruction& in);

    llvm::Value* slot(std::uint16_t reg);
    llvm::Value* known(std::uint16_t reg);
    void put(std::uint16_t reg, llvm::Value* slot, llvm::Value* known);
    Truths truths(std::uint16_t reg);
    void put(std::uint16_t reg, const Truths& truths);
    llvm::Value* both_known(std::uint16_t b, std::uint16_t c) {
        return build_.CreateAnd(known(b), known(c));
    }
    llvm::Value* number(std::uint64_t value) { return build_.getInt64(value); }
    // A function of this process, called by its address.
    template <typename Function>
    llvm::Value* call(Function* callee, llvm::Type* result, std::vector<llvm::Value*> arguments);

    const bytecode::Module& module_;
    const bytecode::Function& function_;
    llvm::LLVMContext& context_;
    llvm::IRBuilder<> build_;
    llvm::Function* native_ = nullptr;
    std::vector<Variable> variables_;  // null: in the frame
    std::vector<Loop> loops_;          // those that are open
};

bool is_scalar_kind(value::Kind kind) { return runtime::is_scalar(kind); }

bool Emitter::is_inlined(const Instruction& in) const {
    switch (in.op) {
        case Opcode::constant:
        case Opcode::narrow:
            return is_scalar_kind(kind_of(in.a));
        case Opcode::equal:
        case Opcode::not_equal:
        case Opcode::less:
        case Opcode::less_equal:
            return is_scalar_kind(kind_of(in.b));
        case Opcode::move:
        case Opcode::unknown:
        case Opcode::logical_and:
        case Opcode::logical_or:
        case Opcode::logical_implies:
        case Opcode::logical_not:
        case Opcode::add:
        case Opcode::subtract:
        case Opcode::multiply:
        case Opcode::divide:
        case Opcode::remainder:
        case Opcode::is_known:
        case Opcode::or_else:
        case Opcode::strict_with:
        case Opcode::choose:
        case Opcode::for_each:
        case Opcode::next:
        case Opcode::ret:
            return true;
        default:
            return false;
    }
}

// Parameters and what any called operation names stay in the frame.
void Emitter::place_registers() {
    std::vector<bool> in_frame(function_.registers.size(), false);
    for (std::uint16_t i = 0; i < function_.parameters; ++i) in_frame[i] = true;
    for (const Instruction& in : function_.code) {
        if (is_inlined(in)) continue;
        const std::string_view letters = bytecode::info(in.op).operands;
        const std::array<std::uint16_t, 3> operands = {in.a, in.b, in.c};
        for (std::size_t i = 0; i < operands.size(); ++i) {
            const std::uint16_t reg = operands[i];
            if (reg == bytecode::NO_REGISTER) continue;
            const char letter = letters[i];
            if (letter == 'w' || letter == 'r' || letter == 'm' || letter == 'o' || letter == 'q') {
                in_frame[reg] = true;
            } else if (letter == 's') {
                for (std::size_t k = 0; k < in.c; ++k) in_frame[reg + k] = true;
            }
        }
    }
    variables_.resize(in_frame.size());
    for (std::size_t i = 0; i < in_frame.size(); ++i) {
        if (in_frame[i]) continue;
        variables_[i].slot = build_.CreateAlloca(build_.getInt64Ty());
        variables_[i].known = build_.CreateAlloca(build_.getInt1Ty());
    }
}

llvm::Value* Emitter::slot(std::uint16_t reg) {
    if (variables_[reg].slot != nullptr) {
        return build_.CreateLoad(build_.getInt64Ty(), variables_[reg].slot);
    }
    return build_.CreateLoad(
        build_.getInt64Ty(),
        build_.CreateConstGEP1_32(build_.getInt64Ty(), native_->getArg(1), reg));
}

llvm::Value* Emitter::known(std::uint16_t reg) {
    if (variables_[reg].known != nullptr) {
        return build_.CreateLoad(build_.getInt1Ty(), variables_[reg].known);
    }
    llvm::Value* byte = build_.CreateLoad(
        build_.getInt8Ty(), build_.CreateConstGEP1_32(build_.getInt8Ty(), native_->getArg(2), reg));
    return build_.CreateICmpNE(byte, build_.getInt8(0));
}

// As in the interpreter, the slot of a register without value is 0.
void Emitter::put(std::uint16_t reg, llvm::Value* slot, llvm::Value* known) {
    llvm::Value* kept = build_.CreateSelect(known, slot, number(0));
    if (variables_[reg].slot != nullptr) {
        build_.CreateStore(kept, variables_[reg].slot);
        build_.CreateStore(known, variables_[reg].known);
        return;
    }
    build_.CreateStore(kept,
                       build_.CreateConstGEP1_32(build_.getInt64Ty(), native_->getArg(1), reg));
    build_.CreateStore(build_.CreateZExt(known, build_.getInt8Ty()),
                       build_.CreateConstGEP1_32(build_.getInt8Ty(), native_->getArg(2), reg));
}

Emitter::Truths Emitter::truths(std::uint16_t reg) {
    llvm::Value* truth = build_.CreateICmpNE(slot(reg), number(0));
    llvm::Value* has_value = known(reg);
    return {build_.CreateAnd(has_value, truth),
            build_.CreateAnd(has_value, build_.CreateNot(truth))};
}

void Emitter::put(std::uint16_t reg, const Truths& truths) {
    put(reg, build_.CreateZExt(truths.is_true, build_.getInt64Ty()),
        build_.CreateOr(truths.is_true, truths.is_false));
}

template <typename Function>
llvm::Value* Emitter::call(Function* callee, llvm::Type* result,
                           std::vector<llvm::Value*> arguments) {
    std::vector<llvm::Type*> types;
    for (llvm::Value* argument : arguments) types.push_back(argument->getType());
    llvm::Value* address =
        build_.CreateIntToPtr(number(reinterpret_cast<std::uint64_t>(callee)), build_.getPtrTy());
    return build_.CreateCall(llvm::FunctionType::get(result, types, false), address, arguments);
}

void Emitter::emit_logic(const Instruction& in) {
    const Truths left = truths(in.b);
    if (in.op == Opcode::logical_not) return put(in.a, Truths{left.is_false, left.is_true});
    const Truths right = truths(in.c);
    switch (in.op) {
        case Opcode::logical_and:
            return put(in.a, Truths{build_.CreateAnd(left.is_true, right.is_true),
                                    build_.CreateOr(left.is_false, right.is_false)});
        case Opcode::logical_or:
            return put(in.a, Truths{build_.CreateOr(left.is_true, right.is_true),
                                    build_.CreateAnd(left.is_false, right.is_false)});
        default:
            return put(in.a, Truths{build_.CreateOr(left.is_false, right.is_true),
                                    build_.CreateAnd(left.is_true, right.is_false)});
    }
}

void Emitter::emit_arithmetic(const Instruction& in) {
    const llvm::Intrinsic::ID intrinsic = in.op == Opcode::add ? llvm::Intrinsic::sadd_with_overflow
                                          : in.op == Opcode::subtract
                                              ? llvm::Intrinsic::ssub_with_overflow
                                              : llvm::Intrinsic::smul_with_overflow;
    llvm::Value* pair = build_.CreateBinaryIntrinsic(intrinsic, slot(in.b), slot(in.c));
    llvm::Value* fits = build_.CreateNot(build_.CreateExtractValue(pair, 1));
    put(in.a, build_.CreateExtractValue(pair, 0), build_.CreateAnd(both_known(in.b, in.c), fits));
}

// The divisor is replaced by 1 where the division has no value, so the machine never traps.
void Emitter::emit_division(const Instruction& in) {
    llvm::Value* dividend = slot(in.b);
    llvm::Value* divisor = slot(in.c);
    llvm::Value* overflow =
        build_.CreateAnd(build_.CreateICmpEQ(divisor, number(~std::uint64_t{0})),
                         build_.CreateICmpEQ(dividend, number(std::uint64_t{1} << 63)));
    llvm::Value* bad = build_.CreateOr(build_.CreateICmpEQ(divisor, number(0)), overflow);
    llvm::Value* safe = build_.CreateSelect(bad, number(1), divisor);
    llvm::Value* result = in.op == Opcode::divide ? build_.CreateSDiv(dividend, safe)
                                                  : build_.CreateSRem(dividend, safe);
    put(in.a, result, build_.CreateAnd(both_known(in.b, in.c), build_.CreateNot(bad)));
}

void Emitter::emit_compare(const Instruction& in) {
    const llvm::CmpInst::Predicate predicate = in.op == Opcode::equal       ? llvm::CmpInst::ICMP_EQ
                                               : in.op == Opcode::not_equal ? llvm::CmpInst::ICMP_NE
                                               : in.op == Opcode::less ? llvm::CmpInst::ICMP_SLT
                                                                       : llvm::CmpInst::ICMP_SLE;
    llvm::Value* truth = build_.CreateICmp(predicate, slot(in.b), slot(in.c));
    put(in.a, build_.CreateZExt(truth, build_.getInt64Ty()), both_known(in.b, in.c));
}

void Emitter::emit_moves(const Instruction& in) {
    switch (in.op) {
        case Opcode::constant:
            return put(in.a, number(runtime::slot_of(module_.constants[in.b].value)),
                       build_.getTrue());
        case Opcode::move:
            return put(in.a, slot(in.b), known(in.b));
        case Opcode::unknown:
            return put(in.a, number(0), build_.getFalse());
        case Opcode::is_known:
            return put(in.a, build_.CreateZExt(known(in.b), build_.getInt64Ty()), build_.getTrue());
        case Opcode::or_else: {
            llvm::Value* has_value = known(in.b);
            return put(in.a, build_.CreateSelect(has_value, slot(in.b), slot(in.c)),
                       build_.CreateOr(has_value, known(in.c)));
        }
        case Opcode::strict_with:
            return put(in.a, slot(in.b), both_known(in.b, in.c));
        default:
            break;
    }
    EDICT_CHECK(in.op == Opcode::choose);
    const Truths which = truths(in.b);
    llvm::Value* chosen = build_.CreateSelect(which.is_true, slot(in.c), slot(in.a));
    llvm::Value* has_value = build_.CreateOr(build_.CreateAnd(which.is_true, known(in.c)),
                                             build_.CreateAnd(which.is_false, known(in.a)));
    put(in.a, chosen, has_value);
}

void Emitter::emit_narrow(const Instruction& in) {
    const value::Type& type = *module_.types[function_.registers[in.a]];
    llvm::Value* operand = slot(in.b);
    llvm::Value* has_value = known(in.b);
    if (type.kind == value::Kind::integer) {
        has_value = build_.CreateAnd(
            has_value,
            build_.CreateAnd(
                build_.CreateICmpSGE(operand, number(static_cast<std::uint64_t>(type.low))),
                build_.CreateICmpSLE(operand, number(static_cast<std::uint64_t>(type.high)))));
    }
    put(in.a, operand, has_value);
}

void Emitter::emit_for_each(const Instruction& in) {
    Loop loop;
    // In the entry block, so that a loop inside a loop does not grow the stack.
    llvm::IRBuilder<> entry(&native_->getEntryBlock(), native_->getEntryBlock().begin());
    loop.at = entry.CreateAlloca(build_.getPtrTy());
    loop.end = entry.CreateAlloca(build_.getPtrTy());
    loop.body = llvm::BasicBlock::Create(context_, "body", native_);
    loop.after = llvm::BasicBlock::Create(context_, "after", native_);
    loop.element = in.a;
    llvm::BasicBlock* has_set = llvm::BasicBlock::Create(context_, "set", native_);
    llvm::BasicBlock* first = llvm::BasicBlock::Create(context_, "first", native_);
    build_.CreateCondBr(known(in.b), has_set, loop.after);

    build_.SetInsertPoint(has_set);
    llvm::Value* set = build_.CreateIntToPtr(slot(in.b), build_.getPtrTy());
    llvm::Value* begin = call(elements_begin, build_.getPtrTy(), {set});
    llvm::Value* end = call(elements_end, build_.getPtrTy(), {set});
    build_.CreateStore(begin, loop.at);
    build_.CreateStore(end, loop.end);
    build_.CreateCondBr(build_.CreateICmpEQ(begin, end), loop.after, first);

    build_.SetInsertPoint(first);
    build_.CreateBr(loop.body);
    build_.SetInsertPoint(loop.body);
    llvm::Value* element = build_.CreateLoad(build_.getPtrTy(), loop.at);
    put(in.a, call(element_slot, build_.getInt64Ty(), {element}), build_.getTrue());
    loops_.push_back(loop);
}

void Emitter::emit_next() {
    EDICT_CHECK(!loops_.empty());
    const Loop loop = loops_.back();
    loops_.pop_back();
    llvm::Value* at = build_.CreateLoad(build_.getPtrTy(), loop.at);
    llvm::Value* following = build_.CreateConstGEP1_64(
        build_.getInt8Ty(), at, static_cast<std::uint64_t>(sizeof(value::Value)));
    build_.CreateStore(following, loop.at);
    llvm::Value* end = build_.CreateLoad(build_.getPtrTy(), loop.end);
    build_.CreateCondBr(build_.CreateICmpEQ(following, end), loop.after, loop.body);
    build_.SetInsertPoint(loop.after);
}

void Emitter::emit_operation(const Instruction& in) {
    const runtime::Operation operation =
        runtime::operation_table()[static_cast<std::size_t>(in.op)];
    EDICT_CHECK(operation != nullptr);
    call(operation, build_.getInt1Ty(),
         {native_->getArg(0), build_.getInt16(in.a), build_.getInt16(in.b), build_.getInt16(in.c)});
}

void Emitter::emit(const Instruction& in) {
    if (!is_inlined(in)) return emit_operation(in);
    switch (in.op) {
        case Opcode::logical_and:
        case Opcode::logical_or:
        case Opcode::logical_implies:
        case Opcode::logical_not:
            return emit_logic(in);
        case Opcode::add:
        case Opcode::subtract:
        case Opcode::multiply:
            return emit_arithmetic(in);
        case Opcode::divide:
        case Opcode::remainder:
            return emit_division(in);
        case Opcode::equal:
        case Opcode::not_equal:
        case Opcode::less:
        case Opcode::less_equal:
            return emit_compare(in);
        case Opcode::narrow:
            return emit_narrow(in);
        case Opcode::for_each:
            return emit_for_each(in);
        case Opcode::next:
            return emit_next();
        case Opcode::ret: {
            llvm::Value* truth =
                build_.CreateSelect(build_.CreateICmpNE(slot(in.b), number(0)),
                                    build_.getInt8(static_cast<std::uint8_t>(Truth::yes)),
                                    build_.getInt8(static_cast<std::uint8_t>(Truth::no)));
            build_.CreateRet(build_.CreateSelect(
                known(in.b), truth, build_.getInt8(static_cast<std::uint8_t>(Truth::error))));
            return;
        }
        default:
            return emit_moves(in);
    }
}

// The validator admits no jump in a rule, one ret at its end, and loops that are well nested: so
// the instructions are emitted as they stand.
void Emitter::run() {
    build_.SetInsertPoint(llvm::BasicBlock::Create(context_, "entry", native_));
    place_registers();
    for (const Instruction& in : function_.code) emit(in);
    EDICT_CHECK(loops_.empty());
}

}  // namespace

void emit_rule(llvm::Module& target, const std::string& name, const bytecode::Module& module,
               bytecode::FunctionIndex f) {
    Emitter(target, name, module, module.functions[f]).run();
}

}  // namespace edict::jit
