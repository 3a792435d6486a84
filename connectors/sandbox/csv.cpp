#include "connectors/sandbox/csv.h"

namespace duet::sandbox {

CsvReader::CsvReader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
}

void CsvReader::quoted_cell(std::string& cell) {
    const std::size_t opened_on = line_;
    ++at_;
    while (at_ < text_.size()) {
        const char c = text_[at_++];
        if (c != '"') {
            if (c == '\n') ++line_;
            cell += c;
            continue;
        }
        if (at_ < text_.size() && text_[at_] == '"') {
            cell += '"';
            ++at_;
            continue;
        }
        return;
    }
    throw CsvError("line " + std::to_string(opened_on) + ": a quote is never closed");
}

bool CsvReader::next(std::vector<CsvCell>& row) {
    row.clear();
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
        if (text_[at_] == '\n') ++line_;
        ++at_;
    }
    if (at_ >= text_.size()) return false;
    row_line_ = line_;
    for (;;) {
        CsvCell& cell = row.emplace_back();
        if (at_ < text_.size() && text_[at_] == '"') {
            cell.quoted = true;
            quoted_cell(cell.text);
        } else {
            const std::string_view stops{"\n\r", 2};
            std::size_t end = at_;
            while (end < text_.size() && text_[end] != delimiter_ &&
                   stops.find(text_[end]) == std::string_view::npos) {
                ++end;
            }
            cell.text.assign(text_.substr(at_, end - at_));
            at_ = end;
        }
        if (at_ >= text_.size()) return true;
        if (text_[at_] == delimiter_) {
            ++at_;
            continue;
        }
        if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
        if (text_[at_] != '\n' && text_[at_] != '\r') {
            throw CsvError("line " + std::to_string(line_) + ": text after a closing quote");
        }
        ++at_;
        ++line_;
        return true;
    }
}

void append_csv_quoted(std::string& out, std::string_view value) {
    out += '"';
    for (const char c : value) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

}  // namespace duet::sandbox
