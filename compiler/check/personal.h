// Personal data: what is marked so, where its values go, and what of them a chain would publish.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "compiler/ast/ast.h"
#include "compiler/check/context.h"

namespace edict::check {

// Whether values of the type can be read: not those of a Commitment or a Pseudonym, which hide what
// they stand for. True of a type with an error.
[[nodiscard]] bool shows(const TypeRef& type);

// Whether a parameter or field is marked. Reports a mark that says nothing: on what shows nothing,
// and where nothing is `kept`: what a function is given is personal if the argument is.
[[nodiscard]] bool is_marked(Context& context, const ast::Field& field, const TypeRef& type,
                             bool kept);

// Which types hold personal data, by the marks of the fields of their records.
class PersonalTypes {
public:
    explicit PersonalTypes(const Program& program) : program_(program) {}
    // Of types whose values are stored: as an older version wrote a value, so it lies there until
    // it is written again. So what `upgrade` marks of a record counts too.
    [[nodiscard]] static PersonalTypes stored(const Program& program);

    // The mark of a field that a value of the type has somewhere inside; null: there is none.
    [[nodiscard]] const Span* mark_in(const TypeRef& type);
    // The mark of that field of a record; null: it has none.
    [[nodiscard]] const Span* mark_of(const value::Type& record, std::size_t field) const;

private:
    const Program& program_;
    std::map<std::string, const Span*> older_;  // by the name of the record; of `stored` only
    std::unordered_map<const value::Type*, const Span*> known_;
};

// Follows what is personal through code and stores. Reports where a message would show it, where it
// is hashed, and where it goes into a parameter or field that is not marked; notes in the program
// which stores, results and failing elements are derived from it. A program with other errors may
// lack parts; what is there is followed.
void check_personal(Program& program, source::Diagnostics& diagnostics);

}  // namespace edict::check
