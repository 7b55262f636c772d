// RegLang, a language for regulation of smart contracts that has no declared types: its tree.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace edict::reglang {

struct Place {
    std::uint32_t line = 1, column = 1;  // column in bytes
};

enum class Kind : std::uint8_t {
    number,      // text: its digits
    string,      // text: without the quotes
    array,       // parts: numbers, or strings
    knowledge,   // knowledgebase(text).name
    sender,      // tx.from
    receiver,    // tx.to
    function,    // tx.function
    argument,    // tx.args.text
    state,       // text: readset, writeset, state; name: the variable; parts: the address
    contract,    // text: name, owner; parts: the address
    item,        // parts: of what, which
    arithmetic,  // text: + - * / % ^; parts: two
    compare,     // text: == != < <= > >=; parts: two
    membership,  // parts: what, in which knowledge
    logic,       // text: and, or; parts: two
    truth,       // text: true, false
    length,      // parts: one
    count,       // parts: conditions
    at_least,    // parts: how many, of which comparison
    at_most,     // likewise
    any_item,    // parts: a comparison
    all_items,   // likewise
};

struct Node {
    Kind kind = Kind::truth;
    Place place;
    std::string text, name;
    std::vector<Node> parts;
};

struct Change {  // knowledge name = value; name.add(value); name.del(value);
    enum class How : std::uint8_t { set, add, remove };
    How how = How::set;
    std::string name;
    Node value;
    Place place;
};
struct KnowledgeBase {
    std::string name;
    std::vector<Change> changes;
    Place place;
};
struct Demand {
    bool prohibits = false;
    Node condition;
};
struct Rule {
    std::string name;
    Node scope;
    std::vector<Demand> demands;
    Place place;
};
struct File {
    std::vector<KnowledgeBase> bases;
    std::vector<Rule> rules;
};

}  // namespace edict::reglang
