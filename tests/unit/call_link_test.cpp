// link: what it joins, what it adds up, and what it refuses.
#include "tests/unit/call_support.h"
#include "vm/bytecode/limits.h"

namespace edict::call::test {

namespace {

std::string error_of_link(std::vector<std::shared_ptr<const bytecode::Module>> set) {
    base::Result<LinkedSet> linked = link(std::move(set));
    return linked ? "" : linked.error().message;
}

TEST(Link, sorts_modules_and_finds_them) {
    const auto built = modules({HUB, DESK, CAP});
    const base::Result<LinkedSet> set = link({built[0], built[1], built[2]});
    ASSERT_TRUE(set);
    EXPECT_EQ(set->modules[0]->name, "cap");
    EXPECT_EQ(set->modules[2]->name, "hub");
    EXPECT_EQ(set->find("desk")->name, "desk");
    EXPECT_EQ(set->find("none"), nullptr);
    EXPECT_NE(set->find("hub", "share"), nullptr);
    EXPECT_EQ(set->find("hub", "none"), nullptr);
    EXPECT_EQ(set->hashes[2], bytecode::identity(*built[0]));
}

TEST(Link, identity_depends_on_content_and_not_on_order) {
    const auto built = modules({HUB, DESK});
    const LinkedSet one = *link({built[0], built[1]});
    const LinkedSet two = *link({built[1], built[0]});
    const LinkedSet less = *link({built[0]});
    EXPECT_EQ(one.identity(), two.identity());
    EXPECT_NE(one.identity(), less.identity());
}

TEST(Link, gathers_reads_and_writes_of_callees) {
    World world({HUB, DESK});
    const LinkedAction* relay = world.set.find("desk", "relay");
    EXPECT_EQ(relay->reads, (std::vector<std::string>{"hub.sent"}));
    EXPECT_EQ(relay->writes, (std::vector<std::string>{"desk.relayed", "hub.sent"}));
}

TEST(Link, adds_up_roles_rules_and_callees) {
    World alone({HUB, DESK});
    World ruled({HUB, DESK, CAP});
    const auto code = [&](const World& world, std::string_view module) {
        const LinkedAction* action = world.set.find(module, module == "hub" ? "share" : "twice");
        const bytecode::Module& owner = *world.set.modules[action->module];
        return owner.functions[owner.actions[action->action].code].cost;
    };
    const std::uint64_t share = alone.set.find("hub", "share")->cost.value;
    EXPECT_EQ(share, code(alone, "hub") + 2 * 64);
    EXPECT_EQ(alone.set.find("desk", "twice")->cost.value, code(alone, "desk") + 2 * share);
    const bytecode::Module& cap = *ruled.set.find("cap");
    // Its condition counts twice: once to decide, once to name the elements that fail.
    const std::uint64_t rules = 8 + 2 * cap.functions[0].cost + cap.functions[1].cost;
    EXPECT_EQ(ruled.set.find("hub", "share")->cost.value, share + rules);
    EXPECT_EQ(ruled.set.find("desk", "twice")->cost.value,
              code(ruled, "desk") + 2 * (share + rules));
}

TEST(Link, joins_rules_with_the_actions_they_name) {
    World world({HUB, DESK, CAP});
    const LinkedAction* share = world.set.find("hub", "share");
    ASSERT_EQ(share->governed_by.size(), 1U);
    EXPECT_EQ(world.set.modules[share->governed_by[0].regulation]->name, "cap");
    EXPECT_EQ(share->governed_by[0].rules.size(), 1U);
    EXPECT_TRUE(share->must_be_governed);
    EXPECT_TRUE(world.set.find("hub", "raise")->governed_by.empty());
    EXPECT_FALSE(world.set.find("desk", "relay")->must_be_governed);
}

struct Refused {
    std::string name;
    std::vector<std::string> texts;
    std::vector<std::size_t> linked;  // which of them are linked
    std::string error;
};

TEST(Link, refuses_what_does_not_fit) {
    const std::string other_hub = with(HUB, "contract hub 1.0.0", "contract hub 1.0.1");
    const std::vector<Refused> table = {
        {"a missing import", {HUB, DESK}, {1}, "desk uses hub, which is not in the set"},
        {"two of one name", {HUB, other_hub}, {0, 1}, "two modules of the set are called hub"},
        {"another store type",
         {HUB, with(DESK, "use hub sent #2 #0 \"0\"", "use hub sent #2 #1 \"0\"")},
         {0, 1},
         "desk was built for another type or default of hub.sent"},
        {"another default",
         {HUB, with(DESK, "use hub sent #2 #0 \"0\"", "use hub sent #2 #0 \"1\"")},
         {0, 1},
         "desk was built for another type or default of hub.sent"},
        {"a store that is not there",
         {HUB, with(DESK, "use hub sent", "use hub send")},
         {0, 1},
         "desk reads hub.send, which is not there"},
        {"an action that is not there",
         {HUB, with(DESK, "callee hub share", "callee hub shave")},
         {0, 1},
         "desk calls hub.shave, which is not there"},
        {"other parameters",
         {with(HUB, "type Int(0,100)", "type Int(0,99)"), DESK},
         {0, 1},
         "desk was built for other parameters, or another result, of hub.share"},
        {"a governed action that is not there",
         {HUB, with(with(CAP, "governed hub forget", "governed hub shave"), "default hub forget",
                    "default hub shave")},
         {0, 1},
         "cap has rules for hub.shave, which is not there"},
        {"other parameters of a governed action",
         {with(HUB, "type Int(0,100)", "type Int(0,99)"), CAP},
         {0, 1},
         "cap was built for other parameters, or another result, of hub.share"},
        {"rules for a contract that nobody governs",
         {with(HUB, "regulator office\n", ""), CAP},
         {0, 1},
         "cap governs hub, whose `regulators none` lets nobody govern it"},
        {"roles of another type",
         {"contract std.membership 1.0.0\ntype Int\nstore roles #0 #0\n"},
         {0},
         "std.membership.roles must be a Map<(Party, Text<128>), Bool>, since roles are read "
         "there"},
    };
    for (const Refused& row : table) {
        SCOPED_TRACE(row.name);
        const auto built = modules(row.texts);
        ASSERT_EQ(built.size(), row.texts.size());
        std::vector<std::shared_ptr<const bytecode::Module>> set;
        for (const std::size_t i : row.linked) set.push_back(built[i]);
        EXPECT_EQ(error_of_link(set), row.error);
    }
}

TEST(Link, refuses_an_import_of_another_version) {
    const auto built = modules({HUB, DESK});
    const auto other = modules({with(HUB, "contract hub 1.0.0", "contract hub 1.0.1")});
    EXPECT_EQ(
        error_of_link({other[0], built[1]}),
        "desk was built against another version of hub: build it again with the one of this set");
}

// c0 has an action; each later one calls that of the one before, `times` times.
std::vector<std::string> chain(std::size_t length, std::size_t times) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < length; ++i) {
        std::string text = "contract c" + std::to_string(i) + " 1.0.0\n";
        std::string code = "function action 0\n";
        if (i > 0) {
            const std::string before = "c" + std::to_string(i - 1);
            text += "import " + before + " HASH(" + before + ")\ncallee " + before + " act\n";
            for (std::size_t n = 0; n < times; ++n) code += "call_action a0 r0 x0\n";
        }
        texts.push_back(text + code + "ret r0 x0\naction act f0\n");
    }
    return texts;
}

TEST(Link, bounds_the_depth_of_calls) {
    EXPECT_EQ(error_of_link(modules(chain(bytecode::MAX_CALL_DEPTH, 1))), "");
    EXPECT_EQ(error_of_link(modules(chain(bytecode::MAX_CALL_DEPTH + 1, 1))),
              "c16.act calls actions inside actions more than 16 deep");
}

TEST(Link, bounds_the_cost_of_a_call) {
    // Costs multiply by ten with each module.
    const std::string error = error_of_link(modules(chain(10, 10)));
    EXPECT_NE(error.find("with its rules and inner calls; at most 100000000 are allowed"),
              std::string::npos)
        << error;
    EXPECT_EQ(error_of_link(modules(chain(6, 10))), "");
}

}  // namespace

}  // namespace edict::call::test
