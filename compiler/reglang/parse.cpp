#include "compiler/reglang/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "compiler/source/text_check.h"

namespace edict::reglang {

namespace {

struct Token {
    enum class Kind : std::uint8_t { end, name, number, string, sign };
    Kind kind = Kind::end;
    std::string text;  // of a string without its quotes
    Place place;
};

base::Error wrong(Place place, const std::string& what) {
    return {base::ErrorKind::input, to_text(place) + ": " + what};
}

std::string shown(const Token& token) {
    if (token.kind == Token::Kind::end) return "the end of the file";
    return "`" + token.text + "`";
}

bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    base::Result<std::vector<Token>> run() {
        std::vector<Token> tokens;
        while (true) {
            if (const base::Status skipped = skip(); !skipped) return base::error_of(skipped);
            Token token{Token::Kind::end, "", place_};
            if (at_ == text_.size()) {
                tokens.push_back(token);
                return tokens;
            }
            const char c = text_[at_];
            if (starts_name(c)) {
                token.kind = Token::Kind::name;
                while (at_ < text_.size() && (starts_name(text_[at_]) || is_digit(text_[at_])))
                    token.text += take();
            } else if (is_digit(c)) {
                token.kind = Token::Kind::number;
                while (at_ < text_.size() && is_digit(text_[at_])) token.text += take();
            } else if (c == '"') {
                token.kind = Token::Kind::string;
                (void)take();
                while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') {
                    if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n')
                        (void)take();
                    token.text += take();
                }
                if (at_ == text_.size() || text_[at_] != '"')
                    return tl::unexpected(wrong(token.place, "this string has no end on its line"));
                (void)take();
            } else {
                token.kind = Token::Kind::sign;
                token.text = sign();
                if (token.text.empty()) {
                    return tl::unexpected(
                        wrong(token.place, c >= ' ' && c <= '~'
                                               ? fmt::format("`{}` means nothing here", c)
                                               : "a character outside of ASCII stands here; only "
                                                 "strings and comments may have such"));
                }
                for (std::size_t i = 0; i < token.text.size(); ++i) (void)take();
            }
            tokens.push_back(std::move(token));
        }
    }

private:
    [[nodiscard]] std::string sign() const {
        for (const std::string_view two : {"==", "!=", "<=", ">="}) {
            if (text_.substr(at_).starts_with(two)) return std::string(two);
        }
        constexpr std::string_view ONE = "<>+-*/%^()[],.;:=";
        return ONE.find(text_[at_]) == std::string_view::npos ? "" : std::string(1, text_[at_]);
    }
    char take() {
        const char c = text_[at_++];
        if (c == '\n') {
            ++place_.line;
            place_.column = 1;
        } else {
            ++place_.column;
        }
        return c;
    }
    base::Status skip() {
        while (at_ < text_.size()) {
            const std::string_view rest = text_.substr(at_);
            if (rest.starts_with("//")) {
                while (at_ < text_.size() && text_[at_] != '\n') (void)take();
            } else if (rest.starts_with("/*")) {
                const Place start = place_;
                const std::size_t end = text_.find("*/", at_ + 2);
                if (end == std::string_view::npos)
                    return tl::unexpected(wrong(start, "this comment has no end"));
                while (at_ < end + 2) (void)take();
            } else if (std::isspace(static_cast<unsigned char>(rest.front())) != 0) {
                (void)take();
            } else {
                return {};
            }
        }
        return {};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Place place_;
};

// Recursive descent; logic and arithmetic are one grammar, told apart when they are translated.
class Parser {
public:
    explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    base::Result<File> run() {
        try {
            File file;
            while (here().kind != Token::Kind::end) {
                if (takes("knowledgebase")) {
                    file.bases.push_back(knowledge_base());
                } else if (takes("rule")) {
                    file.rules.push_back(rule());
                } else {
                    expected("`knowledgebase` or `rule`");
                }
            }
            return file;
        } catch (const Stop& stop) {
            return tl::unexpected(stop.error);
        }
    }

private:
    struct Stop {
        base::Error error;
    };

    [[nodiscard]] const Token& here() const { return tokens_[at_]; }
    [[noreturn]] void expected(const std::string& what) const {
        throw Stop{wrong(here().place,
                         fmt::format("expected {}, but {} stands here", what, shown(here())))};
    }
    bool is(std::string_view text) const {
        return here().text == text &&
               (here().kind == Token::Kind::name || here().kind == Token::Kind::sign);
    }
    bool takes(std::string_view text) {
        if (!is(text)) return false;
        ++at_;
        return true;
    }
    void need(std::string_view text) {
        if (!takes(text)) expected(fmt::format("`{}`", text));
    }
    std::string name(const char* of) {
        if (here().kind != Token::Kind::name) expected(of);
        return tokens_[at_++].text;
    }

