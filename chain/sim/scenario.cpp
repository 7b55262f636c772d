// The lines, in the order in which they are usually needed (a `#` begins a comment):
//
//   validators N | clients N | seed N | think MS | deadline MS | faulty SEAT STYLE | twin SEAT
//   run MS | delay MIN_MS MAX_MS | clients_rest | clients_go
//   clock SEAT ahead|behind MS
//   crash SEATS | restart SEATS | crash_after_persist SEAT | lose_votes SEATS | lose_data SEATS
//   split SEATS | block FROM TO | lose KIND [FROM|*] [TO|*] | heal | resume EPOCH
//   expect height N within MS [on SEATS]   every correct replica (of these) certified so much
//   expect stuck MS                        nobody executes anything for so long
//   expect views|evidence|syncs N          at least
//   expect full HEIGHT                     that height is not empty
//
// SEATS is a list with commas, or `all`. KIND is the name of a message.
#include "chain/sim/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace edict::sim {

namespace {

constexpr std::string_view KINDS[] = {"pre_prepare", "prepare",     "commit",
                                      "header_vote", "view_change", "new_view",
                                      "status",      "fetch",       "block"};

using Words = std::vector<std::string>;

struct Trouble {  // in a line
    std::string what;
};

std::int64_t number(const std::string& word) {
    std::int64_t value = 0;
    const auto [rest, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || rest != word.data() + word.size() || value < 0) {
        throw Trouble{fmt::format("'{}' is not a number", word)};
    }
    return value;
}

class Stage {
public:
    void step(const Words& words) {
        if (!world_ && plan(words)) return;
        if (!world_) open();
        if (!fault(words) && !time(words) && !(words[0] == "expect" && expect(words))) {
            throw Trouble{fmt::format("'{}' is no step", words[0])};
        }
        if (world_->truth().violated()) throw Trouble{*world_->truth().violated()};
    }

    void finish() {
        if (!world_) throw Trouble{"there is no step"};
        world_->examine_all();
        if (world_->truth().violated()) throw Trouble{*world_->truth().violated()};
    }

private:
    static const std::string& at(const Words& words, std::size_t i) {
        if (i >= words.size()) throw Trouble{fmt::format("'{}' needs more words", words[0])};
        return words[i];
    }
    static std::int64_t number_at(const Words& words, std::size_t i) {
        return number(at(words, i));
    }

    bool plan(const Words& words) {
        const std::string& word = words[0];
        if (word == "validators") {
            plan_.validators = static_cast<std::size_t>(number_at(words, 1));
            if (plan_.validators < 1 || plan_.validators > 20) {
                throw Trouble{"1 to 20 validators are allowed"};
            }
            plan_.seats.clear();
            for (std::size_t i = 0; i < plan_.validators; ++i) {
                plan_.seats.push_back({static_cast<ValidatorIndex>(i), std::nullopt, false});
            }
        } else if (word == "clients") {
            plan_.clients = static_cast<std::size_t>(number_at(words, 1));
        } else if (word == "seed") {
            plan_.seed = static_cast<std::uint64_t>(number_at(words, 1));
        } else if (word == "think") {
            plan_.think_ms = number_at(words, 1);
        } else if (word == "deadline") {
            plan_.deadlines_ms.push_back(number_at(words, 1));
        } else if (word == "faulty") {
            SeatPlan& seat = planned(words);
            const auto style = std::ranges::find(STYLES, at(words, 2));
            if (style == STYLES.end()) throw Trouble{fmt::format("no style '{}'", words[2])};
            seat.attacker = static_cast<Style>(style - STYLES.begin());
        } else if (word == "twin") {
            SeatPlan& seat = planned(words);
            seat.twin = true;
            const SeatPlan twin = seat;
            plan_.seats.push_back(twin);
        } else {
            return false;
        }
        return true;
    }

    SeatPlan& planned(const Words& words) {
        const auto seat = static_cast<std::size_t>(number_at(words, 1));
        if (seat >= plan_.seats.size()) throw Trouble{fmt::format("there is no seat {}", seat)};
        return plan_.seats[seat];
    }

    void open() {
        if (plan_.seats.empty()) throw Trouble{"say first how many validators there are"};
        world_ = std::make_unique<World>(plan_);
    }

    std::set<std::size_t> seats(const std::string& list) const {
        std::set<std::size_t> found;
        std::istringstream words(list);
        for (std::string word; std::getline(words, word, ',');) {
            if (word == "all") {
                for (std::size_t i = 0; i < world_->seats(); ++i) found.insert(i);
                continue;
            }
            const auto seat = static_cast<std::size_t>(number(word));
            if (seat >= world_->seats()) throw Trouble{fmt::format("there is no seat {}", seat)};
            found.insert(seat);
        }
        return found;
    }

