// A CSV file from arbitrary bytes: either every mistake has a place inside the file, or the records
// are values of the schema, and written out again they are read as the same records.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "site/records.h"

namespace {

using namespace edict;

const site::Schema& schema() {
    static const site::Schema made =
        site::read_schema(
            "name = \"f\"\nperiod_from = 2024-01-01\nperiod_to = 2024-01-01\n"
            "[[column]]\nname = \"a\"\ntype = \"Int\"\nlow = -99\nhigh = 9999\noptional = true\n"
            "[[column]]\nname = \"b\"\ntype = \"Text\"\nbytes = 40\n"
            "[[column]]\nname = \"c\"\ntype = \"Int\"\ndecimals = 2\noptional = true\n",
            "f")
            .value();
    return made;
}

std::string quoted(const std::string& text) {
    std::string made = "\"";
    for (const char c : text) made += c == '"' ? std::string("\"\"") : std::string(1, c);
    return made + "\"";
}

void check_faults(const site::Faults& faults, std::string_view text) {
    const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    for (const site::Fault& fault : faults.first()) {
        EDICT_CHECK(fault.line >= 1 && fault.line <= lines);
        EDICT_CHECK(fault.column >= 1 && fault.column <= text.size() + 1);
        EDICT_CHECK(!fault.what.empty() && !fault.repair.empty());
    }
}

void check_records(const site::Records& found) {
    std::string again = "a,b,c\n";
    for (const base::Bytes& bytes : found.records) {
        const auto record = value::from_bytes(bytes, *schema().record);
        EDICT_CHECK(record.has_value());
        const auto& fields = std::get<value::Record>(record->data).fields;
        again += site::field_text(schema().columns[0], fields[0]) + ",";
        again += quoted(site::field_text(schema().columns[1], fields[1])) + ",";
        again += site::field_text(schema().columns[2], fields[2]) + "\r\n";
    }
    site::Faults faults;
    const site::Records second = site::read_records(again, schema(), faults);
    EDICT_CHECK(faults.empty());
    EDICT_CHECK(second.records == found.records);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    for (const std::string& whole : {text, "a,b,c\n" + text}) {
        site::Faults faults;
        const site::Records found = site::read_records(whole, schema(), faults);
        check_faults(faults, whole);
        if (faults.empty()) check_records(found);
    }
    return 0;
}
