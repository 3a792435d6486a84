#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connectors/csv/config.h"
#include "connectors/csv/sheet.h"
#include "mappings/catalog.h"
#include "mappings/value.h"

namespace duet::csv {

/// Where the columns are that Duet itself needs.
struct Columns {
    std::size_t key = 0;
    std::size_t stamp = 0;
    std::optional<std::size_t> deleted{};
};

/// Looks at a header: every column has a name of its own, key and stamp are there. The error names
/// all that is wrong.
[[nodiscard]] Result<Columns> check_header(const Row& header, std::string_view content,
                                           std::string_view file, const Config& config);

/// The typed value of a cell. Like `value_from_text`, but a boolean may be in any case, as
/// spreadsheets write TRUE.
[[nodiscard]] Value cell_value(std::string_view text, FieldType type);

/// True for what may stand in the key column: 1 to 255 bytes, which keeps a cursor below its
/// 4 KiB, without control characters.
[[nodiscard]] bool is_key(std::string_view text) noexcept;

/// A file whose rows are known to have a key of their own and a stamp.
///
/// 1. Every key is there once, and `is_key`. 2. Every stamp is an instant. 3. Rows that were not
/// set or added are rendered byte for byte as they were read.
class Table {
public:
    // A copy's index would point into the original.
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;
    Table(Table&&) = default;
    Table& operator=(Table&&) = default;
    ~Table() = default;

    /// Broken DUET-3130; it names up to five places, or the first where the file is no CSV.
    [[nodiscard]] static Result<Table> load(std::string content, const std::string& file,
                                            const Config& config);

    [[nodiscard]] std::size_t size() const noexcept { return sheet_.rows.size(); }
    [[nodiscard]] const Columns& columns() const noexcept { return columns_; }
    [[nodiscard]] const Row& header() const noexcept { return sheet_.header; }
    /// Names compare without case.
    [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const noexcept;
    [[nodiscard]] const std::string& cell(std::size_t row, std::size_t column) const {
        return sheet_.rows[row].cells[column].text;
    }
    [[nodiscard]] const std::string& key(std::size_t row) const { return cell(row, columns_.key); }
    [[nodiscard]] DateTime stamp(std::size_t row) const { return facts_[row].stamp; }
    [[nodiscard]] bool deleted(std::size_t row) const { return facts_[row].deleted; }
    [[nodiscard]] std::optional<std::size_t> row_of(std::string_view key) const;
    /// Row numbers ordered by (stamp, key), as they were when the table was loaded.
    [[nodiscard]] const std::vector<std::size_t>& by_stamp() const noexcept { return by_stamp_; }

    /// Sets a cell, but not one of the key column.
    void set(std::size_t row, std::size_t column, std::string text);
    void set_stamp(std::size_t row, DateTime stamp);
    void set_deleted(std::size_t row);
    /// Adds a row of blanks with a key that is not there yet.
    std::size_t add(std::string key);
    [[nodiscard]] bool edited() const noexcept { return !edited_.empty(); }
    [[nodiscard]] std::string render() const;

private:
    Table() = default;
    struct Facts {
        DateTime stamp{};
        bool deleted = false;
    };
    /// What is wrong with a row, as `place: what`, appended to `findings`.
    void examine(std::size_t row, const std::string& file, std::vector<std::string>& findings);

    std::string content_;
    Sheet sheet_;
    Columns columns_;
    std::vector<Facts> facts_;                                       // by row
    std::unordered_map<std::string_view, std::size_t> rows_by_key_;  // views of the cells' texts
    std::vector<std::size_t> by_stamp_;
    std::set<std::size_t> edited_;
};

}  // namespace duet::csv
