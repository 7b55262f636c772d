// Expressions: operands from the grammar, their tree by the table of precedences.
#include <fmt/format.h>

#include "compiler/parse/builder.h"
#include "compiler/parse/keywords.h"
#include "compiler/parse/tokens.h"

namespace edict::parse {
namespace {

enum Level : int {
    IMPLICATION = 1,  // to the right
    DISJUNCTION,
    CONJUNCTION,
    NEGATION,    // not
    COMPARISON,  // not in a row
    OTHERWISE,   // else, to the right
    SUM,
    PRODUCT,
    DATED,  // as of
    SIGN,   // unary minus
};

struct Operator {
    int level = 0;
    bool unary = false;
    ast::UnaryOp unary_op{};
    ast::BinaryOp binary_op{};
    source::Span span;
};

Operator binary(std::size_t token, source::Span span) {
    using ast::BinaryOp;
    const auto make = [span](int level, BinaryOp op) {
        return Operator{level, false, {}, op, span};
    };
    switch (token) {
        case Grammar::IMPLIES:
            return make(IMPLICATION, BinaryOp::implies);
        case Grammar::OR:
            return make(DISJUNCTION, BinaryOp::logical_or);
        case Grammar::AND:
            return make(CONJUNCTION, BinaryOp::logical_and);
        case Grammar::EQUAL:
            return make(COMPARISON, BinaryOp::equal);
        case Grammar::NOT_EQUAL:
            return make(COMPARISON, BinaryOp::not_equal);
        case Grammar::LESS:
            return make(COMPARISON, BinaryOp::less);
        case Grammar::LESS_EQUAL:
            return make(COMPARISON, BinaryOp::at_most);
        case Grammar::GREATER:
            return make(COMPARISON, BinaryOp::more);
        case Grammar::GREATER_EQUAL:
            return make(COMPARISON, BinaryOp::at_least);
        case Grammar::IN:
            return make(COMPARISON, BinaryOp::in);
        case Grammar::NOT_IN:
            return make(COMPARISON, BinaryOp::not_in);
        case Grammar::STARTS_WITH:
            return make(COMPARISON, BinaryOp::starts_with);
        case Grammar::ENDS_WITH:
            return make(COMPARISON, BinaryOp::ends_with);
        case Grammar::CONTAINS:
            return make(COMPARISON, BinaryOp::contains);
        case Grammar::AS_OF:
            return make(DATED, BinaryOp::as_of);
        case Grammar::ELSE:
            return make(OTHERWISE, BinaryOp::otherwise);
        case Grammar::PLUS:
            return make(SUM, BinaryOp::add);
        case Grammar::MINUS:
            return make(SUM, BinaryOp::subtract);
        case Grammar::UNION:
            return make(SUM, BinaryOp::unite);
        case Grammar::WITHOUT:
            return make(SUM, BinaryOp::minus);
        case Grammar::STAR:
            return make(PRODUCT, BinaryOp::multiply);
        case Grammar::SLASH:
            return make(PRODUCT, BinaryOp::divide);
        case Grammar::MOD:
            return make(PRODUCT, BinaryOp::remainder);
        default:
            return make(PRODUCT, BinaryOp::intersect);
    }
}

ast::Box box(ast::Expression expression) {
    return std::make_unique<ast::Expression>(std::move(expression));
}

antlr4::Token* first_token(antlr4::tree::ParseTree* node) {
    if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(node))
        return terminal->getSymbol();
    return dynamic_cast<antlr4::ParserRuleContext*>(node)->getStart();
}

source::Span token_span(source::FileId file, const antlr4::Token* token) {
    return {file, static_cast<std::uint32_t>(token->getStartIndex()),
            static_cast<std::uint32_t>(token->getStopIndex())};
}

}  // namespace

// Two stacks, as Dijkstra's shunting yard.
class Precedence {
public:
    explicit Precedence(Builder& builder) : builder_(builder) {}

