#include "daemon/cli/input_table.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "mappings/catalog.h"
#include "mappings/text.h"

namespace duet::cli {
namespace {

constexpr std::size_t kBytesAtOnce = std::size_t{1} << 20;

/// The file's bytes, unless it cannot be read or holds nothing but space, which is told.
std::optional<std::string> content_of(const std::string& path, Problems& problems) {
    std::ifstream file(path, std::ios::binary);
    std::error_code unknown;
    if (!file.is_open() || std::filesystem::is_directory(path, unknown)) {
        problems.add(path, "cannot be read");
        return std::nullopt;
    }
    std::string content;
    // A pipe has no size; it may also grow meanwhile.
    if (const auto size = std::filesystem::file_size(path, unknown); !unknown)
        content.reserve(static_cast<std::size_t>(size) + kBytesAtOnce);
    while (file) {
        const std::size_t held = content.size();
        content.resize(held + kBytesAtOnce);
        file.read(content.data() + held, kBytesAtOnce);
        content.resize(held + static_cast<std::size_t>(file.gcount()));
    }
    if (trimmed(content).empty()) {
        problems.add(path, "is empty; its first line must name the columns");
        return std::nullopt;
    }
    return content;
}

/// What is no CSV: the message begins with the place, as ours do.
void add_fault(const Error& error, const std::string& path, Problems& problems) {
    const std::string& message = error.message;
    const auto colon = message.find(": ", std::min(path.size(), message.size()));
    problems.add(message.substr(0, colon),
                 colon == message.npos ? message : message.substr(colon + 2));
}

InputTable::Column column_in(const csv::Row& header, std::string_view name) {
    for (std::size_t i = 0; i < header.cells.size(); ++i)
        if (same_name(trimmed(header.cells[i].text), name)) return i;
    return std::nullopt;
}

InputTable::Column required(InputTable::Column found, std::string_view name,
                            const std::string& file, Problems& problems) {
    if (!found) problems.add(file + ":1", fmt::format("there is no column \"{}\"", name));
    return found;
}

constexpr std::string_view kNoNumber = "this is no number, such as 1250.5";

}  // namespace

void Problems::add(const std::string& place, std::string_view what) {
    if (++count_ <= kShown) lines_ += fmt::format("{}: error: {}\n", place, what);
}

std::string Problems::text() const {
    return lines_ + fmt::format("{} error{}{}. Nothing was computed.\n", count_,
                                count_ == 1 ? "" : "s",
                                count_ > kShown ? fmt::format(", {} shown", kShown) : "");
}

std::optional<InputTable> InputTable::read(const std::string& path, Problems& problems) {
    auto content = content_of(path, problems);
    if (!content) return std::nullopt;
    auto sheet = csv::parse_sheet(*content, path);
    if (!sheet) {
        add_fault(sheet.error(), path, problems);
        return std::nullopt;
    }
    return InputTable(path, *std::move(content), std::move(*sheet));
}

InputTable::Column InputTable::column(std::string_view name) const {
    return column_in(sheet_.header, name);
}

InputTable::Column InputTable::require(std::string_view name, Problems& problems) const {
    return required(column(name), name, name_, problems);
}

std::string_view InputTable::text(std::size_t row, Column column) const {
    return trimmed(raw(row, column));
}

std::string_view InputTable::raw(std::size_t row, Column column) const {
    return column ? std::string_view(sheet_.rows[row].cells[*column].text) : std::string_view{};
}

std::optional<double> InputTable::number(std::size_t row, Column column, Problems& problems) const {
    const std::string_view cell = text(row, column);
    if (cell.empty()) return std::nullopt;
    const auto value = parse_number(cell);
    if (!value) problems.add(place(row, column), kNoNumber);
    return value;
}

bool InputTable::boolean(std::size_t row, Column column, Problems& problems) const {
    const std::string_view cell = text(row, column);
    constexpr std::array<std::string_view, 4> kYes{"true", "1", "yes", "t"};
    constexpr std::array<std::string_view, 5> kNo{"false", "0", "no", "f", ""};
    const auto is = [&](std::string_view word) { return same_name(cell, word); };
    if (std::ranges::any_of(kYes, is)) return true;
    if (std::ranges::none_of(kNo, is))
        problems.add(place(row, column), "this is neither true nor false");
    return false;
}

std::optional<DateTime> InputTable::instant(std::size_t row, Column column,
                                            Problems& problems) const {
    const std::string_view cell = text(row, column);
    if (cell.empty()) return std::nullopt;
    const auto value = parse_moment(cell);
    if (!value)
        problems.add(place(row, column), "this is no instant, such as 2018-01-02T09:00:00Z");
    return value;
}

std::optional<Date> InputTable::date(std::size_t row, Column column, Problems& problems) const {
    const std::string_view cell = text(row, column);
    if (cell.empty()) return std::nullopt;
    const auto value = parse_moment(cell);
    if (!value) {
        problems.add(place(row, column), "this is no date, such as 2018-01-02");
        return std::nullopt;
    }
    return std::chrono::floor<std::chrono::days>(*value);
}

std::string InputTable::place(std::size_t row, Column column) const {
    return csv::place_of(content_, sheet_.rows[row].cells[column.value_or(0)].offset, name_);
}

std::unique_ptr<InputRows> InputRows::open(const std::string& path, Problems& problems) {
    auto content = content_of(path, problems);
    if (!content) return nullptr;
    std::unique_ptr<InputRows> rows(new InputRows(path, *std::move(content)));
    auto reader = csv::RowReader::open(rows->content_, path);
    if (!reader) {
        add_fault(reader.error(), path, problems);
        return nullptr;
    }
    rows->reader_ = std::move(*reader);
    return rows;
}

InputRows::Column InputRows::column(std::string_view name) const {
    return column_in(reader_->header(), name);
}

InputRows::Column InputRows::require(std::string_view name, Problems& problems) const {
    return required(column(name), name, name_, problems);
}

bool InputRows::next(Problems& problems) {
    auto row = reader_->next();
    if (!row) add_fault(row.error(), name_, problems);
    row_ = row ? *row : nullptr;
    return row_ != nullptr;
}

std::string_view InputRows::raw(Column column) const {
    return column ? std::string_view(row_->cells[*column].text) : std::string_view{};
}

std::optional<double> InputRows::number(Column column, Problems& problems) const {
    const std::string_view cell = trimmed(raw(column));
    if (cell.empty()) return std::nullopt;
    const auto value = parse_number(cell);
    if (!value) problems.add(place(column), kNoNumber);
    return value;
}

std::string InputRows::place(Column column) const {
    return csv::place_of(content_, row_->cells[column.value_or(0)].offset, name_);
}

std::optional<double> parse_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::optional<DateTime> parse_moment(std::string_view text) {
    if (const auto instant = parse_instant(text)) return instant;
    if (const auto day = parse_date(text)) return DateTime{*day};
    constexpr std::size_t kDayLength = 10;
    std::string spelled(text);
    if (spelled.size() <= kDayLength) return std::nullopt;
    if (spelled[kDayLength] == ' ') spelled[kDayLength] = 'T';
    if (const auto instant = parse_instant(spelled)) return instant;
    return parse_instant(spelled + "Z");
}

}  // namespace duet::cli
