// generate_regulation FOLDER LINES [PLANTED]: writes a contract and a regulation of about LINES
// lines for measuring the verifier. The regulation has no finding but PLANTED conflicts.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace {

constexpr int ACTIONS = 6;
constexpr const char* PURPOSES[] = {"care", "research", "teaching", "quality"};
constexpr int CELL = 1'000;  // records: each rule has its own range of amounts

void write_contract(std::ostream& out) {
    out << "contract bench_hub version 1.0.0\n"
           "  zone +00:00\n"
           "  regulators office\n\n"
           "role site, office\n"
           "enum Level ordered { open, internal, personal, genetic }\n"
           "enum Purpose { care, research, teaching, quality }\n"
           "record Dataset { owner: Party, level: Level, subjects: Int 0..1_000_000, until: Date? "
           "}\n"
           "store datasets: Map<Text, Dataset>\n"
           "store sent: Map<Party, Int 0..1_000_000_000> default 0\n\n";
    for (int action = 0; action < ACTIONS; ++action) {
        out << "action share_" << action
            << "(dataset: Text, to: Party, purpose: Purpose, amount: Int 0..1_000_000) by site {\n"
               "  let d = datasets[dataset] else fail \"unknown dataset {dataset}\"\n"
               "  sent[to] += amount\n"
               "}\n";
    }
}

// The norms in turn: permit and forbid in neighbouring cells, a permit that overrides a forbid of
// its own cell, and a requirement.
void write_rule(std::ostream& out, int index, int planted) {
    const int action = index % ACTIONS;
    const int step = index / ACTIONS;
    const int low = step / 4 * CELL;
    const char* purpose = PURPOSES[index / 2 % 4];
    out << "rule rule_" << index << "\n  cites ACT \"art " << index + 1 << "\"\n";
    const bool overrides = step % 4 == 2;
    if (overrides) out << "  overrides rule_" << index - ACTIONS << "\n";
    if (step % 4 == 3) {
        out << "  on share_" << action << " when purpose is not " << purpose
            << ": require amount is at most 900_000 or after(sent[to]) is at least amount\n";
        return;
    }
    // 0 permits the lower half of the cell, 1 forbids the upper half, 2 permits a part of that.
    const int begin = low + (step % 4 == 0 ? 0 : CELL / 2);
    const int end =
        begin + (overrides ? CELL / 4 : CELL / 2) + (index < planted * ACTIONS ? CELL : 0);
    out << "  on share_" << action << " when amount is at least " << begin
        << " and amount is less than " << end << "\n    and datasets[dataset].level is "
        << (step % 4 == 1 ? "at least internal" : "at most personal") << ": "
        << (step % 4 == 1 ? "forbid" : "permit") << "\n";
}

void write_regulation(std::ostream& out, int lines, int planted) {
    out << "regulation bench_rules version 1.0.0 governs bench_hub\n"
           "  zone +00:00\n"
           "  default forbid\n\n"
           "source ACT rank law in force from 2020-01-01 \"Act\"\n\n";
    int written = 6;
    for (int index = 0; written < lines; ++index) {
        write_rule(out, index, planted);
        const int step = index / ACTIONS % 4;
        written += step == 3 ? 3 : step == 2 ? 5 : 4;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: generate_regulation FOLDER LINES [PLANTED]\n";
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    std::ofstream contract(folder / "bench_hub.edict");
    write_contract(contract);
    std::ofstream regulation(folder / "bench_rules.edict");
    write_regulation(regulation, std::atoi(argv[2]), argc > 3 ? std::atoi(argv[3]) : 0);
    return contract && regulation ? 0 : 1;
}