    void operand(Built built) { operands_.push_back(std::move(built)); }
    void prefix(ast::UnaryOp op, source::Span span) {
        operators_.push_back({op == ast::UnaryOp::negate ? SIGN : NEGATION, true, op, {}, span});
    }
    void infix(const Operator& op) {
        const bool to_the_right = op.level == IMPLICATION || op.level == OTHERWISE;
        reduce_above(to_the_right ? op.level : op.level - 1, op);
        operators_.push_back(op);
    }
    void known(bool negated, source::Span span) {
        reduce_above(COMPARISON - 1, {COMPARISON, true, {}, {}, span});
        Built& top = operands_.back();
        const source::Span whole = join(top.expression.span, span);
        const std::size_t depth = top.depth + 1;
        ast::IsKnown asked{box(std::move(top.expression)), negated};
        top = builder_.limited({{whole, std::move(asked)}, depth});
    }
    void has_duty(ast::QualifiedName action, bool breached) {
        reduce_above(COMPARISON, {});
        Built& top = operands_.back();
        const source::Span whole = join(top.expression.span, action.span);
        const std::size_t depth = top.depth + 1;
        ast::HasDuty asked{box(std::move(top.expression)), std::move(action), breached};
        top = builder_.limited({{whole, std::move(asked)}, depth});
    }
    Built finish() {
        while (!operators_.empty()) reduce();
        return std::move(operands_.back());
    }

private:
    void reduce_above(int level, const Operator& next) {
        while (!operators_.empty() && operators_.back().level > level) {
            const Operator& top = operators_.back();
            if (top.level == COMPARISON && next.level == COMPARISON && !top.unary) {
                builder_.diagnostics_
                    .add(source::Code::E0109, next.span, "two comparisons stand in a row")
                    .with_label(top.span, "the first comparison")
                    .with_help("join them: `a < b and b < c`; or put brackets around one");
            }
            reduce();
        }
    }

    void reduce() {
        const Operator op = operators_.back();
        operators_.pop_back();
        Built right = std::move(operands_.back());
        operands_.pop_back();
        if (op.unary) {
            const source::Span whole = join(op.span, right.expression.span);
            const std::size_t depth = right.depth + 1;
            push({{whole, ast::Unary{op.unary_op, box(std::move(right.expression))}}, depth});
            return;
        }
        Built left = std::move(operands_.back());
        operands_.pop_back();
        const source::Span whole = join(left.expression.span, right.expression.span);
        const std::size_t depth = std::max(left.depth, right.depth) + 1;
        push({{whole, ast::Binary{op.binary_op, op.span, box(std::move(left.expression)),
                                  box(std::move(right.expression))}},
              depth});
    }

    void push(Built built) { operands_.push_back(builder_.limited(std::move(built))); }

    Builder& builder_;
    std::vector<Built> operands_;
    std::vector<Operator> operators_;
};

Built Builder::limited(Built built) {
    if (built.depth <= MAX_NESTING) return built;
    const Span where = built.expression.span;
    if (!depth_reported_) {
        depth_reported_ = true;
        diagnostics_
            .add(Code::E0106, {file_, where.begin, where.begin + 1},
                 fmt::format("this expression has more than {} levels", MAX_NESTING))
            .with_help("split it: give parts of it a name with `let`, or use a set and `in`");
    }
    return {{where, ast::AbsentLiteral{}}, 1};
}

ast::Expression Builder::expression(Grammar::ExpressionContext* context) {
    return flat(context).expression;
}

