#include "site/csv.h"

#include <fmt/format.h>

#include <algorithm>

#include "site/limits.h"

namespace edict::site {

namespace {

constexpr std::string_view BYTE_ORDER_MARK = "\xEF\xBB\xBF";

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// Bytes of the UTF-8 character at the start of `text`; 0 if there is none.
std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) return 1;
    std::size_t length = 0;
    if (byte(0) >= 0xC2 && byte(0) <= 0xDF) length = 2;
    if (byte(0) >= 0xE0 && byte(0) <= 0xEF) length = 3;
    if (byte(0) >= 0xF0 && byte(0) <= 0xF4) length = 4;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!continues(text[i])) return 0;
    }
    // No long forms, no surrogates, nothing above U+10FFFF.
    if (byte(0) == 0xE0 && byte(1) < 0xA0) return 0;
    if (byte(0) == 0xED && byte(1) > 0x9F) return 0;
    if (byte(0) == 0xF0 && byte(1) < 0x90) return 0;
    if (byte(0) == 0xF4 && byte(1) > 0x8F) return 0;
    return length;
}

}  // namespace

void Faults::add(Fault fault) {
    if (count_++ < MAX_REPORTED_FAULTS) first_.push_back(std::move(fault));
}

bool check_encoding(std::string_view text, Faults& faults) {
    std::uint64_t line = 1;
    std::uint64_t column = 1;
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        if (length == 0) {
            faults.add({line, column,
                        fmt::format("the byte 0x{:02X} is not UTF-8",
                                    static_cast<unsigned>(static_cast<unsigned char>(text[0]))),
                        "save the file as UTF-8"});
            return false;
        }
        if (text[0] == '\n') {
            ++line;
            column = 1;
        } else {
            ++column;
        }
        text.remove_prefix(length);
    }
    return true;
}

CsvReader::CsvReader(std::string_view text) : text_(text) {
    if (text_.starts_with(BYTE_ORDER_MARK)) at_ = BYTE_ORDER_MARK.size();
}

bool CsvReader::at_line_end() const {
    return text_[at_] == '\n' || text_.substr(at_).starts_with("\r\n");
}

void CsvReader::advance() {
    if (text_[at_] == '\n') {
        ++line_;
        column_ = 1;
    } else if (!continues(text_[at_])) {
        ++column_;
    }
    ++at_;
}

bool CsvReader::take_line_end() {
    if (at_end()) return true;
    if (!at_line_end()) return false;
    if (text_[at_] == '\r') advance();
    advance();
    return true;
}

void CsvReader::skip_line() {
    while (!at_end() && !at_line_end()) advance();
    (void)take_line_end();
}

bool CsvReader::next(CsvRow& row, Faults& faults) {
    while (!at_end()) {
        row.line = line_;
        row.fields.clear();
        if (read_row(row, faults)) return true;
        skip_line();
    }
    return false;
}

bool CsvReader::read_row(CsvRow& row, Faults& faults) {
    while (true) {
        CsvField& field = row.fields.emplace_back();
        field.line = line_;
        field.column = column_;
        field.quoted = !at_end() && text_[at_] == '"';
        if (!(field.quoted ? read_quoted(field, faults) : read_plain(field, faults))) return false;
        if (take_line_end()) return true;
        advance();  // the comma
        if (row.fields.size() > MAX_COLUMNS) {
            faults.add({line_, column_, fmt::format("more than {} fields in one row", MAX_COLUMNS),
                        "is this a CSV file with commas?"});
            return false;
        }
    }
}

bool CsvReader::read_plain(CsvField& field, Faults& faults) {
    const std::size_t start = at_;
    while (!at_end() && text_[at_] != ',' && !at_line_end()) {
        if (text_[at_] == '"') {
            faults.add({line_, column_, "a quote inside a field that does not begin with one",
                        "put the whole field into quotes and double the quotes inside it"});
            return false;
        }
        if (text_[at_] == '\r') {
            faults.add({line_, column_, "a carriage return without a line feed",
                        "end lines with LF or CRLF"});
            return false;
        }
        advance();
    }
    field.text = text_.substr(start, at_ - start);
    if (field.text.size() <= MAX_FIELD_BYTES) return true;
    faults.add(
        {field.line, field.column,
         fmt::format("a field of {} bytes; the limit is {}", field.text.size(), MAX_FIELD_BYTES),
         "shorten it, or look for a quote that is missing"});
    return false;
}

bool CsvReader::read_quoted(CsvField& field, Faults& faults) {
    advance();  // the opening quote
    while (true) {
        const std::size_t quote = std::min(text_.find('"', at_), text_.size());
        if (quote - at_ + field.text.size() > MAX_FIELD_BYTES || quote == text_.size()) {
            faults.add({field.line, field.column, "a quote that is not closed",
                        "close the field with a quote"});
            at_ = text_.size();  // where a row begins after this is not known
            return false;
        }
        field.text.append(text_, at_, quote - at_);
        while (at_ < quote) advance();
        advance();  // the quote
        if (at_end() || text_[at_] != '"') break;
        field.text += '"';
        advance();
    }
    if (at_end() || text_[at_] == ',' || at_line_end()) return true;
    faults.add({line_, column_, "text after the closing quote of a field",
                "double the quotes that are part of the field"});
    return false;
}

}  // namespace edict::site
