#include "compiler/parse/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "compiler/parse/helps.h"
#include "compiler/parse/keywords.h"
#include "compiler/parse/limits.h"

namespace edict::parse {
namespace {

using source::Code;
using source::Diagnostic;
using source::Span;

constexpr std::size_t ANY = 0xFFFF;

// What is said when the parser stops in a rule of the grammar at a token. The first row that fits
// wins; rules are tried from the innermost outwards.
struct Row {
    std::size_t rule;
    std::size_t token;
    std::string_view message;  // empty: the general one, from what was expected
    std::string_view help;
};

constexpr std::string_view RULE_EXAMPLE =
    "a rule reads: `rule NAME cites SOURCE \"art 1\" on ACTION when CONDITION: permit`";
constexpr std::string_view ACTION_EXAMPLE =
    "an action reads: `action share(dataset: Text, to: Party) by hospital { … }`";

constexpr std::string_view NOT_PERSONAL =
    "`personal` marks fields, parameters and events, not this";

// Examples stand between backquotes. One that Chinese does not say word by word is in examples.def.
constexpr Row ROWS[] = {
    {Grammar::RuleExpression, Grammar::ASSIGN, "`=` changes a store; it does not compare",
     "to compare, write `is` in a rule or `==` in an action"},
    {Grammar::RuleRuleDeclaration, Grammar::ASSIGN, "`=` changes a store; it does not compare",
     "to compare, write `is`: `when purpose is research`"},
    {Grammar::RuleBlock, Grammar::ELSE, "this `else` belongs to no `if`",
     "`else` stands right after the closing brace of an `if`"},
    {Grammar::RuleIfThenElse, ANY, "", "a choice reads: `if CONDITION then VALUE else VALUE`"},
    {Grammar::RuleRounded, ANY, "", "a rounding reads: `round half_even to 2 (amount * rate)`"},
    {Grammar::RuleConversion, ANY, "", "a conversion reads: `convert funds to CNY at rate`"},
    {Grammar::RuleConstDeclaration, ANY, "", "a constant reads: `const LIMIT = 50_000 CNY`"},
    {Grammar::RuleFunctionDeclaration, ANY, "",
     "a function reads: `function fee(amount: Int) -> Int = amount / 100`"},
    {Grammar::RuleTableDeclaration, Grammar::LBRACE, "this table does not say which row counts",
     "write `unique { … }` if at most one value may fit, or `first { … }` for the first row that "
     "fits"},
    {Grammar::RuleTableRow, Grammar::GREATER_EQUAL, "a row has `=>` before its value",
     "a row reads: `<30, any => internal`"},
    {Grammar::RuleTableCell, ANY, "",
     "a cell is `any`, a value, a set of values, a range such as `0..4`, or `<30`, `<=30`, `>30`, "
     "`>=30`, `!=30`"},
    {Grammar::RuleTableDeclaration, ANY, "",
     "a table reads: `table risk(age: Int, score: Int) -> Level unique { <30, any => internal "
     ">=30, any => personal }`"},
    {Grammar::RuleAttributeDeclaration, ANY, "",
     "an attribute of a party reads: `attribute country: Text`"},
    {Grammar::RuleInvariantDeclaration, ANY, "",
     "an invariant reads: `invariant never_over_cap for every to in exported: exported[to] is at "
     "most 1_000`; or, without keys, `invariant in_order: opened is at most closed`"},
    {Grammar::RuleInitialDeclaration, ANY, "",
     "initial data read: `initial { quota[\"pbc\"] = 5 }`, or `initial from \"annex 2\" sha256 "
     "\"64 hexadecimal digits\" { … }`"},
    {Grammar::RuleUpgradeDeclaration, ANY, "",
     "an upgrade reads: `upgrade Dataset from 1.2.0 (owner: Party) = Dataset { owner: owner, "
     "level: internal }`"},
    {Grammar::RuleAdded, ANY, "",
     "a field that came later reads: `region: Text since 2.0.0 default \"unknown\"`"},
    {Grammar::RuleParameterDeclaration, ANY, "",
     "a parameter reads: `parameter cap: Int { cites LAW \"art 5\" from 2017-07-01: 50_000 }`"},
    {Grammar::RuleAggregate, ANY, "",
     "it reads: `count x in xs satisfies CONDITION`, or `sum x in xs of VALUE` (also `min x in xs "
     "of VALUE`, `max x in xs of VALUE`)"},
    {Grammar::RuleThreshold, ANY, "",
     "it reads: `at least 2 of x in xs satisfies CONDITION`, or `at least 2 of (a, b, c)`"},
    {Grammar::RuleQuantified, ANY, "",
     "it reads: `every x in xs satisfies CONDITION` (put brackets around a condition with `else`)"},
    {Grammar::RuleActionDeclaration, Grammar::LBRACE, "this action does not say who may call it",
     "say it before the brace: `action share(to: Party) by hospital { … }`, or `by anyone`"},
    {Grammar::RuleActionDeclaration, ANY, "", ACTION_EXAMPLE},
    {Grammar::RuleOrderDeclaration, ANY, "",
     "an order reads: `order by rank law, regulation, internal` (highest first), `order by date`, "
     "or `order restrictions first`"},
    {Grammar::RuleActionSet, ANY, "",
     "actions are named (`on share, publish`), or chosen: `on any action of hub`, `on actions of "
     "hub that write exported`, `on actions of hub that read exported`"},
    {Grammar::RuleCounterDeclaration, ANY, "",
     "a counter reads: `counter sent: sum subjects per to on share when CONDITION`; or `counter "
     "sent: count per to over 30 days on forbidden share`, `counter sent: distinct VALUE per to on "
     "share`"},
    {Grammar::RuleObserveDeclaration, ANY, "",
     "an observer reads: `observe share { last[to] = today }`"},
    {Grammar::RuleDuty, ANY, "",
     "a duty reads: `to must report_use(dataset) within 30 days`; or, with all that it can say, "
     "`every p in parties must report_use(p) within 30 days after DATE else suspend(p)`"},
    {Grammar::RuleNorm, ANY, "",
     "after the colon stands `permit`, `permit as of right`, `forbid`, `require CONDITION`, or a "
     "duty: `to must report_use(dataset) within 30 days`"},
    {Grammar::RuleRuleDeclaration, Grammar::PERMIT, "a colon is missing before `permit`",
     RULE_EXAMPLE},
    {Grammar::RuleRuleDeclaration, Grammar::FORBID, "a colon is missing before `forbid`",
     RULE_EXAMPLE},
    {Grammar::RuleRuleDeclaration, Grammar::REQUIRE, "a colon is missing before `require`",
     RULE_EXAMPLE},
    {Grammar::RuleAct, Grammar::PERMIT, "a colon is missing before `permit`", RULE_EXAMPLE},
    {Grammar::RuleAct, Grammar::FORBID, "a colon is missing before `forbid`", RULE_EXAMPLE},
    {Grammar::RuleAct, ANY, "this rule does not say on which action it is", RULE_EXAMPLE},
    {Grammar::RuleCitation, ANY, "", "a citation reads: `cites PIPL \"art 40\"`"},
    {Grammar::RuleEffective, ANY, "", "it reads: `effective from 2026-01-01 until 2027-01-01`"},
    {Grammar::RuleBecause, ANY, "", "it reads: `because \"dataset {dataset} is not approved\"`"},
    {Grammar::RuleRuleDeclaration, ANY, "", RULE_EXAMPLE},
    {Grammar::RuleStoreDeclaration, ANY, "",
     "a store reads: `store exported: Map<Party, Int 0..1_000> default 0`"},
    {Grammar::RuleType, ANY, "",
     "types are Bool, Int, Int 0..100, Text, Text<64>, Date, Party, Hash, Bytes<32>, Set<T, 8>, "
     "Map<K, V>, (A, B), T? and the names of enums and records"},
    {Grammar::RuleEnumDeclaration, ANY, "",
     "an enum reads: `enum Level ordered { public, personal }`"},
    {Grammar::RuleRecordDeclaration, ANY, "",
     "a record reads: `record Dataset { owner: Party, until: Date? }`"},
    {Grammar::RuleEventDeclaration, Grammar::RECORD,
     "`personal` marks fields, parameters and events, not a whole record",
     "mark the fields that are personal: `record Patient { personal name: Text, bed: Int }`"},
    {Grammar::RuleEventDeclaration, Grammar::ACTION,
     "`personal` marks fields, parameters and events, not an action",
     "mark the parameters that are personal: `action admit(personal name: Text) by nurse { … }`"},
    {Grammar::RuleEventDeclaration, Grammar::STORE,
     "`personal` marks fields, parameters and events, not a store",
     "leave it out: a store holds personal data if some is written into it"},
    {Grammar::RuleEventDeclaration, Grammar::ENUM, NOT_PERSONAL, "leave it out"},
    {Grammar::RuleEventDeclaration, Grammar::ROLE, NOT_PERSONAL, "leave it out"},
    {Grammar::RuleEventDeclaration, ANY, "",
     "an event reads: `event Shared(dataset: Text, to: Party)`"},
    {Grammar::RuleSourceDeclaration, ANY, "",
     "a source reads: `source PIPL rank law in force from 2021-11-01 \"its title\"`"},
    {Grammar::RuleDefaultDeclaration, ANY, "",
     "a default reads: `default forbid share`; or, for all other actions, `default silent`"},
    {Grammar::RuleAssertDeclaration, ANY, "",
     "an assertion reads: `assert never permitted share when CONDITION`"},
    {Grammar::RuleExpectation, ANY, "",
     "a test expects `committed`, `forbidden`, `forbidden by RULE`, `forbidden by default`, "
     "`failed`, `refused`, or a store: `expect exported[to] == 418`"},
    {Grammar::RuleExampleDeclaration, ANY, "",
     "an example holds what a test holds, and is shown in the documentation"},
    {Grammar::RuleTestDeclaration, ANY, "",
     "a test holds: `parties a: hospital`, `given exported[to] = 5`, `at 2026-02-01`, `call "
     "share(\"pbc\") by a`, `expect committed`"},
    {Grammar::RuleIfStatement, ANY, "", "it reads: `if CONDITION { … } else { … }`"},
    {Grammar::RuleBlock, ANY, "",
     "a statement changes a store (`s = v`), calls an action (`f(x)`), or starts with `let`, "
     "`if`, `for`, `add`, `remove`, `emit`, `fail` or `return`"},
    {Grammar::RuleHeader, ANY, "",
     "a file begins: `contract stroke_hub version 1.0.0`, or `regulation data_export version 1.0.0 "
     "governs stroke_hub`"},
    {Grammar::RuleUseDeclaration, ANY, "", "it reads: `use std.membership`"},
};

// A name or rule of the grammar that stands for the many tokens that it may start with.
std::vector<std::string> expected_words(const SyntaxError& error) {
    const std::vector<std::size_t>& types = error.expected;
    const auto has = [&types](std::size_t type) {
        return std::binary_search(types.begin(), types.end(), type);
    };
    std::vector<std::string> out;
    const bool value = has(Grammar::INTEGER) && has(Grammar::TRUE);
    const bool name = has(Grammar::WORD);
    const bool operators = has(Grammar::IMPLIES);
    if (value) out.emplace_back("a value");
    if (name && !value) out.emplace_back("a name");
    for (const std::size_t type : types) {
        if (name && is_name(type)) continue;
        if (value &&
            (type == Grammar::INTEGER || type == Grammar::DECIMAL || type == Grammar::TEXT ||
             type == Grammar::DATE || type == Grammar::NOT || type == Grammar::MINUS ||
             type == Grammar::LPAREN || type == Grammar::LBRACE || type == Grammar::IF ||
             type == Grammar::EVERY || type == Grammar::SOME ||
             (type >= Grammar::TRUE && type <= Grammar::SIGNER) || type == Grammar::NOW ||
             type == Grammar::RESULT || type == Grammar::AT_LEAST || type == Grammar::AT_MOST ||
             type == Grammar::LBRACKET)) {
            continue;
        }
        if (operators &&
            (type == Grammar::LPAREN || type == Grammar::LBRACKET || type == Grammar::LBRACE ||
             type == Grammar::DOT || type == Grammar::ELSE || type == Grammar::IN ||
             type == Grammar::UNIT || type == Grammar::AS_OF || type == Grammar::STARTS_WITH ||
             type == Grammar::ENDS_WITH || type == Grammar::TIME ||
             (type >= Grammar::EQUAL && type <= Grammar::SLASH) ||
             (type >= Grammar::AND && type <= Grammar::INTERSECT) ||
             (type >= Grammar::NOT_IN && type <= Grammar::IS_NOT_KNOWN))) {
            continue;
        }
        if (type == 0) {
            const bool single = std::find(error.rules.begin(), error.rules.end(),
                                          Grammar::RuleSingle) != error.rules.end();
            out.emplace_back(single ? "the end of the expression" : "the end of the declaration");
        } else if (!token_text(type).empty()) {
            out.emplace_back(token_text(type));
        }
    }
    return out;
}

std::string either(const std::vector<std::string>& words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
        out += words[i];
    }
    return out;
}

// The bracket that is still open before token `at`, if any.
const Token* open_bracket(std::span<const Token> tokens, std::size_t at) {
    std::vector<const Token*> open;
    for (std::size_t i = 0; i < std::min(at, tokens.size()); ++i) {
        const std::size_t type = tokens[i].type;
        if (type == Grammar::LPAREN || type == Grammar::LBRACKET || type == Grammar::LBRACE) {
            open.push_back(&tokens[i]);
        } else if ((type == Grammar::RPAREN || type == Grammar::RBRACKET ||
                    type == Grammar::RBRACE) &&
                   !open.empty()) {
            open.pop_back();
        }
    }
    return open.empty() ? nullptr : open.back();
}

std::string found(std::span<const Token> tokens, std::size_t at, const source::SourceMap& sources) {
    if (at >= tokens.size()) return "the declaration ends";
    std::string_view text = sources.text(tokens[at].span);
    constexpr std::size_t MAX_SHOWN = 40;
    if (text.size() > MAX_SHOWN) return "this text stands here";
    return fmt::format("`{}` stands here", text);
}

// Whether the token begins "name: …" in a list of fields, which the grammar lets be empty.
bool stands_for_name(std::span<const Token> tokens, std::size_t at) {
    if (at == 0 || at + 1 >= tokens.size() || tokens[at + 1].type != Grammar::COLON) return false;
    const std::size_t before = tokens[at - 1].type;
    return before == Grammar::LPAREN || before == Grammar::COMMA || before == Grammar::LBRACE;
}

// Whether the token begins "name: …" right after the field before it.
bool lacks_comma(std::span<const Token> tokens, std::size_t at) {
    if (at == 0 || at + 1 >= tokens.size() || tokens[at + 1].type != Grammar::COLON) return false;
    const Token* open = open_bracket(tokens, at);
    const std::size_t before = tokens[at - 1].type;
    return open != nullptr && before != Grammar::COMMA && open != &tokens[at - 1] &&
           is_name(tokens[at].type);
}

// Whether a clause of a rule or invariant begins with the token.
bool begins_clause(std::span<const Token> tokens, std::size_t at) {
    switch (at < tokens.size() ? tokens[at].type : 0) {
        case Grammar::ON:
        case Grammar::WHEN:
        case Grammar::CITES:
        case Grammar::EFFECTIVE:
        case Grammar::OVERRIDES:
        case Grammar::PERMIT:
        case Grammar::FORBID:
        case Grammar::FOR_EVERY:
            return true;
        default:
            return false;
    }
}

const Row* row_for(const SyntaxError& error, std::size_t token) {
    // Where a value is missing, what stands in its place is not the mistake.
    const bool value = std::binary_search(error.expected.begin(), error.expected.end(),
                                          std::size_t{Grammar::INTEGER}) &&
                       std::binary_search(error.expected.begin(), error.expected.end(),
                                          std::size_t{Grammar::TRUE});
    // `when c: permit` and no action: that the words of Chinese rules could go on is no help.
    const auto act = std::ranges::find(error.rules, std::size_t{Grammar::RuleAct});
    const bool no_action = act != error.rules.end() && act != error.rules.begin() &&
                           *std::prev(act) == Grammar::RuleActionSet && token != Grammar::WORD;
    for (const std::size_t rule : error.rules) {
        if (no_action && rule != Grammar::RuleAct) continue;
        for (const Row& row : ROWS) {
            if (row.rule != rule || (value && !row.message.empty())) continue;
            if (row.token == ANY || row.token == token) return &row;
        }
    }
    return nullptr;
}

// The word of the language that was meant: one that could stand there, or else, since the parser
// forgets what it could have gone on with, one that is never a name.
std::optional<std::string> nearest_keyword(std::string_view word,
                                           const std::vector<std::size_t>& expected) {
    constexpr std::size_t MIN_BYTES = 3;  // one of two letters is near to everything
    if (word.size() < MIN_BYTES) return std::nullopt;
    std::vector<std::string> candidates;
    std::vector<std::string> reserved;
    for (const Keyword& keyword : keywords()) {
        const bool fits =
            std::binary_search(expected.begin(), expected.end(), std::size_t{keyword.token});
        std::vector<std::string>& into = fits ? candidates : reserved;
        if (!fits && !is_reserved(keyword.token)) continue;
        into.emplace_back(keyword.english);
        into.emplace_back(keyword.chinese);
    }
    if (auto near = source::nearest(word, candidates)) return near;
    return word.size() > MIN_BYTES ? source::nearest(word, reserved) : std::nullopt;
}

// `personal`, where a word like it stands before a name: `persnal name: Text`.
std::optional<std::string> misspelt_mark(std::span<const Token> tokens, std::size_t at,
                                         const source::SourceMap& sources) {
    if (at < 2 || tokens[at - 1].type != Grammar::WORD) return std::nullopt;
    const std::size_t before = tokens[at - 2].type;
    if (before != Grammar::LPAREN && before != Grammar::LBRACE && before != Grammar::COMMA) {
        return std::nullopt;
    }
    const Keyword* personal = keyword_of(Grammar::PERSONAL);
    return source::nearest(sources.text(tokens[at - 1].span),
                           {std::string(personal->english), std::string(personal->chinese)});
}

Diagnostic make(Code code, Span span, std::string message, std::string help) {
    Diagnostic out;
    out.code = code;
    out.span = span;
    out.message = std::move(message);
    out.help = std::move(help);
    return out;
}

}  // namespace

