#include "tests/fuzz/bytecode_generator.h"

#include "base/check.h"
#include "vm/bytecode/assembler.h"
#include "vm/bytecode/cost.h"
#include "vm/bytecode/limits.h"
#include "vm/bytecode/typing.h"

namespace edict::fuzz {

using namespace bytecode;

namespace {

constexpr const char* TEXT = R"(contract fuzz 1.0.0 zone 60
import other 0000000000000000000000000000000000000000000000000000000000000000
type Int
type Bool
type Text(12)
type Set(#0,4)
type Int(0,10)
type Text(4)
type Date
type Party
type Hash
type Enum(fuzz.Level,ordered,low,middle,high)
type Record(fuzz.Pair,n:#0,t:#2)
type Optional(#0)
type Optional(#10)
type Set(#4,2)
type Set(#2,3)
type Tuple(#7,#5)
type Bytes(6)
type Int(-3,3)
type Decimal
type Decimal(mg)
type Decimal(CNY)
type Time
type Duration
type List(#0,3)
type Text(3)
type Record(Money,amount:#18,currency:#24)
type Tuple(#6,#18)
type Set(#26,3)
type Int(0,9)
type Int(0,5)
type Int(0,4)
type Int(0,7)
type Int(0,2)
type Commitment(#0)
type Pseudonym
type Int(1,3)
const #0 "7"
const #0 "9223372036854775807"
const #0 "-9223372036854775808"
const #0 "-1"
const #0 "0"
const #1 true
const #2 "abc"
const #3 ["-5", "0", "3"]
const #4 "10"
const #5 "é"
const #6 "2026-02-01"
const #9 "middle"
const #10 {"n": "1", "t": "one"}
const #11 null
const #14 ["a", "b", "c"]
const #18 "-2.5"
const #18 "999999999999999999999999999"
const #19 "0.125"
const #20 "200000"
const #21 "2026-02-01T09:30:00Z"
const #22 "36 hours"
const #23 ["3", "1", "3"]
const #25 {"amount": "12.5", "currency": "CNY"}
const #27 [["2026-01-01", "1"], ["2026-02-01", "7.5"]]
const #27 [["2026-01-31", "-2"], ["2026-02-01", "7.5"], ["2026-02-02", "999999999999999999999999999"]]
const #35 "2"
const #35 "1"
const #28 "2"
const #29 "3"
const #30 "1"
const #31 "6"
const #32 "1"
event Noted n:#0 t:#2 s:#3
store total _ #0 c4
store of #2 #0
store pairs #4 #10
store sets #15 #3 c7
use fuzz total _ #0 "0"
use fuzz of #2 #0
use fuzz pairs #4 #10
use fuzz sets #15 #3 ["-5", "0", "3"]
use other open #7 #1 false
callee other act #0 #2
callee other ask #0 #2 -> #0
personal event 0 1
personal store 1 0
personal store 3 0
)";

constexpr std::uint16_t REGISTERS_OF_A_TYPE = 3;
constexpr std::size_t MOST_INSTRUCTIONS = 80;  // beside those that give registers a value

// The types of operands in a row, as the operations on numbers, times, dated sets and texts want
// them.
const std::vector<std::vector<TypeIndex>> RUNS = {{0, 2},
                                                  {7, 5},
                                                  {6, 18},
                                                  {18, 24},
                                                  {18, 18},
                                                  {19, 19},
                                                  {20, 20},
                                                  {18, 0},
                                                  {19, 4},
                                                  {18, 18, 18, 28, 29},
                                                  {19, 18, 20, 28, 29},
                                                  {0},
                                                  {18},
                                                  {20},
                                                  {25},
                                                  {21, 22},
                                                  {21, 21},
                                                  {6, 22},
                                                  {6, 6},
                                                  {22, 22},
                                                  {22, 0},
                                                  {6, 30},
                                                  {6, 31},
                                                  {6, 0, 32},
                                                  {6, 4, 32},
                                                  {21},
                                                  {6},
                                                  {27, 6},
                                                  {27, 6, 35},
                                                  {27, 18, 6, 35},
                                                  {2},
                                                  {2, 2},
                                                  {2, 5}};

bool takes_a_run(Opcode op) {
    if (op == Opcode::make_record) return true;
    return op >= Opcode::decimal_add && op <= Opcode::value_of_text && op != Opcode::now &&
           op != Opcode::make_list;
}

class Generator {
public:
    Generator(FunctionKind kind, Choices& choices)
        : choices_(choices), module_(empty_module()), code_(module_.functions.emplace_back()) {
        code_.kind = kind;
        code_.parameters = 4;
        for (TypeIndex type = 0; type < 4; ++type) code_.registers.push_back(type);
        for (TypeIndex type = 0; type < module_.types.size(); ++type) {
            code_.registers.insert(code_.registers.end(), REGISTERS_OF_A_TYPE, type);
        }
        for (const std::vector<TypeIndex>& run : RUNS) {
            runs_.push_back({static_cast<std::uint16_t>(code_.registers.size()),
                             static_cast<std::uint16_t>(run.size())});
            code_.registers.insert(code_.registers.end(), run.begin(), run.end());
        }
        // Every register is written first, so that any code may read any of them.
        for (std::uint16_t reg = code_.parameters; reg < code_.registers.size(); ++reg) begin(reg);
    }

    Module run() {
        const std::size_t most = code_.code.size() + MOST_INSTRUCTIONS;
        while (!choices_.at_end() && code_.code.size() < most) one();
        while (!open_.empty()) close();
        const std::uint16_t first_bool = code_.parameters + REGISTERS_OF_A_TYPE;  // of type 1
        Instruction ret{Opcode::ret, 0, 0, 0};
        if (code_.kind == FunctionKind::rule) ret = {Opcode::ret, 0, first_bool, 1};
        if (code_.kind == FunctionKind::message) ret = {Opcode::ret, 0, choices_.below(30), 20};
        code_.code.push_back(ret);
        set_bounds(module_);
        return std::move(module_);
    }

private:
    struct Open {  // a loop or a jump whose end has not come
        std::size_t at = 0;
        bool is_loop = false;
    };

    struct Run {  // registers in a row that fit the operands of some operation
        std::uint16_t first = 0, count = 0;
    };

    void begin(std::uint16_t reg);
    void computed(Opcode op);
    std::uint16_t like(std::uint16_t reg);
    void one();
    void close();
    std::uint16_t operand(char kind, std::uint16_t registers);
    [[nodiscard]] std::size_t loops() const;

    Choices& choices_;
    Module module_;
    Function& code_;
    TypeRelations relations_;
    std::vector<Open> open_;
    std::vector<Run> runs_;
};

void Generator::begin(std::uint16_t reg) {
    for (std::uint16_t constant = 0; constant < module_.constants.size(); ++constant) {
        const auto chosen = static_cast<std::uint16_t>((constant + reg) % module_.constants.size());
        const Instruction in{Opcode::constant, reg, chosen, 0};
        if (type_problem(module_, code_, in, relations_).empty()) {
            code_.code.push_back(in);
            return;
        }
    }
    code_.code.push_back({Opcode::unknown, reg, 0, 0});
}

std::size_t Generator::loops() const {
    std::size_t count = 0;
    for (const Open& open : open_) count += open.is_loop ? 1U : 0U;
    return count;
}

std::uint16_t Generator::operand(char kind, std::uint16_t registers) {
    switch (kind) {
        case 'q':
            return choices_.below(4) == 0 ? NO_REGISTER : choices_.below(registers);
        case 'k':
            return choices_.below(module_.constants.size());
        case 't':
            return choices_.below(module_.store_table.size());
        case 'f':
            return choices_.below(4);
        case 'n':
            return choices_.below(6);
        case 'l':
            return choices_.below(module_.callees.size());
        case 'p':
        case '-':
        case 'j':
            return 0;
        default:
            return choices_.below(registers);
    }
}

void Generator::close() {
    const Open open = open_.back();
    open_.pop_back();
    const auto here = static_cast<std::uint16_t>(code_.code.size());
    Instruction& in = code_.code[open.at];
    if (open.is_loop) {
        in.c = here;
        code_.code.push_back({Opcode::next, static_cast<std::uint16_t>(open.at), 0, 0});
    } else if (in.op == Opcode::jump) {
        in.a = here;
    } else {
        in.b = here;
    }
    // A jump needs an instruction after it to go to, in the same loop.
    if (!open.is_loop) code_.code.push_back({Opcode::move, 0, 0, 0});
}

// A register of the same type.
std::uint16_t Generator::like(std::uint16_t reg) {
    const auto registers = static_cast<std::uint16_t>(code_.registers.size());
    const std::uint16_t from = choices_.below(registers);
    for (std::uint16_t i = 0; i < registers; ++i) {
        const auto other = static_cast<std::uint16_t>((from + i) % registers);
        if (code_.registers[other] == code_.registers[reg]) return other;
    }
    return reg;
}

// Of an operation that takes a run, into the first register from a random one on that fits.
void Generator::computed(Opcode op) {
    const auto registers = static_cast<std::uint16_t>(code_.registers.size());
    for (int tries = 0; tries < 24; ++tries) {
        const Run run = runs_[choices_.below(runs_.size())];
        const std::uint16_t from = choices_.below(registers);
        for (std::uint16_t i = 0; i < registers; ++i) {
            const auto into = static_cast<std::uint16_t>((from + i) % registers);
            const Instruction in{op, into, run.first, run.count};
            if (!type_problem(module_, code_, in, relations_).empty()) continue;
            code_.code.push_back(in);
            return;
        }
    }
}

// Chooses one instruction that is well typed; after some tries, none.
void Generator::one() {
    const auto op = static_cast<Opcode>(choices_.below(OPCODE_COUNT));
    const OpcodeInfo& traits = info(op);
    const bool is_action = code_.kind == FunctionKind::action;
    if (op == Opcode::next || op == Opcode::ret) {
        if (!open_.empty()) close();
        return;
    }
    if (!is_action && traits.effect == Effect::write) return;
    if (!is_action && traits.effect == Effect::flow && op != Opcode::for_each) return;
    if (op == Opcode::fail && choices_.below(8) != 0) return;
    if (op == Opcode::for_each && loops() == 3) return;
    if (takes_a_run(op)) return computed(op);
    const auto registers = static_cast<std::uint16_t>(code_.registers.size());
    for (int tries = 0; tries < 48; ++tries) {
        Instruction in{op, 0, 0, 0};
        in.a = operand(traits.operands[0], registers);
        in.b = operand(traits.operands[1], registers);
        in.c = operand(traits.operands[2], registers);
        const bool asks_of_party =
            op == Opcode::has_role || op == Opcode::open_duty || op == Opcode::breached_duty;
        const auto of_type = [&](TypeIndex type) {
            return like(static_cast<std::uint16_t>(code_.parameters + type * REGISTERS_OF_A_TYPE));
        };
        if (asks_of_party) {
            in = {op, of_type(1), of_type(7),
                  op == Opcode::has_role ? of_type(2) : std::uint16_t{0}};
        }
        if (op == Opcode::contains && choices_.below(2) == 0) {
            in = {op, of_type(1), of_type(0), of_type(3)};
        }
        // Registers are many and types too: two of one type are seldom met by chance.
        if (!asks_of_party && traits.operands[1] == 'r' && traits.operands[2] == 'r' &&
            choices_.below(2) == 0) {
            in.c = like(in.b);
        }
        if (!asks_of_party && traits.operands[0] == 'w' && traits.operands[1] == 'r' &&
            choices_.below(2) == 0) {
            in.a = like(in.b);
        }
        if (traits.operands[1] == 's') {
            if (in.c == 0) in.b = 0;
            if (in.b + in.c > registers) continue;
        }
        if (!type_problem(module_, code_, in, relations_).empty()) continue;
        code_.code.push_back(in);
        if (traits.effect == Effect::flow) {
            open_.push_back({code_.code.size() - 1, op == Opcode::for_each});
        }
        return;
    }
}

}  // namespace

Module empty_module() {
    base::Result<Module> module = assemble(TEXT);
    EDICT_CHECK(module.has_value());
    return std::move(*module);
}

Module generated(FunctionKind kind, Choices& choices) { return Generator(kind, choices).run(); }

value::Value sample(const value::Type& type, bool rich) {
    using value::Kind;
    switch (type.kind) {
        case Kind::boolean:
            return {rich};
        case Kind::integer:
            return {rich ? type.high : type.low};
        case Kind::text:
            return {std::string(rich ? type.capacity : 0, 'x')};
        case Kind::bytes:
            return {base::Bytes(rich ? type.capacity : 0, 7)};
        case Kind::date:
            return {value::Date{rich ? 20'000 : 0}};
        case Kind::party:
            return {value::party_named(rich ? "rich" : "plain")};
        case Kind::hash:
        case Kind::commitment:
        case Kind::pseudonym:
            return {crypto::sha256({})};
        case Kind::decimal:
            return {value::Decimal{rich ? value::Decimal::LIMIT - 1 : 0}};
        case Kind::time:
            return {rich ? value::LAST_TIME : value::Time{}};
        case Kind::duration:
            return {value::Duration{rich ? value::MAX_DURATION_MS : 0}};
        case Kind::list:
            return {rich
                        ? value::List{{sample(*type.parts[0], true), sample(*type.parts[0], false)}}
                        : value::List{}};
        case Kind::enumeration:
            return {
                value::EnumMember{rich ? static_cast<std::uint32_t>(type.members.size() - 1) : 0U}};
        case Kind::optional:
            return {rich ? value::Optional{{sample(*type.parts[0], rich)}} : value::Optional{}};
        case Kind::set:
            return {rich ? value::make_set(
                               {sample(*type.parts[0], false), sample(*type.parts[0], true)})
                         : value::Set{}};
        default: {
            value::Record record;
            for (const value::Field& field : type.fields) {
                record.fields.push_back(sample(*field.type, rich));
            }
            for (const value::TypeRef& part : type.parts) {
                record.fields.push_back(sample(*part, rich));
            }
            return {std::move(record)};
        }
    }
}

}  // namespace edict::fuzz
