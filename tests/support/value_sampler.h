// Values of any type, drawn at random: at the edges of the type, and few enough that they meet.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "value/value.h"

namespace edict::generated {

class ValueSampler {
public:
    // Dates and times are drawn around `now`.
    ValueSampler(std::mt19937_64& random, value::Time now)
        : random_(random), now_(now), today_(value::day_of(now.ms, 0)) {
        for (const char* name : {"ann", "bob", "cid"}) parties_.push_back(value::party_named(name));
    }

    [[nodiscard]] const std::vector<value::PartyId>& parties() const { return parties_; }
    [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

    value::Value draw(const value::Type& type) {
        switch (type.kind) {
            case value::Kind::boolean:
                return {below(2) == 0};
            case value::Kind::integer:
                return {number(type)};
            case value::Kind::date:
                return {value::Date{today_.days - 450 + static_cast<std::int32_t>(below(900))}};
            case value::Kind::enumeration:
                return {value::EnumMember{static_cast<std::uint32_t>(below(type.members.size()))}};
            case value::Kind::text:
                return {pick(texts_)};
            case value::Kind::party:
                return {pick(parties_)};
            case value::Kind::hash:
            case value::Kind::commitment:
            case value::Kind::pseudonym:
                return {crypto::sha256(base::Bytes{static_cast<std::uint8_t>(below(3))})};
            case value::Kind::bytes:
                return {base::Bytes(below(std::min<std::size_t>(type.capacity, 3) + 1), 7)};
            case value::Kind::optional: {
                value::Optional made;
                if (below(2) == 0) made.element.push_back(draw(*type.parts[0]));
                return {made};
            }
            case value::Kind::set:
                return {value::make_set(several(type))};
            case value::Kind::list:
                return {value::List{several(type)}};
            case value::Kind::decimal:
                return {decimal()};
            case value::Kind::time: {
                const value::Time times[] = {
                    value::FIRST_TIME, now_, {now_.ms + 1}, value::LAST_TIME};
                return {times[below(4)]};
            }
            case value::Kind::duration: {
                const value::Duration spans[] = {
                    {-value::MAX_DURATION_MS}, {0}, {1}, {value::MS_OF_DAY}, {7'200'000}};
                return {spans[below(5)]};
            }
            case value::Kind::tuple: {
                value::Record made;
                for (const value::TypeRef& part : type.parts) made.fields.push_back(draw(*part));
                return {made};
            }
            case value::Kind::record: {
                value::Record made;
                for (const value::Field& field : type.fields)
                    made.fields.push_back(draw(*field.type));
                return {made};
            }
        }
        return {false};
    }

    std::size_t below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
    }
    template <typename T>
    const T& pick(const std::vector<T>& from) {
        return from[below(from.size())];
    }

private:
    std::vector<value::Value> several(const value::Type& type) {
        std::vector<value::Value> elements(below(std::min<std::size_t>(type.capacity, 4) + 1));
        for (value::Value& element : elements) element = draw(*type.parts[0]);
        return elements;
    }
    std::int64_t number(const value::Type& type) {
        switch (below(8)) {
            case 0:
                return type.low;
            case 1:
                return type.high;
            case 2:
                return std::clamp<std::int64_t>(-1, type.low, type.high);
            default:
                return std::clamp(static_cast<std::int64_t>(below(8)), type.low, type.high);
        }
    }
    value::Decimal decimal() {
        const value::Int128 units[] = {0,
                                       1,
                                       -1,
                                       value::DECIMAL_ONE,
                                       -value::DECIMAL_ONE * 5 / 2,
                                       value::DECIMAL_ONE / 8,
                                       value::Int128{value::DECIMAL_ONE} * 1'000'003,
                                       value::Decimal::LIMIT - 1,
                                       1 - value::Decimal::LIMIT};
        return {units[below(9)]};
    }

    std::mt19937_64& random_;
    value::Time now_;
    value::Date today_;
    std::vector<value::PartyId> parties_;
    std::vector<std::string> texts_{"", "a", "b", "ab", "CNY"};
};

}  // namespace edict::generated
