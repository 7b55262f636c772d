#include "vm/bytecode/validate_code.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "vm/bytecode/cost.h"
#include "vm/bytecode/limits.h"

namespace edict::bytecode {

namespace {

// The registers that have been written on every path to here, 64 to a word.
class Defined {
public:
    Defined() = default;
    explicit Defined(std::size_t registers) : words_((registers + 63) / 64, 0) {}
    void add(std::size_t reg) { words_[reg / 64] |= std::uint64_t{1} << (reg % 64); }
    [[nodiscard]] bool has(std::size_t reg) const {
        return (words_[reg / 64] >> (reg % 64) & 1) != 0;
    }
    void intersect(const Defined& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    }

private:
    std::vector<std::uint64_t> words_;
};

class CodeCheck {
public:
    CodeCheck(const Module& module, const Function& function, TypeRelations& relations)
        : module_(module), function_(function), relations_(relations) {}

    [[nodiscard]] base::Status run();

private:
    [[nodiscard]] base::Status shape() const;
    [[nodiscard]] std::string operand_problem(const Instruction& in, std::size_t which) const;
    [[nodiscard]] std::string operands_problem(const Instruction& in) const;
    [[nodiscard]] std::string loop_problem(std::size_t at);
    [[nodiscard]] std::string jump_problem(std::size_t at) const;
    [[nodiscard]] std::string kind_problem(std::size_t at) const;
    [[nodiscard]] std::string result_problem(const Instruction& ret) const;
    [[nodiscard]] std::string definedness_problem(std::size_t at);
    void flow(std::size_t at);
    void arrive(std::size_t target);

    template <typename Problem>
    [[nodiscard]] base::Status each(Problem problem) {
        for (std::size_t at = 0; at < function_.code.size(); ++at) {
            const std::string what = problem(at);
            if (what.empty()) continue;
            return base::input_error(
                fmt::format("instruction {} ({}): {}", at, info(function_.code[at].op).name, what));
        }
        return {};
    }

