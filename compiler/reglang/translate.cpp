#include "compiler/reglang/translate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/parse/tokens.h"
#include "compiler/reglang/constant.h"
#include "compiler/reglang/parse.h"
#include "compiler/reglang/types.h"

namespace edict::reglang {

namespace {

// A condition: known when it is imported, or a text of Edict.
struct Truth {
    std::optional<bool> known;
    std::string text;
};
// What can be compared: a constant, or a text of Edict with what is known of its type.
struct Operand {
    std::optional<Constant> constant;
    std::string text;
    Slot slot = 0;
    bool is_list = false;
};

struct Action {
    std::set<std::string> arguments;
};
struct Contract {
    std::string name;  // in Edict
    std::map<std::string, Action> actions;
    bool uses_owner = false, uses_address = false;
};

std::string joined(const std::set<std::string>& words, const char* between) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
    return text;
}

class Translation {
public:
    Translation(const File& file, std::string_view name) : file_(file), name_(name) {}

    Imported run() {
        known_ = value_of(knowledge_of(file_, teller()));
        find_contracts();
        walk();  // finds types
        settle_types();
        emits_ = true;
        walk();
        Imported made;
        for (auto& [original, contract] : contracts_)
            made.modules.emplace_back(contract.name, text_of(original, contract));
        made.modules.emplace_back(name_, regulation());
        std::ranges::stable_sort(remarks_, [](const Remark& a, const Remark& b) {
            return std::pair(a.place.line, a.place.column) <
                   std::pair(b.place.line, b.place.column);
        });
        made.remarks = std::move(remarks_);
        return made;
    }

    struct Stop {
        base::Error error;
    };

private:
    // ---- small things
    // -----------------------------------------------------------------------------

    [[noreturn]] static void refuse(Place place, const std::string& what) {
        throw Stop{error_at(place, what)};
    }
    template <typename T>
    static T value_of(base::Result<T> result) {
        if (!result) throw Stop{result.error()};
        return *std::move(result);
    }
    static void must(const base::Status& status) {
        if (!status) throw Stop{status.error()};
    }
    void tell(Place place, std::string text) {
        for (const Remark& known : remarks_) {
            if (known.text == text) return;
        }
        remarks_.push_back({place, std::move(text)});
    }
    Tell teller() {
        return [this](Place place, std::string text) { tell(place, std::move(text)); };
    }

    // A name of Edict for a name or a string of RegLang; the same for the same.
    std::string name_for(const std::string& original, Place place) {
        std::string made;
        for (const char c : original) {
            const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '_';
            made += fits ? c : '_';
        }
        if (made.empty() || (made[0] >= '0' && made[0] <= '9')) made = "c_" + made;
        source::SourceMap sources;
        source::Diagnostics diagnostics;
        const auto file = sources.add("name", made);
        const source::Span whole{*file, 0, static_cast<std::uint32_t>(made.size())};
        const auto tokens = parse::tokenize(whole, sources, diagnostics);
        if (tokens.size() != 1 || !parse::is_name(tokens[0].type) || tokens[0].keyword >= 0)
            made += "_";
        if (made != original)
            tell(place, fmt::format("`{}` is called {} in Edict", original, made));
        return made;
    }

    // ---- what there is to govern
    // ------------------------------------------------------------------

    static void strings_compared_with(const Node& node, Kind what, std::set<std::string>& found) {
        if (node.kind == Kind::compare) {
            for (std::size_t i = 0; i < 2; ++i) {
                const Node& other = node.parts[1 - i];
                const bool names_contract = what != Kind::contract || node.parts[i].text == "name";
                if (node.parts[i].kind == what && names_contract && other.kind == Kind::string)
                    found.insert(other.text);
            }
        }
        for (const Node& part : node.parts) strings_compared_with(part, what, found);
    }

