#include "compiler/parse/parse.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "compiler/parse/builder.h"
#include "compiler/parse/headings.h"
#include "compiler/parse/keywords.h"
#include "compiler/parse/lexemes.h"
#include "compiler/parse/limits.h"
#include "compiler/parse/names.h"
#include "compiler/parse/repair.h"
#include "compiler/parse/roles.h"
#include "compiler/parse/segments.h"
#include "compiler/parse/wording.h"
#include "compiler/source/literate.h"
#include "compiler/source/text_check.h"

namespace edict::parse {
namespace {

using source::Code;
using source::Span;

bool opens(std::size_t type) {
    return type == Grammar::LPAREN || type == Grammar::LBRACKET || type == Grammar::LBRACE;
}
bool closes(std::size_t type) {
    return type == Grammar::RPAREN || type == Grammar::RBRACKET || type == Grammar::RBRACE;
}

class FileParser {
public:
    FileParser(source::FileId file, const source::SourceMap& sources,
               source::Diagnostics& diagnostics, Lexemes* lexemes = nullptr)
        : file_(file), sources_(sources), diagnostics_(diagnostics), lexemes_(lexemes) {}

    std::optional<ast::File> parse() {
        if (source::is_literate(sources_.path(file_))) {
            literate_ = source::read_literate(file_, sources_);
            if (!read_blocks()) return std::nullopt;
        } else {
            tokens_ = tokenize(whole(), sources_, diagnostics_, comments());
        }
        const std::size_t before = diagnostics_.errors();
        std::vector<std::string> unsure = check_look_alikes(tokens_, sources_, diagnostics_);
        const std::vector<Segment> segments = cut(tokens_);
        ast::File out;
        out.file = file_;
        out.module.unread = std::move(unsure);
        const std::size_t errors = diagnostics_.errors();
        const bool has_header = header(segments[0], out.module);
        if (diagnostics_.errors() != errors) leave_out(segments[0], out.module);
        for (std::size_t i = 1; i < segments.size(); ++i) {
            if (segments[i].kind == Segment::Kind::second_header) {
                second_header(segments[i]);
                leave_out(segments[i], out.module);
                break;  // what follows belongs to another module
            }
            for (Segment rest = segments[i]; rest.begin < rest.end;)
                rest.begin = declaration(rest, out.module);
        }
        if (!has_header) return std::nullopt;
        std::vector<std::string>& unread = out.module.unread;
        if (literate_ && std::ranges::find(unread, "source") == unread.end())
            cite_headings(out.module, *literate_, sources_, diagnostics_);
        // A mistake that leaves no declaration out.
        if (diagnostics_.errors() != before && unread.empty()) unread.emplace_back("rule");
        if (lexemes_ != nullptr) {
            for (const Segment& segment : segments) {
                if (segment.begin < segment.end) tokens_[segment.begin].first_in_declaration = true;
            }
            lexemes_->tokens = std::move(tokens_);
        }
        return out;
    }

    std::optional<ast::Expression> parse_expression() {
        tokens_ = tokenize(whole(), sources_, diagnostics_);
        if (tokens_.empty()) {
            diagnostics_.add(Code::E0101, whole(), "there is no expression here");
            return std::nullopt;
        }
        const std::span<const Token> tokens(tokens_);
        if (!readable(tokens)) return std::nullopt;
        SyntaxError error;
        Grammar::SingleContext* context = engine_.single(tokens, error);
        if (context == nullptr) {
            diagnostics_.add(explain_syntax_error(tokens, error, sources_));
            return std::nullopt;
        }
        const std::size_t errors = diagnostics_.errors();
        ast::Expression out = builder().expression(context->expression());
        if (diagnostics_.errors() != errors) return std::nullopt;
        return out;
    }

private:
    [[nodiscard]] Span whole() const {
        const std::string_view text = sources_.text(file_);
        return {file_, static_cast<std::uint32_t>(source::byte_order_mark(text)),
                static_cast<std::uint32_t>(text.size())};
    }
    // The tokens of the blocks of literate source, one after the other.
    bool read_blocks() {
        if (literate_->open) {
            diagnostics_.add(Code::E0132, *literate_->open, "this block is never closed")
                .with_help("close it with a line of ``` after its last line");
            return false;
        }
        if (literate_->blocks.empty()) {
            diagnostics_
                .add(Code::E0119, {file_, 0, 0}, "this file holds no block that is marked `edict`")
                .with_help("put rules between a line ```edict and a line ```");
            return false;
        }
        for (const Span block : literate_->blocks) {
            std::vector<Token> tokens = tokenize(block, sources_, diagnostics_, comments());
            if (!tokens.empty()) tokens[0].first_in_block = true;
            tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
        }
        return true;
    }
    [[nodiscard]] std::vector<Span>* comments() {
        return lexemes_ == nullptr ? nullptr : &lexemes_->comments;
    }
    [[nodiscard]] Builder builder() {
        return {file_, sources_, diagnostics_, inner_,
                lexemes_ == nullptr ? nullptr : &lexemes_->in_messages};
    }
    void mark(antlr4::ParserRuleContext* tree, const Segment& segment) {
        if (lexemes_ == nullptr) return;
        mark_roles(tree, std::span(tokens_).subspan(segment.begin, segment.end - segment.begin));
    }
    [[nodiscard]] std::span<const Token> part(const Segment& segment) const {
        return std::span(tokens_).subspan(segment.begin, segment.end - segment.begin);
    }

