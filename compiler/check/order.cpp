// `order by rank` (lex superior), `order by date` (lex posterior): overrides between opposing rules
// that the text does not write out. They are plain overrides from here on.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "compiler/check/declare.h"
#include "compiler/check/rules.h"

namespace edict::check {
namespace {

// Highest first, if the regulation does not list its own.
constexpr std::array<std::string_view, 6> USUAL_RANKS = {"constitution", "law",      "regulation",
                                                         "rule",         "standard", "internal"};

struct Standing {  // of a rule: the highest rank that it cites, and the latest date of that rank
    std::size_t rank = 0;  // the lower the number the higher; past the last: without a rank
    std::optional<value::Date> date;
};

class Orders {
public:
    explicit Orders(const ModuleScope& names)
        : context_(names.context()),
          tree_(*context_.of(names.self()).tree),
          module_(context_.module(names.self())) {}

    void run() {
        for (const ast::Declaration& declaration : tree_.declarations) {
            const auto* order = std::get_if<ast::OrderDeclaration>(&declaration);
            if (order != nullptr) note(*order);
        }
        module_.restrictions_first = given_[2] != nullptr;
        if (given_[0] == nullptr && given_[1] == nullptr) return;
        if (!list_ranks()) return;
        for (const Rule& rule : module_.rules) standings_.push_back(standing(rule));
        add_overrides();
    }

private:
    void note(const ast::OrderDeclaration& order) {
        const ast::OrderDeclaration*& before = given_[static_cast<std::size_t>(order.order)];
        if (before != nullptr) {
            context_.report(Code::E0111, order.span, "this order is given twice")
                .with_label(before->span, "first given here")
                .with_help("keep one of the two");
            return;
        }
        before = &order;
    }

    // False if the ranks cannot be compared, which is reported.
    bool list_ranks() {
        const ast::OrderDeclaration* by_rank = given_[0];
        if (by_rank != nullptr && !by_rank->ranks.empty()) {
            report_repeats(context_, by_rank->ranks);
            for (const ast::Name& rank : by_rank->ranks) ranks_.push_back(rank.text);
            if (!within_limit(context_, ranks_.size(), MAX_RANKS, "ranks", by_rank->span))
                return false;
        } else {
            ranks_.assign(USUAL_RANKS.begin(), USUAL_RANKS.end());
        }
        if (by_rank == nullptr) return true;
        bool all_known = true;
        for (const Source& source : module_.sources) {
            if (source.rank.empty() || rank_of(source) < ranks_.size()) continue;
            all_known = false;
            context_
                .report(Code::E0410, source.span,
                        quoted(source.rank) + " has no place in the order of ranks")
                .with_label(by_rank->span, "the ranks are " + list_of(ranks_) + ", highest first")
                .with_help("list the ranks: `order by rank law, regulation, internal`");
        }
        return all_known;
    }

    [[nodiscard]] std::size_t rank_of(const Source& source) const {
        return static_cast<std::size_t>(std::find(ranks_.begin(), ranks_.end(), source.rank) -
                                        ranks_.begin());
    }

    [[nodiscard]] Standing standing(const Rule& rule) const {
        Standing made{ranks_.size(), std::nullopt};
        for (const Citation& citation : rule.cites) {
            const Source& source = module_.sources[citation.source];
            const std::size_t rank = rank_of(source);
            if (rank > made.rank) continue;
            if (rank < made.rank) made = {rank, std::nullopt};
            const auto& date = source.in_force_from;
            if (date && (!made.date || *made.date < *date)) made.date = date;
        }
        return made;
    }

    // Whether `a` overrides `b` by the orders given.
    [[nodiscard]] bool prevails(std::uint32_t a, std::uint32_t b) const {
        const Standing& mine = standings_[a];
        const Standing& other = standings_[b];
        if (mine.rank != other.rank) {
            const bool ranked = mine.rank < ranks_.size() && other.rank < ranks_.size();
            if (given_[0] == nullptr || !ranked || other.rank < mine.rank) return false;
            // What a lower source restricts may still be restricted, unless it is a right.
            const Rule& rule = module_.rules[a];
            return rule.norm != Norm::permit || rule.as_of_right;
        }
        return given_[1] != nullptr && mine.date && other.date && *other.date < *mine.date;
    }

    [[nodiscard]] bool is_written(std::uint32_t from, std::uint32_t to) const {
        const std::vector<std::uint32_t>& all = module_.rules[from].overrides;
        const auto end = all.begin() + module_.rules[from].written_overrides;
        return std::find(all.begin(), end, to) != end;
    }

    void add_overrides() {
        struct Sides {
            std::vector<std::uint32_t> permits, restrictions;
        };
        std::map<ActionRef, Sides> by_action;
        for (std::uint32_t i = 0; i < module_.rules.size(); ++i) {
            if (module_.rules[i].norm == Norm::duty) continue;
            for (const RuleBody& body : module_.rules[i].bodies) {
                Sides& sides = by_action[body.action];
                const bool permits = module_.rules[i].norm == Norm::permit;
                (permits ? sides.permits : sides.restrictions).push_back(i);
            }
        }
        std::set<std::pair<std::uint32_t, std::uint32_t>> added;
        for (const auto& [action, sides] : by_action) {
            for (const std::uint32_t permit : sides.permits) {
                for (const std::uint32_t restriction : sides.restrictions) {
                    if (is_written(permit, restriction) || is_written(restriction, permit))
                        continue;
                    if (prevails(permit, restriction)) {
                        added.emplace(permit, restriction);
                    } else if (prevails(restriction, permit)) {
                        added.emplace(restriction, permit);
                    }
                    if (added.size() > MAX_ORDERED) {
                        (void)within_limit(context_, added.size(), MAX_ORDERED,
                                           "overrides by rank or date", tree_.span);
                        return;
                    }
                }
            }
        }
        for (const auto& [from, to] : added) module_.rules[from].overrides.push_back(to);
    }

    Context& context_;
    const ast::Module& tree_;
    Module& module_;
    std::array<const ast::OrderDeclaration*, 3> given_{};  // by ast::Order
    std::vector<std::string> ranks_;                       // highest first
    std::vector<Standing> standings_;                      // by rule
};

}  // namespace

void check_order(const ModuleScope& names) { Orders(names).run(); }

}  // namespace edict::check
