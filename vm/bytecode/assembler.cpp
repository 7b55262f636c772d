#include "vm/bytecode/assembler.h"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

#include "value/json.h"
#include "vm/bytecode/type_text.h"

namespace edict::bytecode {

namespace {

// The words of one line; the first thing that does not fit is kept.
class Words {
public:
    explicit Words(std::string_view line) : rest_(line) { skip_spaces(); }

    [[nodiscard]] bool ok() const { return problem_.empty(); }
    [[nodiscard]] const std::string& problem() const { return problem_; }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    void wrong(std::string what) {
        if (problem_.empty()) problem_ = std::move(what);
    }
    std::string word() {
        const std::string_view word = rest_.substr(0, rest_.find(' '));
        if (word.empty()) wrong("the line is too short");
        rest_.remove_prefix(word.size());
        skip_spaces();
        return std::string(word);
    }
    // The word, if it is the next one.
    bool take(std::string_view expected) {
        if (rest_.substr(0, rest_.find(' ')) != expected) return false;
        (void)word();
        return true;
    }
    std::string rest() { return std::string(std::exchange(rest_, {})); }
    std::string quoted() {
        std::size_t end = 1;
        while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2U : 1U;
        const std::string_view token = rest_.substr(0, end + 1);
        const nlohmann::json json = nlohmann::json::parse(token, nullptr, false);
        if (!json.is_string()) {
            wrong("a text in quotes is expected");
            rest_ = {};
            return {};
        }
        rest_.remove_prefix(token.size());
        skip_spaces();
        return json.get<std::string>();
    }
    template <typename Int>
    Int number(std::string_view prefix = "") {
        const std::string token = word();
        Int value{};
        const char* begin = token.data() + std::min(prefix.size(), token.size());
        const char* end = token.data() + token.size();
        const auto [at, error] = std::from_chars(begin, end, value);
        if (!token.starts_with(prefix) || error != std::errc{} || at != end) {
            wrong(fmt::format("`{}` is not {}<number>", token, prefix));
        }
        return value;
    }
    template <typename Enum, std::size_t N>
    Enum one_of(const std::string_view (&names)[N]) {
        const std::string token = word();
        for (std::size_t i = 0; i < N; ++i) {
            if (names[i] == token) return static_cast<Enum>(i);
        }
        wrong(fmt::format("`{}` is not expected here", token));
        return static_cast<Enum>(0);
    }
    value::Date date() {
        const base::Result<value::Date> date = value::date_from_text(word());
        if (!date) wrong(date.error().message);
        return date.value_or(value::Date{});
    }

private:
    void skip_spaces() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
    }

    std::string_view rest_;
    std::string problem_;
};

class Assembler {
public:
    base::Result<Module> run(std::string_view text);

private:
    using Line = void (Assembler::*)(Words&);
    [[nodiscard]] static const std::map<std::string_view, Line>& lines();
    void one(Words& words);
    [[nodiscard]] std::string end_function();

    void header(ModuleKind kind, Words& words);
    void contract(Words& words) { header(ModuleKind::contract, words); }
    void regulation(Words& words) { header(ModuleKind::regulation, words); }
    void import(Words& words);
    void regulator(Words& words) { module_.regulators.push_back(words.word()); }
    void role(Words& words) { module_.roles.push_back(words.word()); }
    void type(Words& words);
    void constant(Words& words);
    void event(Words& words);
    void store(Words& words);
    void use(Words& words);
    void callee(Words& words);
    void function(Words& words);
    void action(Words& words);
    void by(Words& words);
    void reads(Words& words);
    void writes(Words& words);
    void governs(Words& words) { module_.governs.push_back(words.word()); }
    void governed(Words& words);
    void source(Words& words);
    void rule(Words& words);
    void cites(Words& words);
    void overrides(Words& words);
    void on(Words& words);
    void unless(Words& words);
    void because(Words& words);
    void must(Words& words);
    void by_duty(Words& words);
    void dated(Words& words);
    void observer(Words& words);
    void default_line(Words& words);
    void invariant(Words& words);
    void origin(Words& words);
    void initial(Words& words);
    void older(Words& words);
    void field_default(Words& words);
    void upgrade(Words& words);
    void personal(Words& words);

    void instruction(Opcode op, Words& words);
    std::uint16_t operand(char kind, std::size_t which, Words& words);
    value::Value json_value(Words& words, TypeIndex type);
    static std::vector<TypeIndex> types(Words& words, std::optional<TypeIndex>* result = nullptr);
    static void named_types(Words& words, std::vector<std::string>& names,
                            std::vector<TypeIndex>& types,
                            std::optional<TypeIndex>* result = nullptr);
    static bool takes_result(Words& words, std::optional<TypeIndex>* result);
    static std::optional<TypeIndex> key_type(Words& words);