std::vector<std::string_view> syntax_helps() {
    std::vector<std::string_view> out;
    for (const Row& row : ROWS) out.push_back(row.help);
    return out;
}

bool lacks_name(std::span<const Token> tokens) {
    switch (tokens.empty() ? 0 : tokens[0].type) {
        case Grammar::RULE:
        case Grammar::INVARIANT:
            // Before another clause the first one was meant as a name: `rule on on share`.
            if (begins_clause(tokens, 1)) return !begins_clause(tokens, 2);
            [[fallthrough]];
        case Grammar::ROLE:
        case Grammar::EVENT:
        case Grammar::ENUM:
        case Grammar::RECORD:
        case Grammar::STORE:
        case Grammar::ACTION:
        case Grammar::SOURCE:
        case Grammar::CONST:
        case Grammar::FUNCTION:
        case Grammar::TABLE:
        case Grammar::PARAMETER:
        case Grammar::ATTRIBUTE:
        case Grammar::COUNTER:
            return tokens.size() == 1 || !(is_name(tokens[1].type) || is_reserved(tokens[1].type));
        default:
            return false;
    }
}

Diagnostic explain_syntax_error(std::span<const Token> tokens, const SyntaxError& error,
                                const source::SourceMap& sources) {
    const bool at_end = error.at >= tokens.size();
    Span where = at_end ? tokens.back().span : tokens[error.at].span;
    if (at_end) where.begin = where.end;
    if (error.too_deep) {
        return make(Code::E0106, where,
                    fmt::format("brackets or blocks stand more than {} deep here", MAX_NESTING),
                    "split it: give parts of it a name with `let`");
    }
    const std::size_t type = at_end ? ANY : tokens[error.at].type;
    const auto expects = [&error](std::size_t wanted) {
        return std::binary_search(error.expected.begin(), error.expected.end(), wanted);
    };
    const bool expects_name = expects(Grammar::WORD) && !expects(Grammar::TRUE);
    const bool is_nameless = error.at == 1 && lacks_name(tokens);
    if (is_reserved(type) && !is_nameless && (expects_name || stands_for_name(tokens, error.at))) {
        return make(
            Code::E0118, where,
            fmt::format("`{}` is a word of the language and cannot be a name", sources.text(where)),
            "choose another name");
    }
    if (!at_end && lacks_comma(tokens, error.at)) {
        Diagnostic out = make(
            Code::E0101, where, fmt::format("there is no comma before `{}`", sources.text(where)),
            "separate fields and arguments with commas: owner: Party, until: Date?");
        if (const auto near = misspelt_mark(tokens, error.at, sources)) {
            out.span = tokens[error.at - 1].span;
            out.message = fmt::format("`{}` cannot stand here", sources.text(out.span));
            out.help = fmt::format("did you mean `{}`?", *near);
        }
        return out;
    }
    // A word where the declaration could have ended is most likely a misspelt start of the next.
    if (expects(0) && type == Grammar::WORD && tokens[error.at].first_on_line) {
        const std::string word(sources.text(where));
        const auto near = source::nearest(word, declaration_words());
        return make(Code::E0101, where, fmt::format("no declaration starts with `{}`", word),
                    near ? fmt::format("did you mean `{}`?", *near)
                         : "declarations start with `use`, `role`, `attribute`, `event`, `enum`, "
                           "`record`, `store`, `initial`, `invariant`, `upgrade`, `const`, "
                           "`function`, `table`, `parameter`, `action`, `source`, `order`, "
                           "`default`, `counter`, `observe`, `rule`, `assert`, `test` or "
                           "`example`");
    }
    const Row* row = row_for(error, type);
    const std::vector<std::string> words = expected_words(error);
    constexpr std::size_t MAX_WORDS = 4;
    std::string message;
    if (is_nameless) {
        message = fmt::format("this `{}` has no name", sources.text(tokens[0].span));
    } else if (row != nullptr && !row->message.empty()) {
        message = row->message;
    } else if (words.empty() || words.size() > MAX_WORDS) {
        message = at_end ? "the declaration ends too early"
                         : fmt::format("`{}` cannot stand here", sources.text(where));
    } else if (!at_end && error.at > 0 && tokens[error.at].first_on_line && words[0] == "a value") {
        where = tokens[error.at - 1].span;
        message = fmt::format("expected {} after `{}`", either(words), sources.text(where));
    } else {
        message =
            fmt::format("expected {}, but {}", either(words), found(tokens, error.at, sources));
    }
    Diagnostic out = make(Code::E0101, where, std::move(message),
                          row == nullptr ? std::string() : std::string(row->help));
    if (type == Grammar::WORD) {
        const std::string_view word = sources.text(tokens[error.at].span);
        if (const auto near = nearest_keyword(word, error.expected)) {
            out.help = fmt::format("did you mean `{}`?", *near);
        }
    }
    // `on share: permitt` could have become a duty, of which this would be the bearer.
    const std::size_t count = tokens.size();
    if (at_end && count > 1 && tokens[count - 1].type == Grammar::WORD &&
        tokens[count - 2].type == Grammar::COLON) {
        std::vector<std::size_t> norms = {Grammar::PERMIT, Grammar::FORBID, Grammar::REQUIRE};
        std::sort(norms.begin(), norms.end());
        const std::string_view word = sources.text(tokens[count - 1].span);
        if (const auto near = nearest_keyword(word, norms)) {
            out.help = fmt::format("did you mean `{}`?", *near);
        }
    }
    if (const Token* open = open_bracket(tokens, error.at); open != nullptr && at_end) {
        const std::string_view bracket = sources.text(open->span);
        out.message = fmt::format("this `{}` is never closed", bracket);
        out.span = open->span;
        out.labels.push_back({where, "the declaration ends here"});
    }
    return out;
}

}  // namespace edict::parse