    // A function belongs to the contracts that a scope names beside it; to all, if it names none.
    void find_contracts() {
        std::set<std::string> all;
        for (const Rule& rule : file_.rules) strings_compared_with(rule.scope, Kind::contract, all);
        if (all.empty()) all.insert("target");
        for (const std::string& one : all) contracts_[one].name = name_for(one, {});
        for (const Rule& rule : file_.rules) {
            std::set<std::string> contracts, functions;
            strings_compared_with(rule.scope, Kind::contract, contracts);
            strings_compared_with(rule.scope, Kind::function, functions);
            for (const std::string& contract : contracts.empty() ? all : contracts) {
                for (const std::string& function : functions)
                    contracts_[contract].actions[function];
            }
        }
        for (auto& [original, contract] : contracts_) {
            if (contract.actions.empty()) contract.actions["call"];
        }
        tell({},
             "RegLang does not say what the contracts can do: the actions, arguments and stores "
             "are those that the rules mention, and the bodies of the actions are yours to write");
    }

    // ---- variables
    // --------------------------------------------------------------------------------

    Variable& variable(const std::string& key, Place place) {
        const auto [at, is_new] = variables_.try_emplace(key);
        if (is_new) {
            at->second.place = place;
            at->second.held = types_.fresh();
        }
        return at->second;
    }
    static void shape(Variable& variable, Variable::Shape shape, Place place) {
        static constexpr const char* NAMES[] = {"", "a single value", "a list", "a map"};
        if (variable.shape == Variable::Shape::unknown) {
            variable.shape = shape;
            variable.shape_place = place;
        }
        if (variable.shape == shape) return;
        refuse(place, fmt::format("this is {} here and {} at {}; say which it is",
                                  NAMES[static_cast<std::size_t>(shape)],
                                  NAMES[static_cast<std::size_t>(variable.shape)],
                                  to_text(variable.shape_place)));
    }

    void settle_types() {
        for (auto& [key, variable] : variables_) {
            if (variable.shape == Variable::Shape::unknown)
                variable.shape = Variable::Shape::single;
            std::vector<Slot> slots = variable.keys;
            slots.push_back(variable.held);
            for (const Slot slot : slots) {
                if (types_.base(slot) != Base::unknown) continue;
                must(types_.set(slot, Base::number, variable.place));
                tell(variable.place,
                     fmt::format("{} is taken for a number: nothing says what it is",
                                 key.substr(key.rfind(' ') + 1)));
            }
        }
    }
    [[nodiscard]] std::string type_name(Slot slot) const {
        return types_.base(slot) == Base::text ? "Text" : "Int";
    }

    // ---- operands
    // ---------------------------------------------------------------------------------

    Slot slot_of(const Node& node) {
        const auto [at, is_new] = literal_slots_.try_emplace(&node, 0);
        if (is_new) at->second = types_.fresh();
        return at->second;
    }

    Operand constant(const Node& node, Constant value) {
        Operand made;
        made.slot = slot_of(node);
        const List* list = std::get_if<List>(&value.value);
        made.is_list = list != nullptr;
        const List single = list != nullptr ? *list : List{value};
        bool all_numbers = true;
        for (const Constant& one : single) {
            if (std::holds_alternative<std::int64_t>(one.value)) {
                must(types_.set(made.slot, Base::number, node.place));
            } else {
                all_numbers = all_numbers && number_in(std::get<std::string>(one.value));
            }
        }
        if (!all_numbers) must(types_.set(made.slot, Base::text, node.place));
        made.constant = std::move(value);
        return made;
    }

    // As a literal of Edict; a string of digits beside numbers is a number.
    std::string literal(const Constant& value, Slot slot, Place place) {
        if (types_.base(slot) != Base::text)
            return std::to_string(value_of(as_number(value, place, teller())));
        const std::string& text = std::get<std::string>(value.value);
        const std::string lower = lower_case(text);
        std::string quoted = "\"";
        for (const char c : lower) {
            if (c == '"' || c == '\\' || c == '{' || c == '}') quoted += '\\';
            quoted += c;
        }
        const bool has_letters =
            std::ranges::any_of(lower, [](char c) { return c >= 'a' && c <= 'z'; });
        if (has_letters) {
            tell(place,
                 "RegLang compares texts without case, Edict with it: constants are written "
                 "in lower case, and what they are compared with must be as well");
        }
        if (number_in(text)) {
            tell(place, fmt::format("RegLang takes \"{}\" for a number where it can; here it is a "
                                    "text",
                                    text));
        }
        return quoted + "\"";
    }
    std::string text_of(const Operand& operand, Place place) {
        if (!operand.constant) return operand.text;
        if (const auto* list = std::get_if<List>(&operand.constant->value)) {
            std::string text;
            for (const Constant& one : *list)
                text += (text.empty() ? "" : ", ") + literal(one, operand.slot, place);
            return text;
        }
        return literal(*operand.constant, operand.slot, place);
    }