    KnowledgeBase knowledge_base() {
        KnowledgeBase base;
        base.place = here().place;
        base.name = name("the name of the knowledgebase");
        while (!takes("end")) {
            Change change;
            change.place = here().place;
            if (takes("knowledge")) {
                change.name = name("the name of the knowledge");
                need("=");
                change.value = whole();
            } else {
                change.name = name("`knowledge`, the name of one, or `end`");
                need(".");
                if (takes("add")) {
                    change.how = Change::How::add;
                } else if (takes("del")) {
                    change.how = Change::How::remove;
                } else {
                    expected("`add` or `del`");
                }
                need("(");
                change.value = whole();
                need(")");
            }
            need(";");
            base.changes.push_back(std::move(change));
        }
        return base;
    }

    Rule rule() {
        Rule rule;
        rule.place = here().place;
        rule.name = name("the name of the rule");
        need("reg");
        rule.scope = whole();
        need(":");
        while (!takes("end")) {
            Demand demand;
            if (takes("prohibit")) {
                demand.prohibits = true;
            } else if (!takes("require")) {
                expected("`require`, `prohibit` or `end`");
            }
            demand.condition = whole();
            need(";");
            rule.demands.push_back(std::move(demand));
        }
        return rule;
    }

    Node whole() {
        signs_ = 0;
        return expression();
    }
    // From the loosest to the tightest.
    Node expression() { return level(0); }

    Node level(std::size_t tightness) {
        static const std::array<std::vector<std::string_view>, 5> SIGNS = {
            {{"or"},
             {"and"},
             {"==", "!=", "<=", ">=", "<", ">", "in"},
             {"+", "-"},
             {"*", "/", "%"}}};
        if (tightness == SIGNS.size()) return power();
        Node left = level(tightness + 1);
        while (const std::string_view* sign = taken(SIGNS[tightness])) {
            Node made;
            made.place = tokens_[at_ - 1].place;
            made.text = *sign;
            made.kind = tightness < 2    ? Kind::logic
                        : *sign == "in"  ? Kind::membership
                        : tightness == 2 ? Kind::compare
                                         : Kind::arithmetic;
            made.parts.push_back(std::move(left));
            made.parts.push_back(level(tightness + 1));
            left = std::move(made);
            // A long row makes as deep a tree as brackets do.
            if (++signs_ > MAX_SIGNS)
                throw Stop{
                    wrong(left.place,
                          fmt::format("more than {} signs stand in this expression", MAX_SIGNS))};
            if (tightness == 2) break;  // comparisons do not stand in a row
        }
        return left;
    }
    const std::string_view* taken(const std::vector<std::string_view>& signs) {
        for (const std::string_view& sign : signs) {
            if (takes(sign)) return &sign;
        }
        return nullptr;
    }

    Node power() {
        const Deeper deeper(*this);
        Node base = postfix();
        if (!is("^")) return base;
        Node made{Kind::arithmetic, here().place, "^", "", {}};
        ++at_;
        made.parts.push_back(std::move(base));
        made.parts.push_back(power());
        return made;
    }

    Node postfix() {
        Node made = atom();
        while (is("[")) {
            Node item{Kind::item, here().place, "", "", {}};
            ++at_;
            item.parts.push_back(std::move(made));
            item.parts.push_back(expression());
            need("]");
            made = std::move(item);
            if (++signs_ > MAX_SIGNS)
                throw Stop{
                    wrong(made.place,
                          fmt::format("more than {} signs stand in this expression", MAX_SIGNS))};
        }
        return made;
    }

