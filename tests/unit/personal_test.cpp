// Personal data: what is derived from it, where it may go, what is noted of it in the module, and
// what the machine and the verifier make of a module with marks.
#include <gtest/gtest.h>

#include "tests/support/map_state.h"
#include "tests/unit/findings_support.h"
#include "vm/bytecode/assembler.h"
#include "vm/bytecode/personal.h"

namespace edict {
namespace {

using value::Value;

constexpr const char* WARD = R"(
contract ward version 1.0.0
  zone +00:00
  regulators none
role nurse
enum Sex { f, m }
record Patient { personal name: Text, personal born: Date, bed: Int 0..99, sex: Sex }
record Stay { patient: Patient, ward: Text }
record Plain { name: Text, sealed: Commitment<Text> }
event Moved(bed: Int 0..99, who: Text)
event Noted(personal who: Text, patient: Patient, note: Text)
function older(a: Date, b: Date) -> Bool = a < b
function first_of(a: Text, b: Text) -> Text = a
table band(age: Int) -> Int first { <18 => 0 any => 1 }
store patients: Map<Text, Patient>
store stays: Map<Text, Stay>
store last: Text default ""
store other: Text default ""
store days: Map<Text, Date>
store known: Set<Text, 8> default {}
store count_known: Int default 0
)";

std::string in_action(const std::string& statements) {
    return WARD +
           ("action act(id: Text, personal name: Text, personal born: Date, personal ages: "
            "List<Int "
            "0..150, 8>, patient: Patient, stay: Stay, plain: Plain, person: Pseudonym, sealed: "
            "Commitment<Text>, salt: Bytes<32>, day: Date, n: Int 0..99) by nurse {\n" +
            statements + "\n}\n");
}

cli::Compilation compiled(const std::vector<std::string>& texts,
                          cli::Target target = cli::Target::site) {
    std::vector<std::pair<std::string, std::string>> named;
    for (std::size_t i = 0; i < texts.size(); ++i)
        named.emplace_back("text_" + std::to_string(i) + ".edict", texts[i]);
    auto made = cli::compile_texts(std::move(named), target);
    EXPECT_TRUE(made.has_value());
    return *std::move(made);
}

std::string codes(const cli::Compilation& made) {
    std::string all;
    for (const source::Diagnostic& one : made.diagnostics.list())
        all += (all.empty() ? "" : " ") + std::string(source::name(one.code));
    return all;
}

// What is said of a message that shows the value, after these statements.
std::string shown(const std::string& value, const std::string& before = "") {
    return codes(compiled({in_action(before + "\nfail \"{" + value + "}\"")}));
}

TEST(Personal, WhatIsMadeOfAPersonalValueIsPersonal) {
    for (const char* value : {"name",
                              "born",
                              "ages",
                              "patient",
                              "patient.name",
                              "stay",
                              "stay.patient",
                              "stay.patient.born",
                              "year(born)",
                              "born < today",
                              "older(born, day)",
                              "band(year(born))",
                              "count(ages)",
                              "sum age in ages of age",
                              "max age in ages of (age + 1)",
                              "every age in ages satisfies age > 3",

                              "if born < day then 1 else 2",
                              "first_of(name, id)",

                              "not (name is id)",
                              "name is known",
                              "add_years(born, 18, next_day)",
                              "n - year(born)",
                              "{ id, name }",
                              "(patients[name].bed else 0)",
                              "has_role(caller, name)",
                              "(days[name] else day)",
                              "(patients[id].name else id)"}) {
        EXPECT_EQ(shown(value), "E0970") << value;
    }
}

TEST(Personal, WhatIsNotMadeOfOneIsNot) {
    for (const char* value :
         {"id", "patient.bed", "patient.sex", "stay.ward", "stay.patient.bed", "plain.name",
          "first_of(id, name)", "(patients[id].bed else 0)", "(days[id] else day)", "year(day)",
          "opens(sealed, name, salt)", "last", "count_known", "sealed", "plain.sealed", "hash(id)",
          "hash(sealed, person)"}) {
        EXPECT_EQ(shown(value), "") << value;
    }
}

TEST(Personal, StoresAndLocalNamesCarryIt) {
    EXPECT_EQ(shown("x", "let x = name"), "E0970");
    EXPECT_EQ(shown("x", "let x = { id, name }"), "E0970");
    EXPECT_EQ(shown("x", "let x = n in { 1, year(born) }"), "E0970");
    EXPECT_EQ(shown("x", "let x = some one in { 1, n } satisfies one > count(ages)"), "E0970");
    EXPECT_EQ(shown("y", "let x = { name }\nlet y = count(x)"), "E0970");
    EXPECT_EQ(shown("x", "let x = patient"), "E0970");
    EXPECT_EQ(shown("x.bed", "let x = patient"), "");
    EXPECT_EQ(shown("last", "last = name"), "E0970");
    EXPECT_EQ(shown("last", "other = name\nlast = other"), "E0970");
    EXPECT_EQ(shown("last", "last = other\nother = last\nother = name"), "E0970");
    EXPECT_EQ(shown("other", "last = other\nlast = name"), "");
    EXPECT_EQ(shown("count_known", "count_known += count(ages)"), "E0970");
    EXPECT_EQ(shown("count(known)", "add name to known"), "E0970");
    EXPECT_EQ(shown("(days[id] else day)", "days[name] = day"), "E0970");
    EXPECT_EQ(shown("(days[id] else day)", "remove days[name]"), "E0970");
    EXPECT_EQ(shown("count(known)", "remove name from known"), "E0970");
    EXPECT_EQ(shown("(days[id] else day)", "remove days[id]"), "");
    EXPECT_EQ(shown("word", "for word in { name } { last = word }\nlet word = last"), "E0970");
    EXPECT_EQ(shown("(patients[id].bed else 0)", "patients[id] = patient"), "");
    EXPECT_EQ(shown("(patients[id].bed else 0)", "patients[name] = patient"), "E0970");
    // Which way was taken is not followed.
    EXPECT_EQ(shown("last", "if born < day { last = \"late\" }"), "");
}

TEST(Personal, ItGoesOnlyWhereThereIsAMark) {
    const auto said = [](const std::string& statement) {
        return codes(compiled({in_action(statement)}));
    };
    EXPECT_EQ(said("emit Noted(name, patient, id)"), "");
    EXPECT_EQ(said("emit Noted(name, patient, name)"), "E0972");
    EXPECT_EQ(said("emit Moved(n, id)"), "");
    EXPECT_EQ(said("emit Moved(n, patient.name)"), "E0972");
    EXPECT_EQ(said("patients[id] = Patient { name: name, born: born, bed: n, sex: f }"), "");
    EXPECT_EQ(said("patients[id] = Patient { name: name, born: born, bed: count(ages), sex: f }"),
              "E0972");
    EXPECT_EQ(said("if patients[id] is known { patients[id].name = name }"), "");
    EXPECT_EQ(said("if patients[id] is known { patients[id].bed = count(ages) }"), "E0972");
    EXPECT_EQ(said("stays[id] = Stay { patient: patient, ward: name }"), "E0972");
    EXPECT_EQ(said("last = name\nemit Moved(n, last)"), "E0972");
    EXPECT_EQ(said("let x = hash(name)"), "E0971");
    EXPECT_EQ(said("let x = hash(id, stay)"), "E0971");
    EXPECT_EQ(said("last = name\nlet x = hash(last)"), "E0971");
}

TEST(Personal, OneMistakeIsToldOnceForAllActionsOfARule) {
    const std::string contract =
        "contract two version 1.0.0\n  regulators office\nrole office\n"
        "action a(personal who: Text) by office { }\naction b(personal who: Text) by office { }\n";
    EXPECT_EQ(codes(compiled({contract,
                              "regulation rules version 1.0.0 governs two\n  default permit\n"
                              "rule r on a, b: require who is not \"x\"\n  because \"{who}\"\n"})),
              "E0970");
}

// The lines of the flags, as the assembler writes them.
std::string flags(const cli::Compilation& made, const std::string& module) {
    const std::string text = bytecode::disassemble(*made.linked->find(module));
    const std::size_t at = text.find("\npersonal ");
    return at == std::string::npos ? "" : text.substr(at + 1);
}

TEST(Personal, TheModuleNotesWhatHoldsIt) {
    const cli::Compilation made = compiled({WARD + std::string(R"(
action admit(id: Text, patient: Patient, personal name: Text) by nurse {
  last = name
  other = last
  known = { id }
}
action look(id: Text) -> Text by nurse { return other }
action beds(id: Text) -> Int 0..99 by nurse { return patients[id].bed else 0 }
)")});
    ASSERT_TRUE(made.linked) << codes(made);
    EXPECT_EQ(flags(made, "ward"),
              "personal parameter 0 1\npersonal parameter 0 2\npersonal result 1 0\n"
              "personal event 1 0\npersonal event 1 1\n"
              "personal store 0 0\npersonal store 1 0\npersonal store 2 0\npersonal store 3 0\n");
    EXPECT_EQ(bytecode::published_personal(*made.linked->find("ward")),
              "the parameter patient of admit");
}

TEST(Personal, AModuleWithoutMarksHasNoFlags) {
    const cli::Compilation made = compiled(
        {"contract sealed version 1.0.0\n  regulators none\nrole nurse\nstore seen: "
         "Map<Pseudonym, Commitment<Text>>\naction see(who: Pseudonym, what: Commitment<Text>) by "
         "nurse { seen[who] = what }\n"},
        cli::Target::chain);
    ASSERT_TRUE(made.linked) << codes(made);
    EXPECT_EQ(flags(made, "sealed"), "");
    EXPECT_EQ(bytecode::published_personal(*made.linked->find("sealed")), std::nullopt);
}

constexpr const char* CLINIC = R"(
contract clinic version 1.0.0
  zone +00:00
  regulators office
role nurse, office
action treat(MARK diagnoses: Set<Text<8>, 8>, drug: Text) by nurse { }
)";
constexpr const char* CLINIC_RULES = R"(
regulation rules version 1.0.0 governs clinic
  zone +00:00
  default permit
rule none_of_these on treat: require every d in diagnoses satisfies d is not "x"
  because "not with {drug}"
)";

std::string clinic(const std::string& mark) {
    std::string text = CLINIC;
    return text.replace(text.find("MARK "), 5, mark);
}

// What a decision says of the elements that fail.
std::vector<Value> failing_elements(const cli::Compilation& made) {
    const value::PartyId ann = value::party_named("ann");
    const call::LinkedStore& roles = made.linked->stores[made.linked->roles_store];
    MapState state;
    state.values[{roles.module, roles.store,
                  value::to_bytes({value::Record{{{ann}, {std::string("nurse")}}}}, *roles.key)}] =
        value::to_bytes(Value{true}, *value::boolean_type());
    runtime::Interpreter engine;
    const call::CallResult result = call::run_call(
        *made.linked, state,
        {"clinic",
         "treat",
         {{value::make_set({{std::string("x")}, {std::string("y")}})}, {std::string("d")}},
         ann,
         ann},
        {1'770'000'000'000}, engine);
    EXPECT_EQ(result.outcome, call::Outcome::forbidden) << result.reason;
    const auto& deciding = result.decisions.at(0).answers.at(0).deciding;
    return deciding.at(0).failing;
}

TEST(Personal, ElementsThatFailAreNotNamed) {
    const cli::Compilation plain = compiled({clinic(""), CLINIC_RULES});
    ASSERT_TRUE(plain.linked) << codes(plain);
    EXPECT_EQ(failing_elements(plain), std::vector<Value>{{std::string("x")}});
    EXPECT_EQ(flags(plain, "rules"), "");
    const cli::Compilation marked = compiled({clinic("personal "), CLINIC_RULES});
    ASSERT_TRUE(marked.linked) << codes(marked);
    EXPECT_EQ(failing_elements(marked), std::vector<Value>{});
    EXPECT_EQ(flags(marked, "rules"), "personal elements 0 0\n");
    EXPECT_EQ(bytecode::published_personal(*marked.linked->find("rules")), std::nullopt);
}

// Nor if their list is plain: which of them fail tells what they are compared with.
TEST(Personal, ElementsThatFailForAPersonalReasonAreNotNamed) {
    const auto rules = [](const std::string& condition) {
        return "regulation rules version 1.0.0 governs clinic\n  zone +00:00\n  default permit\n"
               "rule free on treat: require every d in diagnoses satisfies " +
               condition + "\n";
    };
    std::string contract = clinic("");
    contract.replace(contract.find("drug: Text"), 10, "personal drug: Text, other: Text");
    const auto hidden = [&](const std::string& condition) {
        const cli::Compilation made = compiled({contract, rules(condition)});
        EXPECT_TRUE(made.linked) << codes(made);
        return flags(made, "rules");
    };
    EXPECT_EQ(hidden("d is not drug"), "personal elements 0 0\n");
    EXPECT_EQ(hidden("(if drug is \"x\" then d is \"y\" else true)"), "personal elements 0 0\n");
    EXPECT_EQ(hidden("every e in { drug } satisfies e is not d"), "personal elements 0 0\n");
    EXPECT_EQ(hidden("d is not other"), "");
    EXPECT_EQ(hidden("d is not other and drug is \"x\""), "personal elements 0 0\n");
}

TEST(Personal, TheVerifierTakesMarksAsTheyAre) {
    const auto verified = findings::verify_texts({clinic("personal "), CLINIC_RULES});
    EXPECT_TRUE(verified.report.findings.empty()) << verified.text();
    EXPECT_FALSE(verified.report.has_unknown()) << verified.text();
}

// The compiler and a node give the same answer about what is derived only.
TEST(Personal, AChainRefusesWhatIsDerivedToo) {
    const auto refused = [](const std::string& statement, const std::string& fields = "") {
        const std::string text =
            "contract desk version 2.0.0\n  regulators none\nrole clerk\n"
            "record Person { personal name: Text }\nrecord Entry { town: Text }\n" +
            fields +
            "store last: Text default \"\"\nstore entries: Map<Text, Entry>\n"
            "action act(text: Text) -> Text by clerk {\n"
            "  let person = Person { name: text }\n  " +
            statement + "\n}\n";
        const cli::Compilation site = compiled({text});
        EXPECT_TRUE(site.linked) << codes(site);
        if (!site.linked) return codes(site);
        const auto place = bytecode::published_personal(*site.linked->find("desk"));
        EXPECT_EQ(codes(compiled({text}, cli::Target::chain)), place ? "E0974" : "") << statement;
        return place.value_or("");
    };
    EXPECT_EQ(refused("return text"), "");
    EXPECT_EQ(refused("last = person.name\n  return text"), "the store last");
    EXPECT_EQ(refused("return person.name"), "the result of act");
    // As version 1 wrote it, the name is there still.
    EXPECT_EQ(refused("return text",
                      "upgrade Entry from 1.0.0 (personal name: Text, town: Text) = Entry { town: "
                      "town }\n"),
              "the store entries");
    EXPECT_EQ(refused("return text",
                      "upgrade Entry from 1.0.0 (name: Text, town: Text) = Entry { town: town }\n"),
              "");
}

TEST(Personal, OnlyAChainRefuses) {
    EXPECT_EQ(codes(compiled({clinic("personal "), CLINIC_RULES})), "");
    EXPECT_EQ(codes(compiled({clinic("personal "), CLINIC_RULES}, cli::Target::chain)), "E0974");
    EXPECT_EQ(codes(compiled({clinic(""), CLINIC_RULES}, cli::Target::chain)), "");
    // What is kept in a store because of a parameter is no second mistake.
    EXPECT_EQ(codes(compiled({in_action("last = name")}, cli::Target::chain)),
              "E0974 E0974 E0974 E0974 E0974 E0974 E0974 E0974");
}

TEST(Personal, ADutyIsAboutAPersonOnlyInMarkedParameters) {
    const auto said = [](const std::string& duty) {
        return codes(compiled(
            {"contract desk version 1.0.0\n  zone +00:00\n  regulators office\nrole clerk, office\n"
             "action admit(id: Int, personal name: Text<20>, personal who: Party, personal born: "
             "Date, "
             "day: Date, by_whom: Party) by clerk { }\n"
             "action report(id: Int, personal name: Text<20>) by anyone { }\n",
             "regulation rules version 1.0.0 governs desk\n  zone +00:00\n  default permit\n"
             "rule tell on admit: " +
                 duty + "\n"}));
    };
    EXPECT_EQ(said("caller must report(id, name) within 5 days after day"), "");
    EXPECT_EQ(said("any clerk must report(id, name) within 5 days"), "");
    EXPECT_EQ(said("who must report(id, name) within 5 days"), "E0972");
    EXPECT_EQ(said("every p in { who, by_whom } must report(id, name) within 5 days"), "E0972");
    EXPECT_EQ(said("caller must report(id, name) within 5 days after born"), "E0972");
    EXPECT_EQ(said("caller must report(id, name) within 5 days after add_years(born, 1, next_day)"),
              "E0972");
}

TEST(Personal, TheDayOfACallIsNotPersonal) {
    const auto said = [](const std::string& mark) {
        return codes(compiled(
            {"contract desk version 1.0.0\n  zone +00:00\n  regulators none\nrole clerk\n"
             "event Seen(day: Date)\naction admit(" +
             mark + "born: Time) by clerk dated by born within 31 days { emit Seen(today) }\n"}));
    };
    EXPECT_EQ(said(""), "");
    EXPECT_EQ(said("personal "), "E0972");
}

TEST(Personal, AMarkIsAWordOnlyWhereItMarks) {
    const cli::Compilation made = compiled(
        {"contract words version 1.0.0\n  regulators none\nrole personal, event\n"
         "enum Level { personal, public }\nrecord R { personal: Text, personal "
         "personal_too: Text }\n"
         "event Told(personal: Level)\npersonal event Kept(personal: Text)\n"
         "store personal_store: Map<Text, Level>\n"
         "action act(level: Level, personal event: Text) by personal {\n"
         "  personal_store[\"x\"] = level\n  emit Told(Level.personal)\n  emit Kept(event)\n}\n"});
    EXPECT_EQ(codes(made), "");
}

}  // namespace
}  // namespace edict
