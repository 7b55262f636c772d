#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "value/json.h"
#include "vm/bytecode/assembler.h"
#include "vm/bytecode/type_text.h"

namespace edict::bytecode {

namespace {

std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

std::string types_text(const std::vector<TypeIndex>& types) {
    std::string text;
    for (const TypeIndex type : types) text += fmt::format(" #{}", type);
    return text;
}

std::string named_types(const std::vector<std::string>& names,
                        const std::vector<TypeIndex>& types) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += fmt::format(" {}:#{}", names[i], types[i]);
    return text;
}

class Disassembler {
public:
    explicit Disassembler(const Module& module) : module_(module) {}

    std::string run() {
        header();
        tables();
        for (std::size_t i = 0; i < module_.functions.size(); ++i) function(i);
        actions();
        regulation();
        change();
        personal();
        return std::move(out_);
    }

private:
    template <typename... T>
    void line(fmt::format_string<T...> format, T&&... parts) {
        out_ += fmt::format(format, std::forward<T>(parts)...);
        out_ += '\n';
    }
    std::string json(const value::Value& value, TypeIndex type) const {
        return value::to_json(value, *module_.types[type]).dump();
    }
    template <typename T>
    static std::string with(std::string_view word, const std::optional<T>& value) {
        return value ? fmt::format(" {}{}", word, *value) : std::string();
    }

    void header();
    void tables();
    void function(std::size_t index);
    void actions();
    void regulation();
    void change();
    void personal();
    void rule(const RuleDecl& rule);
    void duty(const DutyTerms& duty);
    void message(std::string_view indent, const std::optional<MessageTemplate>& message);
    void cites(std::string_view indent, const std::vector<CitationRef>& cites);