    Node atom() {
        Node made;
        made.place = here().place;
        if (here().kind == Token::Kind::number || here().kind == Token::Kind::string) {
            made.kind = here().kind == Token::Kind::number ? Kind::number : Kind::string;
            made.text = tokens_[at_++].text;
            return made;
        }
        if (takes("(")) {
            made = expression();
            need(")");
            return made;
        }
        if (takes("[")) {
            made.kind = Kind::array;
            do {
                made.parts.push_back(atom());
                const Kind kind = made.parts.back().kind;
                const bool fits = (kind == Kind::number || kind == Kind::string) &&
                                  kind == made.parts.front().kind;
                if (!fits)
                    throw Stop{wrong(made.parts.back().place,
                                     "a list holds numbers only, or strings only")};
            } while (takes(","));
            need("]");
            return made;
        }
        if (is("true") || is("false")) {
            made.text = tokens_[at_++].text;
            return made;
        }
        if (takes("tx")) return transaction(std::move(made));
        if (takes("contract")) return contract(std::move(made));
        if (takes("knowledgebase")) {
            made.kind = Kind::knowledge;
            need("(");
            made.text = name("the name of a knowledgebase");
            need(")");
            need(".");
            made.name = name("the name of the knowledge");
            return made;
        }
        static constexpr std::pair<const char*, Kind> CALLS[] = {
            {"length", Kind::length},     {"count", Kind::count},
            {"at_least", Kind::at_least}, {"at_most", Kind::at_most},
            {"any_item", Kind::any_item}, {"all_items", Kind::all_items}};
        for (const auto& [word, kind] : CALLS) {
            if (!takes(word)) continue;
            made.kind = kind;
            arguments(made, word);
            return made;
        }
        if (here().kind == Token::Kind::name) {
            throw Stop{wrong(
                here().place,
                fmt::format("`{0}` alone means nothing; an argument is tx.args.{0}", here().text))};
        }
        expected("a value or a condition");
    }

    void arguments(Node& made, const char* word) {
        need("(");
        do made.parts.push_back(expression());
        while (takes(","));
        need(")");
        const std::size_t takes_two = made.kind == Kind::at_least || made.kind == Kind::at_most;
        if (made.kind != Kind::count && made.parts.size() != 1 + takes_two) {
            throw Stop{wrong(made.place,
                             fmt::format("{} takes {} argument{}, and here are {}", word,
                                         1 + takes_two, takes_two ? "s" : "", made.parts.size()))};
        }
    }

    Node transaction(Node made) {
        need(".");
        if (takes("from")) {
            made.kind = Kind::sender;
        } else if (takes("to")) {
            made.kind = Kind::receiver;
        } else if (takes("function")) {
            made.kind = Kind::function;
        } else if (takes("args")) {
            made.kind = Kind::argument;
            need(".");
            made.text = name("the name of an argument");
        } else if (is("readset") || is("writeset")) {
            made.kind = Kind::state;
            made.text = tokens_[at_++].text;
            need("(");
            made.parts.push_back(expression());
            need(")");
            need(".");
            made.name = name("the name of a state variable");
        } else {
            expected("from, to, function, args, readset or writeset");
        }
        return made;
    }

    Node contract(Node made) {
        need("(");
        made.parts.push_back(expression());
        need(")");
        need(".");
        if (is("name") || is("owner")) {
            made.kind = Kind::contract;
            made.text = tokens_[at_++].text;
        } else if (takes("state")) {
            made.kind = Kind::state;
            made.text = "state";
            need(".");
            made.name = name("the name of a state variable");
        } else {
            expected("name, owner or state");
        }
        return made;
    }

    // Counts how deep expressions stand in one another.
    struct Deeper {
        explicit Deeper(Parser& parser) : of(parser) {
            if (++of.depth_ > MAX_DEPTH)
                throw Stop{
                    wrong(of.here().place,
                          fmt::format("more than {} expressions stand in one another", MAX_DEPTH))};
        }
        ~Deeper() { --of.depth_; }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;
        Parser& of;
    };

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::size_t signs_ = 0;
};

}  // namespace

std::string to_text(Place place) { return fmt::format("{}:{}", place.line, place.column); }

base::Result<File> parse(std::string_view text) {
    if (text.size() > MAX_TEXT_BYTES) {
        return base::input_error(
            fmt::format("the file has {} bytes; at most {} are read", text.size(), MAX_TEXT_BYTES));
    }
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add("reglang", std::string(text));
    if (!file) return base::error_of(file);
    if (!source::check_text(*file, sources, diagnostics)) {
        const source::Diagnostic& first = diagnostics.list().front();
        const std::string_view before = text.substr(0, first.span.begin);
        const auto line = static_cast<std::uint32_t>(std::ranges::count(before, '\n') + 1);
        const std::size_t start =
            before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
        return tl::unexpected(
            wrong({line, static_cast<std::uint32_t>(before.size() - start + 1)}, first.message));
    }
    text.remove_prefix(source::byte_order_mark(text));
    auto tokens = Lexer(text).run();
    if (!tokens) return base::error_of(tokens);
    return Parser(*std::move(tokens)).run();
}

}  // namespace edict::reglang
