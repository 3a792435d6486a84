#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "connectors/rows.h"
#include "mappings/record.h"
#include "mappings/result.h"

namespace duet::salesforce {

/// The rows of one page of a Bulk API 2.0 result.
struct CsvPage {
    std::vector<Fields> rows;
};

/// Reads a CSV answer: header line of column names, comma, LF or CRLF, quotes doubled inside
/// quotes, line ends inside quotes and NUL bytes kept. An empty text is a page without rows.
///
/// Transient DUET-3118 when the text is cut: an open quote, a last row without a line end, or a
/// row with fewer or more values than the header. Nothing of a cut page may be used.
[[nodiscard]] Result<CsvPage> parse_csv(std::string_view csv, std::span<const Column> columns);

}  // namespace duet::salesforce