// The children of `expression` or `branch`: operands, and operators between them.
Built Builder::flat(antlr4::ParserRuleContext* context) {
    // Most expressions are one operand.
    Precedence precedence(*this);
    for (antlr4::tree::ParseTree* child : context->children) {
        const antlr4::Token* token = first_token(child);
        if (auto* operand = dynamic_cast<Grammar::OperandContext*>(child)) {
            // A minus right before a number is its sign: so the smallest Int can be written.
            std::size_t prefixes = operand->children.size() - 1;
            bool negative = false;
            if (prefixes > 0 && operand->postfix() != nullptr) {
                auto* postfix = operand->postfix();
                const std::size_t last = first_token(operand->children[prefixes - 1])->getType();
                negative = last == Grammar::MINUS && postfix->suffix().empty() &&
                           postfix->primary()->INTEGER() != nullptr &&
                           postfix->primary()->UNIT() == nullptr &&
                           postfix->primary()->DAYS() == nullptr &&
                           postfix->primary()->HOURS() == nullptr;
            }
            if (negative) --prefixes;
            for (std::size_t i = 0; i < prefixes; ++i) {
                const antlr4::Token* sign = first_token(operand->children[i]);
                precedence.prefix(sign->getType() == Grammar::MINUS ? ast::UnaryOp::negate
                                                                    : ast::UnaryOp::logical_not,
                                  token_span(file_, sign));
            }
            precedence.operand(limited(simple_operand(operand, negative)));
        } else if (auto* known = dynamic_cast<Grammar::KnownContext*>(child)) {
            if (known->path() != nullptr) {
                precedence.has_duty(path(known->path()), known->HAS_BREACHED_DUTY() != nullptr);
                continue;
            }
            precedence.known(token->getType() == Grammar::IS_NOT_KNOWN, token_span(file_, token));
        } else {
            precedence.infix(binary(token->getType(), token_span(file_, token)));
        }
    }
    return precedence.finish();
}

Built Builder::simple_operand(Grammar::OperandContext* context, bool negative) {
    if (negative) {
        auto* number = context->postfix()->primary()->INTEGER();
        const Span where = span(number);
        const Span sign =
            token_span(file_, first_token(context->children[context->children.size() - 2]));
        return {{join(sign, where), ast::IntLiteral{integer(number, true)}}, 1};
    }
    if (auto* c = context->ifThenElse()) return if_then_else(c);
    if (auto* c = context->quantified()) return quantified(c);
    if (auto* c = context->rounded()) return rounded(c);
    if (auto* c = context->aggregate()) return aggregate(c);
    if (auto* c = context->threshold()) return threshold(c);
    if (auto* c = context->conversion()) return conversion(c);
    return postfix(context->postfix());
}

Built Builder::if_then_else(Grammar::IfThenElseContext* context) {
    Built condition = flat(context->expression());
    Built then = flat(context->branch(0));
    Built otherwise = flat(context->branch(1));
    const std::size_t depth = std::max({condition.depth, then.depth, otherwise.depth}) + 1;
    return {{span(context),
             ast::IfThenElse{box(std::move(condition.expression)), box(std::move(then.expression)),
                             box(std::move(otherwise.expression))}},
            depth};
}

Built Builder::quantified(Grammar::QuantifiedContext* context) {
    Built set = flat(context->branch(0));
    Built condition = flat(context->branch(1));
    const std::size_t depth = std::max(set.depth, condition.depth) + 1;
    const auto quantifier =
        context->EVERY() != nullptr ? ast::Quantifier::every : ast::Quantifier::some;
    return {{span(context),
             ast::Quantified{quantifier, name(context->name()), box(std::move(set.expression)),
                             box(std::move(condition.expression))}},
            depth};
}

Built Builder::aggregate(Grammar::AggregateContext* context) {
    Built collection = flat(context->branch(0));
    Built value = flat(context->branch(1));
    const std::size_t depth = std::max(collection.depth, value.depth) + 1;
    const auto what = context->COUNT() != nullptr ? ast::Aggregation::count
                      : context->SUM() != nullptr ? ast::Aggregation::sum
                      : context->MIN() != nullptr ? ast::Aggregation::min
                                                  : ast::Aggregation::max;
    return {{span(context),
             ast::Aggregate{what, name(context->name()), box(std::move(collection.expression)),
                            box(std::move(value.expression))}},
            depth};
}

Built Builder::threshold(Grammar::ThresholdContext* context) {
    ast::Threshold out;
    out.at_least = context->AT_LEAST() != nullptr;
    out.number = integer(context->INTEGER(), false);
    std::size_t depth = 0;
    const auto condition = [&](Built built) {
        depth = std::max(depth, built.depth);
        out.conditions.push_back(std::move(built.expression));
    };
    if (context->name() != nullptr) {
        out.variable = name(context->name());
        Built collection = flat(context->branch(0));
        depth = collection.depth;
        out.collection = box(std::move(collection.expression));
        condition(flat(context->branch(1)));
    } else {
        for (auto* one : context->expression()) condition(flat(one));
    }
    return {{span(context), std::move(out)}, depth + 1};
}