    [[nodiscard]] std::string qualified(const std::string& name) const {
        return contracts_.size() > 1 ? contract_->name + "." + name : name;
    }
    Operand text_operand(const Node& node, std::string text) {
        Operand made;
        made.text = std::move(text);
        made.slot = slot_of(node);
        must(types_.set(made.slot, Base::text, node.place));
        return made;
    }

    void needs_called_contract(const Node& address) {
        if (address.kind == Kind::receiver) return;
        refuse(address.place,
               "only tx.to is known here; a rule of Edict reads the stores of the contract that it "
               "governs");
    }

    Operand operand(const Node& node) {
        switch (node.kind) {
            case Kind::number:
            case Kind::string:
                return constant(node, node.kind == Kind::string ? Constant{node.text}
                                                                : Constant{number_of(node)});
            case Kind::array: {
                List list;
                for (const Node& part : node.parts) {
                    list.push_back(part.kind == Kind::string ? Constant{part.text}
                                                             : Constant{number_of(part)});
                }
                return constant(node, Constant{std::move(list)});
            }
            case Kind::knowledge: {
                const auto at = known_.find(node.text + "." + node.name);
                if (at == known_.end()) {
                    refuse(node.place, fmt::format("knowledgebase {} has no knowledge {}",
                                                   node.text, node.name));
                }
                return constant(node, at->second);
            }
            case Kind::sender:
                uses_addresses_ = true;
                tell(node.place,
                     "tx.from is a text in RegLang: the address that the regulators "
                     "have registered for the caller");
                return text_operand(node, "address_of[caller]");
            case Kind::receiver:
                contract_->uses_address = true;
                tell(node.place,
                     "tx.to is the store `address` of the contract, for its actions to "
                     "set");
                return text_operand(node, qualified("address"));
            case Kind::function:
                return constant(node, Constant{function_});
            case Kind::contract:
                needs_called_contract(node.parts[0]);
                if (node.text == "name") return constant(node, Constant{contract_original_});
                contract_->uses_owner = true;
                tell(node.place,
                     "owner is the store `owner` of the contract, for its actions to "
                     "set");
                return text_operand(node, qualified("owner"));
            case Kind::argument: {
                if (reached_) contract_->actions[function_].arguments.insert(node.text);
                const Variable& found = variable("argument " + node.text, node.place);
                Operand made;
                made.text = name_for(node.text, node.place);
                made.slot = found.held;
                made.is_list = found.shape == Variable::Shape::list;
                return made;
            }
            case Kind::state:
            case Kind::item:
                return stored(node);
            case Kind::arithmetic:
                return arithmetic_of(node);
            case Kind::length: {
                const Operand of = list_operand(node.parts[0]);
                if (of.constant) {
                    return constant(node, Constant{static_cast<std::int64_t>(
                                              std::get<List>(of.constant->value).size())});
                }
                return number_operand(node, "count(" + of.text + ")");
            }
            case Kind::count: {
                std::string text;
                std::int64_t certain = 0;
                for (const Node& part : node.parts) {
                    const Truth one = condition(part);
                    if (one.known) {
                        certain += *one.known ? 1 : 0;
                        continue;
                    }
                    text += (text.empty() ? "" : " + ") +
                            fmt::format("(if {} then 1 else 0)", one.text);
                }
                if (text.empty()) return constant(node, Constant{certain});
                return number_operand(node, fmt::format("({} + {})", text, certain));
            }
            default:
                refuse(node.place, "a value is needed here, and this is a condition");
        }
    }
    static std::int64_t number_of(const Node& node) {
        const auto number = number_in(node.text);
        if (!number) refuse(node.place, node.text + " needs more than 64 bits");
        return *number;
    }
    Operand number_operand(const Node& node, std::string text) {
        Operand made;
        made.text = std::move(text);
        made.slot = slot_of(node);
        must(types_.set(made.slot, Base::number, node.place));
        return made;
    }