    // Whether the grammar should see the tokens: not if a mistake in them is already reported,
    // which would be reported again in other words.
    bool readable(std::span<const Token> tokens) {
        for (const Token& token : tokens) {
            if (token.broken) return false;
        }
        for (const Token& token : tokens) {
            if (token.type != Grammar::UNSUPPORTED) continue;
            not_yet(token.span, fmt::format("`{}`", sources_.text(token.span)));
            return false;
        }
        return !nested_too_deeply(tokens);
    }

    // Brackets are counted before the grammar's own limit, which also ends chains of other things.
    bool nested_too_deeply(std::span<const Token> tokens) {
        std::size_t depth = 0;
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (opens(tokens[i].type)) {
                if (++depth <= MAX_NESTING) continue;
                SyntaxError error;
                error.at = i;
                error.too_deep = true;
                diagnostics_.add(explain_syntax_error(tokens, error, sources_));
                return true;
            }
            if (closes(tokens[i].type) && depth > 0) --depth;
        }
        return false;
    }

    void not_yet(Span where, const std::string& what) {
        diagnostics_.add(Code::E0110, where, fmt::format("not in this version of Edict: {}", what))
            .with_help("docs/LANGUAGE.md lists what this version reads");
    }

    bool header(const Segment& segment, ast::Module& module) {
        const std::span<const Token> tokens = part(segment);
        constexpr std::string_view HELP =
            "begin the file with `contract NAME version 1.0.0` or `regulation NAME version 1.0.0 "
            "governs CONTRACT`";
        if (tokens.empty() ||
            (tokens[0].type != Grammar::CONTRACT && tokens[0].type != Grammar::REGULATION)) {
            if (!tokens.empty() && tokens[0].broken) return false;
            const Span where =
                tokens_.empty() ? Span{file_, whole().begin, whole().begin} : tokens_[0].span;
            diagnostics_
                .add(Code::E0119, where, "this file does not begin with a contract or a regulation")
                .with_help(std::string(HELP));
            return false;
        }
        if (!readable(tokens)) return false;
        SyntaxError error;
        Grammar::HeaderContext* context = engine_.header(tokens, error);
        if (context == nullptr) {
            diagnostics_.add(explain_syntax_error(tokens, error, sources_));
            return false;
        }
        mark(context, segment);
        builder().header(context, module);
        return true;
    }

    void second_header(const Segment& segment) {
        diagnostics_.add(Code::E0119, tokens_[segment.begin].span, "a file holds one module")
            .with_label("a second one begins here")
            .with_help("put it into a file of its own");
    }

    // What the declaration might have declared, and of which kind it is. One whose name is missing
    // might have declared anything.
    void leave_out(const Segment& segment, ast::Module& module) const {
        if (lacks_name(part(segment))) module.unread.emplace_back();
        for (std::size_t i = segment.begin; i < segment.end; ++i) {
            const Keyword* first = i == segment.begin ? keyword_of(tokens_[i].type) : nullptr;
            if (first != nullptr) module.unread.emplace_back(first->english);
            if (is_name(tokens_[i].type))
                module.unread.emplace_back(sources_.text(tokens_[i].span));
        }
    }

    // Reads the declaration that the segment begins with. Returns where the next one begins that
    // the cut did not see, since its first words have a mistake; else the end of the segment.
    std::size_t declaration(Segment segment, ast::Module& module) {
        if (!readable(part(segment))) {
            leave_out(segment, module);
            return segment.end;
        }
        SyntaxError error;
        Grammar::DeclarationContext* context = declaration_of(segment, error);
        if (context == nullptr) {
            const std::span<const Token> tokens = part(segment);
            mistakes({tokens.begin(), tokens.end()}, error);
            leave_out(segment, module);
            return segment.end;
        }
        mark(context, segment);
        const std::size_t errors = diagnostics_.errors();
        ast::Declaration built = builder().declaration(context);
        if (diagnostics_.errors() == errors) {
            module.declarations.push_back(std::move(built));
        } else {
            leave_out(segment, module);
        }
        return segment.end;
    }

