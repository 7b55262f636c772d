// Statements of actions as written.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "compiler/ast/expression.h"

namespace edict::ast {

struct Statement;
struct Block {
    std::vector<Statement> statements;
    Span span;
};

struct Let {  // let x = e [else fail "…"]
    Name name;
    Expression value;
    std::optional<Message> otherwise;
};
enum class AssignOp : std::uint8_t { set, add, subtract };  // = += -=
struct Assign {
    Expression target;  // NameUse, Index or Member over such: s, m[k], m[k].field
    AssignOp op = AssignOp::set;
    Expression value;
};
struct AddTo {  // add x to s: one element into a set
    Expression element;
    Expression target;
};
struct RemoveFrom {  // remove x from s: one element out of a set
    Expression element;
    Expression target;
};
struct RemoveKey {  // remove m[k]
    Expression target;
};
struct If {
    Expression condition;
    Block then;
    std::optional<Block> otherwise;  // `else if` is a block of one If
};
struct For {  // for x in xs { … }
    Name variable;
    Expression set;
    Block body;
};
struct Fail {
    Message message;
};
struct Return {  // return e
    Expression value;
};
struct Emit {
    QualifiedName event;
    std::vector<Argument> arguments;
};
struct CallAction {  // anchor.withdraw(x), or an imported name
    QualifiedName action;
    std::vector<Argument> arguments;
};

struct Statement {
    Span span;
    std::variant<Let, Assign, AddTo, RemoveFrom, RemoveKey, If, For, Fail, Emit, CallAction, Return>
        node;
};

}  // namespace edict::ast
