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
#include <tuple>
#include <utility>
#include <vector>

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

InputTable::Column column_in(const csv::Row& header, std::string_view name, std::size_t from = 0) {
    for (std::size_t i = from; i < header.cells.size(); ++i)
        if (same_name(trimmed(header.cells[i].text), name)) return i;
    return std::nullopt;
}

/// The column of that name, which is the only one.
InputTable::Column column_of(const csv::Row& header, std::string_view name,
                             std::string_view content, const std::string& file,
                             Problems& problems) {
    const auto found = column_in(header, name);
    const auto again = found ? column_in(header, name, *found + 1) : std::nullopt;
    if (again) {
        problems.add(
            csv::place_of(content, header.cells[*again].offset, file),
            fmt::format("the column \"{}\" is here and at {} too, so it is not known which one is "
                        "meant: leave one of them out or rename it",
                        name, csv::place_of(content, header.cells[*found].offset, file)));
    }
    return found;
}

/// One way to take a header apart.
struct Reading {
    char delimiter = ',';
    std::string_view called;
    std::optional<csv::Row> header{};  // nothing: it cannot be taken apart so
    std::vector<std::string_view> missing{};
};

std::vector<Reading> readings_of(std::string_view content, const std::string& path,
                                 ColumnNames must) {
    std::vector<Reading> readings{{',', "commas"}, {';', "semicolons"}, {'\t', "tabs"}};
    for (Reading& reading : readings) {
        auto header = csv::parse_header(content, path, reading.delimiter);
        if (header) reading.header = std::move(*header);
        for (const std::string_view name : must)
            if (!reading.header || !column_in(*reading.header, name))
                reading.missing.push_back(name);
    }
    return readings;
}

/// A name of a header as one line; a header that is missing may have a whole text in its place.
std::string shown(std::string_view name) {
    constexpr std::size_t kMost = 40;
    std::string text(name.substr(0, kMost));
    while (name.size() > kMost && !text.empty() && !csv::is_clean(text)) text.pop_back();
    std::ranges::replace_if(
        text, [](unsigned char c) { return std::iscntrl(c) != 0; }, ' ');
    return name.size() > kMost ? text + "..." : text;
}

std::string lacks(const Reading& best) {
    constexpr std::size_t kNamed = 12;
    std::string names;
    for (std::size_t i = 0; i < std::min(kNamed, best.header->cells.size()); ++i) {
        names +=
            fmt::format("{}\"{}\"", i == 0 ? "" : ", ", shown(trimmed(best.header->cells[i].text)));
    }
    if (best.header->cells.size() > kNamed) names += ", ...";
    return fmt::format(
        "there is no column \"{}\"; read by {} the header names {}, and {} were tried in vain: "
        "rename the column that is meant, or separate all values by one of the three",
        fmt::join(best.missing, "\" and no \""), best.called, names,
        best.delimiter == ','   ? "semicolons and tabs"
        : best.delimiter == ';' ? "commas and tabs"
                                : "commas and semicolons");
}

/// What parts the values of the file, by its header. Nothing where that cannot be told, or where
/// one of `must` is not there.
std::optional<char> delimiter_of(std::string_view content, const std::string& path,
                                 ColumnNames must, Problems& problems) {
    const auto readings = readings_of(content, path, must);
    const auto fits = [](const Reading& one) { return one.missing.empty() && one.header; };
    const auto fitting = std::ranges::count_if(readings, fits);
    const auto first = std::ranges::find_if(readings, fits);
    if (fitting == 1 || (fitting > 1 && first->delimiter == ',')) return first->delimiter;
    if (fitting > 1) {
        problems.add(path + ":1",
                     "both semicolons and tabs part this header into the columns that are wanted, "
                     "so it is not known which are meant: use one alone, or commas");
        return std::nullopt;
    }
    const auto& best = *std::ranges::min_element(readings, {}, [](const Reading& one) {
        const auto columns = one.header ? one.header->cells.size() : 0;
        return std::tuple(!one.header, one.missing.size(), -static_cast<std::ptrdiff_t>(columns));
    });
    if (best.header) {
        problems.add(path + ":1", lacks(best));
    } else {
        add_fault(csv::parse_header(content, path).error(), path, problems);
    }
    return std::nullopt;
}

