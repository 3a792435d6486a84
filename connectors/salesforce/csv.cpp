#include "connectors/salesforce/csv.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace duet::salesforce {
namespace {

Error cut(const char* why) {
    return Error{ErrorKind::Transient,
                 std::string("A page of a bulk result came incomplete: ") + why + ".",
                 "DUET-3118",
                 {},
                 {}};
}

enum class Read { Row, End, Cut };

/// Splits CSV into rows of texts.
class Splitter {
public:
    explicit Splitter(std::string_view text) : text_(text) {}

    /// The next row, in `cells`, whose strings are used again from row to row.
    Read next(std::vector<std::string>& cells, std::size_t& count) {
        count = 0;
        if (at_ >= text_.size()) return Read::End;
        for (;;) {
            if (count == cells.size()) cells.emplace_back();
            std::string& cell = cells[count++];
            cell.clear();
            if (!take_cell(cell)) return Read::Cut;
            if (at_ >= text_.size()) return Read::Cut;  // no line end: the tail is missing
            const char end = text_[at_++];
            if (end == ',') continue;
            if (end == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
            return Read::Row;
        }
    }

private:
    /// Stops at the comma or line end behind the cell.
    bool take_cell(std::string& cell) {
        if (at_ < text_.size() && text_[at_] == '"') {
            ++at_;
            for (;;) {
                const auto quote = text_.find('"', at_);
                if (quote == std::string_view::npos) return false;
                cell += text_.substr(at_, quote - at_);
                at_ = quote + 1;
                if (at_ >= text_.size() || text_[at_] != '"') break;
                cell += '"';
                ++at_;
            }
            return at_ >= text_.size() || text_[at_] == ',' || text_[at_] == '\n' ||
                   text_[at_] == '\r';
        }
        const auto end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
        cell += text_.substr(at_, end - at_);
        at_ = end;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

Result<CsvPage> parse_csv(std::string_view csv, std::span<const Column> columns) {
    CsvPage page;
    Splitter splitter(csv);
    std::vector<std::string> cells;
    std::size_t count = 0;
    const Read header = splitter.next(cells, count);
    if (header == Read::End) return page;
    if (header == Read::Cut) return cut("the header line");
    std::vector<const Column*> order;
    for (std::size_t i = 0; i < count; ++i) {
        const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& column) {
            return same_name(column.name, cells[i]);
        });
        order.push_back(found == columns.end() ? nullptr : &*found);
    }
    for (;;) {
        const Read read = splitter.next(cells, count);
        if (read == Read::End) break;
        if (read == Read::Cut) return cut("it ends within a row");
        if (count != order.size()) return cut("a row has another number of values");
        Fields& row = page.rows.emplace_back();
        for (std::size_t i = 0; i < count; ++i) {
            if (order[i] != nullptr)
                row.set(order[i]->name, value_from_text(cells[i], order[i]->type));
        }
    }
    return page;
}

}  // namespace duet::salesforce
