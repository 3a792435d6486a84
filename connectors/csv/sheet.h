#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/result.h"

namespace duet::csv {

struct Cell {
    std::string text;
    std::size_t offset = 0;  // of its first byte in the file
};

struct Row {
    std::vector<Cell> cells;
    std::size_t begin = 0;  // of its bytes in the file, the line end included
    std::size_t end = 0;
};

/// A CSV file taken apart. Offsets refer to the text it was parsed from.
struct Sheet {
    Row header;
    std::vector<Row> rows;        // each as wide as the header; empty lines are left out
    std::string line_end = "\n";  // of the header, and of rows that are added
};

/// As parse_sheet, row by row: only one is held beside the text, which may be large.
class RowReader {
public:
    /// Reads the header. `content` outlives the reader.
    [[nodiscard]] static Result<RowReader> open(std::string_view content, std::string_view file,
                                                char delimiter = ',');
    RowReader(RowReader&&) noexcept;
    RowReader& operator=(RowReader&&) noexcept;
    RowReader(const RowReader&) = delete;
    RowReader& operator=(const RowReader&) = delete;
    ~RowReader();

    [[nodiscard]] const Row& header() const noexcept { return header_; }
    /// The next row, which holds until the one after it is asked for, and which may be moved from;
    /// nullptr behind the last.
    [[nodiscard]] Result<Row*> next();

private:
    class Scanner;
    RowReader(std::string_view content, std::string_view file, char delimiter);

    std::string_view content_;
    std::string file_;
    std::unique_ptr<Scanner> scanner_;
    Row header_;
    Row row_;
};

/// Reads RFC 4180: commas (or another `delimiter`, no quote and no line end), LF or CRLF, quotes
/// doubled inside quotes, line ends inside quotes kept as they stand, a UTF-8 byte order mark
/// skipped. Stricter than many readers, because a guess would move values into other columns:
/// Broken DUET-3130 with `file`:line:column for an open quote, a quote inside a bare value, text
/// after a closing quote, a lone carriage return, a row of another width than the header, a NUL
/// byte and whatever is not UTF-8.
[[nodiscard]] Result<Sheet> parse_sheet(std::string_view content, std::string_view file,
                                        char delimiter = ',');

/// The header alone, for a look at the columns.
[[nodiscard]] Result<Row> parse_header(std::string_view content, std::string_view file,
                                       char delimiter = ',');

/// "people.csv:3:17" for an offset; lines and columns count from 1, columns in characters.
[[nodiscard]] std::string place_of(std::string_view content, std::size_t offset,
                                   std::string_view file);

/// True for UTF-8 without NUL bytes: what a file of ours may hold.
[[nodiscard]] bool is_clean(std::string_view text);

/// Appends `text` as one value, in quotes where needed.
void append_cell(std::string& csv, std::string_view text);

}  // namespace duet::csv
