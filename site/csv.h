// A strict reader of CSV files (RFC 4180): comma, double quotes, quotes doubled inside; lines end
// with LF or CRLF. Debian has no C++ library for CSV that refuses what the RFC does not allow; the
// ones for other languages repair silently, and a repaired record would have another hash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace edict::site {

// What is wrong at a place of a file, and how to put it right. Lines and columns count characters
// from 1.
struct Fault {
    std::uint64_t line = 0;
    std::uint64_t column = 0;
    std::string what;
    std::string repair;
    friend bool operator==(const Fault&, const Fault&) = default;
};

// The faults of a file: the first MAX_REPORTED_FAULTS, and how many there are.
class Faults {
public:
    void add(Fault fault);
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] const std::vector<Fault>& first() const { return first_; }

private:
    std::vector<Fault> first_;
    std::uint64_t count_ = 0;
};

struct CsvField {
    std::string text;  // without its quotes
    std::uint64_t line = 0;
    std::uint64_t column = 0;
    bool quoted = false;
};

struct CsvRow {
    std::uint64_t line = 0;  // where it begins
    std::vector<CsvField> fields;
};

// Reads row by row. `text` outlives the reader. A byte order mark at the start is skipped.
class CsvReader {
public:
    explicit CsvReader(std::string_view text);

    // The next row, or false at the end. A row with a fault is not given: its fault is added and
    // the row after it is read.
    [[nodiscard]] bool next(CsvRow& row, Faults& faults);

private:
    bool read_row(CsvRow& row, Faults& faults);
    bool read_plain(CsvField& field, Faults& faults);
    bool read_quoted(CsvField& field, Faults& faults);
    bool take_line_end();
    void skip_line();
    void advance();
    [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
    [[nodiscard]] bool at_line_end() const;

    std::string_view text_;
    std::size_t at_ = 0;
    std::uint64_t line_ = 1;
    std::uint64_t column_ = 1;
};

// Adds a fault for the first byte that is not UTF-8; true if there is none.
[[nodiscard]] bool check_encoding(std::string_view text, Faults& faults);

}  // namespace edict::site
