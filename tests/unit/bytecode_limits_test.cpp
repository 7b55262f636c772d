// Every limit of modules and code, at the edge and one past it; and how costs are counted.
#include <fmt/format.h>

#include "tests/unit/bytecode_support.h"
#include "vm/bytecode/limits.h"

namespace edict::bytecode::test {

namespace {

Module with_function(FunctionKind kind, std::size_t registers, std::vector<Instruction> code) {
    Module module;
    module.name = "m";
    module.types = {value::boolean_type(), *value::set_type(value::integer_type(), 1),
                    value::integer_type()};
    Function function;
    function.kind = kind;
    function.registers.assign(registers, 0);
    function.code = std::move(code);
    module.functions = {function};
    return module;
}

std::string checked(Module module) {
    set_bounds(module);
    return verdict(module);
}

TEST(Limits, of_registers) {
    const std::vector<Instruction> code = {{Opcode::ret, 0, 0, 0}};
    EXPECT_EQ(checked(with_function(FunctionKind::action, MAX_REGISTERS, code)), "");
    EXPECT_EQ(checked(with_function(FunctionKind::action, MAX_REGISTERS + 1, code)),
              "module m: function 0: 4097 registers; at most 4096 are allowed");
}

TEST(Limits, of_instructions) {
    std::vector<Instruction> code(MAX_CODE - 1, {Opcode::unknown, 0, 0, 0});
    code.push_back({Opcode::ret, 0, 0, 0});
    EXPECT_EQ(checked(with_function(FunctionKind::action, 1, code)), "");
    code.insert(code.begin(), {Opcode::unknown, 0, 0, 0});
    EXPECT_EQ(checked(with_function(FunctionKind::action, 1, code)),
              "module m: function 0: 32769 instructions; at most 32768 are allowed");
}

// A store whose values were lists of `{ first }` and are lists of records with ten fields more.
Module with_older(std::uint32_t capacity) {
    Module module;
    module.name = "m";
    std::vector<value::Field> fields = {{"first", value::boolean_type()}};
    const value::TypeRef older = *value::record_type("m.R", fields);
    module.constants = {{0, {false}}};
    for (std::uint16_t i = 1; i <= 10; ++i) {
        fields.push_back({"f" + std::to_string(i), value::boolean_type()});
        module.history.defaults.push_back({2, i, 0});
    }
    const value::TypeRef now = *value::record_type("m.R", fields);
    module.types = {value::boolean_type(), older, now, *value::list_type(older, capacity),
                    *value::list_type(now, capacity)};
    module.stores = {{"s", std::nullopt, 4, std::nullopt}};
    module.history.stores = {{0, {3}}};
    return module;
}

TEST(Limits, of_what_reading_an_older_value_costs) {
    // Each element: 14 units for the record and 14 for its field; and 14 for the list.
    EXPECT_EQ(checked(with_older(35'713)), "");
    EXPECT_EQ(
        checked(with_older(35'714)),
        "module m: schema history: store s: reading an older value can cost 1000006 units; at "
        "most 1000000 are allowed");
}

TEST(Limits, of_defaults_of_fields_and_older_types) {
    const auto defaults = [](std::size_t count) {
        Module module;
        module.name = "m";
        module.types = {value::boolean_type()};
        module.constants = {{0, {false}}};
        for (std::size_t i = 0; i < count; ++i) {
            if (i % 256 == 0) {
                std::vector<value::Field> fields;
                for (int f = 0; f < 256; ++f)
                    fields.push_back({"f" + std::to_string(f), value::boolean_type()});
                module.types.push_back(
                    *value::record_type("m.R" + std::to_string(i), std::move(fields)));
            }
            module.history.defaults.push_back({static_cast<TypeIndex>(module.types.size() - 1),
                                               static_cast<std::uint16_t>(i % 256), 0});
        }
        return module;
    };
    EXPECT_EQ(checked(defaults(MAX_UPGRADES)), "");
    EXPECT_EQ(checked(defaults(MAX_UPGRADES + 1)),
              "module m: schema history: too many defaults of fields");
    Module twice = defaults(2);
    twice.history.defaults.push_back(twice.history.defaults[0]);
    EXPECT_EQ(checked(twice), "module m: schema history: two defaults of one field");
}

TEST(Limits, of_loops_inside_loops) {
    const auto nested = [](std::size_t depth) {
        std::vector<Instruction> code = {{Opcode::make_set, 0, 0, 0}};
        for (std::size_t i = 0; i < depth; ++i) {
            const std::size_t next = 2 * depth - i;
            code.push_back({Opcode::for_each, 1, 0, static_cast<std::uint16_t>(next)});
        }
        for (std::size_t i = depth; i > 0; --i) {
            code.push_back({Opcode::next, static_cast<std::uint16_t>(i), 0, 0});
        }
        code.push_back({Opcode::ret, 0, 0, 0});
        Module module = with_function(FunctionKind::action, 2, code);
        module.functions[0].registers = {1, 2};
        return module;
    };
    EXPECT_EQ(checked(nested(MAX_LOOP_DEPTH)), "");
    EXPECT_EQ(
        checked(nested(MAX_LOOP_DEPTH + 1)),
        "module m: function 0: instruction 9 (for_each): loops inside loops more than 8 deep");
}

TEST(Limits, of_operands_and_shown_values) {
    const auto hashed = [](std::uint16_t count) {
        std::vector<Instruction> code;
        for (std::uint16_t i = 0; i < count; ++i) code.push_back({Opcode::unknown, i, 0, 0});
        code.push_back({Opcode::hash, count, 0, count});
        code.push_back({Opcode::ret, 0, 0, 0});
        Module module = with_function(FunctionKind::action, std::size_t{count} + 1, code);
        module.types.push_back(value::hash_type());
        module.functions[0].registers.back() = 3;
        return module;
    };
    EXPECT_EQ(checked(hashed(MAX_OPERANDS)), "");
    EXPECT_EQ(checked(hashed(MAX_OPERANDS + 1)),
              "module m: function 0: instruction 257 (hash): more than 256 registers");
    const auto shown = [](std::uint16_t count) {
        std::vector<Instruction> code;
        for (std::uint16_t i = 0; i < count; ++i) code.push_back({Opcode::unknown, i, 0, 0});
        code.push_back({Opcode::ret, 0, 0, count});
        return with_function(FunctionKind::message, count, code);
    };
    EXPECT_EQ(checked(shown(MAX_MESSAGE_VALUES)), "");
    EXPECT_EQ(checked(shown(MAX_MESSAGE_VALUES + 1)),
              "module m: function 0: instruction 33 (ret): a message shows at most 32 values");
}

TEST(Limits, of_parameters) {
    const auto with_parameters = [](std::size_t count) {
        Module module = with_function(FunctionKind::action, count, {{Opcode::ret, 0, 0, 0}});
        module.functions[0].parameters = static_cast<std::uint16_t>(count);
        ActionDecl& action = module.actions.emplace_back();
        action.name = "a";
        action.parameters.assign(count, 0);
        for (std::size_t i = 0; i < count; ++i)
            action.parameter_names.push_back(fmt::format("p{}", i));
        return module;
    };
    EXPECT_EQ(checked(with_parameters(MAX_PARAMETERS)), "");
    EXPECT_EQ(checked(with_parameters(MAX_PARAMETERS + 1)),
              "module m: action a: 65 parameters; at most 64 are allowed");
}

TEST(Limits, of_tables) {
    const auto with_types = [](std::size_t count) {
        Module module;
        module.name = "m";
        module.types.assign(count, value::boolean_type());
        return module;
    };
    EXPECT_EQ(verdict(with_types(MAX_TYPES)), "");
    EXPECT_EQ(verdict(with_types(MAX_TYPES + 1)),
              "module m: a table of 4097 entries; at most 4096 are allowed");
    const auto with_roles = [](std::size_t count) {
        Module module;
        module.name = "m";
        for (std::size_t i = 0; i < count; ++i) module.roles.push_back(fmt::format("r{}", i));
        return module;
    };
    EXPECT_EQ(verdict(with_roles(MAX_DECLARATIONS)), "");
    EXPECT_EQ(verdict(with_roles(MAX_DECLARATIONS + 1)),
              "module m: a table of 16385 entries; at most 16384 are allowed");
}

TEST(Limits, of_flags_of_personal_data) {
    const auto with_flags = [](std::size_t count) {
        Module module;
        module.name = "m";
        module.types = {value::boolean_type()};
        const std::size_t events = count / MAX_PARAMETERS + 1;
        for (std::size_t i = 0; i < events; ++i) {
            EventDecl& event = module.events.emplace_back();
            event.name = fmt::format("e{}", i);
            event.fields.assign(MAX_PARAMETERS, 0);
            for (std::size_t j = 0; j < MAX_PARAMETERS; ++j)
                event.field_names.push_back(fmt::format("f{}", j));
        }
        for (std::size_t i = 0; i < count; ++i) {
            module.personal.push_back({PersonalKind::event,
                                       static_cast<std::uint16_t>(i / MAX_PARAMETERS),
                                       static_cast<std::uint16_t>(i % MAX_PARAMETERS)});
        }
        return module;
    };
    EXPECT_EQ(verdict(with_flags(MAX_DECLARATIONS)), "");
    EXPECT_TRUE(decode(encode(with_flags(MAX_DECLARATIONS))));
    EXPECT_EQ(verdict(with_flags(MAX_DECLARATIONS + 1)),
              "module m: a table of 16385 entries; at most 16384 are allowed");
    EXPECT_FALSE(decode(encode(with_flags(MAX_DECLARATIONS + 1))));
}

TEST(Limits, of_constants_functions_and_rules) {
    Module module;
    module.name = "m";
    module.types = {value::boolean_type()};
    module.constants.assign(MAX_CONSTANTS, {0, {true}});
    EXPECT_EQ(verdict(module), "");
    module.constants.push_back({0, {true}});
    EXPECT_EQ(verdict(module), "module m: a table of 65536 entries; at most 65535 are allowed");

    module = with_function(FunctionKind::action, 0, {{Opcode::ret, 0, 0, 0}});
    set_bounds(module);
    module.functions.assign(MAX_FUNCTIONS, module.functions[0]);
    EXPECT_EQ(verdict(module), "");
    module.functions.push_back(module.functions[0]);
    EXPECT_EQ(verdict(module), "module m: a table of 262145 entries; at most 262144 are allowed");

    Module regulation;
    regulation.name = "r";
    regulation.kind = ModuleKind::regulation;
    for (std::size_t i = 0; i < MAX_RULES; ++i) {
        regulation.rules.emplace_back().name = fmt::format("r{}", i);
    }
    EXPECT_EQ(verdict(regulation), "");
    regulation.rules.emplace_back().name = "one_more";
    EXPECT_EQ(verdict(regulation), "module r: a table of 65536 entries; at most 65535 are allowed");
}

TEST(Limits, of_the_bytes_of_a_module) {
    Module module;
    module.name = "m";
    const std::size_t length = value::MAX_VALUE_BYTES - 4;
    module.types = {*value::bytes_type(static_cast<std::uint32_t>(length)), value::boolean_type()};
    module.constants.assign(15, {0, {base::Bytes(length, 1)}});
    const std::size_t rest = MAX_MODULE_BYTES - encode(module).size() - 2 - 4;
    module.constants.push_back({0, {base::Bytes(rest, 1)}});
    EXPECT_EQ(encode(module).size(), MAX_MODULE_BYTES);
    EXPECT_EQ(verdict(module), "");
    EXPECT_TRUE(decode(encode(module)));
    module.name = "mm";
    EXPECT_EQ(verdict(module), "module mm: it takes more than 16777216 bytes");
    EXPECT_EQ(decode(encode(module)).error().message,
              "a module of 16777217 bytes; at most 16777216 are allowed");
}

TEST(Limits, of_the_bytes_of_types) {
    std::vector<std::string> members;
    for (int i = 0; i < 1'000; ++i) members.push_back(fmt::format("{:0>100}", i));
    Module module;
    module.name = "m";
    module.types = {*value::enum_type("m.E", members, false),
                    *value::enum_type("m.F", members, false)};
    EXPECT_EQ(verdict(module), "");
    module.types.push_back(*value::enum_type("m.G", members, false));
    EXPECT_EQ(verdict(module), "module m: its types take more than 262144 bytes");
}

TEST(Limits, of_names_and_texts) {
    Module module;
    module.name = std::string(value::MAX_NAME_BYTES, 'm');
    EXPECT_EQ(verdict(module), "");
    module.name += 'm';
    EXPECT_NE(verdict(module).find("a name of 129 bytes; at most 128 are allowed"),
              std::string::npos);

    Module regulation = made(REGULATION);
    regulation.sources[0].title = std::string(MAX_TEXT_BYTES, 'x');
    EXPECT_EQ(verdict(regulation), "");
    regulation.sources[0].title += 'x';
    EXPECT_EQ(verdict(regulation),
              "module rules: source PIPL: a text of 4097 bytes; at most 4096 are allowed");
    regulation.sources[0].title = "e\u0301";  // two characters where Unicode has one
    EXPECT_EQ(verdict(regulation), "module rules: source PIPL: a text is not canonical");
}

TEST(Limits, of_cost) {
    // Three loops over 2048 elements end their innermost body 2^33 times.
    const auto loops = [](std::size_t depth) {
        std::string head, tail;
        for (std::size_t i = 0; i < depth; ++i) {
            head += fmt::format("for_each r1 r0 @{}\n", 2 * depth - i);
            tail += fmt::format("next @{}\n", depth - i);
        }
        return made(
            "contract m 1.0.0\ntype Set(Int,2048)\ntype Int\nfunction action 0 #0 #1\n"
            "make_set r0 r0 x0\n" +
            head + tail + "ret r0 x0\n");
    };
    EXPECT_EQ(verdict(loops(2)), "");
    EXPECT_EQ(verdict(loops(3)),
              "module m: function 0: it may cost 8598327818 units; at most 100000000 are allowed");
    EXPECT_NE(verdict(loops(8)).find("it may cost 18446744073709551615 units"), std::string::npos);
}

TEST(Limits, of_memory) {
    const auto records = [](int count) {
        std::string code;
        for (int i = 0; i < count; ++i) code += "set_unite r0 r0 r0\n";
        return made("contract m 1.0.0\ntype Set(Bool,65536)\nfunction action 1 #0\n" + code +
                    "ret r0 x0\n");
    };
    EXPECT_EQ(verdict(records(20)), "");
    EXPECT_NE(verdict(records(2'000)).find("its values may take"), std::string::npos);
}

TEST(Cost, counts_each_instruction_once) {
    const Module module = made(
        "contract m 1.0.0\ntype Int\nfunction message 1 #0 #0\nadd r1 r0 r0\n"
        "divide r1 r1 r0\nret r1 x1\n");
    EXPECT_EQ(module.functions[0].cost, 1U + 2U + 1U);
}

TEST(Cost, of_a_loop_multiplies_by_the_capacity) {
    const Module module = made(
        "contract m 1.0.0\ntype Set(Int,7)\ntype Int\nfunction message 1 #0 #1\n"
        "for_each r1 r0 @2\nadd r1 r1 r1\nnext @0\nret r0 x1\n");
    EXPECT_EQ(module.functions[0].cost, 1U + 7U * (1U + 1U) + 1U);
}

TEST(Cost, grows_with_declared_sizes) {
    const auto cost = [](const std::string& type) {
        return made("contract m 1.0.0\ntype " + type +
                    "\ntype Bool\nfunction rule 1 #0 #1\n"
                    "equal r1 r0 r0\nret r1 x1\n")
            .functions[0]
            .cost;
    };
    const std::uint64_t small = cost("Text(4)");
    EXPECT_GE(cost("Text(65536)"), small + 2 * 65'536 / BYTES_PER_UNIT);
}

TEST(Cost, tells_how_often_callees_are_called) {
    const Module module = made(
        "contract m 1.0.0\nimport o "
        "0000000000000000000000000000000000000000000000000000000000000000\n"
        "type Set(Int,7)\ntype Int\ncallee o a\nfunction action 1 #0 #1\ncall_action a0 r0 x0\n"
        "for_each r1 r0 @3\ncall_action a0 r0 x0\nnext @1\nret r0 x0\n");
    const Bounds bounds = bounds_of(module, module.functions[0], memory_of_types(module));
    ASSERT_EQ(bounds.calls.size(), 2U);
    EXPECT_EQ(bounds.calls[0].times, 1U);
    EXPECT_EQ(bounds.calls[1].times, 7U);
}

}  // namespace

}  // namespace edict::bytecode::test