/// What R writes for a value that is missing. In quotes it is a word.
bool is_missing(const csv::Cell& cell, std::string_view content) {
    return trimmed(cell.text) == "NA" && content[cell.offset] != '"';
}

std::string no_number(std::string_view cell) {
    std::string what = "this is no number, such as 1250.5";
    if (cell.find(',') != cell.npos)
        what += "; write a point before the decimals, and nothing between thousands";
    return what;
}

}  // namespace

void Problems::add(const std::string& place, std::string_view what) {
    if (++count_ <= kShown) lines_ += fmt::format("{}: error: {}\n", place, what);
}

std::string Problems::text() const {
    return lines_ + fmt::format("{} error{}{}. Nothing was computed.\n", count_,
                                count_ == 1 ? "" : "s",
                                count_ > kShown ? fmt::format(", {} shown", kShown) : "");
}

std::optional<InputTable> InputTable::read(const std::string& path, ColumnNames must,
                                           Problems& problems) {
    auto content = content_of(path, problems);
    if (!content) return std::nullopt;
    const auto delimiter = delimiter_of(*content, path, must, problems);
    if (!delimiter) return std::nullopt;
    auto sheet = csv::parse_sheet(*content, path, *delimiter);
    if (!sheet) {
        add_fault(sheet.error(), path, problems);
        return std::nullopt;
    }
    return InputTable(path, *std::move(content), std::move(*sheet));
}

InputTable::Column InputTable::column(std::string_view name, Problems& problems) const {
    return column_of(sheet_.header, name, content_, name_, problems);
}

std::string_view InputTable::text(std::size_t row, Column column) const {
    return trimmed(raw(row, column));
}

std::string_view InputTable::id(std::size_t row, Column column) const {
    if (!column || is_missing(sheet_.rows[row].cells[*column], content_)) return {};
    return text(row, column);
}

std::string_view InputTable::raw(std::size_t row, Column column) const {
    return column ? std::string_view(sheet_.rows[row].cells[*column].text) : std::string_view{};
}

std::optional<double> InputTable::number(std::size_t row, Column column, Problems& problems) const {
    const std::string_view cell = id(row, column);
    if (cell.empty()) return std::nullopt;
    const auto value = parse_number(cell);
    if (!value) problems.add(place(row, column), no_number(cell));
    return value;
}

bool InputTable::boolean(std::size_t row, Column column, Problems& problems) const {
    const std::string_view cell = id(row, column);
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
    const std::string_view cell = id(row, column);
    if (cell.empty()) return std::nullopt;
    const auto value = parse_moment(cell);
    if (!value)
        problems.add(place(row, column), "this is no instant, such as 2018-01-02T09:00:00Z");
    return value;
}

std::optional<Date> InputTable::date(std::size_t row, Column column, Problems& problems) const {
    const std::string_view cell = id(row, column);
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

std::unique_ptr<InputRows> InputRows::open(const std::string& path, ColumnNames must,
                                           Problems& problems) {
    auto content = content_of(path, problems);
    if (!content) return nullptr;
    const auto delimiter = delimiter_of(*content, path, must, problems);
    if (!delimiter) return nullptr;
    std::unique_ptr<InputRows> rows(new InputRows(path, *std::move(content)));
    auto reader = csv::RowReader::open(rows->content_, path, *delimiter);
    if (!reader) {
        add_fault(reader.error(), path, problems);
        return nullptr;
    }
    rows->reader_ = std::move(*reader);
    return rows;
}

InputRows::Column InputRows::column(std::string_view name, Problems& problems) const {
    return column_of(reader_->header(), name, content_, name_, problems);
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
    if (value || is_missing(row_->cells[*column], content_)) return value;
    problems.add(place(column), no_number(cell));
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