Built Builder::rounded(Grammar::RoundedContext* context) {
    Built value = flat(context->expression());
    return {{span(context), ast::Rounded{name(context->name()), integer(context->INTEGER(), false),
                                         box(std::move(value.expression))}},
            value.depth + 1};
}

Built Builder::conversion(Grammar::ConversionContext* context) {
    Built money = postfix(context->postfix(0));
    Built rate = postfix(context->postfix(1));
    const std::size_t depth = std::max(money.depth, rate.depth) + 1;
    return {{span(context), ast::Convert{box(std::move(money.expression)), name(context->name()),
                                         box(std::move(rate.expression))}},
            depth};
}

Built Builder::postfix(Grammar::PostfixContext* context) {
    Built built = primary(context->primary());
    for (auto* one : context->suffix()) {
        built = limited(suffix(std::move(built), one));
    }
    return built;
}

Built Builder::place(Grammar::PlaceContext* context) {
    Built built{{span(context->name()), ast::NameUse{name(context->name())}}, 1};
    for (auto* one : context->suffix()) built = limited(suffix(std::move(built), one));
    return built;
}

// a, a.b, a.b.c as a path; nullopt if the expression is anything else.
std::optional<ast::QualifiedName> Builder::callee(const ast::Expression& expression) {
    ast::QualifiedName out;
    out.span = expression.span;
    const ast::Expression* at = &expression;
    while (const auto* member = std::get_if<ast::Member>(&at->node)) {
        out.parts.insert(out.parts.begin(), member->member);
        at = member->object.get();
    }
    const auto* first = std::get_if<ast::NameUse>(&at->node);
    if (first == nullptr) return std::nullopt;
    out.parts.insert(out.parts.begin(), first->name);
    return out;
}

Built Builder::suffix(Built object, Grammar::SuffixContext* context) {
    const Span whole = join(object.expression.span, span(context));
    if (auto* c = dynamic_cast<Grammar::MemberSuffixContext*>(context)) {
        const std::size_t depth = object.depth + 1;
        return {{whole, ast::Member{box(std::move(object.expression)), name(c->name())}}, depth};
    }
    if (auto* c = dynamic_cast<Grammar::IndexSuffixContext*>(context)) {
        Built key = flat(c->expression());
        const std::size_t depth = std::max(object.depth, key.depth) + 1;
        return {
            {whole, ast::Index{box(std::move(object.expression)), box(std::move(key.expression))}},
            depth};
    }
    const bool is_call = dynamic_cast<Grammar::CallSuffixContext*>(context) != nullptr;
    std::optional<ast::QualifiedName> name_before = callee(object.expression);
    if (!name_before) {
        diagnostics_
            .add(Code::E0112, object.expression.span,
                 is_call ? "only a name can be called"
                         : "only a name can stand before a record's fields")
            .with_help(is_call ? "write the name of a function or action before the brackets"
                               : "write the record's name: Dataset { owner: caller }");
        return object;
    }
    std::size_t depth = 0;
    if (auto* c = dynamic_cast<Grammar::CallSuffixContext*>(context)) {
        ast::Name& function = name_before->parts.front();
        const Keyword* word = find_keyword(function.text);
        if (word != nullptr && is_function(word->token)) function.text = word->english;
        std::vector<ast::Argument> given = arguments(c->arguments(), depth);
        return {{whole, ast::Call{std::move(*name_before), std::move(given)}}, depth + 1};
    }
    ast::RecordLiteral record{std::move(*name_before), {}};
    for (auto* field : dynamic_cast<Grammar::RecordSuffixContext*>(context)->fieldValue()) {
        Built value = flat(field->expression());
        depth = std::max(depth, value.depth);
        record.fields.push_back({name(field->name()), box(std::move(value.expression))});
    }
    return {{whole, std::move(record)}, depth + 1};
}

