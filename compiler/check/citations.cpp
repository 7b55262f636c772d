#include "compiler/check/citations.h"

namespace edict::check {

std::vector<Citation> resolve_citations(const ModuleScope& names,
                                        const std::vector<ast::Citation>& trees) {
    Context& context = names.context();
    const auto& sources = context.of(names.self()).sources;
    std::vector<Citation> all;
    for (const ast::Citation& tree : trees) {
        check_text(context, tree.place, tree.span);
        const auto at = sources.find(tree.source.text);
        if (at != sources.end()) {
            all.push_back({at->second, tree.place});
            continue;
        }
        names.unknown({Code::E0210, "source"}, tree.source.text, tree.source.span,
                      names.names_of(context.module(names.self()).sources));
    }
    if (!trees.empty()) {
        (void)within_limit(context, trees.size(), MAX_CITATIONS, "citations", trees.front().span);
    }
    return all;
}

}  // namespace edict::check
