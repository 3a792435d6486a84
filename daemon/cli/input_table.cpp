#include "daemon/cli/input_table.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "mappings/catalog.h"
#include "mappings/text.h"

namespace duet::cli {
namespace {}  // namespace

void Problems::add(const std::string& place, std::string_view what) {
    if (++count_ <= kShown) lines_ += fmt::format("{}: error: {}\n", place, what);
}

std::string Problems::text() const {
    return lines_ + fmt::format("{} error{}{}. Nothing was computed.\n", count_,
                                count_ == 1 ? "" : "s",
                                count_ > kShown ? fmt::format(", {} shown", kShown) : "");
}

std::optional<InputTable> InputTable::read(const std::string& path, Problems& problems) {
    std::ifstream file(path, std::ios::binary);
    std::error_code ignored;
    if (!file.is_open() || std::filesystem::is_directory(path, ignored)) {
        problems.add(path, "cannot be read");
        return std::nullopt;
    }
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (trimmed(content).empty()) {
        problems.add(path, "is empty; its first line must name the columns");
        return std::nullopt;
    }
    auto sheet = csv::parse_sheet(content, path);
    if (!sheet) {
        // It begins with the place, as ours do.
        const std::string& message = sheet.error().message;
        const auto colon = message.find(": ", std::min(path.size(), message.size()));
        problems.add(message.substr(0, colon),
                     colon == message.npos ? message : message.substr(colon + 2));
        return std::nullopt;
    }
    return InputTable(path, std::move(content), std::move(*sheet));
}

InputTable::Column InputTable::column(std::string_view name) const {
    for (std::size_t i = 0; i < sheet_.header.cells.size(); ++i)
        if (same_name(trimmed(sheet_.header.cells[i].text), name)) return i;
    return std::nullopt;
}

InputTable::Column InputTable::require(std::string_view name, Problems& problems) const {
    const Column found = column(name);
    if (!found) problems.add(name_ + ":1", fmt::format("there is no column \"{}\"", name));
    return found;
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
    if (!value) problems.add(place(row, column), "this is no number, such as 1250.5");
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