    // A state variable, or what a map of the state holds for keys.
    Operand stored(const Node& node) {
        std::vector<const Node*> keys;
        const Node* of = &node;
        for (; of->kind == Kind::item; of = &of->parts[0]) keys.insert(keys.begin(), &of->parts[1]);
        if (of->kind != Kind::state) {
            const Operand list = operand(*of);
            const Operand which = operand(*keys[0]);
            const auto* held = list.constant ? std::get_if<List>(&list.constant->value) : nullptr;
            if (held != nullptr && which.constant && keys.size() == 1) {
                const std::int64_t at =
                    value_of(as_number(*which.constant, keys[0]->place, teller()));
                if (at < 0 || at >= static_cast<std::int64_t>(held->size())) {
                    refuse(keys[0]->place,
                           fmt::format("the list has {} items, and the first is 0", held->size()));
                }
                return constant(node, (*held)[static_cast<std::size_t>(at)]);
            }
            refuse(node.place,
                   "the item of a list at a place cannot be said in Edict; say it with any_item, "
                   "all_items, at_least or at_most, or make it an argument of its own");
        }
        needs_called_contract(of->parts[0]);
        Variable& found = variable("state " + contract_original_ + " " + of->name, of->place);
        shape(found, keys.empty() ? Variable::Shape::single : Variable::Shape::map, node.place);
        std::string text = qualified(name_for(of->name, of->place));
        std::string key_text;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (found.keys.size() <= i) {
                if (i > 0 && emits_)
                    refuse(node.place, "a map has the same number of keys everywhere");
                found.keys.push_back(types_.fresh());
            }
            const Operand key = operand(*keys[i]);
            if (key.is_list) refuse(keys[i]->place, "a list is no key");
            must(types_.join(found.keys[i], key.slot, keys[i]->place));
            key_text += (i == 0 ? "" : ", ") + text_of(key, keys[i]->place);
        }
        if (found.keys.size() != keys.size())
            refuse(node.place, "a map has the same number of keys everywhere");
        if (!keys.empty()) text += keys.size() == 1 ? "[" + key_text + "]" : "[(" + key_text + ")]";
        Operand made;
        made.text = (of->text == "writeset" ? "after(" : "before(") + text + ")";
        made.slot = found.held;
        return made;
    }

    Operand arithmetic_of(const Node& node) {
        const Operand left = operand(node.parts[0]), right = operand(node.parts[1]);
        if (left.is_list || right.is_list) refuse(node.place, "a list is no number");
        if (left.constant && right.constant)
            return constant(node,
                            value_of(arithmetic(node, *left.constant, *right.constant, teller())));
        must(types_.set(left.slot, Base::number, node.parts[0].place));
        must(types_.set(right.slot, Base::number, node.parts[1].place));
        const std::string a = text_of(left, node.parts[0].place);
        if (node.text == "^") {
            const std::int64_t power =
                right.constant ? value_of(as_number(*right.constant, node.place, teller())) : -1;
            if (power < 0 || power > 8)
                refuse(node.place, "a power is a constant from 0 to 8 in Edict");
            std::string text = "1";
            for (std::int64_t i = 0; i < power; ++i) text = i == 0 ? a : text + " * " + a;
            return number_operand(node, "(" + text + ")");
        }
        const std::string sign = node.text == "%" ? "mod" : node.text;
        return number_operand(
            node, fmt::format("({} {} {})", a, sign, text_of(right, node.parts[1].place)));
    }

    Operand list_operand(const Node& node) {
        if (node.kind == Kind::argument)
            shape(variable("argument " + node.text, node.place), Variable::Shape::list, node.place);
        Operand made = operand(node);
        if (!made.is_list) refuse(node.place, "a list is needed here: an argument or knowledge");
        return made;
    }

    // ---- conditions
    // -------------------------------------------------------------------------------