std::vector<ast::Argument> Builder::arguments(Grammar::ArgumentsContext* context,
                                              std::size_t& depth) {
    std::vector<ast::Argument> out;
    if (context == nullptr) return out;
    for (auto* one : context->argument()) {
        ast::Argument argument;
        if (one->name() != nullptr) argument.name = name(one->name());
        Built value = one->ANY() == nullptr
                          ? flat(one->expression())
                          : Built{{span(one->ANY()), ast::NameUse{{"any", span(one->ANY())}}}, 1};
        depth = std::max(depth, value.depth);
        argument.value = box(std::move(value.expression));
        out.push_back(std::move(argument));
    }
    return out;
}

std::vector<ast::Argument> Builder::arguments(Grammar::ArgumentsContext* context) {
    std::size_t depth = 0;
    return arguments(context, depth);
}

Built Builder::primary(Grammar::PrimaryContext* context) {
    const Span where = span(context);
    if (context->name() != nullptr) return {{where, ast::NameUse{name(context->name())}}, 1};
    if (context->LPAREN() != nullptr || context->LBRACE() != nullptr ||
        context->LBRACKET() != nullptr) {
        std::vector<ast::Expression> elements;
        std::size_t depth = 0;
        for (auto* one : context->expression()) {
            Built element = flat(one);
            depth = std::max(depth, element.depth);
            elements.push_back(std::move(element.expression));
        }
        if (context->LBRACE() != nullptr) {
            return {{where, ast::SetLiteral{std::move(elements)}}, depth + 1};
        }
        if (context->LBRACKET() != nullptr) {
            return {{where, ast::ListLiteral{std::move(elements)}}, depth + 1};
        }
        if (elements.size() > 1) {
            return {{where, ast::TupleLiteral{std::move(elements)}}, depth + 1};
        }
        elements[0].span = where;
        return {std::move(elements[0]), depth};
    }
    auto* unit = context->UNIT();
    if (unit == nullptr) unit = context->DAYS() != nullptr ? context->DAYS() : context->HOURS();
    if (unit != nullptr) {
        auto* number = context->INTEGER() != nullptr ? context->INTEGER() : context->DECIMAL();
        const Span written = span(unit);
        const std::string name = context->DAYS() != nullptr    ? "days"
                                 : context->HOURS() != nullptr ? "hours"
                                                               : std::string(raw(written));
        return {{where, ast::QuantityLiteral{decimal(number), {name, written}}}, 1};
    }
    switch (context->getStart()->getType()) {
        case Grammar::DECIMAL:
            return {{where, ast::DecimalLiteral{decimal(context->DECIMAL())}}, 1};
        case Grammar::INTEGER:
            return {{where, ast::IntLiteral{integer(context->INTEGER(), false)}}, 1};
        case Grammar::TEXT:
            return {{where, ast::TextLiteral{text(context->TEXT())}}, 1};
        case Grammar::DATE:
            if (context->TIME() != nullptr) {
                const auto [hour, minute] = time_of_day(context->TIME());
                return {{where, ast::TimeLiteral{date(context->DATE()), hour, minute}}, 1};
            }
            return {{where, ast::DateLiteral{date(context->DATE())}}, 1};
        case Grammar::TRUE:
            return {{where, ast::BoolLiteral{true}}, 1};
        case Grammar::FALSE:
            return {{where, ast::BoolLiteral{false}}, 1};
        case Grammar::TODAY:
            return {{where, ast::ContextValue{ast::Context::today}}, 1};
        case Grammar::NOW:
            return {{where, ast::ContextValue{ast::Context::now}}, 1};
        case Grammar::CALLER:
            return {{where, ast::ContextValue{ast::Context::caller}}, 1};
        case Grammar::RESULT:
            return {{where, ast::ContextValue{ast::Context::result}}, 1};
        case Grammar::SIGNER:
            return {{where, ast::ContextValue{ast::Context::signer}}, 1};
        default:
            return {{where, ast::AbsentLiteral{}}, 1};
    }
}

}  // namespace edict::parse
