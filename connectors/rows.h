#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/record.h"
#include "mappings/result.h"

namespace duet {

/// A column that was asked for. Columns of one read are in the order of their names.
struct Column {
    std::string name;
    FieldType type = FieldType::Text;
};

/// The page of an answer: an array of rows, and where the next page is.
struct JsonPage {
    /// In the order sent. Nothing where the vendor sent null in place of a row.
    std::vector<std::optional<Fields>> rows;
    std::string next;  // empty: none
    std::optional<std::size_t> total{};
};

/// The names of a page's parts. With an empty `rows` the answer itself is the array.
struct PageShape {
    std::string_view rows;   // "records"
    std::string_view next;   // "nextRecordsUrl"
    std::string_view total;  // "totalSize"; empty: none
};

/// Reads an answer of rows. Numbers are taken from their source text, never through a binary
/// number. Members that are no column are skipped; a column that is not in a row is absent from
/// it. Broken DUET-3115 when the text is not a whole JSON document of that shape.
[[nodiscard]] Result<JsonPage> parse_page(std::string_view json, std::span<const Column> columns,
                                          const PageShape& shape);

/// The typed value of a text as CSV and JSON strings hold it. A text that is not of the type stays
/// a text: nothing is lost or guessed, and NUL bytes stay where they are.
[[nodiscard]] Value value_from_text(std::string_view text, FieldType type);

/// Appends `value` as JSON. Decimals keep their digits, blank is null, instants are in UTC with
/// milliseconds unless `whole_seconds`. Broken UTF-8 in a text becomes U+FFFD.
void append_json(std::string& json, const Value& value, bool whole_seconds = false);
/// Appends `text` as a JSON string.
void append_json_text(std::string& json, std::string_view text);

}  // namespace duet