    Truth condition(const Node& node) {
        switch (node.kind) {
            case Kind::truth:
                return {node.text == "true", ""};
            case Kind::logic: {
                const Truth left = condition(node.parts[0]), right = condition(node.parts[1]);
                const bool absorbs = node.text == "or";  // `true or x` is true
                if (left.known == absorbs || right.known == absorbs) return {absorbs, ""};
                if (left.known) return right;
                if (right.known) return left;
                return {std::nullopt, fmt::format("({} {} {})", left.text, node.text, right.text)};
            }
            case Kind::compare:
                return comparison(node);
            case Kind::membership:
                return membership(node);
            case Kind::any_item:
            case Kind::all_items:
            case Kind::at_least:
            case Kind::at_most:
                return of_items(node);
            default:
                refuse(node.place, "a condition is needed here, and this is a value");
        }
    }

    Truth comparison(const Node& node) {
        const Operand left = operand(node.parts[0]), right = operand(node.parts[1]);
        if (left.is_list || right.is_list) {
            refuse(node.place,
                   "a list is compared here: say any_item, all_items, at_least or at_most of it");
        }
        return compared(node, left, right);
    }
    Truth compared(const Node& node, const Operand& left, const Operand& right) {
        if (left.constant && right.constant)
            return {value_of(compare(node, *left.constant, *right.constant, teller())), ""};
        must(types_.join(left.slot, right.slot, node.place));
        static const std::map<std::string, std::string> WORDS = {
            {"==", "is"},         {"!=", "is not"},      {"<", "is less than"},
            {"<=", "is at most"}, {">", "is more than"}, {">=", "is at least"}};
        if (node.text != "==" && node.text != "!=")
            must(types_.set(left.slot, Base::number, node.place));
        return {std::nullopt,
                fmt::format("{} {} {}", text_of(left, node.parts[0].place), WORDS.at(node.text),
                            text_of(right, node.parts[1].place))};
    }

    Truth membership(const Node& node) {
        const Operand what = operand(node.parts[0]);
        if (what.is_list) {
            refuse(node.place,
                   "a list stands before `in`: say any_item, all_items, at_least or at_most of it");
        }
        return member(node, what);
    }
    Truth member(const Node& node, const Operand& what) {
        const Node& where = node.parts[1];
        if (where.kind != Kind::knowledge)
            refuse(where.place, "after `in` stands knowledge: knowledgebase(NAME).NAME");
        const Operand list = list_operand(where);
        const List& items = std::get<List>(list.constant->value);
        if (items.empty()) return {false, ""};
        if (what.constant) {
            Node equal = node;
            equal.text = "==";
            for (const Constant& one : items) {
                const bool both = std::holds_alternative<std::string>(one.value) ==
                                  std::holds_alternative<std::string>(what.constant->value);
                if (both && value_of(compare(equal, *what.constant, one, teller())))
                    return {true, ""};
            }
            return {false, ""};
        }
        must(types_.join(what.slot, list.slot, node.place));
        std::string name = where.text + "_" + where.name;
        if (emits_) {
            // A set: what stands twice in a list is there once.
            std::set<std::string> elements;
            for (const Constant& one : items) elements.insert(literal(one, list.slot, where.place));
            if (types_.base(list.slot) != Base::text) name += "_numbers";
            name = name_for(name, {});
            sets_[name] = "{ " + joined(elements, ", ") + " }";
        }
        return {std::nullopt, what.text + " is in " + name};
    }