    bool fault(const Words& words) {
        const std::string& word = words[0];
        if (word == "heal") {
            world_->heal_network();
            lost_.clear();
        } else if (word == "resume") {
            world_->resume({static_cast<std::uint64_t>(number_at(words, 1))});
        } else if (word == "block") {
            world_->block(*seats(at(words, 1)).begin(), *seats(at(words, 2)).begin());
        } else if (word == "clock") {
            set_clock(words);
        } else if (word == "split") {
            world_->split(seats(at(words, 1)));
        } else if (word == "lose") {
            lose(words);
        } else if (word == "crash" || word == "restart" || word == "crash_after_persist" ||
                   word == "lose_votes" || word == "lose_data") {
            for (const std::size_t seat : seats(at(words, 1))) {
                if (word == "crash") world_->crash(seat);
                if (word == "restart") world_->restart(seat);
                if (word == "crash_after_persist") world_->seat(seat).crash_after_persist();
                if (word == "lose_votes") world_->lose_votes(seat);
                if (word == "lose_data") world_->lose_data(seat);
            }
        } else {
            return false;
        }
        return true;
    }

    void set_clock(const Words& words) {
        const std::string& way = at(words, 2);
        if (way != "ahead" && way != "behind") throw Trouble{"clock SEAT ahead|behind MS"};
        const std::int64_t ms = number_at(words, 3);
        for (const std::size_t seat : seats(at(words, 1))) {
            world_->seat(seat).clock_offset_ms = way == "ahead" ? ms : -ms;
        }
    }

    void lose(const Words& words) {
        const auto kind = std::ranges::find(KINDS, at(words, 1));
        if (kind == std::end(KINDS)) throw Trouble{fmt::format("no message '{}'", words[1])};
        const auto end = [&](std::size_t i) -> std::optional<std::size_t> {
            if (i >= words.size() || words[i] == "*") return std::nullopt;
            return *seats(words[i]).begin();
        };
        lost_.push_back({static_cast<std::uint8_t>(kind - KINDS), end(2), end(3)});
        world_->lose_if([lost = lost_](const Letter& letter) {
            return std::ranges::any_of(lost, [&](const Lost& rule) {
                return letter.channel == Channel::consensus && letter.kind == rule.kind &&
                       (!rule.from || *rule.from == letter.from) &&
                       (!rule.to || *rule.to == letter.to);
            });
        });
    }

    bool time(const Words& words) {
        const std::string& word = words[0];
        if (word == "run") {
            world_->run_for(number_at(words, 1));
        } else if (word == "delay") {
            world_->set_network({number_at(words, 1) * 1000, number_at(words, 2) * 1000, 0, 0});
        } else if (word == "clients_rest") {
            world_->set_clients_active(false);
        } else if (word == "clients_go") {
            world_->set_clients_active(true);
        } else {
            return false;
        }
        return true;
    }

    bool expect(const Words& words) {
        const std::string& what = at(words, 1);
        const auto wanted = static_cast<std::uint64_t>(number_at(words, 2));
        const Totals totals = world_->totals();
        if (what == "height") {
            expect_height(words, wanted);
        } else if (what == "stuck") {
            const Height before = world_->truth().highest();
            world_->run_for(number_at(words, 2));
            if (world_->truth().highest() != before) {
                throw Trouble{
                    fmt::format("height {} was executed", world_->truth().highest().value)};
            }
        } else if (what == "views") {
            at_least(totals.view_changes, wanted, "new views");
        } else if (what == "evidence") {
            at_least(totals.equivocations, wanted, "pieces of evidence");
        } else if (what == "syncs") {
            at_least(totals.syncs, wanted, "blocks fetched");
        } else if (what == "full") {
            at_least(world_->truth().effects_at({wanted}), 1, "calls at that height");
        } else {
            return false;
        }
        return true;
    }

    static void at_least(std::uint64_t found, std::uint64_t wanted, const char* what) {
        if (found < wanted) throw Trouble{fmt::format("{} {}; expected {}", found, what, wanted)};
    }

    void expect_height(const Words& words, std::uint64_t wanted) {
        if (at(words, 3) != "within") throw Trouble{"expect height N within MS"};
        std::set<std::size_t> on = seats(words.size() > 6 ? words[6] : "all");
        std::erase_if(on, [&](std::size_t seat) { return !world_->is_correct(seat); });
        const auto reached = [&] {
            return std::ranges::all_of(on, [&](std::size_t seat) {
                return world_->seat(seat).is_up() && world_->seat(seat).certified().value >= wanted;
            });
        };
        if (world_->run_until(reached, number_at(words, 4))) return;
        if (world_->truth().violated()) return;
        std::string heights;
        for (const std::size_t seat : on) {
            heights += fmt::format(" {}", world_->seat(seat).certified().value);
        }
        throw Trouble{fmt::format("the replicas are at{}", heights)};
    }

    struct Lost {
        std::uint8_t kind;
        std::optional<std::size_t> from, to;
    };
    Plan plan_;
    std::unique_ptr<World> world_;
    std::vector<Lost> lost_;
};

}  // namespace

base::Status run_scenario(std::string_view text) {
    Stage stage;
    std::istringstream lines{std::string(text)};
    std::size_t count = 0;
    std::string line;
    try {
        while (std::getline(lines, line)) {
            ++count;
            std::istringstream parts(line.substr(0, line.find('#')));
            Words words;
            for (std::string word; parts >> word;) words.push_back(word);
            if (!words.empty()) stage.step(words);
        }
        stage.finish();
    } catch (const Trouble& trouble) {
        return base::input_error(fmt::format("line {}: {}: {}", count, line, trouble.what));
    }
    return {};
}

}  // namespace edict::sim