    // What the grammar makes of the segment, which ends earlier if another declaration begins in
    // it.
    Grammar::DeclarationContext* declaration_of(Segment& segment, SyntaxError& error) {
        const std::span<const Token> tokens = part(segment);
        Grammar::DeclarationContext* context = engine_.declaration(tokens, error);
        if (context != nullptr || diagnostics_.not_kept() > 0) return context;
        const std::size_t last = line_before(tokens, error.at);
        if (last > 0 && starts_declaration(tokens[last].type)) {
            SyntaxError before;
            context = engine_.declaration(tokens.first(last), before);
            if (context != nullptr) {
                segment.end = segment.begin + last;
                return context;
            }
        }
        const std::size_t next = line_of_declaration(tokens, error.at + 1);
        if (next >= tokens.size()) return nullptr;
        segment.end = segment.begin + next;
        return engine_.declaration(tokens.first(next), error);
    }

    // The first token of the line that a mistake stands on.
    [[nodiscard]] static std::size_t line_before(std::span<const Token> tokens, std::size_t at) {
        std::size_t i = std::min(at, tokens.size() - 1);
        while (i > 0 && !tokens[i].first_on_line) --i;
        return i;
    }
    // The first line from a token on that begins like a declaration: outside of brackets, and not
    // indented, as the clauses of one are. The number of tokens if there is none.
    // `from` is not 0.
    [[nodiscard]] std::size_t line_of_declaration(std::span<const Token> tokens,
                                                  std::size_t from) const {
        const std::string_view text = sources_.text(file_);
        std::size_t depth = 0;
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const Token& token = tokens[i];
            if (i >= from && depth == 0 && token.first_on_line &&
                text[token.span.begin - 1] == '\n' && starts_declaration(token.type))
                return i;
            if (opens(token.type)) ++depth;
            if (closes(token.type) && depth > 0) --depth;
        }
        return tokens.size();
    }

    // Reports a mistake, cuts it out, and looks for the next one in what is left of the
    // declaration.
    void mistakes(std::vector<Token> tokens, SyntaxError error) {
        for (;;) {
            diagnostics_.add(explain_syntax_error(tokens, error, sources_));
            if (error.too_deep || diagnostics_.not_kept() > 0) return;
            const std::optional<std::size_t> seam = cut_out(tokens, error.at);
            if (!seam || engine_.declaration(tokens, error) != nullptr) return;
            if (error.at <= *seam) return;
        }
    }

    source::FileId file_;
    const source::SourceMap& sources_;
    source::Diagnostics& diagnostics_;
    Lexemes* lexemes_;
    std::vector<Token> tokens_;
    std::optional<source::Literate> literate_;
    Engine engine_;
    std::unique_ptr<Engine> inner_;
};

}  // namespace

// Whatever the runtime may throw that is not a mistake of the user's is a defect of ours.
std::optional<ast::File> parse(source::FileId file, const source::SourceMap& sources,
                               source::Diagnostics& diagnostics) {
    if (!source::check_text(file, sources, diagnostics)) return std::nullopt;
    try {
        return FileParser(file, sources, diagnostics).parse();
    } catch (...) {
        base::check_failed("the parser's runtime threw", __FILE__, __LINE__);
    }
}

std::optional<Lexemes> read_lexemes(source::FileId file, const source::SourceMap& sources,
                                    source::Diagnostics& diagnostics) {
    if (!source::check_text(file, sources, diagnostics)) return std::nullopt;
    const std::size_t errors = diagnostics.errors();
    try {
        Lexemes out;
        const auto tree = FileParser(file, sources, diagnostics, &out).parse();
        if (!tree || diagnostics.errors() > errors) return std::nullopt;
        std::ranges::sort(out.in_messages, {}, [](const Token& token) { return token.span.begin; });
        return out;
    } catch (...) {
        base::check_failed("the parser's runtime threw", __FILE__, __LINE__);
    }
}

std::optional<ast::Expression> parse_expression(source::FileId file,
                                                const source::SourceMap& sources,
                                                source::Diagnostics& diagnostics) {
    if (!source::check_text(file, sources, diagnostics)) return std::nullopt;
    try {
        return FileParser(file, sources, diagnostics).parse_expression();
    } catch (...) {
        base::check_failed("the parser's runtime threw", __FILE__, __LINE__);
    }
}

}  // namespace edict::parse