    const Module& module_;
    std::string out_;
};

void Disassembler::header() {
    const bool is_contract = module_.kind == ModuleKind::contract;
    line("{} {} {}.{}.{}{}{}", is_contract ? "contract" : "regulation", module_.name,
         module_.version_major, module_.version_minor, module_.version_patch,
         with("zone ", module_.zone_minutes),
         module_.restrictions_first ? " restrictions_first" : "");
    for (const Import& import : module_.imports)
        line("import {} {}", import.module, import.hash.hex());
    for (const std::string& role : module_.regulators) line("regulator {}", role);
    for (const std::string& role : module_.roles) line("role {}", role);
}

void Disassembler::tables() {
    for (std::size_t i = 0; i < module_.types.size(); ++i) {
        line("; #{}", i);
        line("type {}", type_text(*module_.types[i]));
    }
    for (std::size_t i = 0; i < module_.constants.size(); ++i) {
        const Constant& constant = module_.constants[i];
        line("; c{}", i);
        line("const #{} {}", constant.type, json(constant.value, constant.type));
    }
    for (const EventDecl& event : module_.events) {
        line("event {}{}", event.name, named_types(event.field_names, event.fields));
    }
    for (const StoreDecl& store : module_.stores) {
        line("store {} {} #{}{}", store.name, store.key ? fmt::format("#{}", *store.key) : "_",
             store.value, with("c", store.initial));
    }
    for (std::size_t i = 0; i < module_.store_table.size(); ++i) {
        const StoreUse& use = module_.store_table[i];
        line("; s{}", i);
        line("use {} {} {} #{}{}", use.module, use.store,
             use.key ? fmt::format("#{}", *use.key) : "_", use.value,
             use.initial ? " " + json(*use.initial, use.value) : std::string());
    }
    for (std::size_t i = 0; i < module_.callees.size(); ++i) {
        const Callee& callee = module_.callees[i];
        line("; a{}", i);
        line("callee {} {}{}{}", callee.module, callee.action, types_text(callee.parameters),
             with("-> #", callee.result));
    }
}

void Disassembler::function(std::size_t index) {
    static constexpr std::array<std::string_view, 3> kinds = {"action", "rule", "message"};
    const Function& function = module_.functions[index];
    line("; f{}", index);
    line("function {} {} cost {}{}", kinds[static_cast<std::size_t>(function.kind)],
         function.parameters, function.cost, types_text(function.registers));
    for (std::size_t i = 0; i < function.code.size(); ++i) {
        line("  {:<32} ; {}", disassemble(function.code[i]), i);
    }
}

void Disassembler::actions() {
    for (const ActionDecl& action : module_.actions) {
        line("action {} f{}{}{}", action.name, action.code,
             named_types(action.parameter_names, action.parameters), with("-> #", action.result));
        for (const std::string& role : action.by_roles) line("  by {}", role);
        if (action.by_duty) line("  by_duty");
        if (action.dated) line("  dated {} {}", action.dated->parameter, action.dated->days);
        for (const std::uint16_t use : action.reads) line("  reads s{}", use);
        for (const std::uint16_t use : action.writes) line("  writes s{}", use);
    }
}

void Disassembler::cites(std::string_view indent, const std::vector<CitationRef>& cites) {
    for (const CitationRef& citation : cites) {
        line("{}cites {} {}", indent, citation.source, quoted(citation.place));
    }
}

void Disassembler::message(std::string_view indent, const std::optional<MessageTemplate>& message) {
    if (!message) return;
    std::string texts;
    for (const std::string& text : message->texts) texts += " " + quoted(text);
    line("{}because {}{}", indent, message->values ? fmt::format("f{}", *message->values) : "_",
         texts);
}

void Disassembler::duty(const DutyTerms& duty) {
    static constexpr std::array<std::string_view, 3> bearers = {"party", "role", "every"};
    static constexpr std::array<std::string_view, 3> units = {"days", "hours", "working_days"};
    std::string any;
    for (const bool fits : duty.any) any += fits ? '1' : '0';
    const auto function = [](const std::optional<FunctionIndex>& index) {
        return index ? fmt::format("f{}", *index) : std::string("_");
    };
    line("    must {} {} a{} x{} {} {} {}{}{}", bearers[static_cast<std::size_t>(duty.bearer)],
         duty.role.empty() ? "_" : duty.role, duty.callee, any, function(duty.values), duty.amount,
         units[static_cast<std::size_t>(duty.unit)], duty.after ? " after" : "",
         duty.remedy
             ? fmt::format(" else a{} {}", duty.remedy->callee, function(duty.remedy->arguments))
             : std::string());
}

void Disassembler::rule(const RuleDecl& rule) {
    static constexpr std::array<std::string_view, 4> norms = {"permit", "forbid", "require",
                                                              "duty"};
    const auto bound = [](std::string_view word, const std::optional<value::Date>& date) {
        return date ? fmt::format(" {} {}", word, value::to_text(*date)) : std::string();
    };
    line("rule {} {}{}{}{}", rule.name, norms[static_cast<std::size_t>(rule.norm)],
         rule.as_of_right ? " right" : "", bound("from", rule.from), bound("until", rule.until));
    cites("  ", rule.cites);
    for (const std::uint16_t weaker : rule.overrides) line("  overrides {}", weaker);
    for (const RuleBody& body : rule.bodies) {
        line("  on {} {}{}{}", body.contract, body.action, with("scope f", body.scope),
             with("condition f", body.condition));
        if (body.duty) duty(*body.duty);
        message("  ", body.because);
        for (const ExceptionDecl& exception : body.exceptions) {
            line("    unless f{}", exception.condition);
            message("    ", exception.because);
            cites("    ", exception.cites);
        }
    }
}

void Disassembler::regulation() {
    static constexpr std::array<std::string_view, 3> answers = {"permitted", "forbidden", "silent"};
    for (const std::string& governed : module_.governs) line("governs {}", governed);
    for (const GovernedAction& governed : module_.governed_actions) {
        line("governed {} {}{}{}", governed.contract, governed.action,
             types_text(governed.parameters), with("-> #", governed.result));
    }
    for (const SourceDecl& source : module_.sources) {
        line("source {} {} {}{}", source.name, source.rank.empty() ? "_" : source.rank,
             quoted(source.title),
             source.in_force_from ? " " + value::to_text(*source.in_force_from) : std::string());
    }
    for (const RuleDecl& declared : module_.rules) rule(declared);
    for (const ObserverDecl& observer : module_.observers) {
        line("observer {} {} {} f{}{}", observer.name, observer.contract, observer.action,
             observer.code, observer.on_forbidden ? " forbidden" : "");
    }
    for (const DefaultDecl& declared : module_.defaults) {
        line("default {} {} {}", declared.contract, declared.action,
             answers[static_cast<std::size_t>(declared.answer)]);
    }
}

void Disassembler::change() {
    for (const InvariantDecl& one : module_.invariants) {
        line("invariant {}{} f{}", one.name, with("over s", one.over), one.condition);
        cites("  ", one.cites);
        message("  ", one.because);
    }
    for (const InitialOrigin& origin : module_.origins)
        line("origin {} {}", origin.hash.hex(), quoted(origin.title));
    for (const InitialValue& one : module_.initial) {
        line("initial {}{} c{}{}", one.store, one.key ? fmt::format(" c{}", *one.key) : " _",
             one.value, with("from ", one.origin));
    }
    for (const OlderTypes& older : module_.history.stores)
        line("older {}{}", older.store, types_text(older.types));
    for (const FieldDefault& one : module_.history.defaults)
        line("field_default #{} {} c{}", one.record, one.field, one.value);
    for (const UpgradeDecl& one : module_.history.upgrades)
        line("upgrade #{} #{} f{}", one.from, one.to, one.code);
}

void Disassembler::personal() {
    static constexpr std::array<std::string_view, 5> kinds = {"parameter", "result", "event",
                                                              "store", "elements"};
    for (const PersonalFlag& flag : module_.personal) {
        line("personal {} {} {}", kinds[static_cast<std::size_t>(flag.kind)], flag.of, flag.part);
    }
}

std::string operand_text(char kind, std::uint16_t operand) {
    switch (kind) {
        case 'w':
        case 'r':
        case 'm':
        case 's':
            return fmt::format(" r{}", operand);
        case 'q':
            return operand == NO_REGISTER ? " _" : fmt::format(" r{}", operand);
        case 'n':
            return fmt::format(" x{}", operand);
        case 'k':
            return fmt::format(" c{}", operand);
        case 'f':
            return fmt::format(" .{}", operand);
        case 't':
            return fmt::format(" s{}", operand);
        case 'p':
            return fmt::format(" e{}", operand);
        case 'l':
            return fmt::format(" a{}", operand);
        case 'j':
            return fmt::format(" @{}", operand);
        default:
            return {};
    }
}

}  // namespace

std::string disassemble(const Instruction& in) {
    const OpcodeInfo& op = info(in.op);
    return std::string(op.name) + operand_text(op.operands[0], in.a) +
           operand_text(op.operands[1], in.b) + operand_text(op.operands[2], in.c);
}

std::string disassemble(const Module& module) { return Disassembler(module).run(); }

}  // namespace edict::bytecode
