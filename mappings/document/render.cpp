#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "mappings/document/load.h"

namespace duet::document {
namespace {

/// Blanks as wide as the first `count` characters of `line`; tabs stay tabs.
std::string indent_like(std::string_view line, int count) {
    std::string blanks;
    for (const char c : line) {
        if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80U) continue;
        if (count-- <= 0) break;
        blanks += c == '\t' ? '\t' : ' ';
    }
    blanks.append(static_cast<std::size_t>(std::max(0, count)), ' ');
    return blanks;
}

/// Control characters would move the terminal that shows a finding.
std::string printable(std::string_view text) {
    std::string shown;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_control = (byte < 0x20 && c != '\t') || byte == 0x7F;
        shown += is_control ? "\xEF\xBF\xBD" : std::string(1, c);
    }
    return shown;
}

}  // namespace

std::string render(const Finding& finding, std::string_view word) {
    std::string out =
        fmt::format("{}:{}:{}: {}: {} [{}]\n", printable(finding.place.file), finding.place.line,
                    finding.place.column, word, printable(finding.message), finding.code);
    if (!finding.line.empty()) {
        const std::string tail(static_cast<std::size_t>(std::max(1, finding.length) - 1), '~');
        out +=
            fmt::format("{:>5} | {}\n      | {}^{}\n", finding.place.line, printable(finding.line),
                        indent_like(finding.line, finding.place.column - 1), tail);
    }
    if (!finding.hint.empty()) out += fmt::format("  {}\n", printable(finding.hint));
    return out;
}

}  // namespace duet::document
