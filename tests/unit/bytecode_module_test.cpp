// The canonical bytes of modules and of their companion files.
#include "tests/unit/bytecode_support.h"
#include "vm/bytecode/debug.h"
#include "vm/bytecode/sections.h"

namespace edict::bytecode::test {

namespace {

TEST(ModuleBytes, decode_gives_back_what_was_encoded) {
    for (const char* text : {CONTRACT, REGULATION, "contract empty 0.0.0\n"}) {
        const Module module = made(text);
        const base::Bytes bytes = encode(module);
        const base::Result<Module> decoded = decode(bytes);
        ASSERT_TRUE(decoded) << decoded.error().message;
        EXPECT_EQ(encode(*decoded), bytes);
        EXPECT_EQ(disassemble(*decoded), disassemble(module));
        EXPECT_EQ(identity(*decoded), crypto::sha256(bytes));
    }
}

TEST(ModuleBytes, have_every_section_once_and_in_order) {
    const base::Bytes bytes = encode(made(CONTRACT));
    base::Reader in(bytes);
    EXPECT_EQ(base::as_text(in.raw(MODULE_MAGIC.size())), MODULE_MAGIC);
    EXPECT_EQ(in.u16(), FORMAT_VERSION);
    for (const SectionInfo& info : SECTIONS) {
        EXPECT_EQ(in.u8(), static_cast<std::uint8_t>(info.section));
        (void)in.bytes(bytes.size());
    }
    EXPECT_TRUE(in.finish());
}

TEST(ModuleBytes, cut_off_anywhere_are_refused) {
    const base::Bytes bytes = encode(made(REGULATION));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(decode(base::ByteView(bytes).first(size))) << size;
    }
    base::Bytes longer = bytes;
    longer.push_back(0);
    EXPECT_EQ(decode(longer).error().message.substr(0, 36), "after the last section of the module");
}

TEST(ModuleBytes, altered_in_one_bit_are_refused_or_another_module) {
    const base::Bytes bytes = encode(made(CONTRACT));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        base::Bytes altered = bytes;
        altered[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
        const base::Result<Module> decoded = decode(altered);
        if (decoded) {
            EXPECT_EQ(encode(*decoded), altered) << i;
            EXPECT_NE(identity(*decoded), crypto::sha256(bytes)) << i;
        } else {
            EXPECT_FALSE(decoded.error().message.empty());
        }
    }
}

struct BadBytes {
    std::string name;
    std::size_t at = 0;
    std::uint8_t byte = 0;
    std::string error;
};

TEST(ModuleBytes, are_refused_in_clear_words) {
    const std::vector<BadBytes> table = {
        {"magic", 0, 'X', "this is no compiled module: it does not begin as one"},
        {"version", 9, 3, "the module has format version 3; only 2 can be read: build it again"},
        {"tag", 10, 2, "section module is expected where the module has tag 2"},
        {"length", 11, 0xff, "the module ends before section module"},
        {"kind", 22, 9, "section module of the module: byte 8: 9 is no kind of module"},
    };
    for (const BadBytes& row : table) {
        base::Bytes bytes = encode(made("contract hub 1.0.0\n"));
        bytes[row.at] = row.byte;
        const base::Result<Module> decoded = decode(bytes);
        ASSERT_FALSE(decoded) << row.name;
        EXPECT_EQ(decoded.error().message, row.error) << row.name;
    }
}

TEST(ModuleBytes, are_validated_when_they_are_read) {
    Module module = made(CONTRACT);
    module.functions[0].cost += 1;
    EXPECT_NE(decode(encode(module)).error().message.find("it says that it costs"),
              std::string::npos);
}

DebugInfo companion() {
    DebugInfo debug;
    debug.module = crypto::sha256(base::as_bytes("m"));
    debug.files = {"rules.edict"};
    debug.functions = {{{0, 10, 50}, {{0, {0, 10, 20}}, {3, {0, 20, 50}}}, {{0, "dataset"}}},
                       {{0, 60, 60}, {}, {}}};
    return debug;
}

TEST(Companion, decode_gives_back_what_was_encoded) {
    const DebugInfo debug = companion();
    const base::Bytes bytes = encode(debug);
    const base::Result<DebugInfo> decoded = decode_debug(bytes);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, debug);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(decode_debug(base::ByteView(bytes).first(size))) << size;
    }
}

TEST(Companion, says_where_an_instruction_stands) {
    const DebugInfo debug = companion();
    EXPECT_EQ(range_of(debug, 0, 2), (SourceRange{0, 10, 20}));
    EXPECT_EQ(range_of(debug, 0, 3), (SourceRange{0, 20, 50}));
    EXPECT_EQ(range_of(debug, 1, 0), (SourceRange{0, 60, 60}));
    EXPECT_EQ(range_of(debug, 2, 0), std::nullopt);
}

}  // namespace

}  // namespace edict::bytecode::test
