#include "connectors/csv/table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "connectors/csv/errors.h"
#include "connectors/rows.h"
#include "mappings/text.h"

namespace duet::csv {
namespace {

constexpr std::size_t kKeyBytesMax = 255;
constexpr std::size_t kFindingsMax = 5;

std::optional<std::size_t> find_column(const Row& header, std::string_view name) noexcept {
    for (std::size_t i = 0; i < header.cells.size(); ++i) {
        if (same_name(header.cells[i].text, name)) return i;
    }
    return std::nullopt;
}

}  // namespace

Result<Columns> check_header(const Row& header, std::string_view content, std::string_view file,
                             const Config& config) {
    std::vector<std::string> findings;
    const auto note = [&](std::size_t offset, const std::string& what) {
        findings.push_back(place_of(content, offset, file) + ": " + what);
    };
    for (std::size_t i = 0; i < header.cells.size(); ++i) {
        const Cell& cell = header.cells[i];
        if (cell.text.empty()) note(cell.offset, "the column has no name");
        if (*find_column(header, cell.text) != i && !cell.text.empty()) {
            note(cell.offset, "the column \"" + cell.text + "\" is there twice");
        }
    }
    const auto key = find_column(header, config.key_field);
    const auto stamp = find_column(header, config.stamp_field);
    if (!key) note(header.begin, "the key column \"" + config.key_field + "\" is missing");
    if (!stamp) note(header.begin, "the stamp column \"" + config.stamp_field + "\" is missing");
    if (!findings.empty()) return table_error(findings);
    return Columns{*key, *stamp, find_column(header, config.deleted_field)};
}

Value cell_value(std::string_view text, FieldType type) {
    return type == FieldType::Boolean ? value_from_text(lower_case(text), type)
                                      : value_from_text(text, type);
}

bool is_key(std::string_view text) noexcept {
    return !text.empty() && text.size() <= kKeyBytesMax &&
           std::none_of(text.begin(), text.end(), [](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return byte < 0x20 || byte == 0x7F;
           });
}

void Table::examine(std::size_t row, const std::string& file, std::vector<std::string>& findings) {
    const std::vector<Cell>& cells = sheet_.rows[row].cells;
    // Messages name places and never what stands there, which may be personal.
    const auto note = [&](std::size_t column, const std::string& what) {
        findings.push_back(place_of(content_, cells[column].offset, file) + ": " + what);
    };
    const std::string& key = cells[columns_.key].text;
    if (!is_key(key)) {
        note(columns_.key, key.empty() ? "the key is missing"
                                       : "a key must have 1 to 255 bytes and no control character");
    } else if (const auto [other, added] = rows_by_key_.emplace(key, row); !added) {
        const std::size_t first = sheet_.rows[other->second].cells[columns_.key].offset;
        note(columns_.key, "the key is there twice, first at " + place_of(content_, first, file));
    }
    if (const auto stamp = parse_instant(cells[columns_.stamp].text)) {
        facts_[row].stamp = *stamp;
    } else {
        note(columns_.stamp, "the stamp is no instant like 2018-01-02T03:04:05Z");
    }
    if (!columns_.deleted) return;
    const Value mark = cell_value(cells[*columns_.deleted].text, FieldType::Boolean);
    if (const bool* deleted = std::get_if<bool>(&mark)) {
        facts_[row].deleted = *deleted;
    } else if (!is_blank(mark)) {
        note(*columns_.deleted, "the deletion mark must be true, false or blank");
    }
}

Result<Table> Table::load(std::string content, const std::string& file, const Config& config) {
    Table table;
    table.content_ = std::move(content);
    auto sheet = parse_sheet(table.content_, file);
    if (!sheet) return std::move(sheet).error();
    table.sheet_ = std::move(*sheet);
    auto columns = check_header(table.sheet_.header, table.content_, file, config);
    if (!columns) return std::move(columns).error();
    table.columns_ = *columns;
    table.facts_.resize(table.size());
    std::vector<std::string> findings;
    for (std::size_t row = 0; row < table.size() && findings.size() < kFindingsMax; ++row) {
        table.examine(row, file, findings);
    }
    if (!findings.empty()) return table_error(findings);
    table.by_stamp_.resize(table.size());
    std::iota(table.by_stamp_.begin(), table.by_stamp_.end(), std::size_t{0});
    std::sort(table.by_stamp_.begin(), table.by_stamp_.end(),
              [&table](std::size_t a, std::size_t b) {
                  if (table.stamp(a) != table.stamp(b)) return table.stamp(a) < table.stamp(b);
                  return table.key(a) < table.key(b);
              });
    return table;
}

std::optional<std::size_t> Table::column(std::string_view name) const noexcept {
    return find_column(sheet_.header, name);
}

std::optional<std::size_t> Table::row_of(std::string_view key) const {
    const auto found = rows_by_key_.find(key);
    if (found == rows_by_key_.end()) return std::nullopt;
    return found->second;
}

void Table::set(std::size_t row, std::size_t column, std::string text) {
    sheet_.rows[row].cells[column].text = std::move(text);
    edited_.insert(row);
}

void Table::set_stamp(std::size_t row, DateTime stamp) {
    set(row, columns_.stamp, format_instant(stamp));
    facts_[row].stamp = stamp;
}

void Table::set_deleted(std::size_t row) {
    set(row, *columns_.deleted, "true");
    facts_[row].deleted = true;
}

std::size_t Table::add(std::string key) {
    const std::size_t number = size();
    Row row;
    row.cells.resize(sheet_.header.cells.size());
    row.cells[columns_.key].text = std::move(key);
    if (columns_.deleted) row.cells[*columns_.deleted].text = "false";
    sheet_.rows.push_back(std::move(row));
    facts_.emplace_back();
    rows_by_key_.emplace(this->key(number), number);
    edited_.insert(number);
    return number;
}

std::string Table::render() const {
    const std::string_view content = content_;
    std::string csv(content.substr(0, sheet_.header.end));
    if (!csv.ends_with('\n')) csv += sheet_.line_end;
    for (std::size_t number = 0; number < size(); ++number) {
        const Row& row = sheet_.rows[number];
        if (edited_.contains(number)) {
            for (std::size_t i = 0; i < row.cells.size(); ++i) {
                if (i > 0) csv += ',';
                append_cell(csv, row.cells[i].text);
            }
            csv += sheet_.line_end;
        } else {
            csv += content.substr(row.begin, row.end - row.begin);
            if (!csv.ends_with('\n')) csv += sheet_.line_end;
        }
    }
    return csv;
}

}  // namespace duet::csv
