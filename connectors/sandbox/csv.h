#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace duet::sandbox {

/// A CSV text that RFC 4180 does not allow. `what()` names the line.
class CsvError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct CsvCell {
    std::string text;
    bool quoted = false;  // "" and nothing differ for some readers
};

/// Reads CSV row by row: RFC 4180, LF or CR LF, a UTF-8 byte order mark skipped, any one-character
/// delimiter. Line breaks inside quotes are kept as they stand. Empty lines are skipped.
class CsvReader {
public:
    /// `text` must outlive the reader.
    explicit CsvReader(std::string_view text, char delimiter = ',');
    /// False at the end. Throws CsvError on an unclosed quote or text after a closing quote.
    bool next(std::vector<CsvCell>& row);
    /// Number of the line the last row began on, from 1.
    [[nodiscard]] std::size_t line() const noexcept { return row_line_; }

private:
    void quoted_cell(std::string& cell);
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::size_t row_line_ = 1;
    char delimiter_;
};

/// Appends `value` in quotes, inner quotes doubled.
void append_csv_quoted(std::string& out, std::string_view value);

}  // namespace duet::sandbox
