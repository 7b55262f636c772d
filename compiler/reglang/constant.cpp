#include "compiler/reglang/constant.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/reglang/parse.h"

namespace edict::reglang {

namespace {

bool same(const Constant& a, const Constant& b) {
    const auto* left = std::get_if<std::string>(&a.value);
    const auto* right = std::get_if<std::string>(&b.value);
    if (left == nullptr || right == nullptr) {
        const auto* x = std::get_if<std::int64_t>(&a.value);
        const auto* y = std::get_if<std::int64_t>(&b.value);
        return x != nullptr && y != nullptr && *x == *y;
    }
    return lower_case(*left) == lower_case(*right);
}

base::Result<Constant> evaluate(const Node& node, const Tell& tell) {
    switch (node.kind) {
        case Kind::number: {
            const auto number = number_in(node.text);
            if (!number)
                return tl::unexpected(error_at(node.place, node.text + " needs more than 64 bits"));
            return Constant{*number};
        }
        case Kind::string:
            return Constant{node.text};
        case Kind::array: {
            List list;
            for (const Node& part : node.parts) {
                auto one = evaluate(part, tell);
                if (!one) return one;
                list.push_back(*std::move(one));
            }
            return Constant{std::move(list)};
        }
        case Kind::arithmetic: {
            const auto left = evaluate(node.parts[0], tell);
            if (!left) return left;
            const auto right = evaluate(node.parts[1], tell);
            if (!right) return right;
            return arithmetic(node, *left, *right, tell);
        }
        default:
            return tl::unexpected(
                error_at(node.place, "knowledge is made of numbers, strings and lists only"));
    }
}

base::Status apply(const Change& change, std::map<std::string, Constant>& known,
                   const std::string& base, const Tell& tell) {
    auto value = evaluate(change.value, tell);
    if (!value) return base::error_of(value);
    const std::string key = base + "." + change.name;
    if (change.how == Change::How::set) {
        if (!known.emplace(key, *std::move(value)).second)
            return tl::unexpected(error_at(change.place, key + " is declared twice"));
        return {};
    }
    const auto at = known.find(key);
    if (at == known.end())
        return tl::unexpected(error_at(change.place, "there is no knowledge " + key + " yet"));
    List* list = std::get_if<List>(&at->second.value);
    if (list == nullptr) return tl::unexpected(error_at(change.place, key + " is no list"));
    List given;
    if (const auto* several = std::get_if<List>(&value->value)) {
        given = *several;
    } else {
        given.push_back(*value);
    }
    for (const Constant& one : given) {
        if (!list->empty() && one.value.index() != list->front().value.index()) {
            return tl::unexpected(
                error_at(change.value.place, "a list holds numbers only, or strings only"));
        }
        if (change.how == Change::How::add) {
            list->push_back(one);
        } else {
            std::erase_if(*list, [&](const Constant& held) { return same(held, one); });
        }
    }
    return {};
}

}  // namespace

base::Error error_at(Place place, const std::string& what) {
    return {base::ErrorKind::input, to_text(place) + ": " + what};
}

std::string lower_case(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

std::optional<std::int64_t> number_in(const std::string& text) {
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    const char* start = text.data() + (hex ? 2 : 0);
    const char* end = text.data() + text.size();
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(start, end, number, hex ? 16 : 10);
    if (error != std::errc{} || rest != end || start == end || *start == '-') return std::nullopt;
    return number;
}

base::Result<std::int64_t> as_number(const Constant& constant, Place place, const Tell& tell) {
    if (const auto* number = std::get_if<std::int64_t>(&constant.value)) return *number;
    const auto* text = std::get_if<std::string>(&constant.value);
    if (text == nullptr) return tl::unexpected(error_at(place, "a list is no number"));
    const auto number = number_in(*text);
    if (!number)
        return tl::unexpected(
            error_at(place, fmt::format("\"{}\" is no number of 64 bits", *text)));
    tell(place, fmt::format("the string \"{}\" counts as the number {}", *text, *number));
    return *number;
}

base::Result<Constant> arithmetic(const Node& node, const Constant& left, const Constant& right,
                                  const Tell& tell) {
    const auto a = as_number(left, node.parts[0].place, tell);
    if (!a) return base::error_of(a);
    const auto b = as_number(right, node.parts[1].place, tell);
    if (!b) return base::error_of(b);
    std::int64_t made = 0;
    bool overflow = false;
    switch (node.text[0]) {
        case '+':
            overflow = __builtin_add_overflow(*a, *b, &made);
            break;
        case '-':
            overflow = __builtin_sub_overflow(*a, *b, &made);
            break;
        case '*':
            overflow = __builtin_mul_overflow(*a, *b, &made);
            break;
        case '^': {
            if (*b < 0)
                return tl::unexpected(error_at(node.place, "a power below 0 is no whole number"));
            made = 1;
            // Past 64 rounds only 0, 1 and -1 do not overflow, and they repeat themselves.
            const std::int64_t rounds = *b <= 64 ? *b : 64 + *b % 2;
            for (std::int64_t i = 0; i < rounds && !overflow; ++i)
                overflow = __builtin_mul_overflow(made, *a, &made);
            break;
        }
        default:
            if (*b == 0) return tl::unexpected(error_at(node.place, "this divides by 0"));
            overflow = *b == -1 && *a == INT64_MIN;
            if (!overflow) made = node.text[0] == '/' ? *a / *b : *a % *b;
            break;
    }
    if (overflow) return tl::unexpected(error_at(node.place, "the result needs more than 64 bits"));
    return Constant{made};
}

base::Result<bool> compare(const Node& node, const Constant& left, const Constant& right,
                           const Tell& tell) {
    const auto* a = std::get_if<std::string>(&left.value);
    const auto* b = std::get_if<std::string>(&right.value);
    const bool texts = a != nullptr && b != nullptr && !(number_in(*a) && number_in(*b));
    if (texts) {
        if (node.text != "==" && node.text != "!=")
            return tl::unexpected(error_at(node.place, "texts have no order here"));
        const bool equal = lower_case(*a) == lower_case(*b);
        if (equal && *a != *b)
            tell(node.place, fmt::format("\"{}\" and \"{}\" are equal but for their case", *a, *b));
        return equal == (node.text == "==");
    }
    const auto x = as_number(left, node.parts[0].place, tell);
    if (!x) return base::error_of(x);
    const auto y = as_number(right, node.parts[1].place, tell);
    if (!y) return base::error_of(y);
    if (node.text == "==") return *x == *y;
    if (node.text == "!=") return *x != *y;
    if (node.text == "<") return *x < *y;
    if (node.text == "<=") return *x <= *y;
    if (node.text == ">") return *x > *y;
    return *x >= *y;
}

base::Result<std::map<std::string, Constant>> knowledge_of(const File& file, const Tell& tell) {
    std::map<std::string, Constant> known;
    for (const KnowledgeBase& base : file.bases) {
        for (const Change& change : base.changes) {
            if (const base::Status done = apply(change, known, base.name, tell); !done)
                return base::error_of(done);
        }
    }
    return known;
}

}  // namespace edict::reglang
