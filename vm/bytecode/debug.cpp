#include "vm/bytecode/debug.h"

#include <algorithm>

#include "value/limits.h"
#include "vm/bytecode/limits.h"

namespace edict::bytecode {

namespace {

constexpr std::string_view DEBUG_MAGIC = "EDICTDBG";
constexpr std::uint16_t DEBUG_VERSION = 1;
constexpr std::size_t MAX_FILES = 4'096;
constexpr std::size_t MAX_PATH_BYTES = 4'096;

void write(base::Writer& out, const SourceRange& range) {
    out.u32(range.file);
    out.u32(range.begin);
    out.u32(range.end);
}

SourceRange read_range(base::Reader& in, std::size_t files) {
    SourceRange range;
    range.file = in.u32();
    range.begin = in.u32();
    range.end = in.u32();
    if (range.file >= files && files + range.file + range.begin + range.end != 0) {
        in.fail("a place is in a file that is not in the list");
    }
    if (range.end < range.begin) in.fail("a place ends before it begins");
    return range;
}

FunctionDebug read_function(base::Reader& in, std::size_t files) {
    FunctionDebug function;
    function.range = read_range(in, files);
    const std::size_t ranges = in.count(MAX_CODE, 16);
    for (std::size_t i = 0; i < ranges && in.ok(); ++i) {
        const std::uint32_t instruction = in.u32();
        if (i > 0 && instruction <= function.code.back().instruction) {
            in.fail("instructions are not in ascending order");
        }
        function.code.push_back({instruction, read_range(in, files)});
    }
    const std::size_t locals = in.count(MAX_REGISTERS, 6);
    for (std::size_t i = 0; i < locals && in.ok(); ++i) {
        const std::uint16_t reg = in.u16();
        function.locals.push_back({reg, in.text(value::MAX_NAME_BYTES)});
    }
    return function;
}

}  // namespace

base::Bytes encode(const DebugInfo& debug) {
    base::Writer out;
    out.raw(base::as_bytes(DEBUG_MAGIC));
    out.u16(DEBUG_VERSION);
    crypto::write(out, debug.module);
    out.count(debug.files.size());
    for (const std::string& file : debug.files) out.text(file);
    out.count(debug.functions.size());
    for (const FunctionDebug& function : debug.functions) {
        write(out, function.range);
        out.count(function.code.size());
        for (const InstructionRange& entry : function.code) {
            out.u32(entry.instruction);
            write(out, entry.range);
        }
        out.count(function.locals.size());
        for (const LocalName& local : function.locals) {
            out.u16(local.register_index);
            out.text(local.name);
        }
    }
    return out.take();
}

base::Result<DebugInfo> decode_debug(base::ByteView bytes) {
    base::Reader in(bytes);
    if (base::as_text(in.raw(DEBUG_MAGIC.size())) != DEBUG_MAGIC || in.u16() != DEBUG_VERSION) {
        return base::input_error(
            "this is no companion file of a module, or one of another version");
    }
    DebugInfo debug;
    debug.module = crypto::read_hash(in);
    const std::size_t files = in.count(MAX_FILES, 4);
    for (std::size_t i = 0; i < files && in.ok(); ++i) {
        debug.files.push_back(in.text(MAX_PATH_BYTES));
    }
    const std::size_t functions = in.count(MAX_FUNCTIONS, 20);
    for (std::size_t i = 0; i < functions && in.ok(); ++i) {
        debug.functions.push_back(read_function(in, files));
    }
    if (base::Status status = in.finish(); !status) {
        return base::in_context("companion file of a module", status.error());
    }
    return debug;
}

std::optional<SourceRange> range_of(const DebugInfo& debug, std::uint32_t function,
                                    std::uint32_t instruction) {
    if (function >= debug.functions.size()) return std::nullopt;
    const FunctionDebug& of = debug.functions[function];
    const auto after = std::upper_bound(
        of.code.begin(), of.code.end(), instruction,
        [](std::uint32_t at, const InstructionRange& entry) { return at < entry.instruction; });
    return after == of.code.begin() ? of.range : std::prev(after)->range;
}

}  // namespace edict::bytecode
