// A contract and a regulation in which words are exchanged, as the input says: the checker gives a
// program or diagnostics, never a crash, and what it accepts can be lowered.
#include <cctype>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/check.h"
#include "compiler/check/chain_target.h"
#include "compiler/check/check.h"
#include "compiler/lower/lower.h"
#include "compiler/parse/parse.h"

using namespace edict;

namespace {

constexpr const char* CONTRACT = R"edict(contract stroke_hub version 1.0.0
  zone +08:00
  regulators alliance_office

role hospital, alliance_office, ministry, doctor_on_duty
event Shared(dataset: Text, to: Party, columns: Set<Text, 64>)
event UseReported(dataset: Text, by: Party)

enum Level ordered { public, internal, personal, genetic since 0.9.0 }
enum Purpose { care, research, marketing }
record Dataset { owner: Party, level: Level, subjects: Int 0..10_000_000, consent_until: Date? }

store datasets: Map<Text, Dataset>
store exported: Map<Party, Int 0..1_000_000_000> default 0        // subjects sent to each receiver

action share(dataset: Text, to: Party, purpose: Purpose, columns: Set<Text, 64>) by hospital, doctor_on_duty {
  let d = datasets[dataset] else fail "unknown dataset {dataset}"
  exported[to] += d.subjects
  emit Shared(dataset, to, columns)
}
action report_use(dataset: Text) by hospital { emit UseReported(dataset, caller) }
action suspend(party: Party) by hospital { suspended[party] = today }
store suspended: Map<Party, Date>
upgrade Dataset from 0.8.0 (owner: Party, level: Level) =
  Dataset { owner: owner, level: level, subjects: 0, consent_until: absent }
record Place { ward: Text, floor: Int 0..9 since 0.9.0 default 1, note: Text? since 1.0.0 }
store places: Map<(Text, Level), Place>
store quota: Map<Level, Int 0..10> default 1
initial from "annex 2" sha256 "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" {
  quota[public] = 3
  places[("west", internal)] = Place { ward: "w", floor: 2, note: absent }
}
invariant within for every level in quota: quota[level] is at most 10 or level is genetic
  because "{level} has {quota[level]}"
invariant low for every (name, level) in places: places[(name, level)].floor is less than 9

record Visit { personal patient: Text, dataset: Text }
personal event Visited(patient: Text)
store visits: Map<Text, Visit>
action visit(dataset: Text, personal patient: Text) by hospital {
  if patient is "" { fail "nobody is in {dataset}" }
  visits[dataset] = Visit { patient: patient, dataset: dataset }
  emit Visited(patient)
}
)edict";

constexpr const char* REGULATION = R"edict(regulation data_export version 2.1.0 governs stroke_hub
  zone +08:00
default forbid share
default permit report_use
default silent

source PIPL rank law        in force from 2021-11-01  "Personal Information Protection Law"
source HGR  rank regulation in force from 2023-07-01  "Implementing rules on human genetic resources"
source WARD rank internal   in force from 2024-01-01  "Hospital data policy"

store approved_until: Map<(Party, Text), Date>
action approve(to: Party, dataset: Text, until: Date) by ministry { approved_until[(to, dataset)] = until }

rule research_use
  cites WARD "3.2"
  on share when purpose is research and datasets[dataset].consent_until is at least today: permit

rule genetic_needs_approval
  cites HGR "art 28"
  overrides research_use
  on share when datasets[dataset].level is at least genetic: forbid
  because "dataset {dataset} holds genetic data and {to} has no approval in force"
  unless approved_until[(to, dataset)] is at least today because "approved by the ministry"

rule emergency
  overrides genetic_needs_approval
  on share when purpose is care and has_role(caller, doctor_on_duty): permit

rule yearly_cap
  cites PIPL "art 40"
  on share: require after(exported[to]) is at most 100_000

rule no_marketing
  on share when purpose is Purpose.marketing or columns minus { "age" } is not {}: forbid

rule known_data
  on share, report_use when dataset is "x" and datasets[dataset] is not known: forbid

assert never permitted share when purpose is marketing

test "an expired consent stops research use" {
  parties xiyuan: hospital, guangan: hospital
  given datasets["pbc"] = Dataset { owner: xiyuan, level: personal, subjects: 418, consent_until: 2025-12-31 }
  at 2026-02-01
  call share("pbc", to: guangan, purpose: research, columns: { "age" }) by xiyuan
  expect forbidden by default
  expect exported[guangan] == 0
}
)edict";

constexpr std::size_t MAX_EDITS = 4;

// Words, and everything between them, in turn.
std::vector<std::string> pieces(const std::string& text) {
    std::vector<std::string> all;
    bool in_word = false;
    for (const char letter : text) {
        const bool word = std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
        if (all.empty() || word != in_word || !word) all.emplace_back();
        all.back() += letter;
        in_word = word;
    }
    return all;
}

std::string joined(const std::vector<std::string>& pieces, std::size_t begin, std::size_t end) {
    std::string text;
    for (std::size_t i = begin; i < end; ++i) text += pieces[i];
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<std::string> all = pieces(CONTRACT);
    const std::size_t middle = all.size();
    for (std::string& piece : pieces(REGULATION)) all.push_back(std::move(piece));
    const std::vector<std::string> original = all;
    const auto number = [&](std::size_t at) {
        return (std::size_t{data[at]} << 8U | data[at + 1]) % original.size();
    };
    for (std::size_t i = 0; i + 4 <= size && i < 4 * MAX_EDITS; i += 4) {
        all[number(i)] = original[number(i + 2)];
    }

    source::SourceMap sources;
    source::Diagnostics diagnostics;
    std::deque<ast::File> trees;
    std::vector<const ast::File*> files;
    for (const std::string& text : {joined(all, 0, middle), joined(all, middle, all.size())}) {
        auto tree = parse::parse(*sources.add("fuzz.edict", text), sources, diagnostics);
        if (!tree) return 0;
        files.push_back(&trees.emplace_back(std::move(*tree)));
    }
    const auto program = check::check(files, nullptr, diagnostics);
    EDICT_CHECK(program.has_value() != diagnostics.has_errors());
    if (!program) return 0;
    const auto lowered = lower::lower(*program, sources, diagnostics);
    source::Diagnostics on_a_chain;
    check::refuse_for_chain(*program, on_a_chain);
    EDICT_CHECK(lowered.has_value() != diagnostics.has_errors());
    return 0;
}