    // at_least(2, tx.args.to in knowledgebase(k).white) and the like: of the one list in it.
    Truth of_items(const Node& node) {
        const Node& inner = node.parts.back();
        if (inner.kind != Kind::compare && inner.kind != Kind::membership)
            refuse(inner.place, "a comparison or a membership is needed here");
        std::size_t at = 0;
        if (inner.kind == Kind::compare && !may_be_list(inner.parts[0])) at = 1;
        const Operand list = list_operand(inner.parts[at]);
        const std::string item = fmt::format("item_{}", ++items_);
        const auto about = [&](const Operand& one) {
            if (inner.kind == Kind::membership) return member(inner, one);
            const Operand other = operand(inner.parts[1 - at]);
            if (other.is_list) refuse(inner.place, "only one side of a comparison may be a list");
            return at == 0 ? compared(inner, one, other) : compared(inner, other, one);
        };
        std::string over = list.text;
        if (list.constant) {
            const List& all = std::get<List>(list.constant->value);
            std::int64_t count = 0;
            bool certain = true;
            for (const Constant& one : all) {
                Operand single = list;
                single.is_list = false;
                single.constant = one;
                const Truth truth = about(single);
                certain = certain && truth.known;
                count += truth.known.value_or(false) ? 1 : 0;
            }
            if (certain) return counted(node, count, static_cast<std::int64_t>(all.size()));
            over = emits_ ? "[" + text_of(list, inner.place) + "]" : "";
        }
        Operand single;
        single.text = item;
        single.slot = list.slot;
        const Truth each = about(single);
        if (node.kind == Kind::any_item || node.kind == Kind::all_items) {
            if (each.known) refuse(inner.place, "this says nothing about the items");
            return {std::nullopt, fmt::format("({} {} in {} satisfies {})",
                                              node.kind == Kind::any_item ? "some" : "every", item,
                                              over, each.text)};
        }
        const std::string each_text = each.known ? (*each.known ? "true" : "false") : each.text;
        const Operand much = operand(node.parts[0]);
        must(types_.set(much.slot, Base::number, node.parts[0].place));
        return {std::nullopt, fmt::format("(count {} in {} satisfies {}) is at {} {}", item, over,
                                          each_text, node.kind == Kind::at_least ? "least" : "most",
                                          text_of(much, node.parts[0].place))};
    }
    static bool may_be_list(const Node& node) {
        return node.kind == Kind::argument || node.kind == Kind::array ||
               node.kind == Kind::knowledge;
    }
    // Of items that are all known.
    Truth counted(const Node& node, std::int64_t count, std::int64_t all) {
        if (node.kind == Kind::any_item) return {count > 0, ""};
        if (node.kind == Kind::all_items) return {count == all, ""};
        const Operand much = operand(node.parts[0]);
        if (much.constant) {
            const std::int64_t limit =
                value_of(as_number(*much.constant, node.parts[0].place, teller()));
            return {node.kind == Kind::at_least ? count >= limit : count <= limit, ""};
        }
        must(types_.set(much.slot, Base::number, node.parts[0].place));
        return {std::nullopt,
                fmt::format("{} is at {} {}", count, node.kind == Kind::at_least ? "least" : "most",
                            text_of(much, node.parts[0].place))};
    }

    // ---- rules
    // ------------------------------------------------------------------------------------

    void walk() {
        rules_.clear();
        items_ = 0;
        for (const Rule& rule : file_.rules) {
            for (auto& [original, contract] : contracts_) {
                contract_ = &contract;
                contract_original_ = original;
                rule_for(rule);
            }
        }
    }

    // A rule of the contract at hand: its scope as it is for each function, then each demand.
    void rule_for(const Rule& rule) {
        // Functions for which the text is the same share one rule.
        std::map<std::string, std::set<std::string>> bodies;
        std::vector<std::string> order;
        // A copy: arguments are found on the way.
        std::vector<std::string> functions;
        for (const auto& [function, action] : contract_->actions) functions.push_back(function);
        for (const std::string& function : functions) {
            function_ = function;
            reached_ = false;
            items_ = 0;
            if (condition(rule.scope).known == false) continue;
            reached_ = true;
            items_ = 0;
            const Truth scope = condition(rule.scope);
            for (const Demand& demand : rule.demands) {
                const std::string body = norm(scope, demand);
                if (body.empty()) continue;
                if (!bodies.contains(body)) order.push_back(body);
                bodies[body].insert(qualified(name_for(function, rule.place)));
            }
        }
        if (!emits_) return;
        for (const std::string& body : order) {
            const bool all = bodies[body].size() == contract_->actions.size();
            std::string name = name_for(rule.name, rule.place);
            for (std::size_t i = 2; !rule_names_.insert(name).second || name == name_; ++i)
                name = fmt::format("{}_{}", rule.name, i);
            const std::string on =
                all ? "any action of " + contract_->name : joined(bodies[body], ", ");
            rules_ += fmt::format("rule {}\n  on {}{}\n\n", name, on, body);
        }
    }

    // " when SCOPE: NORM"; empty if it demands nothing.
    std::string norm(const Truth& scope, const Demand& demand) {
        const Truth asked = condition(demand.condition);
        const std::string when = scope.known ? "" : " when " + scope.text;
        if (!demand.prohibits) {
            if (asked.known) return *asked.known ? "" : when + ": forbid";
            return when + ": require " + asked.text;
        }
        if (asked.known) return *asked.known ? when + ": forbid" : "";
        return (scope.known ? " when " + asked.text
                            : fmt::format(" when {} and ({})", scope.text, asked.text)) +
               ": forbid";
    }

