#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/report/markup.h"
#include "daemon/report/report.h"

namespace duet::report {

/// A table as the page shows it: cells that know where in the report they are from.
struct PageTable {
    struct PageCell {
        Cell value;
        Column column;
        std::string at{};  // "stages/3/people"; empty: nowhere
    };
    std::string caption;
    std::vector<Column> columns;
    std::vector<std::vector<PageCell>> rows{};
};

/// The columns named, or all of them.
[[nodiscard]] PageTable whole_table(const Table& table,
                                    const std::vector<std::string>& columns = {});

/// Long rows side by side: a row for each text of `down`, a column for each text of `across`, and
/// in the cells `value`. Both in the order in which they first come. Where there would be more than
/// `most` such columns, the long rows as they are.
[[nodiscard]] PageTable side_by_side(const Table& table, std::string_view down,
                                     std::string_view across, std::string_view value,
                                     std::size_t most);

/// Behind a line that opens it.
void write_table(Markup& page, const PageTable& table);

/// The texts of a column, each once, in the order in which they first come.
[[nodiscard]] std::vector<std::string> texts_of(const Table& table, std::string_view column);

/// A number as JSON spells it, for `data-v`.
[[nodiscard]] std::string plain_number(double value);

}  // namespace duet::report
