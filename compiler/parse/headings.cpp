#include "compiler/parse/headings.h"

#include <fmt/format.h>

namespace edict::parse {
namespace {

using source::Heading;

class HeadingCitations {
public:
    HeadingCitations(const ast::Module& module, const source::Literate& literate,
                     const source::SourceMap& sources)
        : headings_(literate.headings), sources_(sources) {
        for (const ast::Declaration& one : module.declarations) {
            if (const auto* source = std::get_if<ast::SourceDeclaration>(&one)) {
                names_.push_back(source->name.text);
            }
        }
    }

    [[nodiscard]] bool has_sources() const { return !names_.empty(); }

    [[nodiscard]] std::optional<ast::Citation> citation(source::Span rule) const {
        std::size_t count = 0;
        while (count < headings_.size() && headings_[count].span.begin < rule.begin) ++count;
        if (count == 0) return std::nullopt;
        const Heading& nearest = headings_[count - 1];
        int level = nearest.level + 1;
        for (std::size_t i = count; i-- > 0;) {
            if (headings_[i].level >= level) continue;
            level = headings_[i].level;
            if (const std::string* name = source_of(headings_[i])) {
                return made(*name, headings_[i], nearest);
            }
        }
        if (names_.size() == 1) return made(names_[0], nearest, nearest);
        return std::nullopt;
    }

private:
    // The source whose name the heading begins with.
    [[nodiscard]] const std::string* source_of(const Heading& heading) const {
        const std::string_view text = sources_.text(heading.span);
        const std::string* best = nullptr;
        for (const std::string& name : names_) {
            if (!text.starts_with(name)) continue;
            const std::string_view rest = text.substr(name.size());
            if (!rest.empty() && std::string_view(" \t:,.;(").find(rest[0]) == rest.npos) continue;
            if (best == nullptr || name.size() > best->size()) best = &name;
        }
        return best;
    }

    [[nodiscard]] ast::Citation made(const std::string& name, const Heading& naming,
                                     const Heading& nearest) const {
        std::string_view place = sources_.text(nearest.span);
        if (place.starts_with(name) && naming.span == nearest.span) {
            std::string_view rest = place.substr(name.size());
            const std::size_t begin = rest.find_first_not_of(" \t:,.;");
            if (begin != std::string_view::npos) place = rest.substr(begin);
        }
        return {{name, naming.span}, std::string(place), nearest.span};
    }

    const std::vector<Heading>& headings_;
    const source::SourceMap& sources_;
    std::vector<std::string> names_;
};

}  // namespace

void cite_headings(ast::Module& module, const source::Literate& literate,
                   const source::SourceMap& sources, source::Diagnostics& diagnostics) {
    const HeadingCitations citations(module, literate, sources);
    if (!citations.has_sources()) return;
    for (ast::Declaration& one : module.declarations) {
        auto* rule = std::get_if<ast::RuleDeclaration>(&one);
        if (rule == nullptr || !rule->cites.empty()) continue;
        if (auto citation = citations.citation(rule->span)) {
            rule->cites.push_back(std::move(*citation));
            continue;
        }
        diagnostics
            .add(source::Code::E0133, rule->name.span,
                 fmt::format("no heading above the rule `{}` names a source", rule->name.text))
            .with_help("begin a heading above it with the name of a source, or write `cites`");
    }
}

}  // namespace edict::parse
