#include "compiler/lower/statement.h"

#include <fmt/format.h>

#include "base/check.h"
#include "compiler/lower/expression.h"

namespace edict::lower {

namespace {

using bytecode::Opcode;

constexpr std::uint32_t MAX_MESSAGE_BYTES = 1'024;  // a longer message is cut when it is made

// Ends the call with a text.
void fail(Code& code, Register text) {
    code.emit(Opcode::fail, text);
    code.release(text);
}

Register text(Code& code, const std::string& text) {
    const std::uint16_t constant = code.tables().text(text);
    const bytecode::Module& module = code.tables().module();
    const Register into = code.fresh(module.types[module.constants[constant].type]);
    code.emit(Opcode::constant, into, constant);
    return into;
}

// Runs one statement; each overload says whether the call may go on after it.
struct Runner {
    Code& code;
    const value::TypeRef& result;  // of the action; null: none

    bool operator()(const check::Let& node) const {
        const Register local = code.local(node.local);
        evaluate_as(code, *node.value, local);
        if (same_type(*code.type(local), *node.value->type) &&
            always_known(code.tables().program(), *node.value))
            return true;
        const std::uint16_t known = code.emit(Opcode::jump_known, local);
        fail(code, node.otherwise ? format(code, *node.otherwise) : text(code, no_value(node)));
        code.land(known);
        return true;
    }
    bool operator()(const check::Assign& node) const {
        const check::Store& store = code.tables().program().at(node.store);
        const Register value = evaluate_as(code, *node.value, store.value);
        Register key = bytecode::NO_REGISTER;
        if (node.key != nullptr) key = evaluate_as(code, *node.key, store.key);
        code.emit(Opcode::write_store, value, code.tables().store(node.store), key);
        if (node.key != nullptr) code.release(key);
        code.release(value);
        return true;
    }
    bool operator()(const check::Remove& node) const {
        const check::Store& store = code.tables().program().at(node.store);
        const Register key = evaluate_as(code, *node.key, store.key);
        code.emit(Opcode::remove_key, 0, code.tables().store(node.store), key);
        code.release(key);
        return true;
    }
    bool operator()(const check::If& node) const {
        const Register condition = evaluate(code, *node.condition);
        const std::uint16_t not_so = code.emit(Opcode::jump_unless, condition);
        code.release(condition);
        const bool then_goes_on = block(node.then);
        if (node.otherwise.empty()) {
            code.land(not_so);
            return true;
        }
        std::optional<std::uint16_t> past;
        if (then_goes_on) past = code.emit(Opcode::jump);
        code.land(not_so);
        const bool otherwise_goes_on = block(node.otherwise);
        if (past) code.land(*past);
        return then_goes_on || otherwise_goes_on;
    }
    bool operator()(const check::For& node) const {
        const Register set = evaluate(code, *node.set);
        if (!always_known(code.tables().program(), *node.set)) {
            const std::uint16_t known = code.emit(Opcode::jump_known, set);
            fail(code, text(code, "what the `for` walks over has no value"));
            code.land(known);
        }
        const std::uint16_t loop = code.open_loop(code.local(node.local), set);
        block(node.body);
        code.close_loop(loop);
        code.release(set);
        return true;
    }
    bool operator()(const check::Fail& node) const {
        fail(code, format(code, node.message));
        return false;
    }
    bool operator()(const check::Emit& node) const {
        const check::Event& event = code.tables().program().at(node.event);
        std::vector<value::TypeRef> types;
        for (const value::Field& field : event.fields) types.push_back(field.type);
        gather(Opcode::emit, code.tables().event(node.event), node.arguments, types);
        return true;
    }
    bool operator()(const check::CallAction& node) const {
        const check::Action& action = code.tables().program().at(node.action);
        std::vector<value::TypeRef> types;
        for (const check::Parameter& parameter : action.parameters) types.push_back(parameter.type);
        const std::uint16_t callee = code.tables().callee(node.action);
        if (action.result == nullptr) {
            gather(Opcode::call_action, callee, node.arguments, types);
            return true;
        }
        types.push_back(action.result);
        const Register first = code.consecutive(types);
        const std::size_t count = node.arguments.size();
        for (std::size_t i = 0; i < count && code.overflow().empty(); ++i)
            evaluate_as(code, *node.arguments[i], static_cast<Register>(first + i));
        code.emit(Opcode::call_action, callee, first, static_cast<std::uint16_t>(count));
        const auto returned = static_cast<Register>(first + count);
        if (node.result) code.emit(Opcode::move, code.local(*node.result), returned);
        release_all(code, first, types.size());
        return true;
    }
    bool operator()(const check::Return& node) const {
        const Register value = code.fresh(result);
        evaluate_as(code, *node.value, value);
        code.emit(Opcode::ret, 0, value, 1);
        code.release(value);
        return false;
    }

    [[nodiscard]] std::string no_value(const check::Let& node) const {
        return fmt::format("{} has no value", code.local_name(node.local));
    }
    void gather(Opcode op, std::uint16_t what, const std::vector<check::ExprRef>& arguments,
                const std::vector<value::TypeRef>& types) const {
        const Register first = evaluate_all(code, arguments, types);
        code.emit(op, what, first, static_cast<std::uint16_t>(arguments.size()));
        release_all(code, first, arguments.size());
    }
    bool block(const check::Block& statements) const {
        for (const check::Statement& statement : statements) {
            const source::Span outer = code.at(statement.span);
            const bool goes_on = std::visit(*this, statement.node);
            code.at(outer);
            if (!goes_on) return false;
        }
        return true;
    }
};

}  // namespace

void run(Code& code, const check::Block& block, const value::TypeRef& result) {
    (void)Runner{code, result}.block(block);
}

Register format(Code& code, const check::Message& message) {
    EDICT_CHECK(message.texts.size() == message.values.size() + 1);
    if (message.values.empty()) return text(code, message.texts[0]);

    // Each value between its literal texts; empty texts are left out.
    std::vector<value::TypeRef> types;
    std::vector<std::uint16_t> constants;  // in the places that have no expression
    std::vector<const check::Expr*> parts;
    const auto literal = [&](const std::string& literal_text) {
        if (literal_text.empty()) return;
        constants.push_back(code.tables().text(literal_text));
        const bytecode::Module& module = code.tables().module();
        types.push_back(module.types[module.constants[constants.back()].type]);
        parts.push_back(nullptr);
    };
    literal(message.texts[0]);
    for (std::size_t i = 0; i < message.values.size(); ++i) {
        types.push_back(message.values[i]->type);
        parts.push_back(message.values[i].get());
        literal(message.texts[i + 1]);
    }

    const Register first = code.consecutive(types);
    auto constant = constants.begin();
    for (std::size_t i = 0; i < parts.size() && code.overflow().empty(); ++i) {
        const auto reg = static_cast<Register>(first + i);
        if (parts[i] == nullptr) {
            code.emit(Opcode::constant, reg, *constant++);
        } else {
            evaluate(code, *parts[i], reg);
        }
    }
    const auto type = value::text_type(MAX_MESSAGE_BYTES);
    EDICT_CHECK(type.has_value());
    const Register into = code.fresh(*type);
    code.emit(Opcode::format, into, first, static_cast<std::uint16_t>(parts.size()));
    release_all(code, first, parts.size());
    return into;
}

}  // namespace edict::lower
