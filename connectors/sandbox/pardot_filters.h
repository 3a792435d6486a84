#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/sandbox/database.h"
#include "connectors/sandbox/pardot_schema.h"

namespace duet::sandbox {

/// Part of a WHERE: text with one '?' for each value, in order.
struct SqlPart {
    std::string sql;
    std::vector<SqlValue> values;
};

struct PardotOrder {
    std::string field;
    bool descending = false;
};

/// Filters such as {"updatedAtAfterOrEqualTo", "2018-01-02T00:00:00Z"}, all joined by AND ("" for
/// none). Refuses unknown names (10000), values of another kind (56, 57) and more than 3 fields
/// (209).
[[nodiscard]] SqlPart filter_part(const PardotCollection& collection,
                                  const std::map<std::string, std::string>& filters);

/// "updatedAt DESC, id" with `id` added as the last key. Refuses fields that are not sortable
/// (19) and unknown directions (20).
[[nodiscard]] std::vector<PardotOrder> parse_order(const PardotCollection& collection,
                                                   std::string_view text);
[[nodiscard]] std::string order_part(const std::vector<PardotOrder>& order);

/// What comes after the row with these sort values.
[[nodiscard]] SqlPart resume_part(const std::vector<PardotOrder>& order,
                                  const std::map<std::string, SqlValue>& resume);

/// The column, or what stands for it in comparisons so that no value sorts as the empty text.
[[nodiscard]] std::string sort_expression(const std::string& field);

}  // namespace duet::sandbox
