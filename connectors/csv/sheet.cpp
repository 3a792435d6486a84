#include "connectors/csv/sheet.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "connectors/csv/errors.h"

namespace duet::csv {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Fault {
    std::size_t offset = 0;
    std::string what;
};

/// The length of the UTF-8 character at the front, 0 when there is none (RFC 3629, table 3-7 of
/// Unicode: no overlong forms, no surrogates, nothing past U+10FFFF).
std::size_t character_length(std::string_view text) {
    const auto byte = [text](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto follows = [&byte](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return byte(i) >= low && byte(i) <= high;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = first == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned low = first == 0xF0 ? 0x90 : 0x80;
        const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

/// Where the ASCII without NUL bytes that begins at `at` ends, in steps of a word: most files hold
/// little else.
std::size_t past_plain_words(std::string_view content, std::size_t at, std::size_t end) {
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    constexpr std::uint64_t kHighBits = 0x8080808080808080U;
    for (std::uint64_t word = 0; end - at >= sizeof word; at += sizeof word) {
        std::memcpy(&word, content.data() + at, sizeof word);
        // A byte of 0 borrows from the one above it.
        if (((word | (word - kOnes)) & kHighBits) != 0) break;
    }
    return at;
}

std::optional<Fault> bad_byte(std::string_view content, std::size_t begin, std::size_t end) {
    for (std::size_t at = past_plain_words(content, begin, end); at < end;) {
        if (content[at] == '\0') return Fault{at, "a NUL byte; the file must be UTF-8 text"};
        const std::size_t length = character_length(content.substr(at, end - at));
        if (length == 0) return Fault{at, "not UTF-8; save the file with that encoding"};
        at += length;
    }
    return std::nullopt;
}

/// What a value without quotes cannot hold.
std::array<bool, 256> ends_of_bare(char delimiter) {
    std::array<bool, 256> ends{};
    for (const char c : {delimiter, '"', '\r', '\n'}) ends[static_cast<unsigned char>(c)] = true;
    return ends;
}

}  // namespace

/// Takes the text apart, whatever the width of its rows.
class RowReader::Scanner {
public:
    Scanner(std::string_view content, char delimiter)
        : content_(content),
          at_(content.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0),
          delimiter_(delimiter),
          ends_bare_(ends_of_bare(delimiter)) {}

    [[nodiscard]] bool at_end() const noexcept { return at_ == content_.size(); }

    std::optional<Fault> next(Row& row) {
        row.begin = at_;
        row.cells.clear();
        while (true) {
            Cell& cell = row.cells.emplace_back();
            cell.offset = at_;
            if (auto fault = peek() == '"' ? quoted(cell) : bare(cell)) return fault;
            if (peek() != delimiter_) break;
            ++at_;
        }
        if (peek() == '\r') ++at_;
        if (!at_end()) ++at_;  // the line feed
        row.end = at_;
        return bad_byte(content_, row.begin, row.end);
    }

private:
    /// The end of the text reads as a line end.
    [[nodiscard]] char peek() const noexcept { return at_end() ? '\n' : content_[at_]; }

    [[nodiscard]] bool at_cell_end() const noexcept {
        const char here = peek();
        return here == delimiter_ || here == '\n' ||
               (here == '\r' && at_ + 1 < content_.size() && content_[at_ + 1] == '\n');
    }

    std::optional<Fault> bare(Cell& cell) {
        std::size_t end = at_;
        while (end < content_.size() && !ends_bare_[static_cast<unsigned char>(content_[end])])
            ++end;
        cell.text = content_.substr(at_, end - at_);
        at_ = end;
        if (at_cell_end()) return std::nullopt;
        if (peek() == '\r') return Fault{at_, "a carriage return without a line feed"};
        return Fault{at_, "a quote inside a value that does not begin with one"};
    }

    std::optional<Fault> quoted(Cell& cell) {
        const std::size_t open = at_++;
        while (true) {
            const std::size_t quote = content_.find('"', at_);
            if (quote == std::string_view::npos) {
                return Fault{open, "a quote is opened here and never closed"};
            }
            cell.text += content_.substr(at_, quote - at_);
            at_ = quote + 1;
            if (at_end() || content_[at_] != '"') break;
            cell.text += '"';
            ++at_;
        }
        if (at_cell_end()) return std::nullopt;
        return Fault{at_, "text after the closing quote of a value"};
    }

    std::string_view content_;
    std::size_t at_;
    char delimiter_;
    std::array<bool, 256> ends_bare_;
};

namespace {

bool is_empty_line(const Row& row, std::string_view content) {
    return row.cells.size() == 1 && row.cells.front().text.empty() && content[row.begin] != '"';
}

Error fault_error(const Fault& fault, std::string_view content, std::string_view file) {
    const std::string finding = place_of(content, fault.offset, file) + ": " + fault.what;
    return table_error({&finding, 1});
}

}  // namespace

RowReader::RowReader(std::string_view content, std::string_view file, char delimiter)
    : content_(content), file_(file), scanner_(std::make_unique<Scanner>(content, delimiter)) {}
RowReader::RowReader(RowReader&&) noexcept = default;
RowReader& RowReader::operator=(RowReader&&) noexcept = default;
RowReader::~RowReader() = default;

Result<RowReader> RowReader::open(std::string_view content, std::string_view file, char delimiter) {
    RowReader reader(content, file, delimiter);
    if (reader.scanner_->at_end()) {
        return fault_error({content.size(), "the file is empty; a header is missing"}, content,
                           file);
    }
    if (auto fault = reader.scanner_->next(reader.header_))
        return fault_error(*fault, content, file);
    return reader;
}

Result<Row*> RowReader::next() {
    const std::size_t width = header_.cells.size();
    while (!scanner_->at_end()) {
        if (auto fault = scanner_->next(row_)) return fault_error(*fault, content_, file_);
        if (is_empty_line(row_, content_)) continue;
        if (row_.cells.size() == width) return &row_;
        const bool more = row_.cells.size() > width;
        const std::size_t offset = more ? row_.cells[width].offset : row_.begin;
        const std::string what = "the row has " + std::to_string(row_.cells.size()) +
                                 " values, but the header names " + std::to_string(width);
        return fault_error({offset, what}, content_, file_);
    }
    return static_cast<Row*>(nullptr);
}

Result<Row> parse_header(std::string_view content, std::string_view file, char delimiter) {
    auto reader = RowReader::open(content, file, delimiter);
    if (!reader) return std::move(reader).error();
    return reader->header();
}

Result<Sheet> parse_sheet(std::string_view content, std::string_view file, char delimiter) {
    auto reader = RowReader::open(content, file, delimiter);
    if (!reader) return std::move(reader).error();
    Sheet sheet;
    sheet.header = reader->header();
    const std::string_view line = content.substr(0, sheet.header.end);
    if (line.ends_with("\r\n")) sheet.line_end = "\r\n";
    while (true) {
        auto row = reader->next();
        if (!row) return std::move(row).error();
        if (*row == nullptr) return sheet;
        sheet.rows.push_back(std::move(**row));
    }
}

std::string place_of(std::string_view content, std::size_t offset, std::string_view file) {
    const std::string_view before = content.substr(0, offset);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t line_feed = before.rfind('\n');
    std::string_view rest =
        line_feed == std::string_view::npos ? before : before.substr(line_feed + 1);
    if (line == 1 && rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
    // Continuation bytes begin no character.
    const auto column =
        std::count_if(rest.begin(), rest.end(),
                      [](char c) { return (static_cast<std::uint8_t>(c) & 0xC0U) != 0x80U; }) +
        1;
    return std::string(file) + ":" + std::to_string(line) + ":" + std::to_string(column);
}

bool is_clean(std::string_view text) { return !bad_byte(text, 0, text.size()); }

void append_cell(std::string& csv, std::string_view text) {
    // Blanks at the ends survive readers that trim bare values.
    const bool plain = text.find_first_of(",\"\r\n") == std::string_view::npos &&
                       !text.starts_with(' ') && !text.ends_with(' ');
    if (plain) {
        csv += text;
        return;
    }
    csv += '"';
    for (const char c : text) {
        if (c == '"') csv += '"';
        csv += c;
    }
    csv += '"';
}

}  // namespace duet::csv
