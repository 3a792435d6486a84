#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mappings/result.h"

/// One report about an org: figures and tables whose every number says what it is and in which
/// unit. Text, CSV and HTML are renderings of it and add nothing.
namespace duet::report {

/// What a value is; this decides how it is written for people.
enum class Kind {
    Text,
    Date,    // "2018-01-02"
    Count,   // of `unit`
    Share,   // 0 to 1; above that where more came out than went in
    Days,    // of 86,400 seconds
    Money,   // in the currency `unit`
    Number,  // a plain ratio
};
/// "text", "date", "count", "share", "days", "money", "number".
[[nodiscard]] std::string_view to_string(Kind kind) noexcept;

struct Column {
    std::string id;     // stable: the key in JSON, the heading in CSV
    std::string title;  // the heading for people, without the unit
    Kind kind = Kind::Text;
    std::string unit{};  // "people", "days", "EUR"; empty for texts and dates
};

/// Nothing, a number or a text. Nothing is "not known" or "does not apply", never 0.
using Cell = std::variant<std::monostate, double, std::string>;

struct Table {
    std::string id;
    std::string title;
    std::string about;  // what is counted, in a sentence or two
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows{};  // each as wide as `columns`

    /// The column's place; nothing when there is none of that id.
    [[nodiscard]] std::optional<std::size_t> place_of(std::string_view column) const noexcept;
    [[nodiscard]] const Cell& cell(std::size_t row, std::string_view column) const;
    /// A cell's number; 0 where there is none.
    [[nodiscard]] double number(std::size_t row, std::string_view column) const;
    [[nodiscard]] std::string text(std::size_t row, std::string_view column) const;
};

/// A number that says much by itself.
struct Figure {
    Column column;
    Cell value;
};

/// Made of an org by its daemon, or of files: then what such a report has not (zone, period,
/// documents) is empty.
struct Report {
    std::string org;        // or what the files are called
    std::string as_of;      // instant, UTC
    std::string time_zone;  // of the org: in which days begin and end
    std::string read_at{};  // instant, UTC: when the last pass over both systems ended
    std::string since;      // instants, UTC: the period
    std::string until;
    int horizon_days = 90;             // that a cohort has to convert
    std::string documents;             // version of the documents
    std::string made_by;               // "duet 0.1.0"
    std::string title{};               // what it is about; empty: of everything
    std::vector<std::string> notes{};  // what is missing, and why
    std::vector<Figure> figures{};
    std::vector<Table> tables{};

    /// The table, or nullptr.
    [[nodiscard]] const Table* find(std::string_view table) const noexcept;
};

/// Its form is documented in README.md. Numbers have 15 significant digits.
[[nodiscard]] nlohmann::json to_json(const Report& report);

/// Reads that form. Rejected (DUET-6095) when it is none, or of a later form.
[[nodiscard]] Result<Report> read_report(const nlohmann::json& form);

}  // namespace duet::report
