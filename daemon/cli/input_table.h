#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/csv/sheet.h"
#include "mappings/result.h"
#include "mappings/value.h"

namespace duet::cli {

/// What is wrong with files that a command was given; all of it is told at once, up to a limit.
class Problems {
public:
    void add(const std::string& place, std::string_view what);
    [[nodiscard]] bool none() const noexcept { return count_ == 0; }
    /// One line for each, then how many there are.
    [[nodiscard]] std::string text() const;

private:
    static constexpr std::size_t kShown = 20;
    std::size_t count_ = 0;
    std::string lines_;
};

/// Names of columns.
using ColumnNames = std::span<const std::string_view>;

/// A CSV file, read whole, whose cells are asked for by column and type. A cell that is not of its
/// type is a problem with its file:line:column and reads as blank; an empty cell is blank, and so
/// is NA without quotes, as R writes what is missing, wherever it can be nothing else.
///
/// The header says what parts its values: commas where they part it into the columns that must be
/// there, else semicolons or tabs where those alone do.
class InputTable {
public:
    using Column = std::optional<std::size_t>;  // nothing: the file does not have it

    /// Nothing when the file cannot be read, is no CSV or lacks one of `must`, which is told to
    /// `problems`.
    [[nodiscard]] static std::optional<InputTable> read(const std::string& path, ColumnNames must,
                                                        Problems& problems);

    [[nodiscard]] std::size_t rows() const noexcept { return sheet_.rows.size(); }
    /// Names compare without case. A name that two columns have is a problem.
    [[nodiscard]] Column column(std::string_view name, Problems& problems) const;

    /// Without the spaces around it.
    [[nodiscard]] std::string_view text(std::size_t row, Column column) const;
    /// An id or a code: as above, but NA is blank.
    [[nodiscard]] std::string_view id(std::size_t row, Column column) const;
    [[nodiscard]] std::string_view raw(std::size_t row, Column column) const;
    [[nodiscard]] std::optional<double> number(std::size_t row, Column column,
                                               Problems& problems) const;
    [[nodiscard]] bool boolean(std::size_t row, Column column, Problems& problems) const;
    /// A date alone is its first instant; without an offset it is UTC.
    [[nodiscard]] std::optional<DateTime> instant(std::size_t row, Column column,
                                                  Problems& problems) const;
    [[nodiscard]] std::optional<Date> date(std::size_t row, Column column,
                                           Problems& problems) const;
    /// "deals.csv:3:17"
    [[nodiscard]] std::string place(std::size_t row, Column column) const;

private:
    InputTable(std::string name, std::string content, csv::Sheet sheet)
        : name_(std::move(name)), content_(std::move(content)), sheet_(std::move(sheet)) {}

    std::string name_;
    std::string content_;
    csv::Sheet sheet_;
};

/// The same of a file that may be too long to be held in cells: row by row, the one at hand is
/// asked. Numbers alone; columns are those of InputTable.
class InputRows {
public:
    using Column = InputTable::Column;

    /// Nothing when the file cannot be read, its header is none or lacks one of `must`, which is
    /// told to `problems`.
    [[nodiscard]] static std::unique_ptr<InputRows> open(const std::string& path, ColumnNames must,
                                                         Problems& problems);
    InputRows(const InputRows&) = delete;
    InputRows& operator=(const InputRows&) = delete;

    [[nodiscard]] Column column(std::string_view name, Problems& problems) const;

    /// Goes to the next row; false behind the last, and where the file goes on as no CSV, which is
    /// told to `problems`.
    [[nodiscard]] bool next(Problems& problems);
    [[nodiscard]] std::string_view raw(Column column) const;
    [[nodiscard]] std::optional<double> number(Column column, Problems& problems) const;
    [[nodiscard]] std::string place(Column column) const;

private:
    InputRows(std::string name, std::string content)
        : name_(std::move(name)), content_(std::move(content)) {}

    std::string name_;
    std::string content_;
    std::optional<csv::RowReader> reader_{};
    const csv::Row* row_ = nullptr;
};

/// Reads a whole number or one with a point, nothing else; no infinity.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);
/// An instant, or a date as its first instant; "2025-01-31 10:00:00" is UTC.
[[nodiscard]] std::optional<DateTime> parse_moment(std::string_view text);

}  // namespace duet::cli