    struct Jump {
        std::size_t instruction = 0, which = 0;
        std::string label;
    };
    Module module_;
    bool in_invariant_ = false;  // what `cites` and `because` belong to; else to a rule
    std::map<std::string, std::uint16_t> labels_;  // of the function that is being read
    std::vector<Jump> jumps_;
};

// -> #3 at the end of the types of parameters
bool Assembler::takes_result(Words& words, std::optional<TypeIndex>* result) {
    if (result == nullptr || !words.take("->")) return false;
    *result = words.number<TypeIndex>("#");
    return true;
}

std::vector<TypeIndex> Assembler::types(Words& words, std::optional<TypeIndex>* result) {
    std::vector<TypeIndex> types;
    while (!words.at_end() && words.ok() && !takes_result(words, result))
        types.push_back(words.number<TypeIndex>("#"));
    return types;
}

void Assembler::named_types(Words& words, std::vector<std::string>& names,
                            std::vector<TypeIndex>& types, std::optional<TypeIndex>* result) {
    while (!words.at_end() && words.ok() && !takes_result(words, result)) {
        const std::string token = words.word();
        const std::size_t colon = token.find(":#");
        if (colon == std::string::npos) return words.wrong("name:#type is expected");
        names.push_back(token.substr(0, colon));
        Words type(std::string_view(token).substr(colon + 1));
        types.push_back(type.number<TypeIndex>("#"));
        if (!type.ok()) words.wrong(type.problem());
    }
}

std::optional<TypeIndex> Assembler::key_type(Words& words) {
    if (words.take("_")) return std::nullopt;
    return words.number<TypeIndex>("#");
}

value::Value Assembler::json_value(Words& words, TypeIndex type) {
    const nlohmann::json json = nlohmann::json::parse(words.rest(), nullptr, false);
    if (json.is_discarded() || type >= module_.types.size()) {
        words.wrong("a value in JSON, of a type that stands before, is expected");
        return {};
    }
    base::Result<value::Value> value = value::from_json(json, *module_.types[type], "value");
    if (!value) words.wrong(value.error().message);
    return value ? std::move(*value) : value::Value{};
}

void Assembler::header(ModuleKind kind, Words& words) {
    module_.kind = kind;
    module_.name = words.word();
    std::string version = words.word();
    std::replace(version.begin(), version.end(), '.', ' ');
    Words numbers(version);
    module_.version_major = numbers.number<std::uint32_t>();
    module_.version_minor = numbers.number<std::uint32_t>();
    module_.version_patch = numbers.number<std::uint32_t>();
    if (!numbers.ok()) words.wrong(numbers.problem());
    if (words.take("zone")) module_.zone_minutes = words.number<std::int16_t>();
    module_.restrictions_first = words.take("restrictions_first");
}

void Assembler::import(Words& words) {
    Import& import = module_.imports.emplace_back();
    import.module = words.word();
    const base::Result<crypto::Hash> hash = crypto::hash_from_hex(words.word());
    if (!hash) return words.wrong(hash.error().message);
    import.hash = *hash;
}

void Assembler::type(Words& words) {
    base::Result<value::TypeRef> type = type_from_text(words.rest(), module_.types);
    if (!type) return words.wrong(type.error().message);
    module_.types.push_back(std::move(*type));
}

void Assembler::constant(Words& words) {
    const auto type = words.number<TypeIndex>("#");
    module_.constants.push_back({type, json_value(words, type)});
}

void Assembler::event(Words& words) {
    EventDecl& event = module_.events.emplace_back();
    event.name = words.word();
    named_types(words, event.field_names, event.fields);
}

void Assembler::store(Words& words) {
    StoreDecl& store = module_.stores.emplace_back();
    store.name = words.word();
    store.key = key_type(words);
    store.value = words.number<TypeIndex>("#");
    if (!words.at_end()) store.initial = words.number<std::uint32_t>("c");
}

void Assembler::use(Words& words) {
    StoreUse& use = module_.store_table.emplace_back();
    use.module = words.word();
    use.store = words.word();
    use.key = key_type(words);
    use.value = words.number<TypeIndex>("#");
    if (!words.at_end()) use.initial = json_value(words, use.value);
}

void Assembler::callee(Words& words) {
    Callee& callee = module_.callees.emplace_back();
    callee.module = words.word();
    callee.action = words.word();
    callee.parameters = types(words, &callee.result);
}

void Assembler::function(Words& words) {
    Function& function = module_.functions.emplace_back();
    function.kind = words.one_of<FunctionKind>({"action", "rule", "message"});
    function.parameters = words.number<std::uint16_t>();
    if (words.take("cost")) function.cost = words.number<std::uint64_t>();
    function.registers = types(words);
}

std::uint16_t Assembler::operand(char kind, std::size_t which, Words& words) {
    switch (kind) {
        case 'q':
            if (words.take("_")) return NO_REGISTER;
            return words.number<std::uint16_t>("r");
        case 'n':
            return words.number<std::uint16_t>("x");
        case 'k':
            return words.number<std::uint16_t>("c");
        case 'f':
            return words.number<std::uint16_t>(".");
        case 't':
            return words.number<std::uint16_t>("s");
        case 'p':
            return words.number<std::uint16_t>("e");
        case 'l':
            return words.number<std::uint16_t>("a");
        case 'j':
            jumps_.push_back({module_.functions.back().code.size(), which, words.word()});
            return 0;
        case '-':
            return 0;
        default:
            return words.number<std::uint16_t>("r");
    }
}

void Assembler::instruction(Opcode op, Words& words) {
    if (module_.functions.empty()) return words.wrong("an instruction before the first function");
    const std::string_view kinds = info(op).operands;
    Instruction in{op, 0, 0, 0};
    in.a = operand(kinds[0], 0, words);
    in.b = operand(kinds[1], 1, words);
    in.c = operand(kinds[2], 2, words);
    module_.functions.back().code.push_back(in);
}

// Puts the places of the labels into the jumps; what is wrong with them, or nothing.
std::string Assembler::end_function() {
    for (const Jump& jump : jumps_) {
        Instruction& in = module_.functions.back().code[jump.instruction];
        std::uint16_t& operand = jump.which == 0 ? in.a : jump.which == 1 ? in.b : in.c;
        const auto label = labels_.find(jump.label);
        Words number(jump.label);
        operand = label != labels_.end() ? label->second : number.number<std::uint16_t>("@");
        if (label == labels_.end() && !number.ok())
            return fmt::format("there is no label {}", jump.label);
    }
    jumps_.clear();
    labels_.clear();
    return {};
}

void Assembler::action(Words& words) {
    ActionDecl& action = module_.actions.emplace_back();
    action.name = words.word();
    action.code = words.number<FunctionIndex>("f");
    named_types(words, action.parameter_names, action.parameters, &action.result);
}

void Assembler::by(Words& words) {
    if (module_.actions.empty()) return words.wrong("`by` before an action");
    module_.actions.back().by_roles.push_back(words.word());
}
void Assembler::reads(Words& words) {
    if (module_.actions.empty()) return words.wrong("`reads` before an action");
    module_.actions.back().reads.push_back(words.number<std::uint16_t>("s"));
}
void Assembler::writes(Words& words) {
    if (module_.actions.empty()) return words.wrong("`writes` before an action");
    module_.actions.back().writes.push_back(words.number<std::uint16_t>("s"));
}

void Assembler::governed(Words& words) {
    GovernedAction& governed = module_.governed_actions.emplace_back();
    governed.contract = words.word();
    governed.action = words.word();
    governed.parameters = types(words, &governed.result);
}

void Assembler::source(Words& words) {
    SourceDecl& source = module_.sources.emplace_back();
    source.name = words.word();
    if (!words.take("_")) source.rank = words.word();
    source.title = words.quoted();
    if (!words.at_end()) source.in_force_from = words.date();
}

void Assembler::invariant(Words& words) {
    in_invariant_ = true;
    InvariantDecl& one = module_.invariants.emplace_back();
    one.name = words.word();
    if (words.take("over")) one.over = words.number<std::uint16_t>("s");
    one.condition = words.number<FunctionIndex>("f");
}

void Assembler::origin(Words& words) {
    InitialOrigin& origin = module_.origins.emplace_back();
    const base::Result<crypto::Hash> hash = crypto::hash_from_hex(words.word());
    if (!hash) return words.wrong(hash.error().message);
    origin.hash = *hash;
    origin.title = words.quoted();
}

void Assembler::initial(Words& words) {
    InitialValue& one = module_.initial.emplace_back();
    one.store = words.number<std::uint16_t>();
    if (!words.take("_")) one.key = words.number<std::uint32_t>("c");
    one.value = words.number<std::uint32_t>("c");
    if (words.take("from")) one.origin = words.number<std::uint16_t>();
}

void Assembler::older(Words& words) {
    OlderTypes& older = module_.history.stores.emplace_back();
    older.store = words.number<std::uint16_t>();
    older.types = types(words);
}

void Assembler::field_default(Words& words) {
    FieldDefault& one = module_.history.defaults.emplace_back();
    one.record = words.number<TypeIndex>("#");
    one.field = words.number<std::uint16_t>();
    one.value = words.number<std::uint32_t>("c");
}

void Assembler::upgrade(Words& words) {
    UpgradeDecl& one = module_.history.upgrades.emplace_back();
    one.from = words.number<TypeIndex>("#");
    one.to = words.number<TypeIndex>("#");
    one.code = words.number<FunctionIndex>("f");
}

void Assembler::rule(Words& words) {
    in_invariant_ = false;
    RuleDecl& rule = module_.rules.emplace_back();
    rule.name = words.word();
    rule.norm = words.one_of<Norm>({"permit", "forbid", "require", "duty"});
    rule.as_of_right = words.take("right");
    if (words.take("from")) rule.from = words.date();
    if (words.take("until")) rule.until = words.date();
}

void Assembler::cites(Words& words) {
    const CitationRef citation{words.number<std::uint16_t>(), words.quoted()};
    if (in_invariant_) return module_.invariants.back().cites.push_back(citation);
    if (module_.rules.empty()) return words.wrong("`cites` before a rule");
    RuleDecl& rule = module_.rules.back();
    const bool of_exception = !rule.bodies.empty() && !rule.bodies.back().exceptions.empty();
    auto& cites = of_exception ? rule.bodies.back().exceptions.back().cites : rule.cites;
    cites.push_back(citation);
}

void Assembler::overrides(Words& words) {
    if (module_.rules.empty()) return words.wrong("`overrides` before a rule");
    module_.rules.back().overrides.push_back(words.number<std::uint16_t>());
}

void Assembler::on(Words& words) {
    if (module_.rules.empty()) return words.wrong("`on` before a rule");
    RuleBody& body = module_.rules.back().bodies.emplace_back();
    body.contract = words.word();
    body.action = words.word();
    if (words.take("scope")) body.scope = words.number<FunctionIndex>("f");
    if (words.take("condition")) body.condition = words.number<FunctionIndex>("f");
}

void Assembler::unless(Words& words) {
    if (module_.rules.empty() || module_.rules.back().bodies.empty()) {
        return words.wrong("`unless` before an `on`");
    }
    ExceptionDecl& exception = module_.rules.back().bodies.back().exceptions.emplace_back();
    exception.condition = words.number<FunctionIndex>("f");
}

void Assembler::because(Words& words) {
    MessageTemplate message;
    if (!words.take("_")) message.values = words.number<FunctionIndex>("f");
    while (!words.at_end() && words.ok()) message.texts.push_back(words.quoted());
    if (in_invariant_) {
        module_.invariants.back().because = std::move(message);
        return;
    }
    if (module_.rules.empty() || module_.rules.back().bodies.empty()) {
        return words.wrong("`because` before an `on`");
    }
    RuleBody& body = module_.rules.back().bodies.back();
    auto& because = body.exceptions.empty() ? body.because : body.exceptions.back().because;
    because = std::move(message);
}

void Assembler::must(Words& words) {
    if (module_.rules.empty() || module_.rules.back().bodies.empty())
        return words.wrong("`must` before an `on`");
    DutyTerms& duty = module_.rules.back().bodies.back().duty.emplace();
    duty.bearer = words.one_of<Bearer>({"party", "role", "every"});
    if (!words.take("_")) duty.role = words.word();
    duty.callee = words.number<std::uint16_t>("a");
    for (const char c : words.word().substr(1)) duty.any.push_back(c == '1');
    if (!words.take("_")) duty.values = words.number<FunctionIndex>("f");
    duty.amount = words.number<std::uint32_t>();
    duty.unit = words.one_of<DutyUnit>({"days", "hours", "working_days"});
    duty.after = words.take("after");
    if (!words.take("else")) return;
    DutyRemedy& remedy = duty.remedy.emplace();
    remedy.callee = words.number<std::uint16_t>("a");
    if (!words.take("_")) remedy.arguments = words.number<FunctionIndex>("f");
}

void Assembler::by_duty(Words& words) {
    if (module_.actions.empty()) return words.wrong("`by_duty` before an action");
    module_.actions.back().by_duty = true;
}

void Assembler::dated(Words& words) {
    if (module_.actions.empty()) return words.wrong("`dated` before an action");
    Dated& dated = module_.actions.back().dated.emplace();
    dated.parameter = words.number<std::uint16_t>();
    dated.days = words.number<std::uint16_t>();
}

void Assembler::observer(Words& words) {
    ObserverDecl& observer = module_.observers.emplace_back();
    observer.name = words.word();
    observer.contract = words.word();
    observer.action = words.word();
    observer.code = words.number<FunctionIndex>("f");
    observer.on_forbidden = words.take("forbidden");
}

void Assembler::default_line(Words& words) {
    DefaultDecl& line = module_.defaults.emplace_back();
    line.contract = words.word();
    line.action = words.word();
    line.answer = words.one_of<Answer>({"permitted", "forbidden", "silent"});
}

void Assembler::personal(Words& words) {
    PersonalFlag& flag = module_.personal.emplace_back();
    flag.kind = words.one_of<PersonalKind>({"parameter", "result", "event", "store", "elements"});
    flag.of = words.number<std::uint16_t>();
    flag.part = words.number<std::uint16_t>();
}

const std::map<std::string_view, Assembler::Line>& Assembler::lines() {
    static const std::map<std::string_view, Line> lines = {
        {"contract", &Assembler::contract},
        {"regulation", &Assembler::regulation},
        {"import", &Assembler::import},
        {"regulator", &Assembler::regulator},
        {"role", &Assembler::role},
        {"type", &Assembler::type},
        {"const", &Assembler::constant},
        {"event", &Assembler::event},
        {"store", &Assembler::store},
        {"use", &Assembler::use},
        {"callee", &Assembler::callee},
        {"function", &Assembler::function},
        {"action", &Assembler::action},
        {"by", &Assembler::by},
        {"reads", &Assembler::reads},
        {"writes", &Assembler::writes},
        {"governs", &Assembler::governs},
        {"governed", &Assembler::governed},
        {"source", &Assembler::source},
        {"rule", &Assembler::rule},
        {"cites", &Assembler::cites},
        {"overrides", &Assembler::overrides},
        {"on", &Assembler::on},
        {"unless", &Assembler::unless},
        {"because", &Assembler::because},
        {"must", &Assembler::must},
        {"by_duty", &Assembler::by_duty},
        {"dated", &Assembler::dated},
        {"observer", &Assembler::observer},
        {"default", &Assembler::default_line},
        {"invariant", &Assembler::invariant},
        {"origin", &Assembler::origin},
        {"initial", &Assembler::initial},
        {"older", &Assembler::older},
        {"field_default", &Assembler::field_default},
        {"upgrade", &Assembler::upgrade},
        {"personal", &Assembler::personal},
    };
    return lines;
}

void Assembler::one(Words& words) {
    const std::string first = words.word();
    if (first.ends_with(':') && words.at_end() && !module_.functions.empty()) {
        labels_["@" + first.substr(0, first.size() - 1)] =
            static_cast<std::uint16_t>(module_.functions.back().code.size());
        return;
    }
    if (const std::optional<Opcode> op = opcode_named(first)) {
        instruction(*op, words);
    } else if (const auto line = lines().find(first); line != lines().end()) {
        if (std::string problem = end_function(); !problem.empty()) return words.wrong(problem);
        (this->*line->second)(words);
    } else {
        words.wrong(fmt::format("`{}` is no opcode and begins no line", first));
    }
    if (!words.at_end()) words.wrong("more words than this line takes");
}

base::Result<Module> Assembler::run(std::string_view text) {
    std::size_t number = 0;
    while (!text.empty()) {
        ++number;
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        // What follows a `;` is a comment; in a line with quotes only if it begins the line.
        if (line.substr(std::min(line.find_first_not_of(' '), line.size())).starts_with(';'))
            continue;
        if (line.find('"') == std::string_view::npos) line = line.substr(0, line.find(';'));
        while (line.ends_with(' ')) line.remove_suffix(1);
        Words words(line);
        if (words.at_end()) continue;
        one(words);
        if (!words.ok())
            return base::input_error(fmt::format("line {}: {}", number, words.problem()));
    }
    if (std::string problem = end_function(); !problem.empty()) return base::input_error(problem);
    return std::move(module_);
}

}  // namespace

base::Result<Module> assemble(std::string_view text) { return Assembler().run(text); }

}  // namespace edict::bytecode