    const Module& module_;
    const Function& function_;
    TypeRelations& relations_;
    std::vector<std::uint32_t> nest_;  // of each instruction: its innermost for_each + 1, or 0
    std::vector<std::uint32_t> open_;  // for_each whose next has not come yet
    // Definedness, walking forward:
    Defined defined_;
    bool reachable_ = true;
    std::map<std::size_t, Defined> arriving_;            // by jumps to this instruction
    std::vector<std::pair<Defined, bool>> before_loop_;  // what holds after each open loop
};

base::Status CodeCheck::shape() const {
    if (function_.registers.size() > MAX_REGISTERS) {
        return base::input_error(fmt::format("{} registers; at most {} are allowed",
                                             function_.registers.size(), MAX_REGISTERS));
    }
    if (function_.code.size() > MAX_CODE) {
        return base::input_error(fmt::format("{} instructions; at most {} are allowed",
                                             function_.code.size(), MAX_CODE));
    }
    if (function_.parameters > function_.registers.size()) {
        return base::input_error("more parameters than registers");
    }
    for (const TypeIndex type : function_.registers) {
        if (type >= module_.types.size()) return base::input_error("a register of an unknown type");
    }
    if (function_.code.empty() || function_.code.back().op != Opcode::ret) {
        return base::input_error("the last instruction is not ret");
    }
    return {};
}

std::string CodeCheck::operand_problem(const Instruction& in, std::size_t which) const {
    const std::uint16_t operand = std::array{in.a, in.b, in.c}[which];
    const auto within = [&](std::size_t count, std::string_view what) {
        return operand < count ? std::string() : fmt::format("there is no {} {}", what, operand);
    };
    const std::size_t registers = function_.registers.size();
    switch (info(in.op).operands[which]) {
        case 'w':
        case 'r':
        case 'm':
            return within(registers, "register");
        case 'q':
            return operand == NO_REGISTER ? std::string() : within(registers, "register");
        case 's':
            if (in.c > MAX_OPERANDS) return fmt::format("more than {} registers", MAX_OPERANDS);
            if (in.c == 0 && operand != 0 && !returned_by(module_, in))
                return "no registers, and yet a first one";
            return std::size_t{operand} + in.c <= registers ? "" : "registers past the last one";
        case 'k':
            return within(module_.constants.size(), "constant");
        case 't':
            return within(module_.store_table.size(), "store");
        case 'p':
            return within(module_.events.size(), "event");
        case 'l':
            return within(module_.callees.size(), "callee");
        case '-':
            return operand == 0 ? "" : "an unused operand is not zero";
        default:  // f, n, j: looked at with the types and the flow
            return {};
    }
}

std::string CodeCheck::operands_problem(const Instruction& in) const {
    for (std::size_t which = 0; which < 3; ++which) {
        std::string problem = operand_problem(in, which);
        if (!problem.empty()) return problem;
    }
    return {};
}

std::string CodeCheck::loop_problem(std::size_t at) {
    const std::vector<Instruction>& code = function_.code;
    const Instruction& in = code[at];
    nest_.push_back(open_.empty() ? 0 : open_.back() + 1);
    if (in.op == Opcode::for_each) {
        if (open_.size() == MAX_LOOP_DEPTH) {
            return fmt::format("loops inside loops more than {} deep", MAX_LOOP_DEPTH);
        }
        const bool matched =
            in.c > at && in.c < code.size() && code[in.c].op == Opcode::next && code[in.c].a == at;
        if (!matched) return "its next is not where it says";
        open_.push_back(static_cast<std::uint32_t>(at));
    }
    if (in.op == Opcode::next) {
        if (open_.empty() || open_.back() != in.a || code[in.a].c != at) {
            return "it ends no loop that is open here";
        }
        open_.pop_back();
    }
    return {};
}

std::string CodeCheck::jump_problem(std::size_t at) const {
    const Instruction& in = function_.code[at];
    const bool to_a = in.op == Opcode::jump;
    if (!to_a && in.op != Opcode::jump_unless && in.op != Opcode::jump_known) return {};
    const std::size_t target = to_a ? in.a : in.b;
    if (target <= at) return "a jump goes forward only";
    if (target >= function_.code.size()) return "a jump past the end";
    if (nest_[target] != nest_[at]) return "a jump into or out of a loop";
    return {};
}

std::string CodeCheck::result_problem(const Instruction& ret) const {
    switch (function_.kind) {
        case FunctionKind::action:
            return ret.c <= 1 ? "" : "an action has one result at most";
        case FunctionKind::rule:
            return ret.c == 1 &&
                           module_.types[function_.registers[ret.b]]->kind == value::Kind::boolean
                       ? ""
                       : "a rule function has one result, a Bool";
        case FunctionKind::message:
            return ret.c <= MAX_MESSAGE_VALUES
                       ? ""
                       : fmt::format("a message shows at most {} values", MAX_MESSAGE_VALUES);
    }
    return {};
}

std::string CodeCheck::kind_problem(std::size_t at) const {
    const Instruction& in = function_.code[at];
    if (function_.kind != FunctionKind::action) {
        const Effect effect = info(in.op).effect;
        const bool straight = in.op == Opcode::for_each || in.op == Opcode::next ||
                              (in.op == Opcode::ret && at + 1 == function_.code.size());
        if (effect == Effect::write) return "a rule changes nothing";
        if (effect == Effect::flow && !straight)
            return "rule code has no jumps and one ret, its last";
    }
    return in.op == Opcode::ret ? result_problem(in) : std::string();
}

void CodeCheck::arrive(std::size_t target) {
    if (!reachable_) return;
    const auto [there, is_new] = arriving_.try_emplace(target, defined_);
    if (!is_new) there->second.intersect(defined_);
}

std::string CodeCheck::definedness_problem(std::size_t at) {
    const auto here = arriving_.find(at);
    if (here != arriving_.end()) {
        arrive(at);  // from above
        defined_ = std::move(here->second);
        reachable_ = true;
        arriving_.erase(here);
    }
    const Instruction& in = function_.code[at];
    const std::string_view kinds = info(in.op).operands;
    const std::array operands = {in.a, in.b, in.c};
    for (std::size_t which = 0; which < 3 && reachable_; ++which) {
        const char kind = kinds[which];
        const bool is_read =
            kind == 'r' || kind == 'm' || (kind == 'q' && operands[which] != NO_REGISTER);
        const std::size_t count = kind == 's' ? in.c : is_read ? 1 : 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (defined_.has(std::size_t{operands[which]} + i)) continue;
            return fmt::format("register {} is read before it is written on every path",
                               std::size_t{operands[which]} + i);
        }
    }
    flow(at);
    return {};
}

void CodeCheck::flow(std::size_t at) {
    const Instruction& in = function_.code[at];
    switch (in.op) {
        case Opcode::jump:
            arrive(in.a);
            reachable_ = false;
            return;
        case Opcode::jump_unless:
        case Opcode::jump_known:
            return arrive(in.b);
        case Opcode::for_each:
            // After the loop only what held before it: there may be no round.
            before_loop_.emplace_back(defined_, reachable_);
            defined_.add(in.a);
            return;
        case Opcode::next:
            defined_ = std::move(before_loop_.back().first);
            reachable_ = before_loop_.back().second;
            before_loop_.pop_back();
            return;
        case Opcode::ret:
        case Opcode::fail:
            reachable_ = false;
            return;
        default: {
            const char kind = info(in.op).operands[0];
            if (kind == 'w' || kind == 'm') defined_.add(in.a);
            if (returned_by(module_, in)) defined_.add(std::size_t{in.b} + in.c);
        }
    }
}

base::Status CodeCheck::run() {
    if (base::Status status = shape(); !status) return status;
    const std::vector<Instruction>& code = function_.code;
    defined_ = Defined(function_.registers.size());
    for (std::size_t i = 0; i < function_.parameters; ++i) defined_.add(i);

    base::Status status = each([&](std::size_t at) { return operands_problem(code[at]); });
    if (status) status = each([&](std::size_t at) { return loop_problem(at); });
    if (status) status = each([&](std::size_t at) { return jump_problem(at); });
    if (status) status = each([&](std::size_t at) { return kind_problem(at); });
    if (status) {
        status = each(
            [&](std::size_t at) { return type_problem(module_, function_, code[at], relations_); });
    }
    if (status) status = each([&](std::size_t at) { return definedness_problem(at); });
    return status;
}

}  // namespace

base::Status validate_code(const Module& module, const Function& function,
                           const std::vector<std::uint64_t>& memory_of_types,
                           TypeRelations& relations) {
    if (base::Status status = CodeCheck(module, function, relations).run(); !status) return status;
    const Bounds bounds = bounds_of(module, function, memory_of_types);
    if (bounds.cost != function.cost) {
        return base::input_error(fmt::format("it says that it costs {} units; it may cost {}",
                                             function.cost, bounds.cost));
    }
    if (bounds.cost > MAX_CALL_COST) {
        return base::input_error(fmt::format("it may cost {} units; at most {} are allowed",
                                             bounds.cost, MAX_CALL_COST));
    }
    if (bounds.memory_bytes > MAX_FUNCTION_MEMORY_BYTES) {
        return base::input_error(fmt::format("its values may take {} bytes; at most {} are allowed",
                                             bounds.memory_bytes, MAX_FUNCTION_MEMORY_BYTES));
    }
    return {};
}

}  // namespace edict::bytecode