    // ---- texts
    // ------------------------------------------------------------------------------------

    std::string text_of(const std::string& original, const Contract& contract) {
        std::string text = fmt::format(
            "// What the imported rules say of {}. Bodies and roles are to be written.\n"
            "contract {} version 1.0.0\n  regulators regulator\n\nrole regulator\n",
            original, contract.name);
        if (contract.uses_owner) text += "store owner: Text\n";
        if (contract.uses_address) text += "store address: Text\n";
        const std::string of = "state " + original + " ";
        for (const auto& [key, variable] : variables_) {
            if (!key.starts_with(of)) continue;
            const std::string name = name_for(key.substr(of.size()), variable.place);
            std::string type = type_name(variable.held);
            const bool is_number = type == "Int";
            if (!variable.keys.empty()) {
                std::string keys;
                for (const Slot slot : variable.keys)
                    keys += (keys.empty() ? "" : ", ") + type_name(slot);
                type = fmt::format("Map<{}, {}>",
                                   variable.keys.size() > 1 ? "(" + keys + ")" : keys, type);
            }
            text += fmt::format("store {}: {}{}\n", name, type, is_number ? " default 0" : "");
            tell(variable.place, is_number ? "a number of the state that was never set reads 0"
                                           : "a text of the state that was never set has no value: "
                                             "a rule that needs it forbids the call");
        }
        text += "\n";
        for (const auto& [function, action] : contract.actions) {
            std::string parameters;
            for (const std::string& argument : action.arguments) {
                const Variable& variable = variables_.at("argument " + argument);
                std::string type = type_name(variable.held);
                if (variable.shape == Variable::Shape::list) {
                    type = fmt::format("List<{}, 100>", type == "Text" ? "Text<64>" : type);
                    tell(variable.place,
                         "a list of arguments has at most 100 items, a text in it "
                         "64 bytes");
                }
                parameters += (parameters.empty() ? "" : ", ") +
                              name_for(argument, variable.place) + ": " + type;
            }
            text +=
                fmt::format("action {}({}) by anyone {{ }}\n", name_for(function, {}), parameters);
        }
        return text;
    }

    std::string regulation() {
        std::set<std::string> governed;
        for (const auto& [original, contract] : contracts_) governed.insert(contract.name);
        std::string text =
            fmt::format("regulation {} version 1.0.0 governs {}\n  default permit\n\n", name_,
                        joined(governed, ", "));
        for (const auto& [name, elements] : sets_)
            text += fmt::format("const {} = {}\n", name, elements);
        if (uses_addresses_) {
            text +=
                "store address_of: Map<Party, Text>\n"
                "action register_address(party: Party, address_text: Text) by regulator {\n"
                "  address_of[party] = address_text\n}\n";
        }
        return text + "\n" + rules_;
    }

    const File& file_;
    std::string name_;
    std::map<std::string, Constant> known_;
    std::map<std::string, Contract> contracts_;  // by their name in RegLang
    std::map<std::string, Variable> variables_;  // "argument NAME", "state CONTRACT NAME"
    std::map<const Node*, Slot> literal_slots_;
    Types types_;
    std::vector<Remark> remarks_;
    bool uses_addresses_ = false;
    bool emits_ = false;  // types are settled
    // Of the rule at hand:
    Contract* contract_ = nullptr;
    std::string contract_original_, function_;
    bool reached_ = false;  // its scope may hold for the function
    std::size_t items_ = 0;
    // What is made:
    std::map<std::string, std::string> sets_;
    std::set<std::string> rule_names_;
    std::string rules_;
};

}  // namespace

base::Result<Imported> translate(const File& file, std::string_view name) {
    if (file.rules.empty())
        return tl::unexpected(
            error_at({}, "there is no rule in it, so there is nothing to import"));
    Translation translation(file, name);
    try {
        return translation.run();
    } catch (const Translation::Stop& stop) {
        return tl::unexpected(stop.error);
    }
}

}  // namespace edict::reglang
